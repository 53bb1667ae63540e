//! What is told before a call and after a refusal: plans, reasons, owners and tokens.

use crate::home::{AWAY, CREDENTIALS, EVE, HOME, KEY, calls, home, place};
use acceptance::Place;
use hatrack_sandbox::{Account, DEMO_MFA_SERIAL, OidcProvider, Role, World};
use serde_json::{Value, json};

/// The operations of a plan with the seconds that each asks for.
fn operations(plan: &Value) -> Vec<(&str, u64)> {
    let steps = plan["steps"].as_array().expect("a plan has steps").iter();
    let calls =
        steps.filter_map(|step| Some((step["operation"].as_str()?, step["duration_seconds"].as_u64()?)));
    calls.collect()
}

fn prompts(plan: &Value) -> Vec<&str> {
    plan["steps"]
        .as_array()
        .expect("a plan has steps")
        .iter()
        .filter_map(|it| it["prompt"].as_str())
        .collect()
}

#[test]
fn a_plan_tells_calls_prompts_and_lives_before_anything_is_called() {
    let place = Place::demo();
    let plain = place.json(&["plan", "playground", "--duration", "4h"]);
    assert_eq!((operations(&plain), prompts(&plain)), (vec![("AssumeRole", 14_400)], vec![]));
    assert_eq!(plain["renewal"], json!("silent"));
    assert!(plain["notes"].to_string().contains("MaxSessionDuration"), "{plain}");

    // More than an hour: the code goes with the role's own call.
    let direct = place.json(&["plan", "production-oncall"]);
    assert_eq!(operations(&direct), [("AssumeRole", 43_200)]);
    assert!(prompts(&direct)[0].contains(DEMO_MFA_SERIAL) && prompts(&direct).len() == 1, "{direct}");
    assert_eq!(direct["renewal"], json!("code"));

    // An hour is enough: the code serves every role behind the device.
    let cached = place.json(&["plan", "production-readonly"]);
    assert_eq!(operations(&cached), [("GetSessionToken", 43_200), ("AssumeRole", 3600)]);
    assert!(prompts(&cached)[0].contains(DEMO_MFA_SERIAL) && prompts(&cached).len() == 1, "{cached}");
    assert!(cached["renewal"]["silent-until"].is_string(), "{cached}");

    let chain = place.json(&["plan", "production-deployer"]);
    let expected =
        [("GetSessionToken", 43_200), ("AssumeRole", 3600), ("AssumeRole", 3600), ("AssumeRole", 3600)];
    assert_eq!(operations(&chain), expected);
    place.hat(&["plan", "production-deployer", "--duration", "2h"]).refused(1, "an hour");
    place.hat(&["plan", "no-such-role"]).refused(4, "No role fits");

    let text = place.hat(&["plan", "production-readonly"]).succeeded().answer;
    let words = ["1. From", "2. GetSessionToken", "for 12 h", "Asks first: ", "3. AssumeRole", "silently"];
    for word in words {
        assert!(text.contains(word), "{word:?} isn't in {text}");
    }
    assert!(place.sandbox.requests().is_empty(), "nothing was called");

    // After the code was given, the same plan asks nobody.
    let code = place.code();
    place.hat_reading(&["use", "production-readonly", "--token-code", "-"], &code).succeeded();
    let next = place.json(&["plan", "development-admin"]);
    assert_eq!((operations(&next), prompts(&next)), (vec![("AssumeRole", 3600)], vec![]));
    let begin = next["steps"][0]["subject"].as_str().unwrap();
    assert!(begin.contains(DEMO_MFA_SERIAL) && begin.contains("in memory"), "{begin}");
}

#[test]
fn what_a_role_allows_is_learnt_from_a_refusal_and_told_before_the_next_call() {
    let role = Role::new("Short").trusts(EVE).max_session_duration(7200);
    let config =
        format!("[profile short]\nrole_arn = arn:aws:iam::{HOME}:role/Short\nsource_profile = eve\n");
    let place = place([home().role(role)], &config);
    assert_eq!(operations(&place.json(&["plan", "short", "--duration", "4h"])), [("AssumeRole", 14_400)]);
    place.hat(&["use", "short", "--duration", "4h"]).refused(1, "longer than the role allows");
    assert_eq!(calls(&place), ["AssumeRole Short ValidationError"]);
    place.hat(&["plan", "short", "--duration", "4h"]).refused(1, "MaxSessionDuration");
    place.hat(&["use", "short", "--duration", "4h"]).refused(1, "MaxSessionDuration");
    // It is remembered by the next agent, too.
    place.hat(&["agent", "stop"]).succeeded();
    place.hat(&["use", "short", "--duration", "5h"]).refused(1, "MaxSessionDuration");
    assert_eq!(calls(&place).len(), 1, "no call was wasted");
    place.hat(&["use", "short", "--duration", "2h"]).succeeded();
}

