//! What AWS says when it says no, in words, and asked only once.

#[cfg(test)]
mod modelled;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod sessions;

use crate::stage::{Act, Stage, answer, call, caller, granted_as, keys, refusal, refusal_at};
use hatrack_agent::clock;
use hatrack_agent::credentials::Credentials;
use hatrack_agent::sts::GetSessionToken;
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use jiff::SignedDuration;

async fn refused(act: Act, code: Option<&str>) -> (Failure, usize) {
    let stage = Stage::plain(move |_, _| act.clone()).await;
    let failure = caller()
        .assume_role(&stage.world(), &ProfileEndpoint::default(), &keys(), &call(code))
        .await
        .unwrap_err();
    (failure, stage.heard().len())
}

#[tokio::test]
async fn a_refusal_is_told_in_two_sentences_and_never_asked_for_twice() {
    let no_policy = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin because no identity-based policy allows the sts:AssumeRole action";
    let no_trust = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin";
    let deny = "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin with an explicit deny in a service control policy";
    use FailureCode::{CodeRefused, DurationRefused, Refused};
    let table = [
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            CodeRefused,
            "did not accept the code",
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            Refused,
            "only be had with an MFA code",
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
            Refused,
            "mfa_serial",
        ),
        (403, "AccessDenied", no_policy, Refused, "A policy of the caller must allow"),
        (403, "AccessDenied", no_trust, Refused, "trust policy"),
        (403, "AccessDenied", deny, Refused, "outright"),
        (403, "AccessDenied", "Roles may not be assumed by root accounts.", Refused, "root user"),
        (403, "AccessDenied", "", Refused, "without a reason"),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            DurationRefused,
            "longer than the role allows",
        ),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            Refused,
            "an hour at most",
        ),
        (
            400,
            "ValidationError",
            "1 validation error detected: Value &apos;x y&apos; at &apos;roleSessionName&apos; failed to satisfy constraint",
            Refused,
            "role_session_name",
        ),
        (
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
            Refused,
            "have expired",
        ),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            Refused,
            "doesn't know the access key",
        ),
        (
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            Refused,
            "secret access key",
        ),
        (
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20261123T100000Z is now earlier than 20261123T101500Z",
            Refused,
            "clock",
        ),
        (
            403,
            "RegionDisabledException",
            "STS is not activated in this region for account:222222222222.",
            Refused,
            "turned off in eu-west-1",
        ),
        (400, "MalformedPolicyDocument", "Syntax errors in policy.", Refused, "Syntax errors in policy."),
        (400, "PackedPolicyTooLarge", "Serialized token too large for session", Refused, "too large"),
        (400, "SomethingNew", "A new reason", Refused, "AWS refused (SomethingNew): A new reason."),
    ];
    for (status, code, message, kind, words) in table {
        let (failure, times) = refused(refusal(status, code, message), None).await;
        assert_eq!((failure.code, times), (kind, 1), "{code}: {message}");
        assert!(failure.to_string().contains(words), "{failure}\n  lacks: {words}");
        for sentence in [&failure.happened, &failure.remedy] {
            assert!(sentence.ends_with('.') && !sentence.ends_with(".."), "{sentence}");
        }
        assert_eq!(failure.request_id.as_deref(), Some("0f1e2d3c-request"), "{code}");
    }
}

#[tokio::test]
async fn a_hostile_message_stays_one_harmless_line() {
    let message = format!("evil&#10;line \u{202e}txt.exe &lt;b&gt; {}", "x".repeat(5000));
    let (failure, _) = refused(refusal(403, "AccessDenied", &message), None).await;
    assert!(failure.happened.contains("evil line txt.exe <b> xxx"), "{failure}");
    assert!(failure.happened.chars().count() < 500);
}

#[tokio::test]
async fn a_wrong_clock_is_told_with_how_wrong_it_is() {
    let theirs = clock::now() + SignedDuration::from_mins(21);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs).unwrap();
    let act = refusal_at(
        403,
        "SignatureDoesNotMatch",
        "Signature expired: a is now earlier than b",
        &format!("date: {date}\r\n"),
    );
    let (failure, times) = refused(act, Some("123456")).await;
    assert!(
        failure.happened.contains("clock is 20 minutes behind")
            || failure.happened.contains("clock is 21 minutes behind"),
        "{failure}"
    );
    assert_eq!(times, 2, "it is signed again for the right time, once");
}

