//! Roles described by hand, and options laid over those of the shared files.

use crate::home::{AWAY, EVE, calls, home, parameter, place};
use hatrack_sandbox::{Account, Role};
use serde_json::json;

#[test]
fn a_role_is_added_edited_and_removed_beside_the_shared_files() {
    let deploy = Role::new("Deploy").trusts(EVE).external_id("acme-7").with_tags().max_session_duration(7200);
    let place =
        place([home(), Account::new(AWAY, "Away").role(deploy)], "[profile eve]\nregion = eu-west-1\n");
    let before = (place.read("config"), place.read("credentials"));
    let policy =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#;
    std::fs::write(place.folder().join("limit.json"), policy).unwrap();
    let arn = format!("arn:aws:iam::{AWAY}:role/Deploy");
    let added = place.hat(&[
        "role",
        "add",
        "deploy",
        "--arn",
        &arn,
        "--from",
        "eve",
        "--tag",
        "team=web",
        "--policy",
        "limit.json",
        "--policy-arn",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "--session-name",
        "by-{user}",
        "--duration",
        "1h",
        "--json",
    ]);
    // The planner's answer comes with it.
    assert!(added.answer.contains("AssumeRole"), "{added:?}");
    assert_eq!(place.json(&["roles", "deploy"])[0]["name"], json!("deploy"));
    place.hat(&["role", "add", "deploy", "--arn", &arn, "--from", "eve"]).refused(2, "there already");
    place.hat(&["use", "deploy"]).refused(1, "external_id");

    place.hat(&["role", "edit", "deploy", "--external-id", "acme-7", "--duration", "2h"]).succeeded();
    place.hat(&["use", "deploy"]).succeeded();
    let sent = |key: &str| parameter(&place, "AssumeRole", key);
    assert_eq!(sent("ExternalId").as_deref(), Some("acme-7"));
    assert_eq!(sent("DurationSeconds").as_deref(), Some("7200"));
    assert_eq!(sent("Tags.member.1.Key").as_deref(), Some("team"));
    assert_eq!(sent("PolicyArns.member.1.arn").as_deref(), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    assert!(sent("Policy").is_some_and(|policy| policy.contains("s3:*")));
    assert!(sent("RoleSessionName").is_some_and(|name| name.starts_with("by-") && !name.contains('{')));
    let shown = place.json(&["role", "show", "deploy"]);
    assert_eq!((&shown["own"]["external_id"], &shown["shared"]), (&json!("acme-7"), &json!({})));

    place.hat(&["off", "--all"]).succeeded();
    place.hat(&["role", "remove", "deploy"]).succeeded();
    assert_eq!(place.json(&["roles"]), json!([]));
    place.hat(&["use", "deploy"]).refused(4, "No role fits");
    place.hat(&["role", "remove", "deploy"]).refused(4, "deploy");
    place.hat(&["role", "edit", "deploy", "--region", "eu-west-1"]).refused(4, "no profile");
    assert_eq!(
        (place.read("config"), place.read("credentials")),
        before,
        "the shared files are as they were"
    );
}

#[test]
fn options_of_a_shared_role_are_changed_without_touching_its_file() {
    let place = acceptance::Place::demo();
    let before = place.read("config");
    place.hat(&["use", "playground", "--as", "one"]).succeeded();
    assert_eq!(parameter(&place, "AssumeRole", "DurationSeconds").as_deref(), Some("3600"));
    place.hat(&["role", "edit", "playground", "--duration", "4h"]).succeeded();
    place.hat(&["use", "playground", "--as", "two"]).succeeded();
    assert_eq!(parameter(&place, "AssumeRole", "DurationSeconds").as_deref(), Some("14400"));
    // An empty value takes a setting of the shared file away.
    place.hat(&["role", "edit", "globex-support", "--external-id", ""]).succeeded();
    place.hat(&["use", "globex-support", "--as", "three"]).refused(1, "external_id");
    place.hat(&["role", "remove", "globex-support"]).succeeded();
    place.hat(&["use", "globex-support", "--as", "three"]).succeeded();
    assert_eq!(place.read("config"), before);
    assert_eq!(calls(&place).len(), 4);
}

#[test]
fn a_way_that_leads_nowhere_is_told_when_it_is_saved() {
    let place = place([home()], "");
    let arn = format!("arn:aws:iam::{AWAY}:role/Deploy");
    let saved = place.hat(&["role", "add", "deploy", "--arn", &arn, "--from", "nobody"]).succeeded();
    assert!(saved.talk.contains("nobody"), "{}", saved.talk);
    assert_ne!(place.hat(&["use", "deploy"]).code, 0);
    assert!(place.sandbox.requests().is_empty());
}
