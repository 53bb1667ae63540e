//! Files that somebody damaged, and an index that tells another story than the sealed file.

use super::*;
use hatrack_core::failure::FailureCode;

#[tokio::test]
async fn a_damaged_file_is_told_and_never_overwritten() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let whole = home.sealed().unwrap();
    let path = home.path().join("vault.age");
    let mut broken: Vec<Vec<u8>> = vec![Vec::new(), b"{}".to_vec(), whole[..whole.len() - 1].to_vec()];
    // One bit, here and there: in the version, a key, the check of the header, and what is sealed.
    for at in (0..whole.len()).step_by(23) {
        let mut other = whole.clone();
        other[at] ^= 1;
        broken.push(other);
    }
    for (case, content) in broken.iter().enumerate() {
        std::fs::write(&path, content).unwrap();
        let vault = home.vault();
        for failure in [
            get(&vault, "work").await.unwrap_err(),
            put(&vault, "more", SECRET).await.unwrap_err(),
            vault.remove(Kind::AccessKey, "work").await.unwrap_err(),
            vault.seal_with_passphrase(Sealed::new(PASSPHRASE)).await.unwrap_err(),
        ] {
            assert_eq!(failure.code, FailureCode::File, "{case}: {failure}");
            assert!(failure.happened.contains("vault.age"), "{case}: {failure}");
        }
        assert_eq!(home.sealed().as_ref(), Some(content), "{case}");
    }
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(get(&home.vault(), "work").await, Ok(Some(SECRET.to_owned())));
}

#[tokio::test]
async fn a_file_that_another_program_sealed_is_left_alone() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let theirs = age::x25519::Identity::generate();
    let sealed = age::encrypt(&theirs.to_public(), b"theirs").unwrap();
    std::fs::write(home.path().join("vault.age"), &sealed).unwrap();
    let failure = put(&home.vault(), "more", SECRET).await.unwrap_err();
    assert!(failure.happened.contains("another program sealed it"), "{failure}");
    assert_eq!(home.sealed(), Some(sealed));
}

#[tokio::test]
async fn what_is_no_file_is_not_waited_for() {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).unwrap();
    let path = home.path().join("vault.age");
    std::fs::create_dir(&path).unwrap();
    assert_eq!(put(&home.vault(), "work", SECRET).await.unwrap_err().code, FailureCode::File);
    std::fs::remove_dir(&path).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    assert_eq!(put(&home.vault(), "work", SECRET).await.unwrap_err().code, FailureCode::File);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("elsewhere", &path).unwrap();
    assert_eq!(put(&home.vault(), "work", SECRET).await.unwrap_err().code, FailureCode::File);
    assert!(!home.path().join("elsewhere").exists());
}

#[tokio::test]
async fn an_index_that_is_behind_is_written_anew_at_the_next_opening() {
    let home = Home::new();
    let vault = home.vault();
    put(&vault, "work", SECRET).await.unwrap();
    let behind = home.index();
    put(&vault, "more", SECRET).await.unwrap();
    let path = home.path().join("index.json");
    std::fs::write(&path, behind).unwrap();
    assert_eq!(listed(&home.vault()), ["work"]);
    get(&home.vault(), "work").await.unwrap();
    assert_eq!(listed(&home.vault()), ["more", "work"]);

    for text in ["", "{", r#"{"version":9,"entries":[]}"#] {
        std::fs::write(&path, text).unwrap();
        let failure = home.vault().entries().unwrap_err();
        assert!(failure.happened.contains("index.json"), "{failure}");
        get(&home.vault(), "work").await.unwrap();
        assert_eq!(listed(&home.vault()), ["more", "work"]);
    }
    std::fs::remove_file(&path).unwrap();
    home.vault().entries().unwrap_err();
    get(&home.vault(), "work").await.unwrap();
    assert_eq!(listed(&home.vault()), ["more", "work"]);
}