#[test]
fn a_refusal_is_told_with_aws_s_code_and_request_id_and_told_again() {
    let place = Place::demo();
    let code = place.code();
    let refused = place.hat_reading(&["use", "security-breakglass", "--token-code", "-"], &code);
    let refused = refused.refused(1, "AccessDenied");
    let why = place.json(&["why", "security-breakglass"]);
    let failure = &why["failed"]["failure"];
    assert_eq!(failure["aws_code"], json!("AccessDenied"), "{why}");
    let request_id = failure["request_id"].as_str().unwrap();
    assert!(request_id.len() >= 16 && refused.talk.contains(request_id), "{}", refused.talk);
    assert!(failure["happened"].as_str().unwrap().contains("BreakGlass"), "{failure}");
    assert!(failure["remedy"].as_str().unwrap().contains("trust policy"), "{failure}");
    // Another agent knows it as well.
    place.hat(&["agent", "stop"]).succeeded();
    let text = place.hat(&["why", "security-breakglass"]).succeeded().answer;
    assert!(text.contains("AccessDenied") && text.contains(request_id), "{text}");
    assert_eq!(place.json(&["why", "playground"])["failed"], Value::Null);
}

#[test]
fn which_credentials_a_profile_stands_for_and_what_shadows_them_is_told() {
    let mut place = Place::demo();
    let why = place.json(&["why", "demo"]);
    let sdks = why["picks"]["by_sdk"].as_array().unwrap().len();
    assert!(sdks >= 5, "the AWS CLI and the SDKs for Rust, JS, Go and Java: {why}");
    assert_eq!(why["picks"]["shadowed"], json!([]));
    place.set("AWS_ACCESS_KEY_ID", KEY);
    place.set("AWS_SECRET_ACCESS_KEY", "x");
    let shadowed = place.json(&["why", "demo"]);
    assert!(shadowed["picks"]["shadowed"].to_string().contains("AWS_ACCESS_KEY_ID"), "{shadowed}");
    let text = place.hat(&["why", "demo"]).succeeded().answer;
    assert!(text.contains("AWS CLI") && text.contains("shadows"), "{text}");
    place.hat(&["why", "no-such-profile"]).refused(4, "");
}

#[test]
fn whose_a_key_is_is_asked_with_an_active_role() {
    let place = Place::demo();
    let credentials = place.section("demo");
    let id = credentials["aws_access_key_id"].as_str();
    place.hat(&["whose", id]).refused(4, "active");
    place.hat(&["use", "playground"]).succeeded();
    let told = place.json(&["whose", id]);
    assert_eq!((&told["account_id"], &told["access_key_id"]), (&json!(HOME), &json!(id)));
    place.hat(&["whose", id, "--with", "data-analyst"]).refused(4, "active");
    place.hat(&["whose", "not-a-key"]).refused(2, "16 to 128");
}

#[test]
fn a_token_tells_others_who_a_role_is() {
    let arn = format!("arn:aws:iam::{HOME}:role/Caller");
    let config = format!("[profile caller]\nrole_arn = {arn}\nsource_profile = eve\nregion = eu-central-1\n");
    let home = home().role(Role::new("Caller").trusts(EVE)).with_outbound_web_identity();
    let here = place([home], &config);
    let asked = ["token", "caller", "--audience", "https://api.example", "--duration", "10m"];
    here.hat(&asked).refused(4, "active");
    here.hat(&["use", "caller"]).succeeded();
    let told = here.json(&asked);
    let token = told["token"].as_str().unwrap();
    assert!(told["expiration"].is_string(), "a token ends");

    // Somebody else's AWS reads issuer, audience and subject in it, and checks its signature.
    let issuer = here.sandbox.token_issuer();
    let role = |name: &str, audience: &str, subject: &str| {
        Role::new(name).trusts_web_identity(&issuer, audience, subject)
    };
    let away = Account::new(AWAY, "Away").role(role("Them", "https://api.example", &arn)).role(role(
        "Others",
        "https://api.example",
        EVE,
    ));
    let provider = OidcProvider::new(&issuer, "https://api.example", None);
    let there = Place::new(World::default().account(away).oidc_provider(provider), "", CREDENTIALS);
    let file = there.path("token");
    std::fs::write(&file, token).unwrap();
    let section = |name: &str| {
        let role_arn = format!("arn:aws:iam::{AWAY}:role/{name}");
        let file = file.display();
        format!("[profile {name}]\nrole_arn = {role_arn}\nweb_identity_token_file = {file}\n")
    };
    there.write("config", &(section("Them") + &section("Others")));
    there.hat(&["use", "Them", "--as", "out"]).succeeded();
    there.hat(&["use", "Others", "--as", "no"]).refused(1, "subject");
    assert!(!here.hat(&["status"]).answer.contains(token), "it is shown to who asked alone");
}

#[test]
fn a_token_that_was_given_is_traded_in() {
    let config =
        format!("[profile caller]\nrole_arn = arn:aws:iam::{HOME}:role/Caller\nsource_profile = eve\n");
    let home = home().role(Role::new("Caller").trusts(EVE));
    let world = World::default().account(home).trade_in_token(EVE, "given-by-a-partner-0001");
    let place = Place::new(world, &config, CREDENTIALS);
    place.hat(&["use", "caller"]).succeeded();
    let trade = ["token", "caller", "--trade-in", "-"];
    let given = place.hat_reading(&trade, "given-by-a-partner-0001\n").succeeded().json();
    // As a credential_process prints it.
    assert_eq!(given["Version"], json!(1), "{:?}", given.as_object().map(|it| it.keys().collect::<Vec<_>>()));
    for key in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
        assert!(given[key].as_str().is_some_and(|value| !value.is_empty()), "{key}");
    }
    place.hat_reading(&trade, "another-token-altogether\n").refused(1, "");
}
