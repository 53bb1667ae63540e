//! Links, permissions, and things that are not files.

use super::*;
use hatrack_core::failure::FailureCode;
use std::os::unix::fs::{MetadataExt as _, symlink};

/// The delivery is refused in two sentences that name the path, and nothing is left behind.
fn refused(home: &Home, names: &str) -> Failure {
    let failure = deliver(&home.dir(), "p", 1, false).unwrap_err();
    assert_eq!(failure.code, FailureCode::File);
    assert!(failure.happened.contains(names), "{failure}");
    assert!(failure.happened.ends_with('.') && failure.remedy.ends_with('.'), "{failure}");
    assert!(!failure.happened.contains("os error"), "{failure}");
    failure
}

#[test]
fn a_link_stays_and_its_target_is_replaced_in_its_own_folder() {
    let home = Home::new();
    fs::create_dir_all(home.path(".aws")).unwrap();
    fs::create_dir_all(home.path("dotfiles/aws")).unwrap();
    let real = home.path("dotfiles/aws/creds");
    fs::write(&real, "[a]\nx = 1\n").unwrap();
    symlink("aws/creds", home.path("dotfiles/link")).unwrap();
    symlink("../dotfiles/link", home.credentials()).unwrap();
    deliver(&home.dir(), "p", 1, false).unwrap();
    assert!(home.credentials().is_symlink() && home.path("dotfiles/link").is_symlink());
    assert!(!real.is_symlink() && fs::read_to_string(&real).unwrap().contains("[p]"));
    assert_eq!(home.names(), ["credentials"]);
    home.dir().erase(&profile("p")).unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "[a]\nx = 1\n");
}

#[test]
fn a_link_to_nothing_gets_its_target_made() {
    let home = Home::with("");
    fs::remove_file(home.credentials()).unwrap();
    symlink("../elsewhere/creds", home.credentials()).unwrap();
    assert_eq!(home.dir().erase(&profile("p")), Ok(Erasure::NotThere));
    assert!(!home.path("elsewhere").exists());
    deliver(&home.dir(), "p", 1, false).unwrap();
    assert!(home.credentials().is_symlink());
    assert_eq!((home.mode_of("elsewhere"), home.mode_of("elsewhere/creds")), (0o700, 0o600));
}

#[test]
fn a_circle_of_links_is_refused() {
    let home = Home::with("");
    fs::remove_file(home.credentials()).unwrap();
    symlink("b", home.credentials()).unwrap();
    symlink("credentials", home.path(".aws/b")).unwrap();
    refused(&home, "credentials is a link that leads in a circle");
}

#[test]
fn a_linked_folder_is_one_lock_and_one_journal_entry() {
    let home = Home::with("");
    symlink(home.path(".aws"), home.path("alias")).unwrap();
    let journal = Journal::in_folder(&home.path("data"));
    let alias = AwsDir::new(
        &home.path("alias/credentials"),
        &home.path("alias/config"),
        &home.path("run"),
        journal.clone(),
    );
    deliver(&alias, "p", 1, false).unwrap();
    deliver(&home.dir(), "p", 2, false).unwrap();
    assert_eq!(journal.deliveries().len(), 1);
    assert_eq!(fs::read_dir(home.path("run")).unwrap().count(), 1);
}

#[test]
fn what_is_no_file_is_refused_at_once_and_keeps_its_kind() {
    let home = Home::with("");
    fs::remove_file(home.credentials()).unwrap();
    fs::create_dir(home.credentials()).unwrap();
    refused(&home, "a folder, a pipe or a device");
    fs::remove_dir(home.credentials()).unwrap();

    assert!(std::process::Command::new("mkfifo").arg(home.credentials()).status().unwrap().success());
    refused(&home, "a folder, a pipe or a device");
    assert!(read(&home.credentials()).is_err());
    assert!(home.dir().owned().is_err());
    assert!(home.dir().erase(&profile("p")).is_err());
    assert!(home.dir().check(&profile("p"), false).is_err());
    assert!(!fs::symlink_metadata(home.credentials()).unwrap().is_file());

    fs::remove_file(home.credentials()).unwrap();
    symlink("/dev/null", home.credentials()).unwrap();
    assert!(deliver(&home.dir(), "p", 1, false).is_err());
}

