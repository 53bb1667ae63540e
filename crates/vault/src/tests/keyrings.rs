//! Keyrings that are absent, locked, silent, or not to be relied on.

use super::drawer::Manner;
use super::*;
use crate::keyring::{Condition, examine};
use hatrack_core::failure::FailureCode;

#[tokio::test]
async fn without_a_usable_keyring_no_file_is_begun_and_the_words_say_what_to_do() {
    for (manner, code, words) in [
        (Manner::Absent, FailureCode::Unreachable, "there is no service"),
        (Manner::NotCreated, FailureCode::PersonNeeded, "no keyring has been created"),
        (Manner::Locked, FailureCode::PersonNeeded, "is locked"),
        (Manner::Hangs, FailureCode::Unreachable, "doesn't answer"),
        (Manner::Forgets, FailureCode::Unreachable, "doesn't give back"),
        (Manner::Mistakes, FailureCode::Unreachable, "doesn't give back"),
    ] {
        let home = Home::new();
        home.drawer.set(manner);
        let vault = if manner == Manner::Hangs { home.impatient() } else { home.vault() };
        let failure = put(&vault, "work", SECRET).await.unwrap_err();
        assert_eq!(failure.code, code, "{manner:?}");
        assert!(failure.happened.contains(words), "{failure}");
        assert!(failure.remedy.contains("hat key vault --passphrase"), "{failure}");
        assert_eq!(home.sealed(), None, "{manner:?}");
    }
}

#[tokio::test]
async fn a_locked_keyring_is_not_touched_unasked() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let touched = home.drawer.touched();
    home.drawer.set(Manner::Locked);
    let vault = home.vault();
    assert_eq!(get(&vault, "work").await.unwrap_err().code, FailureCode::PersonNeeded);
    assert_eq!(listed(&vault), ["work"]);
    assert_eq!(home.drawer.touched(), touched);
    // A person who asked for it may be asked.
    assert_eq!(get(&vault.asking(), "work").await, Ok(Some(SECRET.to_owned())));
    // And whoever comes next finds the vault open.
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
}

#[tokio::test]
async fn the_key_is_asked_for_once_and_again_after_a_lock() {
    let home = Home::new();
    let vault = home.vault();
    put(&vault, "work", SECRET).await.unwrap();
    home.drawer.set(Manner::Absent);
    put(&vault, "more", SECRET).await.unwrap();
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    vault.lock();
    assert_eq!(get(&vault, "work").await.unwrap_err().code, FailureCode::Unreachable);
    home.drawer.set(Manner::Works);
    assert_eq!(get(&vault, "more").await, Ok(Some(SECRET.to_owned())));
}

#[tokio::test]
async fn a_dialog_that_nobody_answers_stays_one_dialog() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let touched = home.drawer.touched();
    home.drawer.set(Manner::HangsOnceTouched);
    let vault = home.impatient().asking();
    let (one, two) = tokio::join!(get(&vault, "work"), get(&vault, "work"));
    for failure in [one.unwrap_err(), two.unwrap_err(), get(&vault, "work").await.unwrap_err()] {
        assert!(failure.happened.contains("doesn't answer"), "{failure}");
    }
    assert_eq!(home.drawer.touched(), touched + 1);
}

#[tokio::test]
async fn a_key_that_is_gone_leaves_the_file_as_it_is() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let sealed = home.sealed();
    home.drawer.empty();
    let vault = home.vault();
    for failure in [
        get(&vault, "work").await.unwrap_err(),
        put(&vault, "more", SECRET).await.unwrap_err(),
        vault.seal_with_passphrase(Sealed::new(PASSPHRASE)).await.unwrap_err(),
        vault.seal_with_keyring().await.unwrap_err(),
    ] {
        assert_eq!(failure.code, FailureCode::File);
        assert!(failure.happened.contains("its key isn't in the keyring"), "{failure}");
    }
    assert_eq!(home.sealed(), sealed);
}

#[tokio::test]
async fn an_examination_leaves_nothing_behind() {
    for (manner, expected) in [
        (Manner::Works, Ok(Condition::Ready)),
        (Manner::Locked, Ok(Condition::Locked)),
        (Manner::NotCreated, Ok(Condition::NotCreated)),
        (Manner::Absent, Err("there is no service")),
        (Manner::Hangs, Err("doesn't answer")),
        (Manner::Forgets, Err("something else")),
    ] {
        let home = Home::new();
        home.drawer.set(manner);
        let limit = if manner == Manner::Hangs { IMPATIENT } else { PATIENT };
        match (examine(Arc::clone(&home.drawer) as _, limit).await, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(failure), Err(words)) => assert!(failure.happened.contains(words), "{failure}"),
            (found, expected) => panic!("{manner:?}: {found:?} instead of {expected:?}"),
        }
        assert!(home.drawer.keys().is_empty());
    }
}
