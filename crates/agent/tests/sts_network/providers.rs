//! The SDK's recorded cases of getting credentials, as far as they are the network's.

use crate::stage::{Act, Heard, Stage, answer, bundle, caller, certificate, keys, proxy, world};
use hatrack_agent::credentials::Credentials;
use hatrack_agent::origin;
use hatrack_agent::sts::AssumeRole;
use hatrack_agent::world::{ProfileEndpoint, World};
use hatrack_core::chain::Origin;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use serde_json::Value;
use std::collections::BTreeSet;

/// Cases that are looked at elsewhere, or that this release answers otherwise.
const NOT_HERE: &[(&str, &str)] = &[
    ("default-credential-provider-chain/e2e_fips_and_dual_stack_sso", "Identity Center comes later"),
    ("default-credential-provider-chain/profile_overrides_web_identity", "web identity comes later"),
    ("default-credential-provider-chain/profile_static_keys", "the files are core's to read"),
    ("default-credential-provider-chain/sso_assume_role", "Identity Center comes later"),
    ("default-credential-provider-chain/sso_no_token_file", "Identity Center comes later"),
    ("default-credential-provider-chain/web_identity_token_invalid_jwt", "web identity comes later"),
    ("default-credential-provider-chain/web_identity_token_source_profile", "web identity comes later"),
    ("default-token-provider-chain/profile_keys", "bearer tokens come later"),
    ("default-token-provider-chain/profile_name", "bearer tokens come later"),
    ("profile-provider/credential_process", "it has a pipe, and no shell reads our command lines"),
    ("profile-provider/invalid_config", "the files are core's to read"),
    ("profile-provider/invalid_sso_credentials_config", "Identity Center comes later"),
    ("profile-provider/sso_credentials", "Identity Center comes later"),
];

struct Case(Value);

impl Case {
    fn variables(&self) -> Vec<(String, String)> {
        let env = self.0["env"].as_object().unwrap();
        env.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    }

    /// The caller's world, with some variables more.
    fn world(&self, more: &[(&str, &str)]) -> World {
        let own = self.variables();
        let mut all: Vec<_> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(more);
        world(&all)
    }

    fn exchange(&self, number: usize) -> &Value {
        &self.0["exchanges"][number]
    }

    /// Plays the recorded exchanges, in order.
    fn play(&self) -> impl Fn(usize, &Heard) -> Act + Send + Sync + 'static {
        let exchanges = self.0["exchanges"].as_array().unwrap().clone();
        move |number, heard| {
            let exchange = &exchanges[number];
            let line =
                format!("{} {} ", exchange["method"].as_str().unwrap(), exchange["path"].as_str().unwrap());
            assert!(heard.head.starts_with(&line), "{line} / {}", heard.head);
            for (name, value) in exchange["params"].as_object().into_iter().flatten() {
                let value = value.as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
                assert!(heard.body.contains(&format!("{name}={value}")), "{name}: {}", heard.body);
            }
            let status = u16::try_from(exchange["status"].as_u64().unwrap()).unwrap();
            Act::Answer(answer(status, "", &still_good(exchange["response"].as_str().unwrap())))
        }
    }

    fn check(&self, outcome: Result<Credentials, Failure>) {
        let want = &self.0["result"]["Ok"];
        let credentials = outcome.unwrap_or_else(|failure| panic!("{}: {failure}", self.0["id"]));
        assert_eq!(credentials.access_key_id, want["access_key_id"]);
        assert_eq!(credentials.secret_access_key.open(), want["secret_access_key"]);
        assert_eq!(credentials.session_token.as_ref().map(Sealed::open), want["session_token"].as_str());
    }
}

