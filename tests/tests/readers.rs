//! The written file, read by AWS's own tools and by SDKs of three languages: each is the role, and
//! finds the region that was delivered beside it.

use acceptance::Place;
use acceptance::place::run;
use acceptance::program::{python_program, root, system_program};
use serde_json::Value;
use std::path::Path;

const ROLE: &str = "arn:aws:sts::666677778888:assumed-role/Analyst/";

/// A home in which a role is delivered into this profile, and nothing but the profile is chosen.
fn delivered(profile: &str) -> Place {
    let mut place = Place::demo();
    place.hat(&["use", "data-analyst", "--as", profile]).succeeded();
    place.set("AWS_PROFILE", profile);
    place
}

fn ran(place: &Place, program: impl AsRef<Path>, arguments: &[&str]) -> String {
    run(place.command(program).args(arguments), "").succeeded().answer
}

fn check(told: &str) {
    let told: Value = serde_json::from_str(told).expect("as this test made it");
    assert!(told["arn"].as_str().expect("as this test made it").starts_with(ROLE), "{told}");
    assert_eq!(told["region"], "us-east-1");
}

#[test]
fn the_aws_cli_1() {
    let place = delivered("default");
    let identity = ran(&place, python_program("aws"), &["sts", "get-caller-identity", "--output", "json"]);
    assert!(identity.contains(ROLE), "{identity}");
    assert_eq!(ran(&place, python_program("aws"), &["configure", "get", "region"]).trim(), "us-east-1");
}

#[test]
fn the_aws_cli_2() {
    let place = delivered("work");
    let aws = system_program("aws");
    // Debian's is too old to know AWS_ENDPOINT_URL.
    let endpoint = place.sandbox.endpoint();
    let arguments = ["sts", "get-caller-identity", "--output", "json", "--endpoint-url", &endpoint];
    let identity = ran(&place, &aws, &arguments);
    assert!(identity.contains(ROLE), "{identity}");
    assert_eq!(ran(&place, &aws, &["configure", "get", "region"]).trim(), "us-east-1");
}

#[test]
fn the_sdk_for_python() {
    let client = root().join("tests/clients/identity.py");
    for profile in ["default", "work"] {
        let place = delivered(profile);
        check(&ran(&place, python_program("python"), &[&client.to_string_lossy()]));
    }
}

#[test]
fn the_sdk_for_javascript() {
    let client = root().join("tests/clients/js/identity.mjs");
    let place = delivered("work");
    check(&ran(&place, system_program("node"), &[&client.to_string_lossy()]));
}

#[test]
fn the_sdk_for_rust() {
    use aws_config::BehaviorVersion;
    use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
    let place = delivered("work");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let files = EnvConfigFiles::builder()
            .with_file(EnvConfigFileKind::Config, place.path("config"))
            .with_file(EnvConfigFileKind::Credentials, place.path("credentials"))
            .build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .profile_files(files)
            .profile_name("work")
            .endpoint_url(place.sandbox.endpoint())
            .load()
            .await;
        assert_eq!(config.region().map(AsRef::as_ref), Some("us-east-1"));
        let identity = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
        assert!(identity.arn().unwrap().starts_with(ROLE), "{identity:?}");
    });
}
