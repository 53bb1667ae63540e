//! AssumeRole.

use super::role_session::{DEFAULT_DURATION, Grant};
use super::session_policy::{self, Labels};
use super::{credentials, limits, mfa};
use crate::answer::AwsError;
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;
use crate::world::{DeniedBy, Role};

/// Seconds of a session that was made from another one, at most.
const CHAINED_DURATION: u32 = 3600;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let (arn, name) = (params.get("RoleArn"), params.get("RoleSessionName"));
    violations.required("roleArn", arn);
    violations.text("roleArn", arn, limits::ARN);
    violations.required("roleSessionName", name);
    violations.text("roleSessionName", name, limits::ROLE_SESSION_NAME);
    let (min, max) = limits::ROLE_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let external_id = params.get("ExternalId");
    violations.text("externalId", external_id, limits::EXTERNAL_ID);
    let (serial, code) = (params.get("SerialNumber"), params.get("TokenCode"));
    violations.text("serialNumber", serial, limits::SERIAL_NUMBER);
    violations.text("tokenCode", code, limits::TOKEN_CODE);
    let size = credentials::requested_size(params, &mut violations)?;
    let requested = session_policy::read(params, &mut violations, limits::POLICY, Labels::All)?;
    violations.end()?;
    let (arn, name) = (arn.unwrap_or_default(), name.unwrap_or_default());
    if !is_role_arn(arn) {
        return Err(AwsError::validation("Request ARN is invalid"));
    }
    let duration = duration.unwrap_or(DEFAULT_DURATION);
    check_chained(caller, duration)?;
    let policy = requested.resolve(Some(caller), arn)?;

    // From here on a code is used up, whatever comes of the call.
    let proved = mfa::check(aws, caller, serial, code)?;
    permission::check(caller, "sts:AssumeRole", arn)?;
    let refuse = |action: &str| permission::refusal(caller, action, arn, DeniedBy::Unsaid);
    let (account, role) = aws
        .world
        .find_role(arn)
        .filter(|(_, role)| may_assume(caller, role, proved, external_id))
        .ok_or_else(|| refuse("sts:AssumeRole"))?;
    let chained = matches!(caller, Caller::Role(_));
    let grant = Grant { account, role, session_name: name, duration, chained, token_size: size, policy };
    grant.check(refuse)?;
    Ok(grant.answer(aws, "AssumeRole", request_id, |_| {}))
}

/// Whether it is the ARN of a role.
pub(super) fn is_role_arn(arn: &str) -> bool {
    let fields: Vec<_> = arn.splitn(6, ':').collect();
    match fields.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            !partition.is_empty()
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit())
                && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
        }
        _ => false,
    }
}

fn check_chained(caller: &Caller<'_>, duration: u32) -> Result<(), AwsError> {
    let chained = match caller {
        Caller::User { .. } => false,
        Caller::UserSession { .. } | Caller::Federated { .. } | Caller::Role { .. } | Caller::Root { .. } => {
            true
        }
    };
    if chained && duration > CHAINED_DURATION {
        return Err(AwsError::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    Ok(())
}

fn may_assume(caller: &Caller<'_>, role: &Role, proved: bool, external_id: Option<&str>) -> bool {
    // A role session never counts as MFA, even if its own AssumeRole had a code.
    let mfa = match caller {
        Caller::User { .. } => proved,
        Caller::UserSession { mfa, .. } => proved || *mfa,
        Caller::Federated { .. } | Caller::Role { .. } | Caller::Root { .. } => false,
    };
    let trust = &role.trust;
    trust.principals.iter().any(|principal| is_principal(caller, principal))
        && (mfa || !trust.mfa)
        && (trust.external_id.is_none() || trust.external_id.as_deref() == external_id)
}

fn is_principal(caller: &Caller<'_>, principal: &str) -> bool {
    let account = caller.account();
    let role = match caller {
        Caller::User { .. } | Caller::UserSession { .. } => None,
        // AWS lets neither of them assume roles.
        Caller::Federated { .. } | Caller::Root { .. } => return false,
        Caller::Role(_) => Some(caller.principal_arn()),
    };
    principal == "*"
        || principal == account.id
        || principal == account.root_arn()
        || principal == caller.arn()
        || role.is_some_and(|role| role == principal)
}
