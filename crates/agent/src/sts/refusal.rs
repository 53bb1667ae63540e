//! What STS said instead of granting, in words.

use crate::clock;
use crate::text::plain;
use crate::world::{self, Target};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use hatrack_core::failure::{Failure, FailureCode};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// What was asked, as far as the explanation needs it. There is no secret in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) target: &'a Target,
    pub(super) role_arn: Option<&'a str>,
    pub(super) device: Option<&'a str>,
    pub(super) duration_seconds: Option<u32>,
    /// Whether temporary credentials asked: a chain, which STS limits to an hour.
    pub(super) by_session: bool,
}

/// Explains a call that came to nothing.
pub(super) fn explain<E>(error: &SdkError<E, HttpResponse>, asked: &Asked<'_>) -> Failure
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let id = error.raw_response().and_then(request_id);
    let failure = match error {
        SdkError::ServiceError(refusal) => service(refusal.err(), refusal.raw(), asked),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => unreachable(error, asked, failure.is_timeout()),
            None => unreachable(error, asked, false),
        },
        SdkError::TimeoutError(_) => unreachable(error, asked, true),
        SdkError::ResponseError(_) => nonsense(asked.target, None),
        SdkError::ConstructionFailure(_) | _ => Failure::new(
            FailureCode::Refused,
            format!("The call to STS could not be built: {}.", reason(error)),
            "Look at the profile's settings.",
        ),
    };
    failure.with_request_id(id.as_deref())
}

/// The request id: STS says it in a header and in the body, and what stands between may drop
/// headers.
fn request_id(response: &HttpResponse) -> Option<String> {
    let in_body = || {
        let body = std::str::from_utf8(response.body().bytes()?).ok()?;
        body.split_once("<RequestId>")?.1.split_once("</RequestId>").map(|(id, _)| id)
    };
    response.request_id().or_else(in_body).map(|id| plain(id, 100)).filter(|id| !id.is_empty())
}

/// The failure of an answer that isn't STS's.
pub(super) fn nonsense(target: &Target, request_id: Option<&str>) -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        format!("{} answered, but not as STS does.", plain(&target.reach.host, 100)),
        "Look whether this network wants a sign-in first, and at the endpoint and proxy that are set.",
    )
    .with_request_id(request_id.map(|id| plain(id, 100)).as_deref())
}

fn reason(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    plain(innermost.to_string().trim_end_matches('.'), 200)
}

fn unreachable(error: &(dyn Error + 'static), asked: &Asked<'_>, timed_out: bool) -> Failure {
    let mut failure = world::explain(error, &asked.target.reach, timed_out);
    let may_have_arrived = failure.code == FailureCode::Unreachable && !world::never_connected(error);
    if asked.device.is_some() && may_have_arrived {
        "Try again with the device's next code: this one may have been used up."
            .clone_into(&mut failure.remedy);
    }
    failure
}

fn service<E: ProvideErrorMetadata>(error: &E, raw: &HttpResponse, asked: &Asked<'_>) -> Failure {
    let status = raw.status().as_u16();
    let Some(code) = error.code() else {
        return match status {
            500.. => trouble(asked, status),
            _ => nonsense(asked.target, None),
        };
    };
    let said = said(error.message().unwrap_or_default());
    let message = error.message().unwrap_or_default();
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => denied(message, &said, asked),
        "ValidationError" | "ValidationException" | "InvalidParameterValue" | "MissingParameter" => {
            invalid(message, &said, asked)
        }
        "ExpiredToken" | "ExpiredTokenException" => refused(
            "The credentials that were to assume the role have expired.",
            "Renew what the source profile holds, and try again.",
        ),
        "InvalidClientTokenId" | "UnrecognizedClientException" => refused(
            "AWS doesn't know the access key, or its session token doesn't belong to it.",
            "Look at the source profile's keys: they may be deleted, inactive, or of another partition.",
        ),
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "RequestExpired" | "RequestTimeTooSkewed" => {
            signature(code, message, raw)
        }
        "IncompleteSignature" | "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            refused(
                "AWS could not read the call's signature.",
                "Look at the source profile's keys, and at what stands between this computer and AWS.",
            )
        }
        "RegionDisabledException" => refused(
            format!("STS is turned off in {} for this account.", plain(&asked.target.region, 60)),
            "Choose another region, or have an administrator turn it on in IAM's account settings.",
        ),
        "OptInRequired" => {
            refused("The account isn't signed up for this.", "Look at the account's state in the console.")
        }
        "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => {
            refused(format!("AWS can't read the session policy: {said}."), "Correct the policy.")
        }
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => refused(
            format!("Session policies and tags are too large together: {said}."),
            "Shorten the policies, or use fewer tags.",
        ),
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "SlowDown" => Failure::new(
            FailureCode::Unreachable,
            "AWS is being asked too often by this account.",
            "Wait a minute, and try again.",
        ),
        _ if status >= 500 => trouble(asked, status),
        other => refused(
            format!("AWS refused ({}): {said}.", plain(other, 60)),
            "Look at the role and at the profile that describes it.",
        ),
    }
}