#[tokio::test]
async fn once_the_clock_is_known_to_be_wrong_calls_are_signed_right() {
    let date = move || {
        let theirs = clock::now() + SignedDuration::from_mins(21);
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs).unwrap()
    };
    let stage = Stage::plain(move |_, _| {
        refusal_at(
            403,
            "SignatureDoesNotMatch",
            "Signature expired: a is now earlier than b",
            &format!("date: {}\r\n", date()),
        )
    })
    .await;
    let (caller, world) = (caller(), stage.world());
    for _ in 0..2 {
        caller
            .assume_role(&world, &ProfileEndpoint::default(), &keys(), &call(Some("123456")))
            .await
            .unwrap_err();
    }
    let dates: Vec<_> = stage
        .heard()
        .iter()
        .map(|heard| crate::stage::header(&heard.head, "x-amz-date").unwrap().to_owned())
        .collect();
    assert_eq!(dates.len(), 3, "the first is refused for its date, and repeated once");
    let minutes = |date: &str| {
        let (hours, minutes): (i32, i32) = (date[9..11].parse().unwrap(), date[11..13].parse().unwrap());
        hours * 60 + minutes
    };
    let later = (minutes(&dates[1]) - minutes(&dates[0])).rem_euclid(24 * 60);
    assert!((20..=22).contains(&later), "{dates:?}");
}

#[tokio::test]
async fn what_sts_would_never_say_is_not_believed() {
    let html = "<html><body>Welcome to the airport! Sign in</body></html>";
    let nonsense = [
        Act::Answer(answer(200, "content-type: text/html\r\n", html)),
        Act::Answer(answer(302, "location: http://portal.example/\r\n", "")),
        Act::Answer(answer(403, "content-type: text/html\r\n", html)),
        Act::Answer(answer(200, "content-type: text/xml\r\n", "<AssumeRoleResponse><Assume")),
        Act::Answer(answer(200, "content-type: application/json\r\n", "{}")),
        granted_as("ASIA\n[evil]", "arn:aws:sts::222222222222:assumed-role/Admin/x"),
        granted_as("ASIAX", "arn:aws:sts::222222222222:assumed-role/Ad\u{202e}min/x"),
    ];
    for act in nonsense {
        let (failure, times) = refused(act, None).await;
        assert_eq!((failure.code, times), (FailureCode::Unreachable, 1), "{failure}");
        assert!(failure.happened.contains("not as AWS does"), "{failure}");
    }
}

#[tokio::test]
async fn a_code_that_can_t_be_one_is_not_sent() {
    for code in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let (failure, times) = refused(refusal(500, "x", "x"), Some(code)).await;
        assert_eq!((failure.code, times), (FailureCode::CodeRefused, 0), "{code}");
    }
}

#[tokio::test]
async fn temporary_credentials_get_no_session_token() {
    let stage = Stage::plain(|_, _| {
        refusal(403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
    })
    .await;
    let session = Credentials { session_token: Some(Sealed::new("t")), ..keys() };
    let failure = caller()
        .get_session_token(&stage.world(), &ProfileEndpoint::default(), &session, &GetSessionToken::default())
        .await
        .unwrap_err();
    assert!(failure.happened.contains("user's own keys"), "{failure}");
}

#[tokio::test]
async fn a_request_that_came_too_late_is_a_matter_of_the_clock() {
    let message = "The request reached the service more than 15 minutes after the date stamp on it.";
    for code in ["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"] {
        let (failure, times) = refused(refusal(403, code, message), Some("123456")).await;
        assert_eq!(
            (failure.code, times),
            (FailureCode::Refused, 1),
            "there is no date to sign for: {failure}"
        );
        assert_eq!(failure.happened, "This computer's clock and AWS's differ by more than AWS allows.");
        assert_eq!(failure.remedy, "Set the clock, best by turning time synchronization on.");
        assert_eq!(failure.aws_code.as_deref(), Some(code));

        let date = "date: Sat, 01 Jan 2000 00:00:00 GMT\r\n";
        let (failure, times) = refused(refusal_at(403, code, message, date), Some("123456")).await;
        assert_eq!(times, 2, "it is signed again for AWS's time, once");
        let parts = ["This computer's clock is ", " days ahead of AWS's."];
        assert!(parts.iter().all(|part| failure.happened.contains(part)), "{failure}");
    }
}
