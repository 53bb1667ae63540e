//! Denials, told apart by the kind of policy that AWS names in its message.

use super::refused;
use crate::stage::{call, refusal};
use hatrack_core::failure::FailureCode;

const DENIED: &str = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin";

/// What AWS says of a kind of policy that forbids outright, what is told, and what to do.
const EXPLICIT: &[(&str, &str, &str)] = &[
    (
        "a service control policy",
        "A service control policy",
        "it is one of the organization, whose administrators keep it.",
    ),
    (
        "a resource control policy",
        "A resource control policy",
        "it is one of the organization, whose administrators keep it.",
    ),
    (
        "a VPC endpoint policy",
        "A VPC endpoint policy",
        "it is one of the network endpoint that the call went through.",
    ),
    (
        "a permissions boundary",
        "A permissions boundary",
        "it is one on the caller, set by the account's administrators.",
    ),
    (
        "a session policy",
        "A session policy",
        "it is one given when the session that asks was made: look at policy and policy_arns of the source profile.",
    ),
    (
        "a resource-based policy",
        "A resource-based policy",
        "it is one on what was asked for: for a role, its trust policy.",
    ),
    (
        "the role trust policy",
        "The role's trust policy",
        "it is one kept by the administrators of the role's account.",
    ),
    ("an identity-based policy", "An identity-based policy", "it is one of the user or role that asks."),
];

/// The same of a kind of policy that would have had to allow it. Resource control policies are
/// not among them: the one that allows everything can't be taken away.
const IMPLICIT: &[(&str, &str)] = &[
    (
        "service control policy",
        "It takes a service control policy that allows sts:AssumeRole: it is one of the organization, whose administrators keep it.",
    ),
    (
        "VPC endpoint policy",
        "It takes a VPC endpoint policy that allows sts:AssumeRole: it is one of the network endpoint that the call went through.",
    ),
    (
        "permissions boundary",
        "It takes a permissions boundary that allows sts:AssumeRole: it is one on the caller, set by the account's administrators.",
    ),
    (
        "session policy",
        "It takes a session policy that allows sts:AssumeRole: it is one given when the session that asks was made: look at policy and policy_arns of the source profile.",
    ),
    (
        "resource-based policy",
        "It takes a resource-based policy that allows sts:AssumeRole: it is one on what was asked for: for a role, its trust policy.",
    ),
    (
        "role trust policy",
        "It takes the role's trust policy that allows sts:AssumeRole: it is one kept by the administrators of the role's account.",
    ),
    ("identity-based policy", "A policy of the caller must allow sts:AssumeRole on it."),
];

#[tokio::test]
async fn a_policy_that_forbids_outright_is_told_with_its_kind_and_whose_it_is() {
    for (said, kind, whose) in EXPLICIT {
        let message = format!("{DENIED} with an explicit deny in {said}");
        let (failure, times) = refused(refusal(403, "AccessDenied", &message), None).await;
        assert_eq!((failure.code, times), (FailureCode::Refused, 1));
        assert_eq!(failure.happened, format!("{kind} forbids sts:AssumeRole outright: {message}."));
        assert_eq!(failure.remedy, format!("No other policy can allow it: have that one changed; {whose}"));
        assert_eq!(failure.aws_code.as_deref(), Some("AccessDenied"));
        assert_eq!(failure.request_id.as_deref(), Some("0f1e2d3c-request"));
    }
}

#[tokio::test]
async fn a_policy_that_aws_names_by_its_arn_is_told_by_it() {
    let arn = "arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid123";
    let message = format!("{DENIED} with an explicit deny in a service control policy: {arn}");
    let (failure, _) = refused(refusal(403, "AccessDenied", &message), None).await;
    let told = format!("A service control policy forbids sts:AssumeRole outright ({arn}): User: ");
    assert!(failure.happened.starts_with(&told), "{failure}");
    assert!(failure.remedy.ends_with("whose administrators keep it."), "{failure}");
}

#[tokio::test]
async fn a_policy_that_allows_too_little_is_told_with_its_kind_and_whose_it_is() {
    for (kind, remedy) in IMPLICIT {
        let message = format!("{DENIED} because no {kind} allows the sts:AssumeRole action");
        let (failure, times) = refused(refusal(403, "AccessDenied", &message), None).await;
        assert_eq!((failure.code, times), (FailureCode::Refused, 1));
        assert_eq!(failure.happened, format!("The caller may not do sts:AssumeRole: {message}."));
        assert_eq!(failure.remedy, *remedy);
    }
}

#[tokio::test]
async fn what_the_call_had_already_is_not_advised() {
    let both = "it may also want an ExternalId (external_id), or an MFA code (mfa_serial).";
    for (code, advised) in [(None, both), (Some("123456"), "it may also want an ExternalId (external_id).")] {
        assert!(call(code).external_id.is_none());
        let (failure, _) = refused(refusal(403, "AccessDenied", DENIED), code).await;
        assert!(failure.remedy.ends_with(advised), "{failure}");
    }
}
