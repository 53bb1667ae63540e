//! A role resolved to plain data before anything is called: where its credentials begin, and the
//! AssumeRole calls that lead from there to the role.
//!
//! Which of a profile's settings count is decided as botocore decides it. Deliberately absent:
//! credentials, files and calls.

mod ending;
mod error;
mod hop;
mod step;
mod summary;

pub use ending::TASK_POLICIES;
pub use error::ChainError;
pub use summary::{Summaries, Summary};

use crate::arn::RoleArn;
use crate::identity_center::Portal;
use crate::profile::Profiles;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use step::{Next, Step};

/// The way from first credentials to a role. The last hop is the role itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chain {
    /// Where the first credentials come from.
    pub origin: Origin,
    /// The calls that assume roles, in the order in which they are made. The first one is
    /// AssumeRoleWithWebIdentity or AssumeRoleWithSAML where the origin is of that kind.
    pub hops: Vec<Hop>,
    /// What is done with the credentials at the end of the hops.
    #[serde(default)]
    pub ending: Ending,
}

/// What a chain ends with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ending {
    /// The credentials of the last hop; without hops, those of the origin as they are.
    #[default]
    AsItIs,
    /// GetSessionToken with a user's own keys.
    SessionToken {
        /// `mfa_serial`.
        mfa_serial: Option<String>,
        /// `mfa_process`.
        mfa_process: Option<String>,
        /// `duration_seconds`, 900 to 129,600.
        duration_seconds: Option<u32>,
    },
    /// GetFederationToken with a user's own keys.
    FederationToken {
        /// `federation_name`, 2 to 32 characters.
        name: String,
        /// Policies and tags.
        session: SessionOptions,
        /// `duration_seconds`, 900 to 129,600.
        duration_seconds: Option<u32>,
    },
    /// AssumeRoot: the root user of a member account, for one task.
    Root {
        /// `root_account_id`.
        account_id: String,
        /// `root_task_policy`: the name of one of AWS's task policies.
        task_policy: String,
    },
}

/// Where the token of AssumeRoleWithWebIdentity comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TokenSource {
    /// `web_identity_token_file`.
    File(String),
    /// `web_identity_token_process`: a command that prints it.
    Process(String),
    /// `oidc`: a sign-in at the provider with this name.
    Provider(String),
}

/// An identity provider at which a person signs in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// The OpenID or OAuth provider of this `[oidc NAME]`.
    Oidc(String),
    /// The SAML provider of this `[saml NAME]`.
    Saml(String),
    /// IAM Identity Center, by its portal's name: that of a `sso-session`, else the start URL.
    IdentityCenter(String),
}

impl Provider {
    /// What people call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Oidc(name) | Self::Saml(name) | Self::IdentityCenter(name) => name,
        }
    }
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
    /// An access key in the vault.
    Vault {
        /// Its name there.
        name: String,
    },
    /// A token of an OpenID or OAuth provider: the first hop is AssumeRoleWithWebIdentity.
    WebIdentity {
        /// The profile that names its source.
        profile: String,
        /// Its source.
        token: TokenSource,
    },
    /// A sign-in at a SAML provider: the first hop is AssumeRoleWithSAML.
    Saml {
        /// The provider.
        provider: String,
        /// The provider's ARN in IAM; `None`: the one that the assertion names beside the role.
        principal_arn: Option<String>,
    },
    /// An Identity Center role: `sso_account_id` and `sso_role_name` of a profile.
    IdentityCenter {
        /// The organisation's portal.
        portal: Portal,
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
    /// `role_session_name`, 2 to 64 characters of `[\w+=,.@-]`; `{user}` and `{host}` in it are
    /// yet to be filled in.
    pub role_session_name: Option<String>,
    /// The profile's region, where it has one.
    pub region: Option<String>,
    /// `mfa_process`: a command that prints the device's codes.
    pub mfa_process: Option<String>,
    /// What the session is limited to and carries.
    pub session: SessionOptions,
}

/// What a session is limited to and carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionOptions {
    /// `policy`: a session policy in JSON, at most 2,048 characters.
    pub policy: Option<String>,
    /// `policy_arns`: at most 10 managed policies.
    pub policy_arns: Vec<String>,
    /// `session_tags`: at most 50, keys of at most 128 and values of at most 256 characters.
    pub tags: Vec<(String, String)>,
    /// `transitive_session_tags`: the keys of tags that go on along a chain.
    pub transitive_tag_keys: Vec<String>,
    /// `source_identity`, 2 to 64 characters of `[\w+=,.@-]`.
    pub source_identity: Option<String>,
}

