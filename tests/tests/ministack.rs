//! `hat use` against another STS that others wrote, one that checks signatures and trust policies;
//! and what was delivered, as the AWS CLI and the SDK for Python read it there.

#![cfg(target_os = "linux")]

use acceptance::place::run;
use acceptance::program::{python_program, root, server_program};
use acceptance::{Place, Running, until};
use hatrack_sandbox::{TokenIssuer, World};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

const ACCOUNT: &str = "000000000000";
const ISSUER: &str = "https://ci.acme.example";

const CONFIG: &str = "\
[profile eve]
mfa_serial = arn:aws:iam::000000000000:mfa/eve
region = eu-west-1

[profile partner]
role_arn = arn:aws:iam::000000000000:role/Partner
source_profile = eve
external_id = acme-7
region = eu-west-1

[profile stranger]
role_arn = arn:aws:iam::000000000000:role/Stranger
source_profile = eve
region = eu-west-1

[profile no-external-id]
role_arn = arn:aws:iam::000000000000:role/Partner
source_profile = eve
region = eu-west-1

[profile chained]
role_arn = arn:aws:iam::000000000000:role/Chained
source_profile = partner
region = eu-west-1

[profile guest]
source_profile = eve
federation_name = guest
region = eu-west-1

[profile web]
role_arn = arn:aws:iam::000000000000:role/Web
web_identity_token_file = TOKEN
region = eu-west-1
";

/// A running server with a company in it, and eve's home.
struct Company {
    place: Place,
    _server: Running,
}

impl Company {
    fn start() -> Self {
        let mut place = Place::new(World::default(), "", "");
        // It takes no port 0, so one that is free now is named.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let port = port.expect("loopback has a free port").port();
        let root_keys = [("AWS_ACCESS_KEY_ID", "AKIAROOTEXAMPLE00000"), ("AWS_SECRET_ACCESS_KEY", "root")];
        let mut command = place.command(server_program("ministack"));
        command.env("AUTH", "true").env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("IOT_MTLS_ENABLED", "0").envs(root_keys).env_remove("AWS_ENDPOINT_URL");
        let mut server = Running::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
        let mut told = BufReader::new(server.child().stderr.take().expect("its talk is piped")).lines();
        let ready = told.any(|line| line.is_ok_and(|line| line.contains("Running on")));
        assert!(ready, "ministack tells that it runs");
        // It goes on telling of each request, and must find somebody who listens.
        std::thread::spawn(move || told.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        let mut python = place.command(python_program("python"));
        let set_up = python.arg(root().join("tests/clients/company.py")).arg(&url).envs(root_keys);
        let key = run(set_up, "").succeeded().json();
        let field = |name: &str| key["AccessKey"][name].as_str().expect("a key has it").to_owned();
        place.write(
            "credentials",
            &format!(
                "[eve]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                field("AccessKeyId"),
                field("SecretAccessKey")
            ),
        );
        let token = place.path("token").to_string_lossy().into_owned();
        place.write("config", &CONFIG.replace("TOKEN", &token));
        place.set("AWS_ENDPOINT_URL", url);
        Self { place, _server: server }
    }
}

/// Activates a profile, and tells who that is.
#[track_caller]
fn arn(place: &Place, profile: &str) -> String {
    place.hat(&["use", profile, "--as", "out"]).succeeded();
    verified(place)
}

/// Ends the session that was delivered, and tells who it was: both readers must be who Hatrack says.
#[track_caller]
fn verified(place: &Place) -> String {
    let session = until("the verified session", || {
        let sessions = place.json(&["status"]);
        sessions
            .as_array()?
            .iter()
            .find(|it| it["output_profile"] == "out" && it["verified"] == true)
            .cloned()
    });
    let arn = session["arn"].as_str().expect("a verified session has an ARN").to_owned();
    let python =
        "import boto3; print(boto3.Session(profile_name='out').client('sts').get_caller_identity()['Arn'])";
    let seen = run(place.command(python_program("python")).args(["-c", python]), "").succeeded();
    assert_eq!(seen.answer.trim(), arn, "the SDK for Python is the session");
    let mut aws = place.command(python_program("aws"));
    let seen: Value =
        run(aws.args(["--profile", "out", "--output", "json", "sts", "get-caller-identity"]), "")
            .succeeded()
            .json();
    assert_eq!(seen["Arn"], json!(arn), "the AWS CLI is the session");
    place.hat(&["off", "--as", "out"]).succeeded();
    arn
}

#[test]
fn external_ids_trust_policies_and_chains() {
    let company = Company::start();
    let place = &company.place;
    let before = place.read("credentials");
    let of = |role: &str| format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/");
    assert!(arn(place, "partner").starts_with(&of("Partner")));
    assert!(arn(place, "chained").starts_with(&of("Chained")));
    for profile in ["no-external-id", "stranger"] {
        let refused = place.hat(&["use", profile]).refused(1, "AccessDenied");
        assert!(refused.talk.contains("trust policy"), "{}", refused.talk);
    }
    place.write("credentials", &before.replace("aws_secret_access_key = ", "aws_secret_access_key = x"));
    place.hat(&["off", "--all"]).succeeded();
    place.hat(&["use", "partner"]).refused(1, "SignatureDoesNotMatch");
}

#[test]
fn sessions_of_a_user_and_of_a_guest() {
    let company = Company::start();
    // Any code will do there.
    let coded = ["use", "eve", "--as", "out", "--token-code", "-"];
    company.place.hat_reading(&coded, "123456\n").succeeded();
    assert!(company.place.section("out")["aws_access_key_id"].starts_with("ASIA"));
    assert_eq!(verified(&company.place), format!("arn:aws:iam::{ACCOUNT}:user/eve"));
    assert_eq!(arn(&company.place, "guest"), format!("arn:aws:sts::{ACCOUNT}:federated-user/guest"));
}

#[test]
fn a_token_s_issuer_audience_and_subject() {
    let company = Company::start();
    let place = &company.place;
    let issuer = TokenIssuer::new(ISSUER);
    let soon = place.sandbox.now() + SignedDuration::from_hours(1);
    place.write("token", &issuer.token("sts.amazonaws.com", "shop", soon));
    assert!(arn(place, "web").starts_with(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/Web/")));
    place.write("token", &issuer.token("sts.amazonaws.com", "somebody-else", soon));
    place.hat(&["use", "web"]).refused(1, "AccessDenied");
}
