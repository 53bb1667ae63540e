//! `hat use` against an STS that others wrote, with first credentials from everywhere.

use acceptance::loopback::Loopback;
use acceptance::place::run;
use acceptance::program::python_program;
use acceptance::{Place, Running};
use hatrack_sandbox::World;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

const CONFIG: &str = "\
[profile keys]
role_arn = arn:aws:iam::123456789012:role/Keys
source_profile = base
region = eu-west-1

[profile deeper]
role_arn = arn:aws:iam::210987654321:role/Deeper
source_profile = keys
region = eu-west-1
external_id = moto-checks-nothing

[profile machine]
role_arn = arn:aws:iam::123456789012:role/Machine
credential_source = Ec2InstanceMetadata
region = eu-west-1

[profile task]
role_arn = arn:aws:iam::123456789012:role/Task
credential_source = EcsContainer
region = eu-west-1

[profile variables]
role_arn = arn:aws:iam::123456789012:role/Variables
credential_source = Environment

[profile program]
role_arn = arn:aws:iam::123456789012:role/Program
source_profile = helper
region = eu-west-1

[profile helper]
credential_process = \"HELPER\" --for 'two words'
";

const CREDENTIALS: &str =
    "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = moto/EXAMPLE\n";

struct Moto {
    _server: Running,
    url: String,
}

impl Moto {
    /// Starts moto on a free port, which it tells on stderr.
    fn start() -> Self {
        let mut command = std::process::Command::new(python_program("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]).stdin(Stdio::null());
        let mut server = Running::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
        let mut told = BufReader::new(server.child().stderr.take().expect("as this test made it")).lines();
        let url = told.find_map(|line| line.ok()?.split("Running on ").nth(1).map(str::to_owned));
        // It goes on telling of each request, and must find somebody who listens.
        std::thread::spawn(move || told.for_each(drop));
        Self { _server: server, url: url.expect("moto tells where it runs").trim().to_owned() }
    }
}

/// A home whose calls go to moto.
fn place(moto: &Moto) -> Place {
    let mut place = Place::new(World::default(), "", CREDENTIALS);
    let helper = place.folder().join("a helper");
    let text = "#!/bin/sh\n[ \"$2\" = 'two words' ] || exit 1\n\
                echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAI44QH8DHBEXAMPLE\", \"SecretAccessKey\": \"x\"}'\n";
    std::fs::write(&helper, text).expect("as this test made it");
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o700)).expect("as this test made it");
    place.write("config", &CONFIG.replace("HELPER", &helper.to_string_lossy()));
    place.set("AWS_ENDPOINT_URL", moto.url.as_str());
    place.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", moto.url.as_str());
    place.unset("AWS_EC2_METADATA_DISABLED");
    place
}

fn arn(place: &Place, profile: &str) -> String {
    let session = place.json(&["use", profile, "--as", "out"]);
    let arn = session["arn"].as_str().expect("as this test made it").to_owned();
    let python =
        "import boto3; print(boto3.Session(profile_name='out').client('sts').get_caller_identity()['Arn'])";
    let seen = run(place.command(python_program("python")).args(["-c", python]), "").succeeded();
    assert_eq!(seen.answer.trim(), arn, "boto3 is the role, too");
    arn.rsplit_once('/').expect("as this test made it").0.to_owned()
}

#[test]
fn keys_and_chains() {
    let moto = Moto::start();
    let place = place(&moto);
    assert_eq!(arn(&place, "keys"), "arn:aws:sts::123456789012:assumed-role/Keys");
    assert_eq!(arn(&place, "deeper"), "arn:aws:sts::210987654321:assumed-role/Deeper");
    assert_eq!(arn(&place, "program"), "arn:aws:sts::123456789012:assumed-role/Program");
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), CREDENTIALS);
}

#[test]
fn the_caller_s_variables() {
    let moto = Moto::start();
    let mut place = place(&moto);
    let refused = place.hat(&["use", "variables"]);
    assert_ne!(refused.code, 0);
    assert!(refused.talk.contains("AWS_ACCESS_KEY_ID"), "{}", refused.talk);
    place.set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    place.set("AWS_SECRET_ACCESS_KEY", "moto/EXAMPLE");
    let session = place.json(&["use", "variables", "--as", "out"]);
    assert!(session["arn"].as_str().unwrap().contains(":assumed-role/Variables/"), "{session}");
}

#[test]
fn the_machine_s_role_by_moto_s_metadata_service() {
    let moto = Moto::start();
    let mut place = place(&moto);
    assert_eq!(arn(&place, "machine"), "arn:aws:sts::123456789012:assumed-role/Machine");
    place.hat(&["off", "--all"]).succeeded();
    place.set("AWS_EC2_METADATA_DISABLED", "true");
    place.hat(&["use", "machine"]).refused(1, "AWS_EC2_METADATA_DISABLED");
}

#[test]
fn a_container_s_role_by_its_endpoint_and_token() {
    let moto = Moto::start();
    let mut place = place(&moto);
    let endpoint = Loopback::serve(|head| {
        if !head.starts_with("GET /role ") || !head.to_lowercase().contains("authorization: basic ticket") {
            return (403, r#"{"code": "AccessDenied", "message": "no ticket"}"#.to_owned());
        }
        let credentials = r#"{"AccessKeyId": "ASIAI44QH8DHBEXAMPLE", "SecretAccessKey": "x", "Token": "y",
            "Expiration": "2999-01-01T00:00:00Z"}"#;
        (200, credentials.to_owned())
    });
    place.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.url() + "/role");
    place.hat(&["use", "task"]).refused(1, "no ticket");
    place.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic ticket");
    assert_eq!(arn(&place, "task"), "arn:aws:sts::123456789012:assumed-role/Task");
}
