//! `hat` and its agent against the sandbox: what is delivered, refused and taken back.

use acceptance::{Place, program};
use hatrack_sandbox::{Account, Role, User, World};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn roles_are_listed_with_what_they_need() {
    let place = Place::demo();
    let roles = place.json(&["roles"]);
    let roles = roles.as_array().unwrap();
    assert_eq!(roles.len(), 22);
    for key in
        ["id", "name", "account_id", "account_name", "role_name", "kind", "source", "region", "tags", "needs"]
    {
        assert!(roles[0].get(key).is_some(), "{key}: {}", roles[0]);
    }
    let found = place.json(&["roles", "prod", "admin"]);
    assert_eq!((&found[0]["name"], &found[0]["needs"]), (&json!("production-admin"), &json!("mfa")));
    assert_eq!(place.json(&["roles", "data-analyst"])[0]["needs"], Value::Null);
    let listing = place.hat(&["roles", "globex"]).succeeded();
    assert!(!listing.answer.contains('\u{1b}'), "no colour on a pipe: {listing:?}");
}

#[test]
fn a_role_is_delivered_for_its_owner_alone_and_taken_back_to_the_byte() {
    let place = Place::demo();
    let before = (place.read("config"), place.read("credentials"));
    let session = place.json(&["use", "data-analyst", "--as", "work"]);
    let promised =
        ["role_id", "output_profile", "account_id", "arn", "expiration", "seconds_left", "renews", "state"];
    assert!(promised.iter().all(|key| session.get(key).is_some()), "{session}");
    assert_eq!((&session["output_profile"], &session["state"]), (&json!("work"), &json!("active")));
    assert!(session["arn"].as_str().unwrap().starts_with("arn:aws:sts::666677778888:assumed-role/Analyst/"));
    let section = place.section("work");
    assert!(section["aws_access_key_id"].starts_with("ASIA"));
    assert!(section.contains_key("aws_secret_access_key") && section.contains_key("aws_session_token"));
    assert_eq!(section["region"], "us-east-1");
    let mode = std::fs::metadata(place.path("credentials")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let status = place.json(&["status"]);
    assert_eq!(keys(&status[0]), keys(&session));
    let again = place.read("credentials");
    place.hat(&["use", "data-analyst", "--as", "work"]).succeeded();
    assert_eq!(place.read("credentials"), again, "a second run changes nothing");
    let ended = place.json(&["off", "data-analyst"]);
    assert_eq!(ended[0]["role_id"], session["role_id"]);
    assert_eq!((place.read("config"), place.read("credentials")), before);
    assert_eq!(place.json(&["status"]), json!([]));
}

#[test]
fn a_wrong_code_is_refused_in_words_and_the_right_one_delivers() {
    let place = Place::demo();
    let before = place.read("credentials");
    let with = |code: &str, more: &[&str]| {
        place.hat_reading(
            &[&["use", "production-admin", "--token-code", "-"], more].concat(),
            &format!("{code}\n"),
        )
    };
    with(&place.wrong_code(), &[]).refused(1, "AWS did not accept the code");
    assert_eq!(place.read("credentials"), before);
    with("12a456", &[]).refused(1, "six digits");
    with("", &[]).refused(2, "No code came on stdin");
    let code = place.code();
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let session = with(&spaced, &["--json"]).succeeded().json();
    // The session that the code obtained serves renewals, too.
    assert_eq!((&session["renews"], &session["output_profile"]), (&json!(true), &json!("default")));
    // An MFA code is good for one use.
    let reused = ["use", "staging-admin", "--as", "other", "--token-code", "-"];
    place.hat_reading(&reused, &code).refused(1, "used already");
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before);
}

/// It takes up to half a minute, as AWS's devices do.
#[test]
fn a_code_that_comes_in_a_used_step_goes_by_itself_in_the_next() {
    let place = Place::demo();
    let with = |role: &str, profile: &str, code: &str| {
        place.hat_reading(&["use", role, "--as", profile, "--token-code", "-"], code).succeeded()
    };
    with("production-admin", "one", &place.code());
    place.sandbox.set_clock_offset(SignedDuration::from_secs(30));
    let waited = with("staging-admin", "two", &place.code());
    assert!(waited.answer.contains("staging-admin → two"), "{}", waited.talk);
    let refusals = place.sandbox.requests().iter().filter(|call| call.error.is_some()).count();
    assert_eq!(refusals, 0, "no code was wasted");
}

