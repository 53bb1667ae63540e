//! Each operation that hands out credentials, with what it takes.

use crate::home::{AWAY, DEVICE, EVE, HOME, calls, home, parameter, place, seen};
use acceptance::{Place, until};
use hatrack_sandbox::{Account, Role};
use serde_json::json;

#[test]
fn tags_and_the_source_identity_go_along_a_chain() {
    let first = format!("arn:aws:iam::{HOME}:role/First");
    let away = Account::new(AWAY, "Away")
        .role(Role::new("Second").trusts(&first).with_tags().with_source_identity())
        .role(Role::new("Untagged").trusts(&first).with_source_identity())
        .role(Role::new("Unnamed").trusts(&first).with_tags());
    let first_role = Role::new("First").trusts(EVE).with_tags().with_source_identity();
    let config = format!(
        "[profile first]\nrole_arn = {first}\nsource_profile = eve\nsource_identity = eve@acme\n\
         session_tags = team=platform, project = hatrack\ntransitive_session_tags = team\n\
         [profile second]\nrole_arn = arn:aws:iam::{AWAY}:role/Second\nsource_profile = first\n\
         session_tags = cost=42\n\
         [profile untagged]\nrole_arn = arn:aws:iam::{AWAY}:role/Untagged\nsource_profile = first\n\
         [profile unnamed]\nrole_arn = arn:aws:iam::{AWAY}:role/Unnamed\nsource_profile = first\n"
    );
    let place = place([home().role(first_role), away], &config);
    let tags = |profile: &str| place.sandbox.session_tags(&place.section(profile)["aws_access_key_id"]);
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());

    place.hat(&["use", "first", "--as", "one"]).succeeded();
    assert_eq!(tags("one"), Some(vec![tag("team", "platform"), tag("project", "hatrack")]));
    place.hat(&["use", "second", "--as", "two"]).succeeded();
    assert_eq!(tags("two"), Some(vec![tag("team", "platform"), tag("cost", "42")]));
    let identities: Vec<_> = place
        .sandbox
        .requests()
        .iter()
        .filter(|call| call.action == "AssumeRole")
        .map(|call| call.params.get("SourceIdentity").cloned())
        .collect();
    assert_eq!(identities[0].as_deref(), Some("eve@acme"));
    assert!(seen(&place, "two").starts_with(&format!("arn:aws:sts::{AWAY}:assumed-role/Second/")));

    // Inherited ones need leave, too.
    place.hat(&["use", "untagged", "--as", "no"]).refused(1, "sts:TagSession");
    place.hat(&["use", "unnamed", "--as", "no"]).refused(1, "sts:SetSourceIdentity");
    assert!(place.section("no").is_empty());
}

#[test]
fn a_session_is_verified_and_shown_as_it_is() {
    let place = Place::demo_with_other_ways();
    place.hat(&["use", "tagged", "--as", "out"]).succeeded();
    let session = until("the verified session", || {
        let session = place.json(&["status"])[0].clone();
        (session["verified"] == json!(true)).then_some(session)
    });
    let asked = place.sandbox.requests();
    let asked = asked.iter().find(|call| call.action == "GetCallerIdentity").expect("it was asked");
    assert_eq!(asked.access_key_id.as_ref(), Some(&place.section("out")["aws_access_key_id"]));
    assert_eq!(session["arn"], json!(seen(&place, "out")));
}

#[test]
fn a_guest_is_federated_with_what_the_profile_says() {
    let place = Place::demo_with_other_ways();
    let session = place.json(&["use", "guest", "--as", "visitor", "--duration", "36h"]);
    assert_eq!(calls(&place), ["GetFederationToken guest"]);
    assert_eq!(parameter(&place, "GetFederationToken", "DurationSeconds").as_deref(), Some("129600"));
    assert!(session["seconds_left"].as_i64().unwrap() > 35 * 3600, "{session}");
    assert_eq!(seen(&place, "visitor"), format!("arn:aws:sts::{HOME}:federated-user/guest"));
    place.hat(&["use", "guest", "--as", "visitor", "--duration", "37h"]).refused(2, "duration");
}

#[test]
fn the_root_of_an_account_is_had_for_one_task_after_a_confirmation() {
    let config = format!(
        "[profile unlock]\nsource_profile = eve\nroot_account_id = {AWAY}\n\
         root_task_policy = S3UnlockBucketPolicy\nregion = eu-central-1\n"
    );
    let user = crate::home::eve().with_assume_root();
    let accounts = [Account::new(HOME, "Home").user(user), Account::new(AWAY, "Away")];
    let place = place(accounts, &config);
    let before = place.read("credentials");
    place.hat(&["use", "unlock"]).refused(3, AWAY);
    place.hat(&["use", "unlock", "--confirm", HOME]).refused(3, AWAY);
    place.hat(&["use", "unlock", "--confirm", AWAY, "--duration", "1h"]).refused(1, "15 minutes");
    assert_eq!((calls(&place).len(), place.read("credentials")), (0, before.clone()));

    let session = place.json(&["use", "unlock", "--confirm", AWAY]);
    assert_eq!(calls(&place), [format!("AssumeRoot {AWAY}")]);
    let policy = parameter(&place, "AssumeRoot", "TaskPolicyArn.arn");
    assert_eq!(policy.as_deref(), Some("arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"));
    assert_eq!(session["renews"], json!(false));
    assert!((1..=900).contains(&session["seconds_left"].as_i64().unwrap()), "{session}");
    assert_eq!(seen(&place, "default"), format!("arn:aws:iam::{AWAY}:root"));
    // Not even what is live is renewed without another confirmation.
    place.hat(&["use", "unlock", "--renew"]).refused(3, AWAY);
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn a_user_s_own_session_takes_the_place_of_the_key() {
    let config = format!("[profile eve]\nmfa_serial = {DEVICE}\nregion = eu-central-1\n");
    let place = place([home()], &config);
    let coded = ["use", "eve", "--as", "mine", "--duration", "36h", "--token-code", "-", "--json"];
    let session = place.hat_reading(&coded, &place.code_of(DEVICE)).succeeded().json();
    assert_eq!(calls(&place), ["GetSessionToken"]);
    assert_eq!(parameter(&place, "GetSessionToken", "DurationSeconds").as_deref(), Some("129600"));
    assert_eq!(parameter(&place, "GetSessionToken", "SerialNumber").as_deref(), Some(DEVICE));
    assert!(session["seconds_left"].as_i64().unwrap() > 35 * 3600, "{session}");
    let section = place.section("mine");
    assert!(section["aws_access_key_id"].starts_with("ASIA"), "{:?}", section.keys());
    assert_eq!(seen(&place, "mine"), EVE);
}
