//! What AWS said instead of granting, in words.
//!
//! Deliberately absent: guesses told as facts. Where AWS has one answer for several reasons (a
//! role that doesn't exist, a trust policy that names somebody else), all of them are named.

mod decoded;
mod denied;
mod invalid;
mod keys;
mod network;
mod policy;
mod provider;

pub(super) use decoded::{encoded, with_decoded};
pub(super) use network::nonsense;
pub(crate) use network::{answer as answer_without_code, unreachable};

use crate::credentials::Credentials;
use crate::text::plain;
use crate::world::{ClockOffset, Target};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use hatrack_core::failure::{Failure, FailureCode};
use jiff::SignedDuration;
use std::error::Error;

/// What was asked, as far as the explanation needs it. There is no secret in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) operation: &'static str,
    pub(crate) target: &'a Target,
    pub(crate) clock: &'a ClockOffset,
    pub(crate) role_arn: Option<&'a str>,
    pub(crate) device: Option<&'a str>,
    pub(crate) duration_seconds: Option<u32>,
    pub(crate) has_external_id: bool,
    /// Whether temporary credentials asked: a chain, which STS limits to an hour.
    pub(crate) by_session: bool,
}

impl<'a> Asked<'a> {
    /// A call of which nothing else is known.
    pub(crate) fn of(operation: &'static str, target: &'a Target, clock: &'a ClockOffset) -> Self {
        Self {
            operation,
            target,
            clock,
            role_arn: None,
            device: None,
            duration_seconds: None,
            has_external_id: false,
            by_session: false,
        }
    }

    /// The same, signed with these credentials.
    pub(crate) fn signed(
        operation: &'static str,
        target: &'a Target,
        clock: &'a ClockOffset,
        credentials: &Credentials,
    ) -> Self {
        Self { by_session: credentials.session_token.is_some(), ..Self::of(operation, target, clock) }
    }

    /// What was to be had.
    fn wanted(&self) -> String {
        self.role_arn.map_or_else(|| "it".to_owned(), |arn| plain(arn, 200))
    }
}

/// AWS's own words for a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal<'a> {
    /// Error code.
    pub(crate) code: &'a str,
    /// Message.
    pub(crate) message: &'a str,
    /// Status of HTTP.
    pub(crate) status: u16,
}

/// Explains a call that came to nothing.
pub(super) fn explain<E>(error: &SdkError<E, HttpResponse>, asked: &Asked<'_>) -> Failure
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let id = error.raw_response().and_then(request_id);
    let failure = match error {
        SdkError::ServiceError(refusal) => {
            let (error, raw) = (refusal.err(), refusal.raw());
            let status = raw.status().as_u16();
            match error.code() {
                Some(code) => {
                    let message = error.message().unwrap_or_default();
                    Refusal { code, message, status }.explain(asked)
                }
                None => answer_without_code(raw, asked),
            }
        }
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => unreachable(error, asked, failure.is_timeout()),
            None => unreachable(error, asked, false),
        },
        SdkError::TimeoutError(_) => unreachable(error, asked, true),
        SdkError::ResponseError(error) => answer_without_code(error.raw(), asked),
        SdkError::ConstructionFailure(_) | _ => refused(
            format!("The call to AWS could not be built: {}.", reason(error)),
            "Look at the profile's settings.",
        ),
    };
    failure.with_request_id(id.as_deref())
}

/// The request id: AWS says it in a header and in the body, and what stands between may drop
/// headers.
pub(crate) fn request_id(response: &HttpResponse) -> Option<String> {
    response
        .request_id()
        .or_else(|| between(body(response)?, "<RequestId>", "</RequestId>"))
        .map(|id| plain(id, 100))
        .filter(|id| !id.is_empty())
}

/// AWS's error code, as it stands in the answer.
pub(crate) fn code_in_body(response: &HttpResponse) -> Option<&str> {
    between(body(response)?, "<Code>", "</Code>")
}

/// Whether an error code is about the request's signature, which AWS checks before all else.
pub(crate) fn is_about_signature(code: &str) -> bool {
    matches!(
        code,
        "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "RequestExpired"
            | "RequestTimeTooSkewed"
            | "RequestInTheFuture"
    )
}

fn body(response: &HttpResponse) -> Option<&str> {
    std::str::from_utf8(response.body().bytes()?).ok()
}

/// What stands between two marks.
pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(inner, _)| inner)
}

fn reason(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    plain(innermost.to_string().trim_end_matches('.'), 200)
}

impl Refusal<'_> {
    /// Explains it, with AWS's own name for it beside the words.
    pub(crate) fn explain(self, asked: &Asked<'_>) -> Failure {
        self.in_words(asked).with_aws_code(Some(&plain(self.code, 100)))
    }

    fn in_words(self, asked: &Asked<'_>) -> Failure {
        match self.code {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => self.denied(asked),
            "ValidationError"
            | "ValidationException"
            | "InvalidParameterValue"
            | "InvalidParameterCombination"
            | "MissingParameter"
            | "InvalidInput" => self.invalid(asked),
            "ExpiredToken" | "ExpiredTokenException" | "ExpiredTradeInTokenException" => self.expired(asked),
            "InvalidClientTokenId" | "UnrecognizedClientException" => self.unknown_keys(asked),
            code if is_about_signature(code) => self.signature(asked),
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
            "OptInRequired" => refused(
                "The account isn't signed up for this.",
                "Look at the account's state in the console.",
            ),
            "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => self.malformed_policy(),
            "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => self.too_large(),
            "IDPRejectedClaim" | "IDPRejectedClaimException" => self.rejected_claim(asked),
            "IDPCommunicationError" | "IDPCommunicationErrorException" => self.provider_unreachable(),
            "InvalidIdentityToken" | "InvalidIdentityTokenException" => self.invalid_token(asked),
            "OutboundWebIdentityFederationDisabledException"
            | "SessionDurationEscalationException"
            | "JWTPayloadSizeExceededException" => self.outbound_token(),
            "InvalidAuthorizationMessageException" => refused(
                format!("AWS can't read the encoded message: {}.", self.said()),
                "Take the whole of it from the refusal, in one line; one that is too old can't be read any more.",
            ),
            "NoSuchEntity" | "LimitExceeded" | "EntityTemporarilyUnmodifiable" => self.about_entity(),
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "TooManyRequestsException"
            | "SlowDown" => network::throttled(asked),
            _ if self.status >= 500 => network::trouble(asked, self.status),
            other => refused(
                format!("AWS refused ({}): {}.", plain(other, 60), self.said()),
                "Look at the role and at the profile that describes it.",
            ),
        }
    }

    /// AWS's message, fit to stand in a sentence.
    fn said(self) -> String {
        let message = plain(self.message, 300);
        let message = message.trim_end_matches(['.', ' ']);
        if message.is_empty() { "without a reason".to_owned() } else { message.to_owned() }
    }

    fn says(self, part: &str) -> bool {
        self.message.contains(part)
    }
}

fn refused(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Refused, happened, remedy)
}

fn failed(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Unreachable, happened, remedy)
}

/// Whether a difference between the clocks is one that AWS minds.
fn matters(offset: SignedDuration) -> bool {
    !offset.is_zero()
}
