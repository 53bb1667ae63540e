//! A vault that a passphrase keeps, and the ways from one to the other.

use super::drawer::Manner;
use super::*;
use crate::{KeptBy, Status};
use hatrack_core::failure::FailureCode;

async fn by_passphrase(home: &Home) -> Vault {
    let vault = home.vault();
    vault.seal_with_passphrase(Sealed::new(PASSPHRASE)).await.unwrap();
    put(&vault, "work", SECRET).await.unwrap();
    vault
}

#[tokio::test]
async fn a_passphrase_does_without_a_keyring() {
    let home = Home::new();
    home.drawer.set(Manner::Hangs);
    let vault = by_passphrase(&home).await;
    assert_eq!(home.drawer.touched(), 0);
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Passphrase, open: true }));
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    vault.lock();
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Passphrase, open: false }));
    assert_eq!(listed(&vault), ["work"]);
    let vault = home.vault();
    for failure in [
        get(&vault, "work").await.unwrap_err(),
        put(&vault, "more", SECRET).await.unwrap_err(),
        vault.seal_with_passphrase(Sealed::new("another passphrase")).await.unwrap_err(),
        vault.seal_with_keyring().await.unwrap_err(),
    ] {
        assert_eq!(failure.code, FailureCode::PersonNeeded);
        assert_eq!(failure.to_string(), "The vault is closed. Open it with hat key unlock.");
    }
}

#[tokio::test]
async fn only_the_right_passphrase_opens() {
    let home = Home::new();
    by_passphrase(&home).await;
    let vault = home.vault();
    let failure = vault.unlock(Sealed::new("another passphrase")).await.unwrap_err();
    assert_eq!((failure.code, failure.happened.as_str()), (FailureCode::Refused, "The passphrase is wrong."));
    assert_eq!(get(&vault, "work").await.unwrap_err().code, FailureCode::PersonNeeded);
    vault.unlock(Sealed::new(PASSPHRASE)).await.unwrap();
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    // A wrong one afterwards closes nothing.
    vault.unlock(Sealed::new("another passphrase")).await.unwrap_err();
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
}

#[tokio::test]
async fn any_program_for_the_format_opens_the_file_with_the_passphrase() {
    let home = Home::new();
    by_passphrase(&home).await;
    let identity = age::scrypt::Identity::new(age_core::secrecy::SecretString::from(PASSPHRASE));
    assert!(age::decrypt(&identity, &home.sealed().unwrap()).unwrap().starts_with(br#"{"version":1"#));
}

#[tokio::test]
async fn a_vault_goes_from_the_keyring_to_a_passphrase_and_back() {
    let home = Home::new();
    let vault = home.vault();
    put(&vault, "work", SECRET).await.unwrap();
    vault.seal_with_passphrase(Sealed::new(PASSPHRASE)).await.unwrap();
    assert!(home.drawer.keys().is_empty(), "a key that opens nothing is taken out");
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    vault.seal_with_passphrase(Sealed::new("another passphrase")).await.unwrap();
    home.vault().unlock(Sealed::new(PASSPHRASE)).await.unwrap_err();
    vault.seal_with_keyring().await.unwrap();
    assert_eq!(home.drawer.keys().len(), 1);
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Keyring, open: true }));
    let fresh = home.vault();
    assert_eq!(get(&fresh, "work").await, Ok(Some(SECRET.to_owned())));
    assert_eq!(fresh.seal_with_keyring().await, Ok(()), "it is so already");
    assert_eq!(fresh.unlock(Sealed::new(PASSPHRASE)).await.unwrap_err().code, FailureCode::Usage);
}

#[tokio::test]
async fn a_way_that_fails_leaves_the_old_one() {
    let home = Home::new();
    by_passphrase(&home).await;
    let vault = home.impatient();
    vault.unlock(Sealed::new(PASSPHRASE)).await.unwrap();
    let sealed = home.sealed();
    for manner in [Manner::Absent, Manner::Locked, Manner::Forgets, Manner::Hangs] {
        home.drawer.set(manner);
        vault.seal_with_keyring().await.unwrap_err();
        assert_eq!(home.sealed(), sealed, "{manner:?}");
        assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    }
    let failure = vault.seal_with_passphrase(Sealed::new("short")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Usage);
    assert_eq!(home.sealed(), sealed);
}

#[tokio::test]
async fn a_passphrase_that_another_process_changed_is_asked_for_again() {
    let home = Home::new();
    let here = by_passphrase(&home).await;
    let there = home.vault();
    there.unlock(Sealed::new(PASSPHRASE)).await.unwrap();
    there.seal_with_passphrase(Sealed::new("another passphrase")).await.unwrap();
    assert_eq!(put(&here, "more", SECRET).await.unwrap_err().code, FailureCode::PersonNeeded);
    here.unlock(Sealed::new("another passphrase")).await.unwrap();
    put(&here, "more", SECRET).await.unwrap();
    assert_eq!(get(&there, "more").await, Ok(Some(SECRET.to_owned())));
}

#[tokio::test]
async fn there_is_nothing_to_unlock_before_there_is_a_vault() {
    let home = Home::new();
    let failure = home.vault().unlock(Sealed::new(PASSPHRASE)).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Usage);
    assert_eq!(home.sealed(), None);
}
