//! MFA codes: what one code serves, and where else than from a person codes come from.

use crate::home::{DEVICE, EVE, HOME, SEED, calls, home, parameter, place, stands_below};
use acceptance::Place;
use acceptance::desktop::Login;
use hatrack_sandbox::{DEMO_MFA_SERIAL, Role};
use serde_json::json;

/// A home whose role wants a code; this stands in its profile, too.
fn guarded(more: &str) -> Place {
    let config = format!(
        "[profile guarded]\nrole_arn = arn:aws:iam::{HOME}:role/Guarded\nsource_profile = eve\n\
         mfa_serial = {DEVICE}\nregion = eu-central-1\n{more}"
    );
    place([home().role(Role::new("Guarded").trusts(EVE).with_mfa())], &config)
}

#[test]
fn one_code_serves_every_role_behind_its_device() {
    let place = Place::demo();
    let code = place.code();
    place.hat_reading(&["use", "production-readonly", "--as", "one", "--token-code", "-"], &code).succeeded();
    place.hat(&["use", "development-admin", "--as", "two"]).succeeded();
    // A chain behind the same device, too.
    place.hat(&["use", "production-deployer", "--as", "three"]).succeeded();
    let expected = [
        "GetSessionToken",
        "AssumeRole ReadOnly",
        "AssumeRole Admin",
        "AssumeRole Jump",
        "AssumeRole Deployer",
        "AssumeRole Deployer",
    ];
    assert_eq!(calls(&place), expected);
    assert_eq!(parameter(&place, "GetSessionToken", "DurationSeconds").as_deref(), Some("43200"));
    let coded = place.sandbox.requests();
    assert_eq!(coded.iter().filter(|call| call.params.contains_key("TokenCode")).count(), 1);
    // More than an hour can't be had that way: another code is needed, and nobody is here to give it.
    place.hat(&["use", "production-oncall", "--as", "four"]).refused(3, "code");
    assert_eq!(calls(&place).len(), expected.len());
}

#[test]
fn where_more_than_an_hour_is_wanted_the_code_goes_with_the_role_s_own_call() {
    let place = Place::demo();
    let code = place.code();
    let session =
        place.hat_reading(&["use", "production-oncall", "--token-code", "-", "--json"], &code).succeeded();
    assert_eq!(calls(&place), ["AssumeRole OnCall"]);
    assert_eq!(parameter(&place, "AssumeRole", "SerialNumber").as_deref(), Some(DEMO_MFA_SERIAL));
    assert_eq!(parameter(&place, "AssumeRole", "DurationSeconds").as_deref(), Some("43200"));
    assert!(session.json()["seconds_left"].as_i64().unwrap() > 11 * 3600, "{session:?}");
}

#[test]
fn a_command_of_the_profile_yields_the_codes() {
    let place = guarded("");
    let file = place.path("code");
    let config = place.read("config") + &format!("mfa_process = cat \"{}\"\n", file.display());
    place.write("config", &config);
    // What the command prints is no code: nothing is sent, and why is told.
    place.write("code", "no code\n");
    let refused = place.hat(&["use", "guarded"]);
    assert!(refused.code != 0 && calls(&place).is_empty(), "{}", refused.talk);
    place.write("code", &(place.code_of(DEVICE) + "\n"));
    place.hat(&["use", "guarded"]).succeeded();
    assert_eq!(calls(&place), ["GetSessionToken", "AssumeRole Guarded"]);
}

#[test]
fn a_command_of_the_settings_yields_the_codes() {
    let place = guarded("");
    let command = format!("cat \"{}\"", place.path("code").display());
    let told = place.hat(&["mfa", "source", DEVICE, "--process", &command]).succeeded();
    assert!(told.answer.contains(&command), "{told:?}");
    place.write("code", &(place.code_of(DEVICE) + "\n"));
    place.hat(&["use", "guarded", "--as", "one"]).succeeded();
    place.hat(&["mfa", "source", DEVICE, "--none"]).succeeded();
    place.hat(&["off", "--all"]).succeeded();
    place.hat(&["use", "guarded", "--as", "one"]).refused(3, "code");
}

#[test]
fn a_seed_in_the_vault_yields_the_codes_and_is_told_to_be_no_second_factor() {
    let login = Login::new(guarded(""));
    let place = &login.place;
    place.hat(&["use", "guarded"]).refused(3, "code");
    place.hat_reading(&["mfa", "keep-seed", DEVICE, "--yes"], "not a seed!\n").refused(2, "seed");
    place.hat_reading(&["mfa", "keep-seed", DEVICE], SEED).refused(3, "--yes");
    let kept = place.hat_reading(&["mfa", "keep-seed", DEVICE, "--yes"], &format!("{SEED}\n")).succeeded();
    assert!(kept.talk.contains("no second factor"), "{}", kept.talk);
    let devices = place.json(&["mfa", "devices", "guarded"]);
    assert_eq!((&devices[0]["mfa_serial"], &devices[0]["seed_in_vault"]), (&json!(DEVICE), &json!(true)));
    assert!(!stands_below(place.folder(), SEED), "it is sealed");

    place.hat(&["use", "guarded"]).succeeded();
    let granted = ["ListMFADevices", "GetSessionToken", "AssumeRole Guarded"];
    assert_eq!(calls(place), granted);
    // It is opened by another agent's start as well.
    place.hat(&["agent", "stop"]).succeeded();
    assert_eq!(place.json(&["mfa", "devices", "guarded"])[0]["seed_in_vault"], json!(true));

    place.hat(&["mfa", "forget-seed", DEVICE]).succeeded();
    place.hat(&["off", "--all"]).succeeded();
    place.hat(&["use", "guarded"]).refused(3, "code");
    place.hat(&["mfa", "forget-seed", DEVICE]).refused(4, "no seed");
}

#[test]
fn a_seed_in_a_vault_with_a_passphrase_yields_codes_while_it_is_open() {
    let place = guarded("");
    place.hat_reading(&["key", "vault", "--passphrase"], "correct horse\n").succeeded();
    place.hat_reading(&["mfa", "keep-seed", DEVICE, "--yes"], SEED).succeeded();
    place.hat(&["key", "lock"]).succeeded();
    let refused = place.hat(&["use", "guarded"]);
    assert_ne!(refused.code, 0);
    assert!(refused.talk.contains("hat key unlock") && calls(&place).is_empty(), "{}", refused.talk);
    place.hat_reading(&["key", "unlock"], "correct horse\n").succeeded();
    place.hat(&["use", "guarded"]).succeeded();
    assert_eq!(calls(&place), ["GetSessionToken", "AssumeRole Guarded"]);
}
