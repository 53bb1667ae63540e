//! Why a profile can't be resolved.

use crate::arn::RoleArnError;
use crate::failure::{Failure, FailureCode};
use crate::name::shown;
use std::fmt;

/// Why a profile can't be resolved to a chain. Each names the profile in which it can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainError {
    /// There is no such profile.
    UnknownProfile {
        /// The name that was asked for.
        profile: String,
    },
    /// `source_profile` names a profile that doesn't exist.
    UnknownSource {
        /// The profile that has the setting.
        profile: String,
        /// The name in it.
        source_profile: String,
    },
    /// `source_profile` leads back to where it began.
    Loop {
        /// The profiles of the loop in their order, at most eight of them.
        profiles: Vec<String>,
    },
    /// A role with neither `source_profile` nor `credential_source`.
    NoSource {
        /// The profile.
        profile: String,
    },
    /// A role with both `source_profile` and `credential_source`.
    TwoSources {
        /// The profile.
        profile: String,
    },
    /// `credential_source` is none of the three that there are.
    UnknownCredentialSource {
        /// The profile.
        profile: String,
        /// What it is set to.
        value: String,
    },
    /// One half of a pair of static keys.
    PartialKeys {
        /// The profile.
        profile: String,
        /// The key that is missing.
        missing: &'static str,
    },
    /// Nothing in the profile leads to credentials.
    NoCredentials {
        /// The profile.
        profile: String,
    },
    /// Settings of Identity Center, but not all that are needed.
    IncompleteSso {
        /// The profile.
        profile: String,
        /// The keys that are missing.
        missing: Vec<&'static str>,
    },
    /// `sso_session` names a section that doesn't exist.
    UnknownSsoSession {
        /// The profile.
        profile: String,
        /// The name in it.
        session: String,
    },
    /// A setting differs between a profile and its `sso-session` section.
    SsoMismatch {
        /// The profile.
        profile: String,
        /// The `sso-session` section.
        session: String,
        /// The key.
        key: &'static str,
    },
    /// `oidc` or `saml` names a provider that nothing describes.
    UnknownProvider {
        /// The profile.
        profile: String,
        /// The name in it.
        provider: String,
    },
    /// GetFederationToken that isn't called with a user's own keys.
    FederationNeedsKeys {
        /// The profile.
        profile: String,
    },
    /// `web_identity_token_file` without `role_arn`.
    NoRole {
        /// The profile.
        profile: String,
    },
    /// `role_arn` is not the ARN of a role.
    RoleArn {
        /// The profile.
        profile: String,
        /// What is wrong with it.
        source: RoleArnError,
    },
    /// A value that AWS would refuse.
    Limit {
        /// The profile.
        profile: String,
        /// The key.
        key: &'static str,
        /// What is accepted.
        limit: &'static str,
    },
}

/// How many profiles of a loop are named.
const NAMED: usize = 8;

