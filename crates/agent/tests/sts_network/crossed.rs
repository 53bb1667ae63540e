//! Every operation against everything that can come back from the wire in place of an answer.
//!
//! Deliberately absent: what each refusal of AWS's own is told as, which [`crate::refusals`] has.

use crate::stage::{Act, Stage, answer, call, caller, keys, refusal};
use hatrack_agent::iam::Iam;
use hatrack_agent::sts::{
    AssumeRoleWithSaml, AssumeRoleWithWebIdentity, AssumeRoot, GetFederationToken, GetSessionToken,
    GetWebIdentityToken,
};
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use tokio::task::JoinSet;

const ROLE: &str = "arn:aws:iam::222222222222:role/Admin";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    AssumeRole,
    AssumeRoleWithCode,
    AssumeRoleWithWebIdentity,
    AssumeRoleWithSaml,
    GetSessionToken,
    GetSessionTokenWithCode,
    GetFederationToken,
    GetCallerIdentity,
    GetAccessKeyInfo,
    AssumeRoot,
    GetWebIdentityToken,
    GetDelegatedAccessToken,
    DecodeAuthorizationMessage,
    ListMfaDevices,
    CreateAccessKey,
}

const OPERATIONS: [Operation; 15] = [
    Operation::AssumeRole,
    Operation::AssumeRoleWithCode,
    Operation::AssumeRoleWithWebIdentity,
    Operation::AssumeRoleWithSaml,
    Operation::GetSessionToken,
    Operation::GetSessionTokenWithCode,
    Operation::GetFederationToken,
    Operation::GetCallerIdentity,
    Operation::GetAccessKeyInfo,
    Operation::AssumeRoot,
    Operation::GetWebIdentityToken,
    Operation::GetDelegatedAccessToken,
    Operation::DecodeAuthorizationMessage,
    Operation::ListMfaDevices,
    Operation::CreateAccessKey,
];

impl Operation {
    /// Whether it is sent once, whatever comes back: a code is good once, and a key that nobody
    /// knows must not be left behind.
    fn goes_once(self) -> bool {
        matches!(self, Self::AssumeRoleWithCode | Self::GetSessionTokenWithCode | Self::CreateAccessKey)
    }