/// The recorded answer with its end put off: what has expired is refused.
fn still_good(response: &str) -> String {
    let mut response = response.to_owned();
    for year in ["2009-", "2021-", "2022-"] {
        response = response.replace(&format!(r#""{year}"#), r#""2099-"#);
    }
    response
}

async fn run(case: &Case) {
    let id = case.0["id"].as_str().unwrap().rsplit('/').next().unwrap();
    let load = async |origin: Origin, world: &World| origin::load(world, &origin, |_| None).await;
    match id {
        "environment_variables" | "prefer_environment" => {
            case.check(load(Origin::Environment, &case.world(&[])).await);
        }
        "imds_disabled" => {
            let failure = load(Origin::Ec2InstanceMetadata, &case.world(&[])).await.unwrap_err();
            assert_eq!(failure.code, FailureCode::Refused);
        }
        "imds_config_with_no_creds" | "imds_default_chain_success" => {
            let stage = Stage::plain(case.play()).await;
            let endpoint = format!("http://127.0.0.1:{}", stage.port);
            let world = case.world(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint)]);
            case.check(load(Origin::Ec2InstanceMetadata, &world).await);
        }
        "ecs_credentials_invalid_profile" => {
            // Which address a relative one stands for is the business of a unit test.
            let stage = Stage::plain(case.play()).await;
            let path = case.exchange(0)["path"].as_str().unwrap();
            let address = format!("http://127.0.0.1:{}{path}", stage.port);
            let world = case.world(&[
                ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ""),
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &address),
            ]);
            case.check(load(Origin::EcsContainer, &world).await);
        }
        "credential_process_invalid" => {
            let command = "echo 'invalid json'".to_owned();
            let origin = Origin::Process { profile: "default".to_owned(), command };
            let failure = load(origin, &case.world(&[("PATH", "/usr/bin:/bin")])).await.unwrap_err();
            assert!(failure.happened.contains("not the JSON"), "{failure}");
        }
        "assume_role_override_global_profile_url" | "assume_role_override_service_profile_url" => {
            // The SDK sends credentials to any host in the clear if it is told to. Hatrack won't.
            let host = format!("http://{}", case.exchange(0)["host"].as_str().unwrap());
            let global = id.contains("global").then(|| host.clone());
            let service = id.contains("service").then_some(host);
            let profile = ProfileEndpoint {
                endpoint_url: global,
                sts_endpoint_url: service,
                ..ProfileEndpoint::default()
            };
            let failure = assume(&case.world(&[]), &profile).await.unwrap_err();
            assert_eq!(failure.code, FailureCode::Refused, "{failure}");
        }
        "e2e_fips_and_dual_stack_sts" | "region_override" | "retry_on_error" => {
            through_a_proxy(case, id).await;
        }
        other => panic!("{other} is neither run nor listed as not for here"),
    }
}

/// The endpoint that a call goes to shows in what a proxy is asked for.
async fn through_a_proxy(case: &Case, id: &str) {
    let host = case.exchange(0)["host"].as_str().unwrap();
    let (config, pem) = certificate(host);
    let stage = Stage::tls(config, case.play()).await;
    let (bundle, _folder) = bundle(&pem);
    let (port, asked, _tasks) = proxy(stage.port, "HTTP/1.1 200 OK\r\n\r\n").await;
    let address = format!("http://127.0.0.1:{port}");
    let world = case.world(&[("HTTPS_PROXY", &address), ("AWS_CA_BUNDLE", &bundle)]);
    let on = || id.contains("fips").then(|| "true".to_owned());
    let profile = ProfileEndpoint {
        region: Some("us-east-1".to_owned()),
        use_fips_endpoint: on(),
        use_dualstack_endpoint: on(),
        ..ProfileEndpoint::default()
    };
    let granted = assume(&world, &profile).await;
    assert!(asked.lock().unwrap()[0].starts_with(&format!("CONNECT {host}:443 ")));
    case.check(granted);
}

async fn assume(world: &World, profile: &ProfileEndpoint) -> Result<Credentials, Failure> {
    let call = AssumeRole {
        role_arn: "arn:aws:iam::123456789:role/integration-test".to_owned(),
        session_name: "assume-role-provider-session".to_owned(),
        ..AssumeRole::default()
    };
    caller().assume_role(world, profile, &keys(), &call).await.map(|granted| granted.credentials)
}

#[tokio::test]
async fn the_recorded_cases() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../oracles/provider_cases.json")).unwrap();
    assert_eq!(cases.len(), 25);
    let mut not_here = BTreeSet::new();
    for case in cases {
        let id = case["id"].as_str().unwrap().strip_prefix("smithy-rs/").unwrap().to_owned();
        if NOT_HERE.iter().any(|(listed, _)| *listed == id) {
            not_here.insert(id);
        } else {
            run(&Case(case)).await;
        }
    }
    assert_eq!(not_here, NOT_HERE.iter().map(|(id, _)| (*id).to_owned()).collect());
}
