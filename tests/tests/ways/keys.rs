//! Long-term keys in the vault: in, used, rotated and out again.

use crate::home::{CREDENTIALS, DEVICE, EVE, HOME, KEY, SECRET, calls, eve, home, seen, stands_below};
use acceptance::Place;
use acceptance::desktop::Login;
use hatrack_sandbox::{Account, Role, World};
use serde_json::json;

/// A home without any key, whose role begins with the key `work` that no file describes.
fn keyless(account: Account) -> Place {
    let config = format!(
        "[profile admin]\nrole_arn = arn:aws:iam::{HOME}:role/Admin\nsource_profile = work\n\
         region = eu-central-1\n"
    );
    let account = account.role(Role::new("Admin").trusts(EVE));
    Place::new(World::default().account(account), &config, "")
}

fn add(place: &Place) -> acceptance::Ran {
    place.hat_reading(&["key", "add", "work", "--mfa", DEVICE], &format!("{KEY}\n{SECRET}\n"))
}

/// The id of the key that signed the last AssumeRole.
fn signer(place: &Place) -> String {
    let calls = place.sandbox.requests();
    let call = calls.iter().rev().find(|call| call.action == "AssumeRole");
    call.and_then(|call| call.access_key_id.clone()).expect("a role was assumed, signed")
}

#[test]
fn a_key_from_stdin_opens_roles_and_is_never_shown() {
    let login = Login::new(keyless(home()));
    let place = &login.place;
    assert!(place.hat(&["use", "admin"]).talk.contains("work"));
    place.hat_reading(&["key", "add", "work"], "nothing of use").refused(2, "access key");
    let added = add(place).succeeded();
    let listed = place.hat(&["key", "list"]).succeeded();
    let told = place.json(&["key", "list"]);
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!((&told[0]["name"], &told[0]["access_key_id"]), (&json!("work"), &json!(KEY)));
    assert_eq!((&told[0]["mfa_serial"], &told[0]["age_days"]), (&json!(DEVICE), &json!(0)));
    for said in [&added, &listed, &place.hat(&["key", "list", "--json"])] {
        assert!(!format!("{said:?}").contains(SECRET), "a secret is shown");
    }
    assert!(!stands_below(place.folder(), SECRET), "it is sealed");

    place.hat(&["use", "admin"]).succeeded();
    assert_eq!(signer(place), KEY);
    assert!(seen(place, "default").contains(":assumed-role/Admin/"));
    // Another agent's start finds it again.
    place.hat(&["agent", "stop"]).succeeded();
    place.hat(&["use", "admin", "--as", "again"]).succeeded();

    place.hat(&["key", "remove", "work"]).refused(3, "--yes");
    place.hat(&["key", "remove", "work", "--yes"]).succeeded();
    assert_eq!(place.json(&["key", "list"]), json!([]));
    assert_ne!(place.hat(&["use", "admin", "--as", "gone"]).code, 0);
}

#[test]
fn a_key_is_rotated_and_the_old_one_is_gone_at_aws() {
    let login = Login::new(keyless(home()));
    let place = &login.place;
    add(place).succeeded();
    let told = place.hat(&["key", "rotate", "work", "--json"]).succeeded();
    assert!(!told.talk.trim().is_empty(), "each step is told");
    let new = place.json(&["key", "list"])[0]["access_key_id"].as_str().unwrap().to_owned();
    assert_ne!(new, KEY);
    assert_eq!(told.json()[0]["access_key_id"], json!(new));
    assert!(!place.sandbox.delete_access_key(KEY), "it is deleted already");
    let made = calls(place);
    let at = |action: &str| made.iter().position(|call| call.starts_with(action)).expect("it was called");
    assert!(at("CreateAccessKey") < at("UpdateAccessKey"), "{made:?}");
    assert!(at("UpdateAccessKey") < at("DeleteAccessKey"), "{made:?}");
    place.hat(&["agent", "stop"]).succeeded();
    place.hat(&["use", "admin"]).succeeded();
    assert_eq!(signer(place), new);
}

#[test]
fn a_rotation_that_aws_refuses_leaves_a_working_key() {
    let user = eve().denied("iam:DeleteAccessKey");
    let login = Login::new(keyless(Account::new(HOME, "Home").user(user)));
    let place = &login.place;
    add(place).succeeded();
    place.hat(&["key", "rotate", "work"]).refused(1, "iam:DeleteAccessKey");
    place.hat(&["use", "admin"]).succeeded();
    let denied = Login::new(keyless(Account::new(HOME, "Home").user(eve().denied("iam:CreateAccessKey"))));
    let place = &denied.place;
    add(place).succeeded();
    place.hat(&["key", "rotate", "work"]).refused(1, "iam:CreateAccessKey");
    place.hat(&["use", "admin"]).succeeded();
    assert_eq!(signer(place), KEY);
}