    async fn run(self, stage: &Stage) -> Result<(), Failure> {
        let (caller, world, profile, keys) = (caller(), stage.world(), ProfileEndpoint::default(), keys());
        let session_token = |code: Option<&str>| GetSessionToken {
            duration_seconds: Some(3600),
            mfa: code.map(|code| ("arn:aws:iam::111111111111:mfa/ada".to_owned(), Sealed::new(code))),
        };
        let iam = Iam { caller: &caller, world: &world, profile: &profile, credentials: &keys };
        match self {
            Self::AssumeRole => caller.assume_role(&world, &profile, &keys, &call(None)).await.map(drop),
            Self::AssumeRoleWithCode => {
                caller.assume_role(&world, &profile, &keys, &call(Some("123456"))).await.map(drop)
            }
            Self::AssumeRoleWithWebIdentity => {
                let call = AssumeRoleWithWebIdentity {
                    role_arn: ROLE.to_owned(),
                    session_name: "ada@desk".to_owned(),
                    token: Sealed::new("e30.e30.e30"),
                    provider_id: None,
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                };
                caller.assume_role_with_web_identity(&world, &profile, &call).await.map(drop)
            }
            Self::AssumeRoleWithSaml => {
                let call = AssumeRoleWithSaml {
                    role_arn: ROLE.to_owned(),
                    principal_arn: "arn:aws:iam::222222222222:saml-provider/idp".to_owned(),
                    assertion: Sealed::new("PHNhbWw+"),
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                };
                caller.assume_role_with_saml(&world, &profile, &call).await.map(drop)
            }
            Self::GetSessionToken => {
                caller.get_session_token(&world, &profile, &keys, &session_token(None)).await.map(drop)
            }
            Self::GetSessionTokenWithCode => {
                let call = session_token(Some("123456"));
                caller.get_session_token(&world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetFederationToken => {
                let call = GetFederationToken {
                    name: "guest".to_owned(),
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                    tags: Vec::new(),
                };
                caller.get_federation_token(&world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetCallerIdentity => caller.get_caller_identity(&world, &profile, &keys).await.map(drop),
            Self::GetAccessKeyInfo => {
                caller.get_access_key_info(&world, &profile, &keys, "AKIAIOSFODNN7EXAMPLE").await.map(drop)
            }
            Self::AssumeRoot => {
                let call = AssumeRoot {
                    target_principal: "222222222222".to_owned(),
                    task_policy_arn: "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
                        .to_owned(),
                    duration_seconds: Some(900),
                };
                caller.assume_root(&world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetWebIdentityToken => {
                let call = GetWebIdentityToken {
                    audience: vec!["api".to_owned()],
                    signing_algorithm: "RS256".to_owned(),
                    duration_seconds: None,
                    tags: Vec::new(),
                };
                caller.get_web_identity_token(&world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetDelegatedAccessToken => {
                let token = Sealed::new("trade-in");
                caller.get_delegated_access_token(&world, &profile, &keys, &token).await.map(drop)
            }
            Self::DecodeAuthorizationMessage => {
                caller.decode_authorization_message(&world, &profile, &keys, "encoded").await.map(drop)
            }
            Self::ListMfaDevices => iam.list_mfa_devices(None).await.map(drop),
            Self::CreateAccessKey => iam.create_access_key(None).await.map(drop),
        }
    }
}

/// What comes back, and how often it is worth another try.
struct Fault {
    name: &'static str,
    act: Act,
    tries: usize,
}

fn faults() -> Vec<Fault> {
    let bare = |status: u16| Act::Answer(answer(status, "", ""));
    let html = "content-type: text/html\r\n";
    let elsewhere = "location: https://elsewhere.example/\r\n";
    vec![
        Fault { name: "400 without a word", act: bare(400), tries: 1 },
        Fault { name: "403 without a word", act: bare(403), tries: 1 },
        Fault { name: "a refusal", act: refusal(403, "AccessDenied", "no"), tries: 1 },
        Fault { name: "429 without a word", act: bare(429), tries: 5 },
        Fault { name: "429 throttled", act: refusal(429, "ThrottlingException", "Rate exceeded"), tries: 5 },
        Fault { name: "500", act: bare(500), tries: 5 },
        Fault { name: "503", act: bare(503), tries: 5 },
        Fault { name: "reset", act: Act::Close(Vec::new()), tries: 5 },
        Fault {
            name: "half an answer",
            act: Act::Close(b"HTTP/1.1 200 X\r\ncontent-length: 900\r\n\r\n<Assu".to_vec()),
            tries: 5,
        },
        Fault {
            name: "a page",
            act: Act::Answer(answer(200, html, "<html>Sign in to the network</html>")),
            tries: 5,
        },
        Fault { name: "elsewhere", act: Act::Answer(answer(302, elsewhere, "")), tries: 5 },
    ]
}

#[tokio::test]
async fn every_operation_ends_in_words_and_in_few_tries_whatever_comes_back() {
    let mut all = JoinSet::new();
    for operation in OPERATIONS {
        for Fault { name, act, tries } in faults() {
            all.spawn(async move {
                let stage = Stage::plain(move |_, _| act.clone()).await;
                let failure = operation.run(&stage).await.unwrap_err();
                let heard = stage.heard();
                let most = if operation.goes_once() { 1 } else { tries };
                let what = format!("{operation:?}, {name}: {failure} after {} tries", heard.len());
                assert!((1..=most).contains(&heard.len()), "{what}");
                assert!(
                    matches!(
                        failure.code,
                        FailureCode::Unreachable | FailureCode::Refused | FailureCode::CodeRefused
                    ),
                    "{what}"
                );
                assert!(failure.happened.ends_with(['.', ')', '”']), "{what}");
                assert!(!failure.remedy.is_empty(), "{what}");
                let codes = heard.iter().filter(|heard| heard.body.contains("TokenCode=")).count();
                assert!(codes <= 1, "a code is never sent twice: {what}");
            });
        }
    }
    assert_eq!(all.len(), OPERATIONS.len() * faults().len());
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test]
async fn too_many_requests_is_told_as_such() {
    for act in [Act::Answer(answer(429, "", "")), refusal(400, "Throttling", "Rate exceeded")] {
        let stage = Stage::plain(move |_, _| act.clone()).await;
        let failure = Operation::AssumeRole.run(&stage).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        assert!(failure.happened.contains("asked too often"), "{failure}");
    }
}
