//! Calls to STS.
//!
//! Deliberately absent: the SDK's own search for profiles, regions and keys (everything is handed
//! in), and a second chance for an MFA code (what may have arrived is never sent again).

mod answer;
mod refusal;
mod retry;

pub(crate) use answer::word;
pub use answer::{Granted, Identity};

use crate::credentials::Credentials;
use crate::world::{Connector, ProfileEndpoint, Target, World};
use aws_sdk_sts::config::{
    BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_sts::operation::RequestId;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use refusal::Asked;
pub(crate) use refusal::{date_of, off_by};
use retry::Retries;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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

/// Calls STS, and keeps one warm connection to each endpoint.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    patience: Patience,
    clients: Arc<Mutex<HashMap<Target, aws_sdk_sts::Client>>>,
}

/// What an AssumeRole call asks for.
#[derive(Clone, Debug)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// RoleSessionName.
    pub session_name: String,
    /// DurationSeconds; `None`: an hour, as STS has it.
    pub duration_seconds: Option<u32>,
    /// ExternalId.
    pub external_id: Option<String>,
    /// SerialNumber and TokenCode.
    pub mfa: Option<(String, Sealed)>,
}

/// What a GetSessionToken call asks for.
#[derive(Clone, Debug, Default)]
pub struct GetSessionToken {
    /// DurationSeconds; `None`: twelve hours, as STS has it.
    pub duration_seconds: Option<u32>,
    /// SerialNumber and TokenCode.
    pub mfa: Option<(String, Sealed)>,
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

    /// Calls AssumeRole with these credentials; `profile` is what the hop's profile says about
    /// the endpoint.
    pub async fn assume_role(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &AssumeRole,
    ) -> Result<Granted, Failure> {
        let partition = call.role_arn.split(':').nth(1).unwrap_or("aws");
        let target = Target::choose(world, profile, partition).await?;
        let (serial, code) = parts(call.mfa.as_ref())?;
        let asked = Asked {
            target: &target,
            role_arn: Some(&call.role_arn),
            device: serial,
            duration_seconds: call.duration_seconds,
            by_session: credentials.session_token.is_some(),
        };
        let output = self
            .client(&target)
            .assume_role()
            .role_arn(&call.role_arn)
            .role_session_name(&call.session_name)
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_external_id(call.external_id.clone())
            .set_serial_number(serial.map(str::to_owned))
            .set_token_code(code)
            .customize()
            .config_override(self.once(credentials, serial.is_some()))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        let user = output.assumed_role_user();
        answer::granted(
            output.credentials(),
            user.map(aws_sdk_sts::types::AssumedRoleUser::arn),
            user.map(aws_sdk_sts::types::AssumedRoleUser::assumed_role_id),
            output.request_id(),
        )
        .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls GetSessionToken with these credentials, which must be an IAM user's own.
    pub async fn get_session_token(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &GetSessionToken,
    ) -> Result<Credentials, Failure> {
        let (serial, code) = parts(call.mfa.as_ref())?;
        let partition = serial.and_then(|serial| serial.split(':').nth(1)).unwrap_or("aws");
        let target = Target::choose(world, profile, partition).await?;
        let asked = Asked {
            target: &target,
            role_arn: None,
            device: serial,
            duration_seconds: call.duration_seconds,
            by_session: credentials.session_token.is_some(),
        };
        let output = self
            .client(&target)
            .get_session_token()
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_serial_number(serial.map(str::to_owned))
            .set_token_code(code)
            .customize()
            .config_override(self.once(credentials, serial.is_some()))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        answer::credentials(output.credentials())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls GetCallerIdentity: whose credentials these are.
    pub async fn get_caller_identity(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
    ) -> Result<Identity, Failure> {
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked {
            target: &target,
            role_arn: None,
            device: None,
            duration_seconds: None,
            by_session: credentials.session_token.is_some(),
        };
        let output = self
            .client(&target)
            .get_caller_identity()
            .customize()
            .config_override(self.once(credentials, false))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        answer::identity(output.account(), output.arn(), output.user_id())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// The client of an endpoint; it keeps the connection and what it learned of AWS's clock.
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
            .http_client(Connector::new(target.reach.clone(), self.patience.connect))
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
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        clients.insert(target.clone(), client.clone());
        client
    }

    /// What is different from call to call: the keys, and whether there may be a second try.
    fn once(&self, credentials: &Credentials, has_code: bool) -> aws_sdk_sts::config::Builder {
        let keys = aws_sdk_sts::config::Credentials::new(
            &credentials.access_key_id,
            credentials.secret_access_key.open(),
            credentials.session_token.as_ref().map(|token| token.open().to_owned()),
            None,
            "hatrack",
        );
        let mut timeouts = TimeoutConfig::builder().operation_timeout(self.patience.total);
        if !has_code {
            timeouts = timeouts.operation_attempt_timeout(self.patience.attempt);
        }
        aws_sdk_sts::Config::builder()
            .credentials_provider(keys)
            .timeout_config(timeouts.build())
            .retry_classifier(Retries { has_code })
    }
}

fn seconds(seconds: u32) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// The device's serial number and the code. One that can't be a code is not even sent.
fn parts(mfa: Option<&(String, Sealed)>) -> Result<(Option<&str>, Option<String>), Failure> {
    let Some((serial, code)) = mfa else { return Ok((None, None)) };
    if code.open().len() != 6 || !code.open().bytes().all(|b| b.is_ascii_digit()) {
        return Err(Failure::new(
            FailureCode::CodeRefused,
            "A code of an MFA device has six digits.",
            "Enter the six digits that the device shows now.",
        ));
    }
    Ok((Some(serial), Some(code.open().to_owned())))
}
