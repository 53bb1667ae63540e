//! Refusals of permission in AWS's words.
//!
//! Deliberately absent: policies. A caller is refused what the world says, and nothing else.

use crate::answer::AwsError;
use crate::aws::Caller;
use crate::world::DeniedBy;
use serde_json::json;

/// Refuses what the world denies the caller.
pub(crate) fn check(caller: &Caller<'_>, action: &str, resource: &str) -> Result<(), AwsError> {
    match caller.denied(action, resource) {
        None => Ok(()),
        // AssumeRole alone is refused without a reason.
        Some(DeniedBy::Unsaid) if action != "sts:AssumeRole" => {
            Err(refusal(caller, action, resource, DeniedBy::IdentityPolicy))
        }
        Some(by) => Err(refusal(caller, action, resource, by)),
    }
}

/// Tells that the caller may not.
pub(crate) fn refusal(caller: &Caller<'_>, action: &str, resource: &str, by: DeniedBy) -> AwsError {
    let arn = caller.arn();
    let words = by.words(action);
    let message =
        format!("User: {arn} is not authorized to perform: {action} on resource: {resource}{words}");
    let none = json!({ "items": [] });
    let context = json!({
        "allowed": false,
        "explicitDeny": by.is_explicit(),
        "matchedStatements": none,
        "failures": none,
        "context": {
            "principal": { "id": caller.user_id(), "arn": arn },
            "action": action,
            "resource": resource,
            "conditions": none,
        },
    });
    AwsError { context: Some(context.to_string()), ..AwsError::access_denied(message) }
}