#[test]
fn a_plain_key_is_imported_after_its_diff_and_goes_back() {
    let config = format!(
        "[profile eve]\nregion = eu-central-1\n[profile admin]\nsource_profile = eve\n\
         role_arn = arn:aws:iam::{HOME}:role/Admin\n"
    );
    let text = format!("# first\n{CREDENTIALS}cli_pager =\n\n[other]\nregion = eu-west-1\n");
    let account = home().role(Role::new("Admin").trusts(EVE));
    let login = Login::new(Place::new(World::default().account(account), &config, &text));
    let place = &login.place;
    place.hat(&["key", "import", "other", "--yes"]).refused(4, "other");
    let shown = place.hat(&["key", "import", "eve"]);
    assert_eq!((shown.code, place.read("credentials")), (3, text.clone()), "nobody consented");
    let diff = place.hat(&["key", "import", "eve", "--yes"]).succeeded();
    assert_eq!(diff.answer, shown.answer, "what was shown is what is done");
    let taken: Vec<_> = diff.answer.lines().filter(|line| line.starts_with("-aws_")).collect();
    assert_eq!(taken.len(), 2, "{diff:?}");
    assert!(!format!("{diff:?}{shown:?}").contains(SECRET), "a secret is shown");
    let left = place.read("credentials");
    assert!(!left.contains(KEY) && left.contains("cli_pager =") && left.starts_with("# first\n"), "{left}");
    assert!(!stands_below(place.folder(), SECRET), "no copy is left");
    place.hat(&["use", "admin"]).succeeded();
    assert_eq!(signer(place), KEY);
    place.hat(&["off", "--all"]).succeeded();

    place.hat(&["key", "export", "eve"]).succeeded();
    let back = place.read("credentials");
    assert!(back.contains(&format!("aws_access_key_id = {KEY}")) && back.contains(SECRET), "{back}");
    assert_eq!(seen(place, "eve"), EVE);
    assert!(back.starts_with("# first\n") && back.ends_with("[other]\nregion = eu-west-1\n"), "{back}");
}

#[test]
fn without_a_keyring_a_passphrase_seals_the_vault() {
    let place = keyless(home());
    let refused = add(&place);
    assert_ne!(refused.code, 0);
    assert!(refused.talk.contains("keyring") && refused.talk.contains("--passphrase"), "{}", refused.talk);
    assert_eq!(place.json(&["key", "list"]), json!([]));

    place.hat_reading(&["key", "vault", "--passphrase"], "correct horse\n").succeeded();
    add(&place).succeeded();
    assert!(!stands_below(place.folder(), SECRET), "it is sealed");
    place.hat(&["use", "admin", "--as", "one"]).succeeded();
    place.hat(&["key", "lock"]).succeeded();
    assert_eq!(place.json(&["key", "list"])[0]["access_key_id"], json!(KEY), "what is no secret is told");
    place.hat(&["use", "admin", "--as", "two"]).refused(3, "hat key unlock");
    place.hat_reading(&["key", "unlock"], "wrong horse\n").refused(1, "passphrase");
    let open = place.hat_reading(&["key", "unlock", "--json"], "correct horse\n").succeeded().json();
    assert_eq!((&open["kept_by"], &open["open"]), (&json!("passphrase"), &json!(true)));
    place.hat(&["use", "admin", "--as", "two"]).succeeded();
    // It is closed with the agent.
    place.hat(&["agent", "stop"]).succeeded();
    place.hat(&["use", "admin", "--as", "three"]).refused(3, "hat key unlock");
}

#[test]
fn a_vault_moves_from_the_keyring_to_a_passphrase_and_back() {
    let login = Login::new(keyless(home()));
    let place = &login.place;
    assert_eq!(place.json(&["key", "vault"])["kept_by"], json!("nothing"));
    add(place).succeeded();
    assert_eq!(place.json(&["key", "vault"])["kept_by"], json!("keyring"));
    place.hat_reading(&["key", "vault", "--passphrase"], "correct horse\n").succeeded();
    assert_eq!(place.json(&["key", "vault"])["kept_by"], json!("passphrase"));
    place.hat(&["key", "vault", "--keyring"]).succeeded();
    place.hat(&["agent", "stop"]).succeeded();
    place.hat(&["use", "admin"]).succeeded();
    assert_eq!(place.json(&["key", "vault"]), json!({"kept_by": "keyring", "open": true}));
}