impl Origin {
    /// The provider at which a person must be signed in.
    pub fn provider(&self) -> Option<Provider> {
        match self {
            Self::WebIdentity { token: TokenSource::Provider(name), .. } => {
                Some(Provider::Oidc(name.clone()))
            }
            Self::Saml { provider, .. } => Some(Provider::Saml(provider.clone())),
            Self::IdentityCenter { portal, .. } => Some(Provider::IdentityCenter(portal.name().to_owned())),
            Self::WebIdentity { token: TokenSource::File(_) | TokenSource::Process(_), .. }
            | Self::StaticKeys { .. }
            | Self::Process { .. }
            | Self::Environment
            | Self::Ec2InstanceMetadata
            | Self::EcsContainer
            | Self::Vault { .. }
            | Self::Login { .. } => None,
        }
    }

    /// Whether GetSessionToken and GetFederationToken can be called with it: a user's own keys, as
    /// far as that can be told before they are read.
    pub fn is_user(&self) -> bool {
        match self {
            Self::StaticKeys { .. } | Self::Process { .. } | Self::Environment | Self::Vault { .. } => true,
            Self::Ec2InstanceMetadata
            | Self::EcsContainer
            | Self::WebIdentity { .. }
            | Self::Saml { .. }
            | Self::IdentityCenter { .. }
            | Self::Login { .. } => false,
        }
    }
}

impl Chain {
    /// The command that prints the codes of a device, if a profile of the chain names one.
    pub fn mfa_process(&self, serial: &str) -> Option<&str> {
        let of_hops = self
            .hops
            .iter()
            .find_map(|hop| hop.mfa_process.as_deref().filter(|_| hop.mfa_serial.as_deref() == Some(serial)));
        of_hops.or(match &self.ending {
            Ending::SessionToken { mfa_serial, mfa_process, .. } => {
                mfa_process.as_deref().filter(|_| mfa_serial.as_deref() == Some(serial))
            }
            Ending::AsItIs | Ending::FederationToken { .. } | Ending::Root { .. } => None,
        })
    }

    /// A role of an organisation, as it is assigned there.
    pub fn of_portal(portal: Portal, account_id: &str, role_name: &str) -> Self {
        Self {
            origin: Origin::IdentityCenter {
                portal,
                account_id: account_id.to_owned(),
                role_name: role_name.to_owned(),
            },
            hops: Vec::new(),
            ending: Ending::AsItIs,
        }
    }

    /// The role of an assertion that a SAML provider gave, with nothing but defaults.
    pub fn of_assertion(provider: &str, role_arn: RoleArn, principal_arn: Option<&str>) -> Self {
        Self {
            origin: Origin::Saml {
                provider: provider.to_owned(),
                principal_arn: principal_arn.map(str::to_owned),
            },
            hops: vec![Hop::bare(provider, role_arn)],
            ending: Ending::AsItIs,
        }
    }
}

impl Hop {
    /// The call for a role of which nothing but the ARN is known.
    pub fn bare(profile: &str, role_arn: RoleArn) -> Self {
        Self {
            profile: profile.to_owned(),
            role_arn,
            external_id: None,
            mfa_serial: None,
            duration_seconds: None,
            role_session_name: None,
            region: None,
            mfa_process: None,
            session: SessionOptions::default(),
        }
    }
}

/// Resolves a profile: where its first credentials come from, which calls follow, and what is
/// done at the end.
pub fn resolve(profiles: &Profiles, profile: &str) -> Result<Chain, ChainError> {
    let mut visited = HashSet::new();
    let mut roles = Vec::new();
    let mut at = profile;
    let special = ending::special(profiles, profile)?;
    let mut step = match &special {
        Some(_) => step::behind(profiles, profile)?,
        None => step::first(profiles, profile)?,
    };
    let push = |roles: &mut Vec<_>, at| {
        if special.is_none() || at != profile {
            roles.push(at);
        }
    };
    let origin = loop {
        match step {
            Step::Origin(origin) => break origin,
            Step::Role(Next::Origin(origin)) => {
                push(&mut roles, at);
                break origin;
            }
            Step::Role(Next::Profile(source)) => {
                push(&mut roles, at);
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
    let mut hops = Vec::with_capacity(roles.len() + 1);
    if let Some(federated) = step::federated_profile(profiles, &origin, at) {
        hops.push(hop::federated(profiles, federated)?);
    }
    for role in roles.into_iter().rev() {
        hops.push(hop::of(profiles, role)?);
    }
    let ending = match special {
        Some(ending) => ending,
        None => ending::plain(profiles, profile, &origin, &hops)?,
    };
    if let Ending::FederationToken { .. } = &ending
        && (!hops.is_empty() || !origin.is_user())
    {
        return Err(ChainError::FederationNeedsKeys { profile: profile.to_owned() });
    }
    Ok(Chain { origin, hops, ending })
}

#[cfg(test)]
mod tests;
