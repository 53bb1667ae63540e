//! Tries, and what came of them.

use super::words;
use crate::chance::part_of;
use crate::outside::{Reached, Way};
use aws_sdk_sso::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use hatrack_core::failure::Failure;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How often a call is tried at most.
const TRIES: u32 = 5;
/// How long one try may take, and all of them together.
const ONE_TRY: Duration = Duration::from_secs(7);
const ALL_TRIES: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// The longest pause that an answer can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The error of a call of the SDK.
pub(crate) type Sdk<E> = SdkError<E, HttpResponse>;

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// AWS said why.
    Said {
        /// Its name for it, in the SDK's words where the answer is in OAuth's.
        code: String,
        /// Its explanation.
        message: String,
        /// The status of HTTP.
        status: u16,
        /// For support cases.
        request_id: Option<String>,
        /// When it may be asked again.
        retry_after: Option<Duration>,
    },
    /// There was no answer, or none of AWS's.
    Failed {
        /// Why, in words.
        failure: Failure,
        /// Whether another try may fare better.
        may_pass: bool,
        /// Whether the request may have arrived.
        may_have_arrived: bool,
    },
}

/// A service that is asked, as far as trying and explaining need it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) host: String,
    way: Arc<dyn Way>,
}

impl Asked {
    pub(crate) fn new(reached: &Reached) -> Self {
        let uri: Option<http::Uri> = reached.url.parse().ok();
        let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default().to_owned();
        Self { host, way: Arc::clone(&reached.way) }
    }

    /// Calls until there is an answer, or a refusal that another try won't change. What carries
    /// something that is taken `once` is sent again only if it can't have arrived.
    pub(crate) async fn call<T, E, F>(&self, once: bool, send: impl FnMut() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, Sdk<E>>>,
    {
        let may = |refusal: &Refusal| {
            if once { refusal.never_arrived() } else { refusal.may_pass() }
        };
        self.call_while(may, send).await
    }

    /// The same, where whoever calls sees to it that what was asked too often is asked later.
    pub(crate) async fn call_in_turn<T, E, F>(&self, send: impl FnMut() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, Sdk<E>>>,
    {
        self.call_while(|refusal| refusal.may_pass() && !refusal.is_too_often(), send).await
    }

    async fn call_while<T, E, F>(
        &self,
        may: impl Fn(&Refusal) -> bool,
        mut send: impl FnMut() -> F,
    ) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, Sdk<E>>>,
    {
        let end = Instant::now() + ALL_TRIES;
        let mut pause = FIRST_PAUSE;
        let mut tries = 1;
        loop {
            let refusal = match self.try_once(end, send()).await {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            let wait = refusal.retry_after().unwrap_or_else(|| part_of(pause));
            if !may(&refusal) || tries >= TRIES || Instant::now() + wait >= end {
                return Err(refusal);
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            tries += 1;
        }
    }

    async fn try_once<T, E>(
        &self,
        end: Instant,
        sent: impl Future<Output = Result<T, Sdk<E>>>,
    ) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match tokio::time::timeout_at(end.min(Instant::now() + ONE_TRY), sent).await {
            Ok(answer) => answer.map_err(|error| self.refusal(&error)),
            Err(elapsed) => Err(self.failed(&elapsed, true)),
        }
    }

    fn refusal<E>(&self, error: &Sdk<E>) -> Refusal
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(refusal) => {
                let (error, raw) = (refusal.err(), refusal.raw());
                self.said(raw, error.code(), error.message())
            }
            SdkError::ResponseError(error) => self.said(error.raw(), None, None),
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) => self.failed(error, failure.is_timeout()),
                None => self.failed(error, false),
            },
            SdkError::TimeoutError(_) => self.failed(error, true),
            SdkError::ConstructionFailure(_) | _ => {
                Refusal::Failed { failure: words::unbuilt(), may_pass: false, may_have_arrived: false }
            }
        }
    }

    fn failed(&self, error: &(dyn Error + 'static), timed_out: bool) -> Refusal {
        Refusal::Failed {
            failure: self.way.explain(error, timed_out),
            may_pass: !self.way.is_lasting(error),
            may_have_arrived: !self.way.never_connected(error),
        }
    }

    /// What an answer says that isn't the one that was wanted.
    fn said(&self, raw: &HttpResponse, code: Option<&str>, message: Option<&str>) -> Refusal {
        let status = raw.status().as_u16();
        let body = raw.body().bytes().unwrap_or_default();
        let oauth: OAuthError = serde_json::from_slice(body).unwrap_or_default();
        let code = code.or_else(|| oauth.error.as_deref().and_then(code_of)).or(match status {
            429 => Some("TooManyRequestsException"),
            _ => None,
        });
        match code {
            Some(code) if !(300..400).contains(&status) => Refusal::Said {
                code: code.to_owned(),
                message: message.or(oauth.error_description.as_deref()).unwrap_or_default().to_owned(),
                status,
                request_id: request_id(raw),
                retry_after: retry_after(raw),
            },
            Some(_) | None => Refusal::Failed {
                failure: words::answer(raw, &self.host).with_request_id(request_id(raw).as_deref()),
                may_pass: status >= 500,
                may_have_arrived: true,
            },
        }
    }
}

