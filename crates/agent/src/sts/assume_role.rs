//! AssumeRole: a role with the credentials of somebody whom it trusts.

use super::answer::{self, Granted};
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, Way, seconds};
use crate::credentials::Credentials;
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;

/// What an AssumeRole call asks for.
#[derive(Clone, Debug, Default)]
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
    /// Tags: keys and values.
    pub tags: Vec<(String, String)>,
    /// TransitiveTagKeys.
    pub transitive_tag_keys: Vec<String>,
    /// SourceIdentity.
    pub source_identity: Option<String>,
    /// Policy: what the session may do at most, as JSON.
    pub policy: Option<String>,
    /// PolicyArns.
    pub policy_arns: Vec<String>,
}

impl AssumeRole {
    fn check(&self) -> Result<(), Failure> {
        limits::role(&self.role_arn)?;
        limits::text(&limits::SESSION_NAME, &self.session_name)?;
        limits::duration(self.duration_seconds, 900..=43_200, "duration_seconds")?;
        limits::optional(&limits::EXTERNAL_ID, self.external_id.as_deref())?;
        limits::optional(&limits::DEVICE, self.mfa.as_ref().map(|(serial, _)| serial.as_str()))?;
        limits::tags(&self.tags, &self.transitive_tag_keys)?;
        limits::optional(&limits::SOURCE_IDENTITY, self.source_identity.as_deref())?;
        limits::optional(&limits::LONG_POLICY, self.policy.as_deref())?;
        limits::policy_arns(&self.policy_arns)
    }
}

impl Caller {
    /// Calls AssumeRole with these credentials; `profile` is what the hop's profile says about
    /// the endpoint.
    pub async fn assume_role(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &AssumeRole,
    ) -> Result<Granted, Failure> {
        let (serial, code) = limits::parts(call.mfa.as_ref())?;
        call.check()?;
        let target = Target::choose(world, profile, partition(&call.role_arn)).await?;
        let asked = Asked {
            role_arn: Some(&call.role_arn),
            device: serial,
            duration_seconds: call.duration_seconds,
            has_external_id: call.external_id.is_some(),
            ..Asked::signed("AssumeRole", &target, self.clock(), credentials)
        };
        let sent = self
            .client(&target)
            .assume_role()
            .role_arn(&call.role_arn)
            .role_session_name(&call.session_name)
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_external_id(call.external_id.clone())
            .set_serial_number(serial.map(str::to_owned))
            .set_token_code(code)
            .set_tags(tags(&call.tags)?)
            .set_transitive_tag_keys(some(call.transitive_tag_keys.clone()))
            .set_source_identity(call.source_identity.clone())
            .set_policy(call.policy.clone())
            .set_policy_arns(policies(&call.policy_arns))
            .customize()
            .config_override(self.settings(Some(credentials), serial.is_some()))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        #[expect(deprecated, reason = "its successor counts what AWS itself puts into the token too")]
        let packed = output.packed_policy_size();
        answer::of_role(
            output.credentials(),
            output.assumed_role_user(),
            packed,
            output.source_identity(),
            output.request_id(),
        )
        .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }
}

/// The partition of an ARN, as it stands there.
pub(super) fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}

/// A list that is left out where it is empty.
pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

pub(super) fn policies(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    some(arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build()).collect())
}

pub(super) fn tags(tags: &[(String, String)]) -> Result<Option<Vec<Tag>>, Failure> {
    let tags: Result<Vec<_>, _> =
        tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    tags.map(some).map_err(|_| limits::bad_tags())
}
