//! What is done at the end of a chain, as its profile says it.

use super::hop::{Limit, duration_up_to, session};
use super::{ChainError, Ending, Hop, Origin};
use crate::account::is_account_id;
use crate::profile::{Profile, Profiles};

/// The names of AWS's task policies for AssumeRoot (IAM user guide, "Perform a privileged task on
/// an AWS Organizations member account").
pub const TASK_POLICIES: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

/// The longest session of a user, in seconds (GetSessionToken, GetFederationToken).
const USER_SECONDS: u32 = 129_600;
const USER_LIMIT: &str = "a number of seconds from 900 to 129,600";

/// An ending that the profile names: GetFederationToken or AssumeRoot.
pub(super) fn special(profiles: &Profiles, name: &str) -> Result<Option<Ending>, ChainError> {
    let Some(profile) = profiles.get(name) else { return Ok(None) };
    if let Some(account_id) = profile.get("root_account_id") {
        return root(name, profile, account_id).map(Some);
    }
    if profile.get("federation_name").is_some() {
        return federation(name, profile).map(Some);
    }
    Ok(None)
}

/// The ending of any other chain: keys of a user are exchanged for a session of theirs.
pub(super) fn plain(
    profiles: &Profiles,
    name: &str,
    origin: &Origin,
    hops: &[Hop],
) -> Result<Ending, ChainError> {
    let own_keys = match origin {
        Origin::StaticKeys { profile } => {
            profiles.get(profile).is_none_or(|keys| keys.get("aws_session_token").is_none())
        }
        Origin::Vault { .. } => true,
        Origin::Process { .. }
        | Origin::Environment
        | Origin::Ec2InstanceMetadata
        | Origin::EcsContainer
        | Origin::WebIdentity { .. }
        | Origin::Saml { .. }
        | Origin::IdentityCenter { .. }
        | Origin::Login { .. } => false,
    };
    if !hops.is_empty() || !own_keys {
        return Ok(Ending::AsItIs);
    }
    let known = profiles.vault_keys.get(name).and_then(|facts| facts.mfa_serial.clone());
    let Some(profile) = profiles.get(name) else {
        return Ok(Ending::SessionToken { mfa_serial: known, mfa_process: None, duration_seconds: None });
    };
    let mfa_serial = super::hop::MFA_SERIAL.check(name, profile)?;
    Ok(Ending::SessionToken {
        mfa_serial: mfa_serial.or(known),
        mfa_process: profile.get("mfa_process").map(str::to_owned),
        duration_seconds: duration_up_to(USER_SECONDS, USER_LIMIT, name, profile)?,
    })
}

fn root(name: &str, profile: &Profile, account_id: &str) -> Result<Ending, ChainError> {
    let limit = |key, limit| Err(ChainError::Limit { profile: name.to_owned(), key, limit });
    if !is_account_id(account_id) {
        return limit("root_account_id", "an account's id of 12 digits");
    }
    let task_policy = profile.get("root_task_policy").unwrap_or_default();
    if !TASK_POLICIES.contains(&task_policy) {
        return limit(
            "root_task_policy",
            "IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy",
        );
    }
    Ok(Ending::Root { account_id: account_id.to_owned(), task_policy: task_policy.to_owned() })
}

fn federation(name: &str, profile: &Profile) -> Result<Ending, ChainError> {
    let limit = Limit {
        key: "federation_name",
        least: 2,
        most: 32,
        beside: "+=,.@-",
        words: "2 to 32 letters, digits and _ + = , . @ -",
    };
    Ok(Ending::FederationToken {
        name: limit.check(name, profile)?.unwrap_or_default(),
        session: session(name, profile)?,
        duration_seconds: duration_up_to(USER_SECONDS, USER_LIMIT, name, profile)?,
    })
}
