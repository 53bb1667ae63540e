//! Written profiles, read by AWS's own tools and by SDKs of three languages: each sees the role, and is
//! it with Hatrack's sign-in alone.

#![cfg(target_os = "linux")]

use acceptance::Place;
use acceptance::place::run;
use acceptance::program::{python_program, root, system_program};
use hatrack_sandbox::{AssignedAccount, Organisation, World};
use serde_json::Value;
use std::path::Path;

const START: &str = "https://acme.awsapps.com/start";
const PROD: &str = "111122223333";
const BEFORE: &str = "# mine\n[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n\
     sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n[profile Prod-Admin]\nregion = x";
const PROFILE: &str = "Prod-Admin-111122223333";

/// A home whose config file has the written profile, with a region that its person added.
fn written() -> Place {
    let prod = AssignedAccount::new(PROD, "Prod").permission_sets(["Admin", "Read"]);
    let organisation = Organisation::new(START, "eu-west-1").person("ann").account(prod);
    let mut place = Place::new(World::default().organisation(organisation), BEFORE, "");
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let browser = place.folder().join("browser");
    std::os::unix::fs::symlink(root().join("tests/clients/browser.sh"), &browser)
        .expect("a link can be made");
    place.set("BROWSER", path(&browser));
    place.set("PERSON", "ann");
    place.set("PERSON_PYTHON", path(&python_program("python")));
    place.set("PERSON_SCRIPT", path(&root().join("tests/clients/portal.py")));
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    place.hat(&["profiles", "write", "Prod/Admin", "--yes"]).succeeded();
    let text = place.read("config");
    assert!(text.starts_with(BEFORE) && text.contains(&format!("[profile {PROFILE}]\n")), "{text}");
    std::fs::write(place.path("config"), text + "region = eu-central-1\n").expect("it can be written");
    place.set("AWS_PROFILE", PROFILE);
    place
}

fn ran(place: &Place, program: impl AsRef<Path>, arguments: &[&str]) -> String {
    run(place.command(program).args(arguments), "").succeeded().answer
}

fn check(told: &str) {
    let told: Value = serde_json::from_str(told).expect("as this test made it");
    let arn = told["arn"].as_str().expect("as this test made it");
    assert!(arn.starts_with(&format!("arn:aws:sts::{PROD}:assumed-role/AWSReservedSSO_Admin_")), "{told}");
    assert_eq!(told["region"], "eu-central-1");
}

#[test]
fn the_aws_cli_sees_every_setting() {
    let place = written();
    for aws in [python_program("aws"), system_program("aws")] {
        for (key, value) in [
            ("sso_session", "acme"),
            ("sso_account_id", PROD),
            ("sso_role_name", "Admin"),
            ("region", "eu-central-1"),
        ] {
            assert_eq!(ran(&place, &aws, &["configure", "get", key]).trim(), value);
        }
    }
}

#[test]
fn the_sdk_for_python() {
    let client = root().join("tests/clients/identity.py");
    check(&ran(&written(), python_program("python"), &[&client.to_string_lossy()]));
}

#[test]
fn the_sdk_for_javascript() {
    let client = root().join("tests/clients/js/identity.mjs");
    check(&ran(&written(), system_program("node"), &[&client.to_string_lossy()]));
}

#[test]
fn the_sdk_for_rust() {
    use aws_config::BehaviorVersion;
    use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
    let place = written();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = runtime.block_on(async {
        let files = EnvConfigFiles::builder()
            .with_file(EnvConfigFileKind::Config, place.path("config"))
            .with_file(EnvConfigFileKind::Credentials, place.path("credentials"))
            .build();
        aws_config::defaults(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .no_credentials()
            .profile_files(files)
            .profile_name(PROFILE)
            .load()
            .await
    });
    assert_eq!(config.region().map(AsRef::as_ref), Some("eu-central-1"));
}

#[test]
fn what_a_person_added_stays_until_they_say_otherwise() {
    let place = written();
    let edited = place.read("config");
    place.hat(&["profiles", "write", "Prod/Admin", "--yes"]).succeeded();
    assert_eq!(place.read("config"), edited);
    let kept = place.hat(&["profiles", "remove", PROFILE, "--yes"]).succeeded();
    assert!(kept.talk.contains(PROFILE) && kept.talk.contains("own"), "{kept:?}");
    assert_eq!(place.read("config"), edited);
    place.hat(&["profiles", "remove", PROFILE, "--force", "--yes"]).succeeded();
    assert_eq!(place.read("config"), BEFORE);
}
