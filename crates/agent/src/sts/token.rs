//! Tokens as goods: GetWebIdentityToken gives one for other services, GetDelegatedAccessToken takes
//! one for credentials.

use super::answer::{self, Granted};
use super::assume_role::tags;
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, Way, seconds};
use crate::credentials::Credentials;
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use jiff::Timestamp;

/// What a GetWebIdentityToken call asks for.
#[derive(Clone, Debug)]
pub struct GetWebIdentityToken {
    /// Audience: who is to accept the token.
    pub audience: Vec<String>,
    /// SigningAlgorithm: `ES384` or `RS256`.
    pub signing_algorithm: String,
    /// DurationSeconds; `None`: 300, as STS has it.
    pub duration_seconds: Option<u32>,
    /// Tags: keys and values that become claims.
    pub tags: Vec<(String, String)>,
}

/// The answer to GetWebIdentityToken.
#[derive(Clone, Debug)]
pub struct WebIdentityToken {
    /// The token, a JWT signed by AWS.
    pub token: Sealed,
    /// When it ends.
    pub expiration: Timestamp,
}

impl Caller {
    /// Calls GetWebIdentityToken: a token that says to other services whose credentials these are.
    pub async fn get_web_identity_token(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &GetWebIdentityToken,
    ) -> Result<WebIdentityToken, Failure> {
        limits::audience(&call.audience)?;
        limits::text(&limits::SIGNING_ALGORITHM, &call.signing_algorithm)?;
        limits::duration(call.duration_seconds, 60..=3600, "The token's duration")?;
        limits::tags(&call.tags, &[])?;
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked {
            duration_seconds: call.duration_seconds,
            ..Asked::signed("GetWebIdentityToken", &target, self.clock(), credentials)
        };
        let sent = self
            .client(&target)
            .get_web_identity_token()
            .set_audience(Some(call.audience.clone()))
            .signing_algorithm(&call.signing_algorithm)
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_tags(tags(&call.tags)?)
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        answer::web_identity_token(output.web_identity_token(), output.expiration())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls GetDelegatedAccessToken: credentials for a trade-in token. The token is sent once.
    pub async fn get_delegated_access_token(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        trade_in_token: &Sealed,
    ) -> Result<Granted, Failure> {
        limits::text(&limits::TRADE_IN_TOKEN, trade_in_token.open())?;
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked::signed("GetDelegatedAccessToken", &target, self.clock(), credentials);
        let sent = self
            .client(&target)
            .get_delegated_access_token()
            .trade_in_token(trade_in_token.open())
            .customize()
            .config_override(self.settings(Some(credentials), true))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        answer::granted(output.credentials(), output.request_id())
            .map(|granted| Granted { arn: answer::optional(output.assumed_principal()), ..granted })
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }
}
