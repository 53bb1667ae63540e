//! One step from a profile towards where its credentials come from, in botocore's order: a role,
//! web identity, Identity Center, keys of the credentials file, a login, a process, keys of the
//! config file.

use super::{ChainError, Origin, TokenSource};
use crate::identity_center::{self, Portal};
use crate::profile::{Profile, Profiles, SharedFile};

const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";

/// What a profile says about its credentials.
pub(super) enum Step<'a> {
    /// They come from here.
    Origin(Origin),
    /// They are those of a role, which is assumed with others.
    Role(Next<'a>),
}

/// Where the credentials come from that a role is assumed with.
pub(super) enum Next<'a> {
    /// From here.
    Origin(Origin),
    /// From another profile.
    Profile(&'a str),
}

/// The step from the profile that is asked for, whose role counts above its keys.
pub(super) fn first<'a>(profiles: &'a Profiles, name: &str) -> Result<Step<'a>, ChainError> {
    let Some(profile) = profiles.get(name) else { return in_vault(profiles, name) };
    if is_role(profile) { role(profiles, name, profile) } else { origin(profiles, name, profile) }
}

/// The step from a profile whose credentials are made with those of another: as a role's, if it
/// names another, else from its own.
pub(super) fn behind<'a>(profiles: &'a Profiles, name: &str) -> Result<Step<'a>, ChainError> {
    let Some(profile) = profiles.get(name) else { return in_vault(profiles, name) };
    let names_another = profile.get("source_profile").is_some() || profile.get("credential_source").is_some();
    if names_another { role(profiles, name, profile) } else { origin(profiles, name, profile) }
}

/// The step from a name that no profile has: an access key of the vault may have it.
fn in_vault<'a>(profiles: &Profiles, name: &str) -> Result<Step<'a>, ChainError> {
    if profiles.vault_keys.contains_key(name) {
        Ok(Step::Origin(Origin::Vault { name: name.to_owned() }))
    } else {
        Err(ChainError::UnknownProfile { profile: name.to_owned() })
    }
}

/// The profile that describes the call of a federated origin; `at` is where the chain begins.
pub(super) fn federated_profile<'a>(profiles: &Profiles, origin: &'a Origin, at: &'a str) -> Option<&'a str> {
    match origin {
        Origin::WebIdentity { profile, .. } => Some(profile),
        Origin::Saml { .. } => profiles.get(at).map(|_| at),
        Origin::StaticKeys { .. }
        | Origin::Process { .. }
        | Origin::Environment
        | Origin::Ec2InstanceMetadata
        | Origin::EcsContainer
        | Origin::Vault { .. }
        | Origin::IdentityCenter { .. }
        | Origin::Login { .. } => None,
    }
}

/// The step from a source profile, which is known to exist: its keys count above its role.
pub(super) fn source<'a>(profiles: &'a Profiles, name: &str) -> Result<Step<'a>, ChainError> {
    let Some(profile) = profiles.get(name) else { return in_vault(profiles, name) };
    if is_role(profile) && !has_keys(profile) {
        role(profiles, name, profile)
    } else {
        origin(profiles, name, profile)
    }
}

fn is_role(profile: &Profile) -> bool {
    profile.get("role_arn").is_some() && !is_federated(profile)
}

fn is_federated(profile: &Profile) -> bool {
    ["web_identity_token_file", "web_identity_token_process", "oidc", "saml"]
        .into_iter()
        .any(|key| profile.get(key).is_some())
}

fn has_keys(profile: &Profile) -> bool {
    profile.get(ACCESS_KEY_ID).is_some() || profile.get(SECRET_ACCESS_KEY).is_some()
}

fn role<'a>(profiles: &'a Profiles, name: &str, profile: &'a Profile) -> Result<Step<'a>, ChainError> {
    let owned = || name.to_owned();
    match (profile.get("source_profile"), profile.get("credential_source")) {
        (Some(_), Some(_)) => Err(ChainError::TwoSources { profile: owned() }),
        (None, None) => Err(ChainError::NoSource { profile: owned() }),
        (None, Some(value)) => Ok(Step::Role(Next::Origin(match value {
            "Environment" => Origin::Environment,
            "Ec2InstanceMetadata" => Origin::Ec2InstanceMetadata,
            "EcsContainer" => Origin::EcsContainer,
            _ => {
                let value = value.to_owned();
                return Err(ChainError::UnknownCredentialSource { profile: owned(), value });
            }
        }))),
        (Some(source), None) if source == name => {
            if !has_keys(profile) && !profiles.vault_keys.contains_key(name) {
                return Err(ChainError::cycle(std::iter::once(name)));
            }
            match origin(profiles, name, profile)? {
                Step::Origin(origin) => Ok(Step::Role(Next::Origin(origin))),
                step @ Step::Role(_) => Ok(step),
            }
        }
        (Some(source), None) => match profiles.profiles.get_key_value(source) {
            Some((source, _)) => Ok(Step::Role(Next::Profile(source))),
            None if profiles.vault_keys.contains_key(source) => {
                Ok(Step::Role(Next::Origin(Origin::Vault { name: source.to_owned() })))
            }
            None => Err(ChainError::UnknownSource { profile: owned(), source_profile: source.to_owned() }),
        },
    }
}

