//! What is refused of root sessions and of tokens as goods.

use crate::operation::Operation;
use crate::stage::{Stage, caller, refusal};
use hatrack_core::failure::{Failure, FailureCode};

/// What AWS answers: status, code and message.
type Said = (u16, &'static str, &'static str);

/// Answers one call with a refusal, and sees to what is so of every refusal.
async fn told(said: Said, operation: Operation) -> Failure {
    let (status, code, message) = said;
    let stage = Stage::plain(move |_, _| refusal(status, code, message)).await;
    let failure = operation.fail(&caller(), &stage.world()).await;
    assert_eq!((failure.code, stage.heard().len()), (FailureCode::Refused, 1), "{failure}");
    assert_eq!(failure.aws_code.as_deref(), Some(code), "{failure}");
    assert_eq!(failure.request_id.as_deref(), Some("0f1e2d3c-request"), "{failure}");
    failure
}

#[tokio::test]
async fn a_root_session_is_refused_with_all_that_it_takes() {
    // AWS says the same of root sessions that are off, of an account that may not have them, and
    // of a task policy that the caller's policy doesn't have.
    let denied = "User: arn:aws:sts::111111111111:assumed-role/Security/ada is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::222222222222:root";
    let failure = told((403, "AccessDenied", denied), Operation::AssumeRoot).await;
    assert_eq!(failure.happened, format!("AWS doesn't let the caller have a root session: {denied}."));
    assert_eq!(
        failure.remedy,
        "It takes root sessions turned on in IAM's root access management, credentials of the management account or of the delegated administrator for IAM, and a policy of the caller that allows sts:AssumeRoot with this task policy."
    );
}

#[tokio::test]
async fn a_root_session_that_a_policy_keeps_back_is_told_with_the_policy() {
    let scp = "User: arn:aws:iam::1:user/ada is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::222222222222:root with an explicit deny in a service control policy";
    let failure = told((403, "AccessDenied", scp), Operation::AssumeRoot).await;
    assert!(
        failure.happened.starts_with("A service control policy forbids sts:AssumeRoot outright: "),
        "{failure}"
    );
    let own = "User: arn:aws:iam::1:user/ada is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::222222222222:root because no identity-based policy allows the sts:AssumeRoot action";
    let failure = told((403, "AccessDenied", own), Operation::AssumeRoot).await;
    assert_eq!(failure.remedy, "A policy of the caller must allow sts:AssumeRoot on it.");
}

#[tokio::test]
async fn a_task_policy_and_an_account_that_aws_doesn_t_take_are_told_by_their_settings() {
    for (message, setting) in [
        (
            "1 validation error detected: Value at &apos;taskPolicyArn.arn&apos; failed to satisfy constraint: Member must have length greater than or equal to 20",
            "root_task_policy",
        ),
        (
            "1 validation error detected: Value at &apos;targetPrincipal&apos; failed to satisfy constraint: Member must have length greater than or equal to 12",
            "root_account_id",
        ),
    ] {
        let failure = told((400, "ValidationError", message), Operation::AssumeRoot).await;
        assert!(failure.happened.starts_with("AWS doesn't accept the call: 1 validation error"), "{failure}");
        assert_eq!(failure.remedy, format!("Look at {setting} in the profile."));
    }
}

#[tokio::test]
async fn a_token_for_other_services_is_refused_in_words() {
    for (said, happened, remedy) in [
        (
            (
                403,
                "OutboundWebIdentityFederationDisabledException",
                "Outbound web identity federation is not enabled for this account.",
            ),
            "The account doesn't give tokens for other services: outbound web identity federation is turned off.",
            "Have an administrator turn it on in IAM's account settings.",
        ),
        (
            (
                403,
                "SessionDurationEscalationException",
                "The requested token duration would extend the session beyond its original expiration time.",
            ),
            "The token would outlive the session that asks for it.",
            "Ask for less (--duration), or renew the session first.",
        ),
        (
            (
                400,
                "JWTPayloadSizeExceededException",
                "The requested token payload size exceeds the maximum allowed size.",
            ),
            "The token would be too large: The requested token payload size exceeds the maximum allowed size.",
            "Use fewer or shorter tags and audiences.",
        ),
        (
            (
                403,
                "AccessDenied",
                "User: arn:aws:iam::1:user/ada is not authorized to perform: sts:GetWebIdentityToken on resource: *",
            ),
            "The caller may not do sts:GetWebIdentityToken: User: arn:aws:iam::1:user/ada is not authorized to perform: sts:GetWebIdentityToken on resource: *.",
            "A policy of the caller must allow sts:GetWebIdentityToken.",
        ),
    ] {
        let failure = told(said, Operation::GetWebIdentityToken).await;
        assert_eq!((failure.happened.as_str(), failure.remedy.as_str()), (happened, remedy));
    }
}

#[tokio::test]
async fn a_trade_in_token_is_refused_in_words() {
    for (said, happened, remedy) in [
        (
            (
                400,
                "ExpiredTradeInTokenException",
                "The trade-in token provided in the request has expired and can no longer be exchanged for credentials.",
            ),
            "The trade-in token has expired.",
            "Have whoever gave it give a new one.",
        ),
        (
            (
                400,
                "PackedPolicyTooLarge",
                "Packed size of session policies and tags consumes 131% of allotted space.",
            ),
            "Session policies and tags are too large: packed, they fill 131% of what AWS takes.",
            "Shorten the policies, or use fewer and shorter tags.",
        ),
        (
            (
                403,
                "RegionDisabledException",
                "STS is not activated in this region for account:222222222222. Your account administrator can activate STS in this region using the IAM Console.",
            ),
            "STS is turned off in eu-west-1 for this account.",
            "Choose another region, or have an administrator turn it on in IAM's account settings.",
        ),
        (
            (
                403,
                "AccessDenied",
                "User: arn:aws:iam::1:user/ada is not authorized to perform: sts:GetDelegatedAccessToken",
            ),
            "The caller may not do sts:GetDelegatedAccessToken: User: arn:aws:iam::1:user/ada is not authorized to perform: sts:GetDelegatedAccessToken.",
            "A policy of the caller must allow sts:GetDelegatedAccessToken.",
        ),
    ] {
        let failure = told(said, Operation::GetDelegatedAccessToken).await;
        assert_eq!((failure.happened.as_str(), failure.remedy.as_str()), (happened, remedy));
    }
}

#[tokio::test]
async fn a_message_that_can_t_be_decoded_is_told_as_such() {
    let said = (400, "InvalidAuthorizationMessageException", "Message is not valid");
    let failure = told(said, Operation::DecodeAuthorizationMessage).await;
    assert_eq!(failure.happened, "AWS can't read the encoded message: Message is not valid.");
    assert!(failure.remedy.starts_with("Take the whole of it from the refusal"), "{failure}");
}
