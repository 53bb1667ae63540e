//! First credentials from endpoints nearby.

use crate::stage::{Act, Stage, answer, header, world};
use hatrack_agent::credentials::Credentials;
use hatrack_agent::origin;
use hatrack_core::chain::Origin;
use hatrack_core::failure::{Failure, FailureCode};

const GOOD: &str = r#"{"Code":"Success","AccessKeyId":"ASIARCORRECT","SecretAccessKey":"secretkeycorrect","Token":"tokencorrect","Expiration":"2099-02-13T23:31:30Z"}"#;

async fn load(origin: Origin, variables: &[(&str, &str)]) -> Result<Credentials, Failure> {
    origin::load(&world(variables), &origin, |_| None).await
}

#[tokio::test]
async fn a_machine_s_role_comes_by_imdsv2() {
    let stage = Stage::plain(|_, heard| {
        let line = heard.head.lines().next().unwrap();
        let with_token = header(&heard.head, "x-aws-ec2-metadata-token") == Some("TOKEN==");
        Act::Answer(match line {
            "PUT /latest/api/token HTTP/1.1" => answer(200, "", "TOKEN=="),
            "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1" if with_token => {
                answer(200, "", "the-role\n")
            }
            "GET /latest/meta-data/iam/security-credentials/the-role HTTP/1.1" if with_token => {
                answer(200, "", GOOD)
            }
            _ => answer(401, "", ""),
        })
    })
    .await;
    let endpoint = format!("http://127.0.0.1:{}/", stage.port);
    let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.as_str())];
    let credentials = load(Origin::Ec2InstanceMetadata, &variables).await.unwrap();
    assert_eq!(credentials.access_key_id, "ASIARCORRECT");
    assert_eq!(credentials.session_token.unwrap().open(), "tokencorrect");
    assert_eq!(credentials.expiration.unwrap().to_string(), "2099-02-13T23:31:30Z");
}

#[tokio::test]
async fn a_machine_without_a_role_says_so() {
    let stage = Stage::plain(|number, _| {
        Act::Answer(if number == 0 { answer(200, "", "T") } else { answer(404, "", "") })
    })
    .await;
    let endpoint = format!("http://127.0.0.1:{}", stage.port);
    let failure = load(Origin::Ec2InstanceMetadata, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint)])
        .await
        .unwrap_err();
    assert!(failure.happened.contains("has no role"), "{failure}");
}

#[tokio::test]
async fn a_container_s_role_comes_with_its_token() {
    let stage = Stage::plain(|_, heard| {
        let right = header(&heard.head, "authorization") == Some("Basic abc")
            && heard.head.starts_with("GET /v1/credentials?x=1 HTTP/1.1");
        Act::Answer(if right {
            answer(200, "", GOOD)
        } else {
            answer(403, "", r#"{"code":"No","message":"not you"}"#)
        })
    })
    .await;
    let address = format!("http://localhost:{}/v1/credentials?x=1", stage.port);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "Basic abc\n").unwrap();
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", address.as_str());

    let plain = load(Origin::EcsContainer, &[full, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc")]).await;
    assert_eq!(plain.unwrap().access_key_id, "ASIARCORRECT");
    let from_file = load(
        Origin::EcsContainer,
        &[full, ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap())],
    )
    .await;
    assert!(from_file.is_ok());
    let failure = load(Origin::EcsContainer, &[full]).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.contains("No: not you"), "{failure}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_sees_its_caller_s_variables_and_not_the_agent_s() {
    let command = r#"sh -c 'echo "$AWS_REGION+$AWS_ENDPOINT_URL+$HTTPS_PROXY" >&2; exit 1'"#.to_owned();
    let origin = Origin::Process { profile: "p".to_owned(), command };
    let failure = load(origin, &[("PATH", "/usr/bin:/bin"), ("AWS_REGION", "eu-west-1")]).await.unwrap_err();
    assert!(failure.happened.contains("it said: eu-west-1++."), "{failure}");
}