/// Where a profile's own credentials come from, its role aside.
fn origin<'a>(profiles: &Profiles, name: &str, profile: &Profile) -> Result<Step<'a>, ChainError> {
    let owned = || name.to_owned();
    let keys_are_in_credentials = || {
        profile.get(ACCESS_KEY_ID).is_some()
            && profile.settings.setting(ACCESS_KEY_ID).is_some_and(|key| key.file == SharedFile::Credentials)
    };
    let origin = if is_federated(profile) {
        if profile.get("role_arn").is_none() {
            return Err(ChainError::NoRole { profile: owned() });
        }
        federated(profiles, name, profile)?
    } else if profile.get("sso_account_id").is_some() || profile.get("sso_role_name").is_some() {
        identity_center(profiles, name, profile)?
    } else if keys_are_in_credentials() {
        static_keys(name, profile)?
    } else if let Some(session) = profile.get("login_session") {
        Origin::Login { profile: owned(), session: session.to_owned() }
    } else if let Some(command) = profile.get("credential_process") {
        Origin::Process { profile: owned(), command: command.to_owned() }
    } else if has_keys(profile) {
        static_keys(name, profile)?
    } else if profiles.vault_keys.contains_key(name) {
        Origin::Vault { name: owned() }
    } else {
        return Err(ChainError::NoCredentials { profile: owned() });
    };
    Ok(Step::Origin(origin))
}

/// Where the token or the assertion comes from that a role is had with. The setting that other
/// AWS tools know counts first.
fn federated(profiles: &Profiles, name: &str, profile: &Profile) -> Result<Origin, ChainError> {
    let owned = || name.to_owned();
    if let Some(provider) = profile.get("saml") {
        if !profiles.saml.contains_key(provider) {
            return Err(ChainError::UnknownProvider { profile: owned(), provider: provider.to_owned() });
        }
        let principal_arn = profile.get("principal_arn").map(str::to_owned);
        return Ok(Origin::Saml { provider: provider.to_owned(), principal_arn });
    }
    let token = if let Some(file) = profile.get("web_identity_token_file") {
        TokenSource::File(file.to_owned())
    } else if let Some(command) = profile.get("web_identity_token_process") {
        TokenSource::Process(command.to_owned())
    } else {
        let provider = profile.get("oidc").unwrap_or_default().to_owned();
        if !profiles.oidc.contains_key(&provider) {
            return Err(ChainError::UnknownProvider { profile: owned(), provider });
        }
        TokenSource::Provider(provider)
    };
    Ok(Origin::WebIdentity { profile: owned(), token })
}

fn static_keys(name: &str, profile: &Profile) -> Result<Origin, ChainError> {
    match [ACCESS_KEY_ID, SECRET_ACCESS_KEY].into_iter().find(|key| profile.get(key).is_none()) {
        Some(missing) => Err(ChainError::PartialKeys { profile: name.to_owned(), missing }),
        None => Ok(Origin::StaticKeys { profile: name.to_owned() }),
    }
}

fn identity_center(profiles: &Profiles, name: &str, profile: &Profile) -> Result<Origin, ChainError> {
    let owned = || name.to_owned();
    let session = profile.get("sso_session");
    let section = match session {
        Some(session) => Some((
            session,
            profiles.sso_sessions.get(session).ok_or_else(|| ChainError::UnknownSsoSession {
                profile: owned(),
                session: session.to_owned(),
            })?,
        )),
        None => None,
    };
    let mut missing = Vec::new();
    let mut setting = |key: &'static str| {
        let own = profile.get(key);
        let shared = section.and_then(|(_, section)| section.get(key)).filter(|value| !value.is_empty());
        if let (Some(own), Some(shared), Some((session, _))) = (own, shared, section)
            && own != shared
        {
            let session = session.to_owned();
            return Err(ChainError::SsoMismatch { profile: owned(), session, key });
        }
        Ok(own.or(shared).unwrap_or_else(|| {
            missing.push(key);
            ""
        }))
    };
    let scopes = section.and_then(|(_, section)| section.get("sso_registration_scopes"));
    let origin = Origin::IdentityCenter {
        portal: Portal {
            session: session.map(str::to_owned),
            start_url: setting("sso_start_url")?.to_owned(),
            region: setting("sso_region")?.to_owned(),
            scopes: identity_center::scopes(scopes.unwrap_or_default()),
        },
        account_id: setting("sso_account_id")?.to_owned(),
        role_name: setting("sso_role_name")?.to_owned(),
    };
    if missing.is_empty() { Ok(origin) } else { Err(ChainError::IncompleteSso { profile: owned(), missing }) }
}