fn refused(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Refused, happened, remedy)
}

fn trouble(asked: &Asked<'_>, status: u16) -> Failure {
    let remedy = if asked.device.is_some() {
        "Try again with the device's next code: this one may have been used up."
    } else {
        "Try again in a minute."
    };
    Failure::new(
        FailureCode::Unreachable,
        format!("{} has trouble of its own (status {status}).", plain(&asked.target.reach.host, 100)),
        remedy,
    )
}

/// AWS's message, fit to stand in a sentence.
fn said(message: &str) -> String {
    let message = plain(message, 300);
    let message = message.trim_end_matches(['.', ' ']);
    if message.is_empty() { "without a reason".to_owned() } else { message.to_owned() }
}

fn denied(message: &str, said: &str, asked: &Asked<'_>) -> Failure {
    let role = asked.role_arn.map_or("the session".to_owned(), |arn| plain(arn, 200));
    let device = asked.device.map_or("the MFA device".to_owned(), |serial| plain(serial, 200));
    if message.contains("invalid MFA one time pass code") {
        return Failure::new(
            FailureCode::CodeRefused,
            "AWS did not accept the code: it is wrong, too old, or was used before.",
            "Enter the code that the device shows now; each is good for one use.",
        );
    }
    if message.contains("MultiFactorAuthentication failed, must provide both MFA serial number") {
        return refused(
            format!("{role} can only be had with an MFA code."),
            "Set mfa_serial in the role's profile to the ARN of your MFA device.",
        );
    }
    if message.contains("MultiFactorAuthentication failed") {
        return refused(
            format!("AWS can't check a code of {device} for the user who asks."),
            "Look at mfa_serial: it must be a device of the very user whose keys the source profile has.",
        );
    }
    if message.contains("Cannot call GetSessionToken with session credentials") {
        return refused(
            "GetSessionToken needs a user's own keys, and these are temporary ones.",
            "Use a source profile with long-term keys.",
        );
    }
    if message.contains("explicit deny") {
        return refused(
            format!("A policy forbids it outright: {said}."),
            "Ask an administrator: a deny can stand in a policy of yours, of the role, or of the organization.",
        );
    }
    if message.contains("Roles may not be assumed by root accounts") {
        return refused(
            "The root user of an account can't assume roles.",
            "Use the keys of an IAM user, or sign in through Identity Center.",
        );
    }
    if message.contains("is not authorized to perform") {
        let remedy = if message.contains("no identity-based policy") {
            "A policy of the caller must allow sts:AssumeRole on this role."
        } else if asked.device.is_some() {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller, with the right ExternalId where it wants one."
        } else {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller; it may also want an ExternalId, or an MFA code (mfa_serial)."
        };
        return refused(format!("AWS doesn't let the caller have {role}: {said}."), remedy);
    }
    refused(
        format!("AWS refused {role}: {said}."),
        "Look at the role's trust policy and at the caller's policies.",
    )
}

