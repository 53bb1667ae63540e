//! Calls to STS.
//!
//! Deliberately absent: the SDK's own search for profiles, regions and keys (everything is handed
//! in), and a second chance for an MFA code (what may have been looked at is never sent again).
//! Of STS's parameters, ProvidedContexts and MinimumSessionTokenSize are absent: the first is made
//! by Identity Center for programs, the second is for testing.

mod answer;
mod assume_role;
mod identity;
mod limits;
mod refusal;
mod retry;
mod root;
mod token;
mod user_session;
mod with_token;

pub(crate) use answer::word;
pub use answer::{Granted, Identity};
pub use assume_role::AssumeRole;
pub(crate) use refusal::{Asked, Refusal, answer_without_code, code_in_body, request_id, unreachable};
pub(crate) use retry::{is_throttled, was_refused_for_the_clock};
pub use root::AssumeRoot;
pub use token::{GetWebIdentityToken, WebIdentityToken};
pub use user_session::{GetFederationToken, GetSessionToken};
pub use with_token::{AssumeRoleWithSaml, AssumeRoleWithWebIdentity};

use crate::credentials::Credentials;
use crate::world::{ClockOffset, Connector, ProfileEndpoint, Target, World};
use aws_sdk_sts::config::{
    BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig,
    retry::{RetryConfig, RetryPartition},
    timeout::TimeoutConfig,
};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use hatrack_core::failure::Failure;
use jiff::SignedDuration;
use retry::Retries;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How many endpoints are kept warm at most.
const MOST_ENDPOINTS: usize = 32;

/// How long the agent waits for AWS.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For an answer, before the call is tried again. A call with an MFA code is not tried again
    /// and has all of `total`.
    pub attempt: Duration,
    /// For the whole call with all its tries.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(7),
            total: Duration::from_secs(15),
        }
    }
}

/// Calls STS and IAM, keeps one warm connection to each endpoint, and learns AWS's time.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    patience: Patience,
    clock: ClockOffset,
    clients: Arc<Mutex<HashMap<Target, aws_sdk_sts::Client>>>,
}

/// Whose call it is, and which way it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a> {
    pub(crate) world: &'a World,
    pub(crate) profile: &'a ProfileEndpoint,
    pub(crate) credentials: &'a Credentials,
}

impl Caller {
    /// A caller with the patience that people have.
    pub fn new() -> Self {
        Self::default()
    }

    /// A caller with another patience.
    pub fn with_patience(patience: Patience) -> Self {
        Self { patience, ..Self::default() }
    }

    /// What AWS's clock shows more than this machine's, as the latest answer told; zero where it
    /// is less than a minute.
    pub fn clock_offset(&self) -> SignedDuration {
        self.clock.get()
    }

    /// Tells of each change of [`Caller::clock_offset`].
    pub fn clock_changes(&self) -> watch::Receiver<SignedDuration> {
        self.clock.changes()
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    pub(crate) fn clock(&self) -> &ClockOffset {
        &self.clock
    }

    /// The client of an endpoint; it keeps the connection.
    fn client(&self, target: &Target) -> aws_sdk_sts::Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(target) {
            return client.clone();
        }
        if clients.len() >= MOST_ENDPOINTS {
            clients.clear();
        }
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Connector::learning(target.reach.clone(), self.patience.connect, &self.clock))
            .time_source(self.clock.clone())
            .region(Region::new(target.region.clone()))
            .endpoint_url(&target.url)
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(5)
                    .with_initial_backoff(Duration::from_millis(200))
                    .with_max_backoff(Duration::from_secs(3)),
            )
            // The SDK counts failed tries of all clients together: an endpoint that is down would take
            // away the tries of those that are up.
            .retry_partition(RetryPartition::custom(target.url.clone()).build())
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        clients.insert(target.clone(), client.clone());
        client
    }

    /// What is different from call to call: the keys, where it is signed, and whether it carries
    /// what AWS takes once.
    fn settings(&self, signer: Option<&Credentials>, once: bool) -> aws_sdk_sts::config::Builder {
        let mut timeouts = TimeoutConfig::builder().operation_timeout(self.patience.total);
        if !once {
            timeouts = timeouts.operation_attempt_timeout(self.patience.attempt);
        }
        let settings = aws_sdk_sts::Config::builder()
            .timeout_config(timeouts.build())
            .retry_classifier(Retries { once });
        let Some(signer) = signer else { return settings };
        settings.credentials_provider(aws_sdk_sts::config::Credentials::new(
            &signer.access_key_id,
            signer.secret_access_key.open(),
            signer.session_token.as_ref().map(|token| token.open().to_owned()),
            None,
            "hatrack",
        ))
    }

    /// The answer to a call, or why it came to nothing; where AWS's reason is encoded, it is asked
    /// for the words.
    async fn answered<O, E>(
        &self,
        sent: Result<O, SdkError<E, HttpResponse>>,
        asked: &Asked<'_>,
        way: Way<'_>,
    ) -> Result<O, Failure>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let error = match sent {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let failure = refusal::explain(&error, asked);
        Err(match error.meta().message().and_then(refusal::encoded) {
            Some(encoded) => self.decoded(failure, encoded, way).await,
            None => failure,
        })
    }
}

fn seconds(seconds: u32) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}
