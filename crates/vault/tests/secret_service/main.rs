//! The vault with a real Secret Service on a bus of the test's own: present, locked, not created,
//! absent, and one that never answers.
//!
//! Which bus is meant stands in a process's environment. So what the vault does is done by a child:
//! this test binary again, told by a variable what to do.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the whole of it is a test")]

use hatrack_testbed::{Bus, Calls, Keyring as Service};
use hatrack_vault::keyring::{Condition, TIME_LIMIT, examine};
use hatrack_vault::{Facts, Keyring, Kind, SystemKeyring, Vault};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const DEED: &str = "HATRACK_TEST_DEED";
const FOLDER: &str = "HATRACK_TEST_FOLDER";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Not a test of its own: what the child does. Without the variable it does nothing.
#[tokio::test]
async fn child() {
    let Ok(deed) = std::env::var(DEED) else { return };
    let folder = std::env::var_os(FOLDER).unwrap();
    let keyring: Arc<dyn Keyring> = Arc::new(SystemKeyring);
    let vault = Vault::open(folder, Arc::clone(&keyring));
    let answer = match deed.as_str() {
        "put" => vault
            .put(Kind::AccessKey, "work", Sealed::new(SECRET), Facts::new(), Timestamp::UNIX_EPOCH)
            .await
            .map(|()| "put".to_owned()),
        "get" => vault.get(Kind::AccessKey, "work").await.map(told),
        "get, asking" => vault.asking().get(Kind::AccessKey, "work").await.map(told),
        "examine" => examine(keyring, TIME_LIMIT).await.map(|condition| match condition {
            Condition::Ready => "ready".to_owned(),
            Condition::Locked => "locked".to_owned(),
            Condition::NotCreated => "not created".to_owned(),
        }),
        "by passphrase" => {
            vault.seal_with_passphrase(Sealed::new("a passphrase")).await.map(|()| "sealed".to_owned())
        }
        "by keyring" => {
            vault.unlock(Sealed::new("a passphrase")).await.unwrap();
            vault.seal_with_keyring().await.map(|()| "sealed".to_owned())
        }
        other => panic!("no such deed: {other}"),
    };
    println!("<{}>", answer.unwrap_or_else(|failure| failure.to_string()));
}

fn told(secret: Option<Sealed>) -> String {
    match secret {
        Some(secret) if secret.open() == SECRET => "the secret".to_owned(),
        Some(_) => "another secret".to_owned(),
        None => "nothing".to_owned(),
    }
}

/// Has a child do this, and tells what it said.
fn does(deed: &str, folder: &Path, address: &str) -> String {
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(DEED, deed)
        .env(FOLDER, folder.join("vault"))
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env_remove("DISPLAY")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    let told = said.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    told.unwrap_or_else(|| panic!("{deed}: {said}")).0.to_owned()
}

/// A bus, and the folder that it and what stands on it have.
fn login() -> (tempfile::TempDir, Bus) {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start(folder.path()).unwrap();
    (folder, bus)
}

#[test]
fn a_keyring_that_is_there_keeps_the_key() {
    let (folder, bus) = login();
    let keyring = Service::unlocked(&bus, folder.path()).unwrap();
    let does = |deed| does(deed, folder.path(), bus.address());
    assert_eq!(does("examine"), "ready");
    assert_eq!(does("put"), "put");
    assert_eq!(does("get"), "the secret");
    assert_eq!(keyring.items(), Some(1), "one key, and nothing left of the examination");
    assert_eq!(does("by passphrase"), "sealed");
    assert_eq!(keyring.items(), Some(0));
    assert_eq!(does("get"), "The vault is closed. Open it with hat key unlock.");
    assert_eq!(does("by keyring"), "sealed");
    assert_eq!(does("get"), "the secret");
    assert_eq!(keyring.items(), Some(1));
}

#[test]
fn a_locked_keyring_is_told_and_opens_again() {
    let (folder, bus) = login();
    let mut keyring = Service::unlocked(&bus, folder.path()).unwrap();
    let does = |deed| does(deed, folder.path(), bus.address());
    assert_eq!(does("put"), "put");
    assert!(keyring.lock());
    for deed in ["get", "put"] {
        let said = does(deed);
        assert!(said.starts_with("The keyring is locked. Unlock the keyring"), "{said}");
    }
    assert_eq!(does("examine"), "locked");
    // A dialog can't come up here, and what was asked for ends all the same.
    let said = does("get, asking");
    assert!(said.starts_with("The keyring "), "{said}");
    keyring.restart().unwrap();
    assert_eq!(does("get"), "the secret");
}

#[test]
fn a_service_without_a_keyring_is_told() {
    let (folder, bus) = login();
    let _service = Service::not_created(&bus, folder.path()).unwrap();
    let does = |deed| does(deed, folder.path(), bus.address());
    assert_eq!(does("examine"), "not created");
    let said = does("put");
    assert!(said.contains("no keyring has been created") && said.contains("--passphrase"), "{said}");
    assert_eq!(does("by passphrase"), "sealed");
}

#[test]
fn without_a_service_or_a_bus_a_passphrase_will_do() {
    let (folder, bus) = login();
    let nowhere = format!("unix:path={}", folder.path().join("none").display());
    for address in [bus.address(), &nowhere] {
        let folder = tempfile::tempdir().unwrap();
        let said = does("put", folder.path(), address);
        assert!(said.starts_with("The keyring can't be used: ") && said.contains("--passphrase"), "{said}");
        assert!(!folder.path().join("vault/vault.age").exists());
        assert_eq!(does("by passphrase", folder.path(), address), "sealed");
    }
}

#[test]
fn a_service_that_never_answers_is_given_up() {
    let (folder, bus) = login();
    let calls = Calls::to(&bus).unwrap();
    assert!(calls.take_name_and_say_nothing("org.freedesktop.secrets"));
    for deed in ["put", "examine"] {
        let said = does(deed, folder.path(), bus.address());
        assert!(
            said.starts_with("The keyring doesn't answer, as one does that waits for a person."),
            "{said}"
        );
    }
    assert!(!folder.path().join("vault/vault.age").exists());
}