fn invalid(message: &str, said: &str, asked: &Asked<'_>) -> Failure {
    let wanted = asked.duration_seconds.map_or(String::new(), |seconds| format!(" of {seconds} s"));
    if message.contains("role chaining") {
        return refused(
            format!("The duration{wanted} is too long: a role assumed from a role has an hour at most."),
            "Ask for an hour or less.",
        );
    }
    if message.contains("MaxSessionDuration") {
        return refused(
            format!("The duration{wanted} is longer than the role allows."),
            "Ask for less (duration_seconds, --duration), or have the role's maximum session duration raised.",
        );
    }
    if message.to_ascii_lowercase().contains("durationseconds") {
        let remedy = if asked.by_session {
            "Ask for 900 s at least and, from temporary credentials, for an hour at most."
        } else {
            "Ask for 900 s at least, and for no more than the role allows."
        };
        return refused(format!("AWS doesn't accept the duration{wanted}: {said}."), remedy);
    }
    let remedy = if message.contains("serialNumber") || message.contains("MFA") {
        "Look at mfa_serial in the role's profile."
    } else if message.contains("externalId") {
        "Look at external_id in the role's profile."
    } else if message.contains("roleSessionName") {
        "Look at role_session_name in the role's profile, or at the session name in the settings."
    } else if message.contains("roleArn") || message.contains("ARN") {
        "Look at role_arn in the role's profile."
    } else {
        "Look at the profile that describes the role."
    };
    refused(format!("AWS doesn't accept the call: {said}."), remedy)
}

/// A signature is wrong because of the key or because of the clock; AWS's Date tells which.
fn signature(code: &str, message: &str, raw: &HttpResponse) -> Failure {
    let behind = raw
        .headers()
        .get("date")
        .and_then(date_of)
        .map(|theirs| theirs.duration_since(clock::now()))
        .filter(|difference| difference.unsigned_abs().as_secs() >= 60);
    let by_clock = code.starts_with("RequestExpired")
        || code == "RequestTimeTooSkewed"
        || message.starts_with("Signature expired")
        || message.starts_with("Signature not yet current");
    match behind {
        Some(difference) => refused(
            format!("This computer's clock is {} AWS's.", off_by(difference)),
            "Set the clock, best by turning time synchronization on.",
        ),
        None if by_clock => refused(
            "This computer's clock and AWS's differ by more than AWS allows.",
            "Set the clock, best by turning time synchronization on.",
        ),
        None => refused(
            "The secret access key doesn't belong to the access key's id.",
            "Look at the source profile's keys: one of the two may be mistyped or outdated.",
        ),
    }
}

/// The time of an HTTP Date header.
pub(crate) fn date_of(header: &str) -> Option<Timestamp> {
    static PARSER: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new();
    PARSER.parse_timestamp(header).ok()
}

/// `12 minutes behind`, `3 hours ahead of`: where this clock stands, given what the other shows
/// more than it.
pub(crate) fn off_by(theirs_is_more_by: SignedDuration) -> String {
    let seconds = theirs_is_more_by.unsigned_abs().as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    let side = if theirs_is_more_by.is_negative() { "ahead of" } else { "behind" };
    format!("{count} {unit}{plural} {side}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_difference_is_told_in_the_unit_that_fits() {
        assert_eq!(off_by(SignedDuration::from_secs(90)), "90 seconds behind");
        assert_eq!(off_by(SignedDuration::from_secs(-660)), "11 minutes ahead of");
        assert_eq!(off_by(SignedDuration::from_hours(12)), "12 hours behind");
        assert_eq!(off_by(SignedDuration::from_hours(-24 * 30)), "30 days ahead of");
    }

    #[test]
    fn a_date_header_is_read() {
        let time: Timestamp = "2026-11-23T19:41:35Z".parse().unwrap();
        assert_eq!(date_of("Mon, 23 Nov 2026 19:41:35 GMT"), Some(time));
        assert_eq!(date_of("yesterday"), None);
    }
}