#[test]
fn a_section_of_somebody_else_is_kept_until_they_consent_and_put_back() {
    let place = Place::demo();
    let theirs = "\n[work] # mine\n# by hand\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\n\
                  aws_secret_access_key = wJalrXUtnFEMI/EXAMPLE\ncli_pager =\n\n[last]\nregion = eu-west-1";
    let text = place.read("credentials") + theirs;
    place.write("credentials", &text);
    let refused = place.hat(&["use", "playground", "--as", "work"]).refused(1, "work");
    assert!(refused.talk.contains("--adopt"), "{}", refused.talk);
    assert_eq!(place.read("credentials"), text);
    let offer = refused.talk.split("Deliver into ").nth(1).unwrap().split(' ').next().unwrap();
    place.hat(&["use", "playground", "--as", offer]).succeeded();
    place.hat(&["off", "playground"]).succeeded();
    assert_eq!(place.read("credentials"), text);

    place.hat(&["use", "playground", "--as", "work", "--adopt"]).succeeded();
    let adopted = place.read("credentials");
    assert!(adopted.contains("# by hand") && adopted.contains("cli_pager ="), "{adopted}");
    assert!(!adopted.contains("wJalrXUtnFEMI"), "the long-term key stands aside");
    assert!(adopted.contains("\n[last]\nregion = eu-west-1"));
    place.hat(&["off", "--as", "work"]).succeeded();
    assert_eq!(place.read("credentials"), text);

    let decided = "\n[profile taken]\nrole_arn = arn:aws:iam::777788889999:role/Playground\n\
                   source_profile = demo\n";
    place.write("config", &(place.read("config") + decided));
    place.hat(&["use", "playground", "--as", "taken"]).refused(1, "role_arn");
}

