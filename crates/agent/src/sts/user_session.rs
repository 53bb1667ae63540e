//! Sessions of an IAM user: GetSessionToken and GetFederationToken.

use super::answer::{self, Granted};
use super::assume_role::{partition, policies, tags};
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, Way, seconds};
use crate::credentials::Credentials;
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::types::FederatedUser;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;

/// What a GetSessionToken call asks for.
#[derive(Clone, Debug, Default)]
pub struct GetSessionToken {
    /// DurationSeconds; `None`: twelve hours, as STS has it.
    pub duration_seconds: Option<u32>,
    /// SerialNumber and TokenCode.
    pub mfa: Option<(String, Sealed)>,
}

/// What a GetFederationToken call asks for.
#[derive(Clone, Debug, Default)]
pub struct GetFederationToken {
    /// Name: the federated user's.
    pub name: String,
    /// DurationSeconds; `None`: twelve hours, as STS has it.
    pub duration_seconds: Option<u32>,
    /// Policy: what the session may do, as JSON; without any policy it may do nothing.
    pub policy: Option<String>,
    /// PolicyArns.
    pub policy_arns: Vec<String>,
    /// Tags: keys and values.
    pub tags: Vec<(String, String)>,
}

impl Caller {
    /// Calls GetSessionToken with these credentials, which must be an IAM user's own.
    pub async fn get_session_token(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &GetSessionToken,
    ) -> Result<Granted, Failure> {
        let (serial, code) = limits::parts(call.mfa.as_ref())?;
        limits::optional(&limits::DEVICE, serial)?;
        limits::duration(call.duration_seconds, 900..=129_600, "duration_seconds")?;
        let target = Target::choose(world, profile, serial.map_or("aws", partition)).await?;
        let asked = Asked {
            device: serial,
            duration_seconds: call.duration_seconds,
            ..Asked::signed("GetSessionToken", &target, self.clock(), credentials)
        };
        let sent = self
            .client(&target)
            .get_session_token()
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_serial_number(serial.map(str::to_owned))
            .set_token_code(code)
            .customize()
            .config_override(self.settings(Some(credentials), serial.is_some()))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        answer::granted(output.credentials(), output.request_id())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls GetFederationToken with these credentials, which must be an IAM user's own.
    pub async fn get_federation_token(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &GetFederationToken,
    ) -> Result<Granted, Failure> {
        limits::text(&limits::FEDERATION_NAME, &call.name)?;
        limits::duration(call.duration_seconds, 900..=129_600, "duration_seconds")?;
        limits::optional(&limits::POLICY, call.policy.as_deref())?;
        limits::policy_arns(&call.policy_arns)?;
        limits::tags(&call.tags, &[])?;
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked {
            duration_seconds: call.duration_seconds,
            ..Asked::signed("GetFederationToken", &target, self.clock(), credentials)
        };
        let sent = self
            .client(&target)
            .get_federation_token()
            .name(&call.name)
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_policy(call.policy.clone())
            .set_policy_arns(policies(&call.policy_arns))
            .set_tags(tags(&call.tags)?)
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        #[expect(deprecated, reason = "its successor counts what AWS itself puts into the token too")]
        let packed = output.packed_policy_size();
        answer::granted(output.credentials(), output.request_id())
            .map(|granted| Granted {
                arn: answer::optional(output.federated_user().map(FederatedUser::arn)),
                packed_policy_size: answer::percent(packed),
                ..granted
            })
            .filter(|granted| granted.arn.is_some())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }
}