impl Refusal {
    /// AWS's name for it.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Said { code, .. } => Some(code),
            Self::Failed { .. } => None,
        }
    }

    /// Whether the portal was asked too often.
    pub(crate) fn is_too_often(&self) -> bool {
        matches!(self, Self::Said { status: 429, .. })
            || matches!(self.code(), Some("TooManyRequestsException" | "ThrottlingException"))
    }

    /// Whether it is an answer to this very question, not trouble on the way.
    pub(crate) fn is_about_account(&self) -> bool {
        match self {
            Self::Said { status, .. } => *status < 500 && !self.is_too_often(),
            Self::Failed { may_pass, .. } => !*may_pass,
        }
    }

    /// Whether the token isn't taken any more.
    pub(crate) fn is_about_token(&self) -> bool {
        matches!(self, Self::Said { status: 401, .. }) || self.code() == Some("UnauthorizedException")
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Said { retry_after, .. } => *retry_after,
            Self::Failed { .. } => None,
        }
    }

    /// Whether another try may fare better.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Said { status, .. } => {
                *status >= 500 || self.is_too_often() || self.code() == Some("SlowDownException")
            }
            Self::Failed { may_pass, .. } => *may_pass,
        }
    }

    /// Whether nobody can have seen the request, and another try may fare better.
    fn never_arrived(&self) -> bool {
        matches!(self, Self::Failed { may_pass: true, may_have_arrived: false, .. })
    }
}

/// A refusal in the words of RFC 6749 and RFC 8628.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct OAuthError {
    error: Option<String>,
    error_description: Option<String>,
}

/// The SDK's name for an error that only OAuth's name is told of.
fn code_of(error: &str) -> Option<&'static str> {
    Some(match error {
        "authorization_pending" => "AuthorizationPendingException",
        "slow_down" => "SlowDownException",
        "expired_token" => "ExpiredTokenException",
        "access_denied" => "AccessDeniedException",
        "invalid_grant" => "InvalidGrantException",
        "invalid_client" => "InvalidClientException",
        "invalid_request" => "InvalidRequestException",
        "invalid_scope" => "InvalidScopeException",
        "unauthorized_client" => "UnauthorizedClientException",
        "unsupported_grant_type" => "UnsupportedGrantTypeException",
        _ => return None,
    })
}

fn request_id(raw: &HttpResponse) -> Option<String> {
    let id = ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| raw.headers().get(*name))?;
    (id.len() <= 100).then(|| hatrack_core::name::shown(id))
}

fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    let seconds: u64 = raw.headers().get("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}