#[test]
fn several_roles_stand_in_several_profiles_and_each_ends_alone() {
    let place = Place::demo();
    let before = place.read("credentials");
    for (role, profile) in [("playground", "one"), ("data-analyst", "two"), ("identity-readonly", "three")] {
        place.hat(&["use", role, "--as", profile]).succeeded();
    }
    assert_eq!(place.json(&["status"]).as_array().unwrap().len(), 3);
    place.hat(&["off"]).refused(2, "Several sessions are active");
    place.hat(&["off", "--as", "two"]).succeeded();
    assert!(place.section("two").is_empty());
    assert_eq!(place.section("one")["region"], "eu-west-1");
    assert_eq!(place.section("three")["region"], "eu-central-1");
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn chains_are_walked_with_one_code_and_external_ids_are_sent() {
    let place = Place::demo();
    let code = place.code();
    let deployer = ["use", "production-deployer", "--as", "deep", "--token-code", "-", "--json"];
    let session = place.hat_reading(&deployer, &code).succeeded().json();
    assert!(session["arn"].as_str().unwrap().contains(":assumed-role/Deployer/"), "{session}");
    // The same jump role leads on without another code.
    place.hat(&["use", "development-debug", "--as", "side"]).succeeded();
    place.hat(&["use", "globex-support", "--as", "globex"]).succeeded();
    let calls = place.sandbox.requests();
    let assumed: Vec<&str> = calls
        .iter()
        .filter(|call| call.action == "AssumeRole" && call.status == Some(200))
        .map(|call| call.params["RoleArn"].rsplit('/').next().unwrap_or_default())
        .collect();
    assert_eq!(assumed, ["Jump", "Deployer", "Deployer", "Debug", "AcmeSupport"]);
    let coded = calls.iter().filter(|call| call.params.contains_key("TokenCode")).count();
    assert_eq!(coded, 1);
    let last = calls.iter().rev().find(|call| call.action == "AssumeRole").unwrap();
    assert_eq!(last.params["ExternalId"], "acme-7f3e21");
}

#[test]
fn exit_codes_say_what_kind_of_failure_it_was() {
    let mut place = Place::demo();
    let wrong = place.wrong_code();
    place.hat(&["use", "security-breakglass", "--token-code", &wrong]).refused(1, "code");
    let code = place.code();
    let refused = place.hat_reading(&["use", "security-breakglass", "--token-code", "-"], &code);
    let refused = refused.refused(1, "BreakGlass");
    assert!(refused.talk.contains("trust"), "{}", refused.talk);
    place.hat(&["use"]).refused(2, "No role is named");
    place.hat(&["use", "playground", "--duration", "37h"]).refused(2, "duration");
    place.hat(&["use", "playground", "--duration", "13h"]).refused(1, "12 hours");
    place.hat(&["use", "production-oncall"]).refused(3, "--token-code -");
    place.hat(&["use", "no-such-role"]).refused(4, "No role fits");
    place.hat(&["off", "playground"]).refused(4, "");
    // A folder where the file should be.
    let keys = "\n[profile by-variables]\nrole_arn = arn:aws:iam::777788889999:role/Playground\n\
                credential_source = Environment\n";
    place.write("config", &(place.read("config") + keys));
    let text = place.read("credentials");
    let value =
        |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = ")).unwrap();
    place.set("AWS_ACCESS_KEY_ID", value("aws_access_key_id"));
    place.set("AWS_SECRET_ACCESS_KEY", value("aws_secret_access_key"));
    let folder = place.folder().to_string_lossy().into_owned();
    place.set("AWS_SHARED_CREDENTIALS_FILE", folder);
    place.hat(&["use", "by-variables"]).refused(5, "");
    let agent = place.json(&["agent", "status"]);
    assert_eq!(agent["running"], json!(true));
}

#[test]
fn a_loop_and_a_gap_are_told_with_the_profiles_they_are_in() {
    let config = "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/A\nsource_profile = b\n\
                  [profile b]\nrole_arn = arn:aws:iam::111122223333:role/B\nsource_profile = a\n\
                  [profile c]\nrole_arn = arn:aws:iam::111122223333:role/C\nsource_profile = nowhere\n";
    let place = Place::new(World::default(), config, "");
    let a_loop = place.hat(&["use", "a"]);
    assert!(a_loop.code != 0 && a_loop.talk.contains("source_profile"), "{}", a_loop.talk);
    let gap = place.hat(&["use", "profile:c"]);
    assert!(gap.code != 0 && gap.talk.contains("nowhere"), "{}", gap.talk);
    // Not even where another role has the name in its own.
    place.write(
        "config",
        &(config.to_owned()
            + "[profile cc]\nrole_arn = arn:aws:iam::111122223333:role/C\n\
        credential_source = Environment\n"),
    );
    assert!(place.hat(&["use", "c"]).talk.contains("nowhere"));
    assert_eq!(place.json(&["profiles"])["problems"].as_array().unwrap().len(), 3);
    assert!(place.sandbox.requests().is_empty(), "nothing was called");
}

#[test]
fn without_an_agent_it_works_alone_and_leaves_nothing_running() {
    let place = Place::demo();
    let before = place.read("credentials");
    place.hat(&["--no-agent", "use", "playground", "--as", "ci"]).succeeded();
    assert!(place.section("ci").contains_key("aws_session_token"));
    assert!(!place.has_agent());
    assert!(place.connect().is_none());
    let folder = place.folder().to_string_lossy().into_owned();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&environment).contains(&folder), "{:?} is left", process.path());
    }
    place.hat(&["--no-agent", "off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn profiles_are_read_as_aws_tools_read_them() {
    let config = "# first\n[default]\nREGION = us-west-2 ; no comment\ns3 =\n  max_queue_size = 5\n\
                  [profile 'two words']\noutput = json\n[profile übung]\nregion = eu-west-3\n\
                  [broken\n[sso-session acme]\nsso_region = eu-west-1\n[services local]\nsts =\n  \
                  endpoint_url = http://127.0.0.1:1\n";
    let credentials = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n[only here]\nx = 1\n";
    let place = Place::new(World::default(), config, credentials);
    let told = place.json(&["profiles"]);
    let profiles = &told["profiles"];
    assert_eq!(profiles["default"]["aws_access_key_id"], "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(profiles["default"]["s3"], json!({"max_queue_size": "5"}));
    assert_eq!(profiles["two words"]["output"], "json");
    assert_eq!(profiles["übung"]["region"], "eu-west-3");
    assert_eq!(told["sso_sessions"]["acme"]["sso_region"], "eu-west-1");
    let problems = told["problems"].as_array().unwrap();
    assert!(problems.iter().any(|it| it["line"] == 10 && it["file"].is_string()), "{problems:?}");
    for problem in problems {
        assert_eq!(keys(problem).len(), 4, "{problem}");
    }
    place.hat(&["profiles"]).succeeded();
}

#[test]
fn each_caller_has_its_own_world_through_one_agent() {
    let other = World::default().account(
        Account::new("222233334444", "Other")
            .user(User::new("eve").access_key("AKIAIOSFODNN7EXAMPLE", "evesecret"))
            .role(Role::new("Elsewhere").trusts("*")),
    );
    let other = Place::new(
        other,
        "[profile else]\nrole_arn = arn:aws:iam::222233334444:role/Elsewhere\nsource_profile = eve\n",
        "[eve]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = evesecret\n",
    );
    let place = Place::demo();
    let before = (place.read("credentials"), other.read("credentials"));
    place.hat(&["use", "playground", "--as", "same"]).succeeded();
    let there = |arguments: &[&str]| {
        let mut command = place.command(program("hat"));
        command.args(arguments).env("AWS_CONFIG_FILE", other.path("config"));
        command.env("AWS_SHARED_CREDENTIALS_FILE", other.path("credentials"));
        acceptance::place::run(command.env("AWS_ENDPOINT_URL", other.sandbox.endpoint()), "").succeeded()
    };
    assert_eq!(there(&["roles", "--json"]).json()[0]["name"], "else");
    there(&["use", "else", "--as", "same"]);
    assert_ne!(place.section("same"), other.section("same"));
    assert!(other.section("same")["aws_access_key_id"].starts_with("ASIA"));
    let assumed = other.sandbox.requests();
    assert_eq!(assumed.iter().filter(|call| call.action == "AssumeRole").count(), 1);
    assert!(!other.has_agent(), "one agent serves both");
    there(&["off", "--as", "same"]);
    assert_eq!(other.read("credentials"), before.1);
    assert!(!place.section("same").is_empty());
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before.0);
}