impl ChainError {
    pub(super) fn cycle<'a>(profiles: impl Iterator<Item = &'a str>) -> Self {
        Self::Loop { profiles: profiles.take(NAMED).map(str::to_owned).collect() }
    }

    /// What to do about it, as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::UnknownProfile { .. } => "See \"hat profiles\" for those that there are.".to_owned(),
            Self::UnknownSource { profile, .. } => {
                format!("Correct source_profile of \"{}\", or add the profile.", shown(profile))
            }
            Self::Loop { .. } => {
                "Let one of them begin with credentials in place of another profile.".to_owned()
            }
            Self::NoSource { profile } => {
                format!("Give \"{}\" a source_profile or a credential_source.", shown(profile))
            }
            Self::TwoSources { profile } => format!("Remove one of them from \"{}\".", shown(profile)),
            Self::UnknownCredentialSource { .. } => {
                "Write Environment, Ec2InstanceMetadata or EcsContainer.".to_owned()
            }
            Self::PartialKeys { profile, missing } => {
                format!("Add {missing} to \"{}\".", shown(profile))
            }
            Self::NoCredentials { profile } => {
                format!("Add access keys, a credential_process or a role_arn to \"{}\".", shown(profile))
            }
            Self::IncompleteSso { profile, missing } => {
                format!("Add {} to \"{}\" or its sso-session.", missing.join(", "), shown(profile))
            }
            Self::UnknownSsoSession { session, .. } => {
                format!("Add the section [sso-session {}], or correct sso_session.", shown(session))
            }
            Self::SsoMismatch { key, .. } => format!("Remove {key} from the profile."),
            Self::UnknownProvider { provider, .. } => {
                format!("Add [oidc {0}] or [saml {0}] to Hatrack's roles file.", shown(provider))
            }
            Self::FederationNeedsKeys { profile } => {
                format!("Let source_profile of \"{}\" be a profile with access keys.", shown(profile))
            }
            Self::NoRole { profile } => format!("Add role_arn to \"{}\".", shown(profile)),
            Self::RoleArn { profile, .. } => format!("Correct role_arn of \"{}\".", shown(profile)),
            Self::Limit { profile, key, .. } => format!("Correct {key} of \"{}\".", shown(profile)),
        }
    }
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProfile { profile } => write!(f, "there is no profile \"{}\"", shown(profile)),
            Self::UnknownSource { profile, source_profile } => write!(
                f,
                "the profile \"{}\" has the source_profile \"{}\", which doesn't exist",
                shown(profile),
                shown(source_profile)
            ),
            Self::Loop { profiles } => {
                f.write_str("these profiles are each other's source_profile in a loop: ")?;
                for name in profiles {
                    write!(f, "\"{}\" → ", shown(name))?;
                }
                let back = profiles.first().filter(|_| profiles.len() < NAMED);
                f.write_str(&back.map_or("…".to_owned(), |name| format!("\"{}\"", shown(name))))
            }
            Self::NoSource { profile } => write!(
                f,
                "the profile \"{}\" has a role_arn and neither source_profile nor credential_source",
                shown(profile)
            ),
            Self::TwoSources { profile } => {
                write!(f, "the profile \"{}\" has both source_profile and credential_source", shown(profile))
            }
            Self::UnknownCredentialSource { profile, value } => write!(
                f,
                "the profile \"{}\" has the credential_source \"{}\", which AWS tools don't know",
                shown(profile),
                shown(value)
            ),
            Self::PartialKeys { profile, missing } => {
                write!(f, "the profile \"{}\" has one of a pair of keys and no {missing}", shown(profile))
            }
            Self::NoCredentials { profile } => {
                write!(f, "the profile \"{}\" has nothing that leads to credentials", shown(profile))
            }
            Self::IncompleteSso { profile, missing } => write!(
                f,
                "the profile \"{}\" uses Identity Center and has no {}",
                shown(profile),
                missing.join(", ")
            ),
            Self::UnknownSsoSession { profile, session } => write!(
                f,
                "the profile \"{}\" has the sso_session \"{}\", which doesn't exist",
                shown(profile),
                shown(session)
            ),
            Self::SsoMismatch { profile, session, key } => write!(
                f,
                "{key} of the profile \"{}\" differs from that of its sso-session \"{}\"",
                shown(profile),
                shown(session)
            ),
            Self::UnknownProvider { profile, provider } => write!(
                f,
                "the profile \"{}\" names the identity provider \"{}\", which nothing describes",
                shown(profile),
                shown(provider)
            ),
            Self::FederationNeedsKeys { profile } => write!(
                f,
                "the profile \"{}\" has a federation_name, and GetFederationToken takes a user's own keys only",
                shown(profile)
            ),
            Self::NoRole { profile } => {
                write!(f, "the profile \"{}\" has a web identity and no role_arn", shown(profile))
            }
            Self::RoleArn { profile, source } => {
                write!(f, "role_arn of the profile \"{}\" is unfit: {source}", shown(profile))
            }
            Self::Limit { profile, key, limit } => {
                write!(f, "{key} of the profile \"{}\" must be {limit}", shown(profile))
            }
        }
    }
}

impl std::error::Error for ChainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::RoleArn { source, .. } => Some(source),
            Self::UnknownProfile { .. }
            | Self::UnknownSource { .. }
            | Self::Loop { .. }
            | Self::NoSource { .. }
            | Self::TwoSources { .. }
            | Self::UnknownCredentialSource { .. }
            | Self::PartialKeys { .. }
            | Self::NoCredentials { .. }
            | Self::IncompleteSso { .. }
            | Self::UnknownSsoSession { .. }
            | Self::SsoMismatch { .. }
            | Self::UnknownProvider { .. }
            | Self::FederationNeedsKeys { .. }
            | Self::NoRole { .. }
            | Self::Limit { .. } => None,
        }
    }
}

impl From<&ChainError> for Failure {
    fn from(error: &ChainError) -> Self {
        let code = match error {
            ChainError::UnknownProfile { .. } => FailureCode::NotFound,
            ChainError::UnknownSource { .. }
            | ChainError::Loop { .. }
            | ChainError::NoSource { .. }
            | ChainError::TwoSources { .. }
            | ChainError::UnknownCredentialSource { .. }
            | ChainError::PartialKeys { .. }
            | ChainError::NoCredentials { .. }
            | ChainError::IncompleteSso { .. }
            | ChainError::UnknownSsoSession { .. }
            | ChainError::SsoMismatch { .. }
            | ChainError::UnknownProvider { .. }
            | ChainError::FederationNeedsKeys { .. }
            | ChainError::NoRole { .. }
            | ChainError::RoleArn { .. }
            | ChainError::Limit { .. } => FailureCode::Refused,
        };
        Self::new(code, sentence(&error.to_string()), error.remedy())
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        Self::from(&error)
    }
}

/// A fragment as a sentence. What begins with a key keeps the key's letters.
fn sentence(fragment: &str) -> String {
    match fragment.strip_prefix('t') {
        Some(rest) if fragment.starts_with("the") => format!("T{rest}."),
        Some(_) | None => format!("{fragment}."),
    }
}
