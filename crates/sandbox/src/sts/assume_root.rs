//! AssumeRoot: a short session of a member account's root, good for one task.
//!
//! Who may is what the world says. Deliberately absent: the organization, and the task's limits.

use super::{NAMESPACE, credentials, limits};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller, Holder};
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;
use crate::world::{Account, DeniedBy};

/// The tasks that AWS knows, each a policy of its own.
const TASKS: [&str; 5] = [
    "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword",
    "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials",
    "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
    "arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy",
];

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let (target, task) = (params.get("TargetPrincipal"), params.get("TaskPolicyArn.arn"));
    violations.required("targetPrincipal", target);
    violations.text("targetPrincipal", target, limits::TARGET_PRINCIPAL);
    violations.required("taskPolicyArn", task);
    violations.text("taskPolicyArn.arn", task, limits::ARN);
    let (min, max) = limits::ROOT_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let size = credentials::requested_size(params, &mut violations)?;
    violations.end()?;

    if !TASKS.contains(&task.unwrap_or_default()) {
        return Err(AwsError::validation("The task policy is not one that AssumeRoot supports."));
    }
    let target = target.unwrap_or_default();
    let is_target = |account: &&Account| account.id == target || account.root_arn() == target;
    let found = aws.world.accounts.iter().find(is_target);
    let resource = found.map_or_else(|| target.to_owned(), Account::root_arn);
    permission::check(caller, "sts:AssumeRoot", &resource)?;
    let refused = || permission::refusal(caller, "sts:AssumeRoot", &resource, DeniedBy::NoIdentityPolicy);
    let account = found.filter(|_| caller.may_assume_root()).ok_or_else(refused)?;
    let seconds = duration.filter(|seconds| *seconds > 0).unwrap_or(max);
    let source_identity = caller.role_session().and_then(|session| session.source_identity.clone());
    let session = aws.issue(account, seconds, size, Holder::Root { account_id: account.id.clone() });
    Ok(Xml::answer("AssumeRoot", NAMESPACE, request_id, |xml| {
        credentials::write(xml, &session);
        if let Some(identity) = &source_identity {
            xml.text("SourceIdentity", identity);
        }
        credentials::write_size(xml, &session);
    }))
}
