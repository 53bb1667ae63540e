//! A role resolved to plain data before anything is called: where its credentials begin, and the
//! AssumeRole calls that lead from there to the role.
//!
//! Which of a profile's settings count is decided as botocore decides it. Deliberately absent:
//! credentials, files and calls.

mod error;
mod hop;
mod step;
mod summary;

pub use error::ChainError;
pub use summary::{Summaries, Summary};

use crate::arn::RoleArn;
use crate::profile::Profiles;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use step::{Next, Step};

/// The way from first credentials to a role. The last hop is the role itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chain {
    /// Where the first credentials come from.
    pub origin: Origin,
    /// The AssumeRole calls, in the order in which they are made; never empty for a role.
    pub hops: Vec<Hop>,
}

/// Where first credentials come from. It never holds them: the agent reads them when it needs them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Origin {
    /// `aws_access_key_id`, `aws_secret_access_key` and maybe `aws_session_token` of a profile.
    StaticKeys {
        /// The profile that has the keys.
        profile: String,
    },
    /// `credential_process` of a profile.
    Process {
        /// The profile that names the command.
        profile: String,
        /// The command line, as it stands in the file.
        command: String,
    },
    /// `credential_source = Environment`: the caller's AWS_ACCESS_KEY_ID and its companions.
    Environment,
    /// `credential_source = Ec2InstanceMetadata`.
    Ec2InstanceMetadata,
    /// `credential_source = EcsContainer`.
    EcsContainer,
    /// `web_identity_token_file` of a profile: the first hop is AssumeRoleWithWebIdentity.
    WebIdentity {
        /// The profile that names the file.
        profile: String,
        /// The file with the token.
        token_file: String,
    },
    /// An Identity Center role: `sso_account_id` and `sso_role_name` of a profile.
    IdentityCenter {
        /// The profile that names the role.
        profile: String,
        /// The `sso-session` section that it names, if it does.
        session: Option<String>,
        /// The portal's address.
        start_url: String,
        /// The portal's region.
        region: String,
        /// The account's id.
        account_id: String,
        /// The permission set's name.
        role_name: String,
    },
    /// `login_session` of a profile: what `aws login` keeps.
    Login {
        /// The profile that names the session.
        profile: String,
        /// The session.
        session: String,
    },
}

/// One AssumeRole call, as its profile describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hop {
    /// The profile that describes the call.
    pub profile: String,
    /// The role to assume.
    pub role_arn: RoleArn,
    /// `external_id`, 2 to 1,224 characters.
    pub external_id: Option<String>,
    /// `mfa_serial`: the device whose code the call needs, 9 to 256 characters.
    pub mfa_serial: Option<String>,
    /// `duration_seconds`, 900 to 43,200.
    pub duration_seconds: Option<u32>,
    /// `role_session_name`, 2 to 64 characters of `[\w+=,.@-]`.
    pub role_session_name: Option<String>,
    /// The profile's region, where it has one.
    pub region: Option<String>,
}

/// Resolves a profile: where its first credentials come from, and which calls follow. A profile
/// without a role has no hops.
pub fn resolve(profiles: &Profiles, profile: &str) -> Result<Chain, ChainError> {
    let mut visited = HashSet::new();
    let mut roles = Vec::new();
    let mut at = profile;
    let mut step = step::first(profiles, profile)?;
    let origin = loop {
        match step {
            Step::Origin(origin) => break origin,
            Step::Role(Next::Origin(origin)) => {
                roles.push(at);
                break origin;
            }
            Step::Role(Next::Profile(source)) => {
                roles.push(at);
                visited.insert(at);
                if visited.contains(source) {
                    let begin = roles.iter().position(|role| *role == source).unwrap_or(0);
                    return Err(ChainError::cycle(roles[begin..].iter().copied()));
                }
                at = source;
                step = step::source(profiles, source)?;
            }
        }
    };
    let mut hops = Vec::with_capacity(roles.len());
    if let Origin::WebIdentity { profile, .. } = &origin {
        hops.push(hop::with_web_identity(profiles, profile)?);
    }
    for role in roles.into_iter().rev() {
        hops.push(hop::of(profiles, role)?);
    }
    Ok(Chain { origin, hops })
}

#[cfg(test)]
mod tests;