#[test]
fn a_file_that_others_could_read_is_closed_and_that_is_told() {
    for mode in [0o644, 0o666, 0o640, 0o604] {
        let home = Home::with("[a]\n");
        home.mode(".aws/credentials", mode);
        let delivered = deliver(&home.dir(), "p", 1, false).unwrap();
        assert_eq!(delivered, Delivered { changed: true, tightened: Some(mode) });
        assert_eq!(home.mode_of(".aws/credentials"), 0o600);
        home.mode(".aws/credentials", mode);
        let delivered = deliver(&home.dir(), "p", 1, false).unwrap();
        assert_eq!(delivered, Delivered { changed: false, tightened: Some(mode) });
        assert_eq!(home.mode_of(".aws/credentials"), 0o600);
    }
}

#[test]
fn folders_and_files_that_are_not_safely_ours_are_refused() {
    for mode in [0o770, 0o777, 0o1777, 0o500] {
        let home = Home::with("[a]\n");
        home.mode(".aws", mode);
        refused(&home, ".aws ");
        assert_eq!(home.dir().check(&profile("p"), false), deliver(&home.dir(), "p", 1, false).map(|_| ()));
        home.mode(".aws", 0o700);
        assert_eq!((home.text(), home.names()), ("[a]\n".to_owned(), vec!["credentials".to_owned()]));
    }
    let home = Home::with("[a]\n");
    home.mode(".aws/credentials", 0o400);
    refused(&home, "credentials is read-only");
    home.mode(".aws/credentials", 0o600);
    fs::hard_link(home.credentials(), home.path("second")).unwrap();
    refused(&home, "hard link");
    assert_eq!(home.credentials().metadata().unwrap().nlink(), 2);
}

#[test]
fn a_folder_of_another_user_is_refused() {
    let home = Home::new();
    // The root folder is the superuser's; for the superuser, so is everything else here.
    if Path::new("/").metadata().unwrap().uid() == home.folder.path().metadata().unwrap().uid() {
        let away = home.path("away");
        fs::create_dir(&away).unwrap();
        std::os::unix::fs::chown(&away, Some(65_534), None).unwrap();
        symlink(&away, home.path(".aws")).unwrap();
    } else {
        symlink("/", home.path(".aws")).unwrap();
    }
    refused(&home, "belongs to another user");
}

#[test]
fn what_a_killed_process_left_is_swept_and_nothing_else() {
    let home = Home::with("[a]\n");
    let mut dir = home.dir();
    let kept = home.path(".aws/kept");
    let copy = kept.clone();
    // A second name keeps the temporary file, as a kill would.
    dir.between = Arc::new(move |step, real| {
        if step == Step::Staged {
            let staged = fs::read_dir(real.parent().unwrap())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .find(|path| path.to_string_lossy().ends_with(".hatrack-tmp"))
                .unwrap();
            fs::write(&copy, staged.file_name().unwrap().to_str().unwrap()).unwrap();
        }
    });
    deliver(&dir, "p", 1, false).unwrap();
    let left = home.path(".aws").join(fs::read_to_string(&kept).unwrap());
    fs::write(&left, "half").unwrap();
    fs::write(home.path(".aws/.other-1.hatrack-tmp"), "").unwrap();
    deliver(&home.dir(), "p", 2, false).unwrap();
    assert_eq!(home.names(), [".other-1.hatrack-tmp", "credentials", "kept"]);
}

#[test]
fn a_file_of_ten_megabytes_is_written_and_a_monstrous_one_refused() {
    let home = Home::with(&"# a line of a very long file\n".repeat(10 * 1024 * 1024 / 29));
    deliver(&home.dir(), "p", 1, false).unwrap();
    fs::File::options().write(true).open(home.credentials()).unwrap().set_len(65 * 1024 * 1024).unwrap();
    refused(&home, "too large");
}

#[test]
fn hostile_paths_are_shown_harmlessly() {
    let home = Home::new();
    let name = home.path("a\u{1b}[31m\u{202E}b\n");
    fs::create_dir(&name).unwrap();
    fs::set_permissions(&name, fs::Permissions::from_mode(0o777)).unwrap();
    let journal = Journal::in_folder(&home.path("data"));
    let dir = AwsDir::new(&name.join("credentials"), &name.join("config"), &home.path("run"), journal);
    let failure = deliver(&dir, "p", 1, false).unwrap_err();
    assert!(!failure.to_string().contains(['\u{1b}', '\u{202E}', '\n']), "{failure:?}");
}
