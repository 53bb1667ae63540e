//! IAM, by the query protocol of 2010-05-08: what a user does with his own keys and devices.
//!
//! A caller may do everything that the world doesn't deny him, within his account.
//!
//! Deliberately absent: everything else of IAM; pages (nobody has more than fit on one).

mod access_keys;
mod limits;
mod users;

use crate::answer::AwsError;
use crate::aws::{Aws, Caller};
use crate::caller;
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;
use crate::sigv4::{self, Signed};
use crate::world::{Account, User};

/// The namespace of IAM's answers.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// IAM's name in a credential scope.
pub(crate) const SERVICE: &str = "iam";

/// The protocol's version.
pub(crate) const VERSION: &str = "2010-05-08";

/// Answers one call, or refuses it.
pub(crate) fn answer(
    aws: &Aws,
    request: &Signed<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let action = params.action()?;
    let perform = match (action, params.get("Version")) {
        ("CreateAccessKey", Some(VERSION)) => access_keys::create,
        ("DeleteAccessKey", Some(VERSION)) => access_keys::delete,
        ("GetAccessKeyLastUsed", Some(VERSION)) => access_keys::last_used,
        ("GetUser", Some(VERSION)) => users::get,
        ("ListAccessKeys", Some(VERSION)) => access_keys::list,
        ("ListMFADevices", Some(VERSION)) => users::list_mfa_devices,
        ("UpdateAccessKey", Some(VERSION)) => access_keys::update,
        (_, version) => return Err(AwsError::no_such_action(action, version)),
    };
    let caller = caller::authenticate(aws, request, SERVICE)?;
    check_region(&caller, sigv4::authorization(request.headers)?.region)?;
    match caller {
        // A session of GetSessionToken without MFA, or of GetFederationToken, opens nothing of IAM.
        Caller::UserSession { mfa: false, .. } | Caller::Federated { .. } => {
            return Err(caller::invalid_token());
        }
        Caller::User { .. } | Caller::UserSession { .. } | Caller::Role { .. } | Caller::Root { .. } => {}
    }
    perform(aws, &caller, params, request_id)
}

/// IAM stands in one region of each partition.
fn check_region(caller: &Caller<'_>, region: &str) -> Result<(), AwsError> {
    let home = match caller.account().partition.as_str() {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => region,
    };
    if region == home {
        return Ok(());
    }
    let words = format!("Credential should be scoped to a valid region, not '{region}'. ");
    Err(AwsError::new(403, "SignatureDoesNotMatch", words))
}

/// The user whom the parameters name, or who calls; refused if the caller may not do this to him.
fn target<'c>(
    caller: &'c Caller<'_>,
    params: &Params,
    mut violations: Violations,
    action: &str,
) -> Result<(&'c Account, &'c User), AwsError> {
    let name = params.get("UserName");
    violations.text("userName", name, limits::USER_NAME);
    violations.end()?;
    let account = caller.account();
    let own = match caller {
        Caller::User { user, .. } | Caller::UserSession { user, .. } => Some(*user),
        Caller::Federated { .. } | Caller::Role { .. } | Caller::Root { .. } => None,
    };
    let user = match name {
        Some(name) => account.users.iter().find(|user| user.name == name),
        None => own,
    };
    let resource = match (name, user) {
        (_, Some(user)) => account.user_arn(user),
        (Some(name), None) => format!("arn:{}:iam::{}:user/{name}", account.partition, account.id),
        (None, None) => {
            return Err(AwsError::validation("Must specify userName when calling with non-User credentials"));
        }
    };
    permission::check(caller, &format!("iam:{action}"), &resource)?;
    let missing = || no_such_entity(format!("The user with name {} cannot be found.", name.unwrap_or("")));
    Ok((account, user.ok_or_else(missing)?))
}

fn no_such_entity(message: String) -> AwsError {
    AwsError::new(404, "NoSuchEntity", message)
}
