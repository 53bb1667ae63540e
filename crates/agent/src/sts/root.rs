//! AssumeRoot: a quarter of an hour as a member account's root user, for one task.

use super::answer::{self, Granted};
use super::assume_role::partition;
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, Way, seconds};
use crate::credentials::Credentials;
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::types::PolicyDescriptorType;
use hatrack_core::failure::Failure;

/// What an AssumeRoot call asks for.
#[derive(Clone, Debug, Default)]
pub struct AssumeRoot {
    /// TargetPrincipal: the member account's id, or its root user's ARN.
    pub target_principal: String,
    /// TaskPolicyArn: the AWS managed policy of the one task.
    pub task_policy_arn: String,
    /// DurationSeconds; `None`: 900, which is also the most.
    pub duration_seconds: Option<u32>,
}

impl Caller {
    /// Calls AssumeRoot with these credentials. AWS has it in regional endpoints only.
    pub async fn assume_root(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        call: &AssumeRoot,
    ) -> Result<Granted, Failure> {
        limits::text(&limits::ROOT_ACCOUNT, &call.target_principal)?;
        limits::text(&limits::TASK_POLICY, &call.task_policy_arn)?;
        limits::duration(call.duration_seconds, 0..=900, "duration_seconds of a root session")?;
        let target = Target::choose(world, profile, partition(&call.task_policy_arn)).await?;
        let asked = Asked {
            duration_seconds: call.duration_seconds,
            ..Asked::signed("AssumeRoot", &target, self.clock(), credentials)
        };
        let sent = self
            .client(&target)
            .assume_root()
            .target_principal(&call.target_principal)
            .task_policy_arn(PolicyDescriptorType::builder().arn(&call.task_policy_arn).build())
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        answer::granted(output.credentials(), output.request_id())
            .map(|granted| Granted { source_identity: answer::optional(output.source_identity()), ..granted })
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }
}
