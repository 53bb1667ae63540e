//! Which failed tries may be followed by another.

use super::refusal::{code_in_body, is_about_signature};
use crate::world::{SignedForWrongTime, is_lasting, never_connected};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_types::retry::ErrorKind;
use std::error::Error;

/// Forbids tries that could do harm or can't succeed; which of the others are made, the SDK knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retries {
    /// Whether the call carries what AWS takes once, an MFA code for instance: it is sent again
    /// only if nobody can have looked at it.
    pub(super) once: bool,
}

impl ClassifyRetry for Retries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        if context.response().is_some_and(was_refused_for_the_clock) {
            return RetryAction::retryable_error(ErrorKind::ServerError);
        }
        let connection: Option<&(dyn Error + 'static)> = match error.as_connector_error() {
            Some(error) => Some(error),
            None => None,
        };
        let may = match connection {
            Some(error) => !is_lasting(error) && (!self.once || never_connected(error)),
            // An answer that isn't STS's (a captive portal's page) won't be another in a second.
            None => !self.once && !error.is_response_error(),
        };
        match context.response() {
            _ if !may => RetryAction::RetryForbidden,
            // What stands before AWS throttles without AWS's words.
            Some(response) if is_throttled(response) => RetryAction::throttling_error(),
            Some(_) | None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "hatrack"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Whether a call was refused for its signature, which AWS looks at before anything else, and
/// would be signed for another time now.
pub(crate) fn was_refused_for_the_clock(response: &HttpResponse) -> bool {
    response.extension::<SignedForWrongTime>().is_some()
        && code_in_body(response).is_some_and(is_about_signature)
}

/// Whether the caller is told by the status alone that it asks too often.
pub(crate) fn is_throttled(response: &HttpResponse) -> bool {
    response.status().as_u16() == 429 && code_in_body(response).is_none()
}
