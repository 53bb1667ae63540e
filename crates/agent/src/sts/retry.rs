//! Which failed tries may be followed by another.

use crate::world::{is_lasting, never_connected};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use std::error::Error;

/// Forbids tries that could do harm or can't succeed; which of the others are made, the SDK knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retries {
    /// Whether the call carries an MFA code, which AWS takes once: it is sent again only if no
    /// connection was made.
    pub(super) has_code: bool,
}

impl ClassifyRetry for Retries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let connection: Option<&(dyn Error + 'static)> = match error.as_connector_error() {
            Some(error) => Some(error),
            None => None,
        };
        let may = match connection {
            Some(error) => !is_lasting(error) && (!self.has_code || never_connected(error)),
            // An answer that isn't STS's (a captive portal's page) won't be another in a second.
            None => !self.has_code && !error.is_response_error(),
        };
        if may { RetryAction::NoActionIndicated } else { RetryAction::RetryForbidden }
    }

    fn name(&self) -> &'static str {
        "hatrack"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
