//! Keys out of the shared files and back.

use crate::desk::{DEVICE, Desk, ID, SECRET};
use hatrack_core::failure::FailureCode;
use hatrack_sandbox::Fault;
use hatrack_vault::Kind;
use std::fs;
use std::time::Duration;

fn section() -> String {
    format!("[work]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
}

fn credentials(desk: &Desk) -> String {
    fs::read_to_string(desk.credentials_file()).unwrap()
}

#[tokio::test]
async fn an_import_is_shown_first_and_done_when_it_is_wanted() {
    let desk = Desk::new();
    let before = format!("# mine\n[other]\naws_secret_access_key = of-somebody\n\n{}", section());
    fs::write(desk.credentials_file(), &before).unwrap();

    let diff = desk.keys().import("work", false).await.unwrap();
    let path = desk.credentials_file().display().to_string();
    assert_eq!(
        diff,
        format!(
            "--- {path}\n+++ {path}\n@@ -1,7 +1,3 @@\n # ****\n [other]\n aws_secret_access_key = ****\n-\n-[work]\n-aws_access_key_id = AKIA…ADA1\n-aws_secret_access_key = ****\n# Other AWS tools find no keys in the profile work then; the way back is: hat key export work\n"
        )
    );
    assert_eq!((credentials(&desk), desk.vault.entries().unwrap()), (before.clone(), vec![]));
    assert_eq!(desk.sandbox.requests().len(), 0);

    assert_eq!(desk.keys().import("work", true).await.unwrap(), diff);
    assert_eq!(credentials(&desk), "# mine\n[other]\naws_secret_access_key = of-somebody\n");
    assert!(desk.works().await);

    desk.keys().export("work").await.unwrap();
    assert_eq!(credentials(&desk), before, "the way back is whole");
    desk.keys().export("work").await.unwrap();
    assert_eq!(credentials(&desk), before);
    assert!(desk.works().await, "the vault keeps it");
}

#[tokio::test]
async fn a_profile_keeps_its_other_settings_and_lends_its_device() {
    let desk = Desk::new();
    fs::write(desk.credentials_file(), format!("{}region = eu-west-1\n", section())).unwrap();
    fs::write(desk.config_file(), "[profile work]\nmfa_serial = GAHT12345678\n").unwrap();
    desk.keys().import("work", true).await.unwrap();
    assert_eq!(credentials(&desk), "[work]\nregion = eu-west-1\n");
    assert_eq!(desk.keys().list().unwrap()[0].facts.mfa_serial.as_deref(), Some("GAHT12345678"));
}

#[tokio::test]
async fn a_key_of_the_config_file_comes_too() {
    let desk = Desk::new();
    fs::write(desk.config_file(), section().replace("[work]", "[profile work]\nregion = eu-west-1")).unwrap();
    let diff = desk.keys().import("work", true).await.unwrap();
    assert!(diff.starts_with(&format!("--- {}\n", desk.config_file().display())), "{diff}");
    assert_eq!(fs::read_to_string(desk.config_file()).unwrap(), "[profile work]\nregion = eu-west-1\n");
    assert_eq!(desk.keys().list().unwrap()[0].facts.mfa_serial.as_deref(), Some(DEVICE));
    assert!(!desk.credentials_file().exists());
}

#[tokio::test]
async fn what_is_not_a_good_plain_key_stays_where_it_is() {
    let desk = Desk::new();
    for (text, code) in [
        (format!("{}aws_session_token = t0ken\n", section()), FailureCode::Refused),
        (section().replace("AKIA", "ASIA"), FailureCode::Usage),
        (section().replace(SECRET, "another-secret-that-nobody-sees"), FailureCode::Refused),
        (format!("{0}{0}", section()), FailureCode::NotOurs),
        ("[work]\nregion = x\n".to_owned(), FailureCode::NotFound),
    ] {
        fs::write(desk.credentials_file(), &text).unwrap();
        let failure = desk.keys().import("work", true).await.unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        assert!(!format!("{failure:?}").contains("secret-that") && !format!("{failure:?}").contains("t0ken"));
        assert_eq!((credentials(&desk), desk.vault.entries().unwrap()), (text, vec![]));
    }
}

#[tokio::test]
async fn an_import_that_is_overtaken_loses_neither_key() {
    let desk = Desk::new();
    fs::write(desk.credentials_file(), section()).unwrap();
    // The second call of AWS takes long: by then the file was looked at, and it will be again.
    desk.sandbox.fail_next(Fault::Delay(Duration::ZERO));
    desk.sandbox.fail_next(Fault::Delay(Duration::from_secs(2)));
    let keys = desk.keys();
    let importing = tokio::spawn(async move { keys.import("work", true).await });
    while desk.sandbox.requests().is_empty() && !importing.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let other = section().replace(ID, "AKIAANOTHERANOTHER00");
    fs::write(desk.credentials_file(), other).unwrap();
    let failure = importing.await.unwrap().unwrap_err();
    assert!(failure.happened.contains("has another key by now"), "{failure}");
    assert!(credentials(&desk).contains("AKIAANOTHERANOTHER00"));
    assert!(desk.works().await, "the one that was there is in the vault");
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_done_again() {
    let desk = Desk::new();
    fs::write(desk.credentials_file(), section()).unwrap();
    // Cut off before the vault has it: nothing happened.
    desk.sandbox.fail_next(Fault::Delay(Duration::from_secs(30)));
    let keys = desk.keys();
    let cut_off = tokio::time::timeout(Duration::from_millis(300), keys.import("work", true)).await;
    assert!(cut_off.is_err());
    assert_eq!((credentials(&desk), desk.vault.entries().unwrap()), (section(), vec![]));
    // Cut off after that: both have it.
    desk.add().await;
    assert_eq!(credentials(&desk), section());
    desk.keys().import("work", true).await.unwrap();
    assert_eq!(credentials(&desk), "");
    assert!(desk.works().await);
}

#[tokio::test]
async fn a_key_with_a_name_that_is_taken_stays_in_the_file() {
    let desk = Desk::new();
    desk.add().await;
    let other = section().replace(ID, "AKIAANOTHERANOTHER00");
    fs::write(desk.credentials_file(), &other).unwrap();
    for really in [false, true] {
        let failure = desk.keys().import("work", really).await.unwrap_err();
        assert!(failure.happened.contains("another key called work"), "{failure}");
    }
    let failure = desk.keys().export("work").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotOurs);
    assert!(failure.happened.contains("not overwritten"), "{failure}");
    assert_eq!(credentials(&desk), other);
    assert_eq!(desk.vault.get(Kind::AccessKey, "work").await.unwrap().unwrap().open(), SECRET);
}
