//! Putting in, reading, listing, taking out.

use super::*;
use crate::{Entry, FactChanges, KeptBy, Status, fact};

fn facts(pairs: &[(&str, &str)]) -> Facts {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn an_empty_vault_reads_as_empty_and_makes_nothing() {
    let home = Home::new();
    let vault = home.vault();
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Nothing, open: false }));
    assert_eq!(vault.entries(), Ok(Vec::new()));
    assert_eq!(get(&vault, "work").await, Ok(None));
    assert_eq!(vault.remove(Kind::AccessKey, "work").await, Ok(false));
    assert_eq!(vault.change_facts(Kind::AccessKey, "work", FactChanges::new()).await, Ok(false));
    assert!(!home.path().exists());
    assert_eq!(home.drawer.touched(), 0);
}

#[tokio::test]
async fn what_is_put_in_is_there_for_the_next_process() {
    let home = Home::new();
    let known =
        facts(&[(fact::ACCESS_KEY_ID, "AKIAIOSFODNN7EXAMPLE"), (fact::CREATED, "2026-01-01T00:00:00Z")]);
    let vault = home.vault();
    vault.put(Kind::AccessKey, "work", Sealed::new(SECRET), known.clone(), at(7)).await.unwrap();
    vault.put(Kind::TotpSeed, "work", Sealed::new("GEZDGNBVGY3TQOJQ"), Facts::new(), at(8)).await.unwrap();

    let vault = home.vault();
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Keyring, open: false }));
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    assert_eq!(vault.status(), Ok(Status { kept_by: KeptBy::Keyring, open: true }));
    assert_eq!(vault.get(Kind::TotpSeed, "work").await.unwrap().unwrap().open(), "GEZDGNBVGY3TQOJQ");
    assert!(vault.get(Kind::ClientSecret, "work").await.unwrap().is_none());
    let entry = |kind, added, facts| Entry { kind, name: "work".to_owned(), added: at(added), facts };
    let expected = [entry(Kind::AccessKey, 7, known), entry(Kind::TotpSeed, 8, Facts::new())];
    assert_eq!(vault.entries().unwrap(), expected);
}

#[tokio::test]
async fn a_second_put_replaces_and_a_removal_removes() {
    let home = Home::new();
    let vault = home.vault();
    put(&vault, "work", "old").await.unwrap();
    put(&vault, "home", "other").await.unwrap();
    put(&vault, "work", "new").await.unwrap();
    assert_eq!(get(&vault, "work").await, Ok(Some("new".to_owned())));
    assert_eq!(vault.remove(Kind::AccessKey, "work").await, Ok(true));
    assert_eq!(vault.remove(Kind::AccessKey, "work").await, Ok(false));
    assert_eq!(get(&vault, "work").await, Ok(None));
    assert_eq!(listed(&vault), ["home"]);
}

#[tokio::test]
async fn facts_change_one_by_one() {
    let home = Home::new();
    let vault = home.vault();
    let before = facts(&[(fact::ACCESS_KEY_ID, "AKIA1"), (fact::MFA_SERIAL, "arn:1")]);
    vault.put(Kind::AccessKey, "work", Sealed::new(SECRET), before, at(1)).await.unwrap();
    let changes = FactChanges::from([
        (fact::ACCOUNT_ID.to_owned(), Some("111122223333".to_owned())),
        (fact::MFA_SERIAL.to_owned(), None),
    ]);
    assert_eq!(vault.change_facts(Kind::AccessKey, "work", changes.clone()).await, Ok(true));
    let after = facts(&[(fact::ACCESS_KEY_ID, "AKIA1"), (fact::ACCOUNT_ID, "111122223333")]);
    assert_eq!(home.vault().entries().unwrap()[0].facts, after);
    assert_eq!(get(&vault, "work").await, Ok(Some(SECRET.to_owned())));
    let sealed = home.sealed();
    assert_eq!(vault.change_facts(Kind::AccessKey, "work", changes).await, Ok(true));
    assert_eq!(home.sealed(), sealed, "what stays as it is isn't written");
}

#[tokio::test]
async fn files_are_closed_to_others_and_hold_no_plain_secret() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    assert_eq!(home.names(), ["index.json", "vault.age", "vault.lock"]);
    assert_eq!(
        (home.mode_of("."), home.mode_of("vault.age"), home.mode_of("index.json")),
        (0o700, 0o600, 0o600)
    );
    let sealed = home.sealed().unwrap();
    assert!(!sealed.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
    assert!(!home.index().contains(SECRET));
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    put(&home.vault(), "more", SECRET).await.unwrap();
    assert_eq!(home.mode_of("."), 0o700);
}

#[tokio::test]
async fn any_program_for_the_format_opens_the_file_with_the_key_of_the_keyring() {
    let home = Home::new();
    put(&home.vault(), "work", SECRET).await.unwrap();
    let keys = home.drawer.keys();
    let identity: age::x25519::Identity = keys[0].parse().unwrap();
    let text = String::from_utf8(age::decrypt(&identity, &home.sealed().unwrap()).unwrap()).unwrap();
    let map: serde_json::Value = serde_json::from_str(&text).unwrap();
    use base64::Engine as _;
    let secret = base64::prelude::BASE64_STANDARD.decode(map["secrets"][0]["secret"].as_str().unwrap());
    assert_eq!(secret.unwrap(), SECRET.as_bytes());
}

#[tokio::test]
async fn nothing_shows_a_secret_or_a_key() {
    let home = Home::new();
    let vault = home.vault();
    put(&vault, "work", SECRET).await.unwrap();
    let key = crate::key::Key::random().unwrap();
    let shown =
        format!("{vault:?} {:?} {key:?} {:?}", vault.entries(), vault.get(Kind::AccessKey, "work").await);
    assert!(!shown.contains(SECRET) && !shown.contains("AGE-SECRET"), "{shown}");
    let passphrase = crate::key::Key::from_passphrase(Sealed::new(PASSPHRASE));
    assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
}

#[tokio::test]
async fn what_can_not_be_kept_is_refused_before_anything_is_made() {
    let home = Home::new();
    let vault = home.vault();
    for (name, secret) in [("", SECRET), ("a\u{202e}b", SECRET), ("work", "")] {
        assert!(put(&vault, name, secret).await.is_err());
    }
    assert!(!home.path().exists());
}
