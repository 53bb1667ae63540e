//! What AWS names as the reason, told by that name; and times that are over.

use crate::stage::{Stage, call, caller, certificate_of, granted, keys, refusal, world};
use hatrack_agent::sts::{AssumeRoot, GetWebIdentityToken};
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use std::fs;

async fn denied(code: &'static str, message: String) -> Failure {
    let stage = Stage::plain(move |_, _| refusal(403, code, &message)).await;
    let (caller, profile) = (caller(), ProfileEndpoint::default());
    caller.assume_role(&stage.world(), &profile, &keys(), &call(None)).await.unwrap_err()
}

#[tokio::test]
async fn every_kind_of_policy_that_aws_names_is_named() {
    let begin = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin";
    for (kind, whose) in [
        ("service control policy", "organization"),
        ("resource control policy", "organization"),
        ("permissions boundary", "on the caller"),
        ("session policy", "policy and policy_arns"),
        ("VPC endpoint policy", "network endpoint"),
        ("identity-based policy", "user or role that asks"),
        ("resource-based policy", "trust policy"),
    ] {
        let article = if kind.starts_with('i') { "an" } else { "a" };
        let explicit =
            denied("AccessDenied", format!("{begin} with an explicit deny in {article} {kind}")).await;
        let words = format!("{explicit}");
        assert!(words.contains(&format!("{kind} forbids sts:AssumeRole outright")), "{words}");
        assert!(explicit.remedy.contains(whose), "{words}");
        assert_eq!(explicit.aws_code.as_deref(), Some("AccessDenied"));
        assert!(explicit.request_id.is_some(), "{words}");
        let silent =
            denied("AccessDenied", format!("{begin} because no {kind} allows the sts:AssumeRole action"))
                .await;
        let words = format!("{silent}");
        assert!(words.contains("may not do sts:AssumeRole") && words.contains(kind), "{words}");
        assert!(kind == "identity-based policy" || silent.remedy.contains(whose), "{words}");
    }
}

#[tokio::test]
async fn a_request_that_aws_finds_too_old_is_about_the_clock() {
    for code in ["RequestExpired", "RequestTimeTooSkewed"] {
        let failure = denied(code, "Request has expired.".to_owned()).await;
        assert_eq!(failure.aws_code.as_deref(), Some(code));
        assert!(failure.to_string().to_lowercase().contains("clock"), "{failure}");
    }
}

#[tokio::test]
async fn why_a_root_user_can_t_be_had_is_told() {
    let deny = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::222222222222:root";
    let stage = Stage::plain(move |_, _| refusal(403, "AccessDenied", deny)).await;
    let call = AssumeRoot {
        target_principal: "222222222222".to_owned(),
        task_policy_arn: "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials".to_owned(),
        duration_seconds: Some(900),
    };
    let (caller, profile) = (caller(), ProfileEndpoint::default());
    let failure = caller.assume_root(&stage.world(), &profile, &keys(), &call).await.unwrap_err();
    assert!(failure.happened.contains("sts:AssumeRoot"), "{failure}");
    assert!(!failure.remedy.is_empty(), "{failure}");
}

#[tokio::test]
async fn why_a_token_for_others_can_t_be_had_is_told() {
    for (code, words) in [
        ("OutboundWebIdentityFederationDisabledException", "turned off"),
        ("SessionDurationEscalationException", "outlive the session"),
        ("JWTPayloadSizeExceededException", "too large"),
    ] {
        let stage = Stage::plain(move |_, _| refusal(400, code, "No.")).await;
        let call = GetWebIdentityToken {
            audience: vec!["api".to_owned()],
            signing_algorithm: "RS256".to_owned(),
            duration_seconds: None,
            tags: Vec::new(),
        };
        let (caller, profile) = (caller(), ProfileEndpoint::default());
        let failure =
            caller.get_web_identity_token(&stage.world(), &profile, &keys(), &call).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Refused);
        assert!(failure.happened.contains(words) && !failure.remedy.is_empty(), "{failure}");
        assert_eq!(stage.heard().len(), 1, "a refusal isn't tried again");
    }
}

#[tokio::test]
async fn a_certificate_that_is_over_or_not_yet_valid_is_not_taken() {
    for years in [(2001, 2002), (2200, 2201)] {
        let (config, pem) = certificate_of("localhost", Some(years));
        let stage = Stage::tls(config, |_, _| granted()).await;
        let folder = tempfile::tempdir().unwrap();
        let bundle = folder.path().join("ca.pem");
        fs::write(&bundle, pem).unwrap();
        let url = format!("https://localhost:{}", stage.port);
        let world = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", bundle.to_str().unwrap())]);
        let (caller, profile) = (caller(), ProfileEndpoint::default());
        let failure = caller.assume_role(&world, &profile, &keys(), &call(None)).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        assert!(failure.happened.contains("isn't valid at this time"), "{failure}");
        assert!(failure.remedy.contains("clock"), "{failure}");
        assert!(stage.heard().is_empty(), "nothing was sent");
        assert_eq!(stage.connections(), 1, "there is no use in trying again");
    }
}
