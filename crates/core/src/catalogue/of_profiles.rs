//! The roles that the profiles of the shared files describe.

use super::{Catalogue, Needs, Role, RoleKind};
use crate::account::{self, Named};
use crate::arn::RoleArn;
use crate::chain::{self, ChainError, Ending, Origin, Summaries};
use crate::failure::Failure;
use crate::memory::SamlRole;
use crate::name::{RoleId, shown};
use crate::profile::{KeyFacts, Profile, Profiles, SharedFile};
use crate::settings::Settings;
use crate::snapshot::Problem;
use std::collections::BTreeMap;

impl Catalogue {
    /// Lists every profile that can be activated and whose chain can be had, and the roles that
    /// SAML providers named; `source` says where profiles are described, `~/.aws/config` for
    /// instance. A profile whose chain is broken is told among the problems in place of the list.
    pub fn of_profiles(
        profiles: &Profiles,
        settings: &Settings,
        saml_roles: &BTreeMap<String, Vec<SamlRole>>,
        source: &str,
    ) -> (Self, Vec<Problem>) {
        let mut summaries = Summaries::new(profiles);
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for (name, profile) in &profiles.profiles {
            let Some(kind) = kind(profiles, name, profile) else { continue };
            match Found::look(&mut summaries, kind, name, profile, profiles) {
                Ok(one) => found.extend(one),
                Err(error) => problems.push(problem(profiles, name, profile, &error)),
            }
        }
        let named = found.iter().filter(|found| !found.account_id.is_empty()).map(|found| Named {
            profile: found.name,
            role_name: &found.role_name,
            account_id: &found.account_id,
        });
        let inferred = account::inferred_names(named);
        let account_name = |id: &str| {
            let given = settings.account_names.get(id).map(String::as_str).filter(|name| !name.is_empty());
            shown(given.or_else(|| inferred.get(id).copied()).unwrap_or(id))
        };
        let own = profiles.path(SharedFile::Own).unwrap_or_default();
        let mut roles: Vec<Role> = found
            .iter()
            .map(|found| {
                found.role(account_name(&found.account_id), if found.is_own() { own } else { source })
            })
            .collect();
        let only_in_vault =
            profiles.vault_keys.iter().filter(|(name, _)| !profiles.profiles.contains_key(*name));
        roles.extend(only_in_vault.map(|(name, facts)| of_key(name, facts, &account_name)));
        for (provider, offered) in saml_roles {
            roles.extend(offered.iter().filter_map(|role| of_assertion(provider, role, &account_name)));
        }
        roles.sort_by_cached_key(|role| {
            (
                role.account_name.to_lowercase(),
                role.account_id.clone(),
                role.name.to_lowercase(),
                role.id.clone(),
            )
        });
        (Self { roles }, problems)
    }
}

/// What a profile's activation makes, if it can be activated.
fn kind(profiles: &Profiles, name: &str, profile: &Profile) -> Option<RoleKind> {
    let has = |key: &str| profile.get(key).is_some();
    if has("root_account_id") {
        return Some(RoleKind::AssumeRoot);
    }
    if has("federation_name") {
        return Some(RoleKind::FederationToken);
    }
    if has("role_arn") {
        return Some(if has("saml") {
            RoleKind::Saml
        } else if ["web_identity_token_file", "web_identity_token_process", "oidc"].into_iter().any(has) {
            RoleKind::WebIdentity
        } else {
            RoleKind::AssumeRole
        });
    }
    if has("sso_account_id") || has("sso_role_name") || has("aws_session_token") {
        return None;
    }
    if profiles.vault_keys.contains_key(name) || (has("aws_access_key_id") && has("mfa_serial")) {
        return Some(RoleKind::SessionToken);
    }
    has("login_session").then_some(RoleKind::Login)
}

struct Found<'a> {
    name: &'a str,
    profile: &'a Profile,
    kind: RoleKind,
    account_id: String,
    role_name: String,
    needs: Option<Needs>,
}

impl<'a> Found<'a> {
    fn look(
        summaries: &mut Summaries<'a>,
        kind: RoleKind,
        name: &'a str,
        profile: &'a Profile,
        profiles: &Profiles,
    ) -> Result<Option<Self>, ChainError> {
        let mut kind = kind;
        let (account_id, role_name, needs) = match kind {
            RoleKind::AssumeRole | RoleKind::WebIdentity | RoleKind::Saml => {
                let arn = RoleArn::parse(profile.get("role_arn").unwrap_or_default())
                    .map_err(|source| ChainError::RoleArn { profile: name.to_owned(), source });
                let summary = summaries.of(name)?;
                let arn = arn?;
                if !summary.activatable {
                    return Ok(None);
                }
                let needs = if summary.needs_browser {
                    Some(Needs::Browser)
                } else {
                    summary.needs_mfa.then_some(Needs::Mfa)
                };
                (arn.account_id().to_owned(), arn.role_name().to_owned(), needs)
            }
            RoleKind::SessionToken | RoleKind::FederationToken | RoleKind::AssumeRoot | RoleKind::Login => {
                let chain = chain::resolve(profiles, name)?;
                if let Origin::IdentityCenter { .. } = chain.origin {
                    return Ok(None);
                }
                let hop_code = chain.hops.iter().any(|hop| hop.mfa_serial.is_some());
                let (account_id, role_name, own_code) = match &chain.ending {
                    // Keys of the shared files are used as they are where no code is wanted.
                    Ending::SessionToken { mfa_serial: None, .. }
                        if matches!(chain.origin, Origin::StaticKeys { .. }) =>
                    {
                        return Ok(None);
                    }
                    Ending::SessionToken { mfa_serial, .. } => {
                        kind = RoleKind::SessionToken;
                        let known = profiles.vault_keys.get(name).and_then(|facts| facts.account_id.clone());
                        let said = mfa_serial.as_deref().and_then(account_of).map(str::to_owned);
                        (known.or(said).unwrap_or_default(), "user".to_owned(), mfa_serial.is_some())
                    }
                    Ending::FederationToken { name, .. } => (String::new(), name.clone(), false),
                    Ending::Root { account_id, task_policy } => {
                        (account_id.clone(), task_policy.clone(), false)
                    }
                    Ending::AsItIs if matches!(chain.origin, Origin::Login { .. }) => {
                        kind = RoleKind::Login;
                        (String::new(), "login".to_owned(), false)
                    }
                    // A command of its own comes before a key of the vault, and needs no session.
                    Ending::AsItIs => return Ok(None),
                };
                let account_id = profile.get("aws_account_id").map_or(account_id, str::to_owned);
                let needs = if chain.origin.provider().is_some() {
                    Some(Needs::Browser)
                } else {
                    (hop_code || own_code).then_some(Needs::Mfa)
                };
                (account_id, role_name, needs)
            }
        };
        Ok(Some(Self { name, profile, kind, account_id, role_name, needs }))
    }

    fn is_own(&self) -> bool {
        self.profile.config.is_none() && self.profile.credentials.is_none()
    }

    fn role(&self, account_name: String, source: &str) -> Role {
        let tags = self.profile.get("tags").unwrap_or_default();
        Role {
            id: RoleId::of_profile(self.name),
            name: shown(self.name),
            account_id: shown(&self.account_id),
            account_name,
            role_name: shown(&self.role_name),
            kind: self.kind,
            source: source.to_owned(),
            region: self.profile.get("region").map(str::to_owned),
            tags: tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(shown).collect(),
            needs: self.needs,
        }
    }
}

/// The account that stands in an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|id| account::is_account_id(id))
}

/// The user whose key is in the vault and that no profile describes.
fn of_key(name: &str, facts: &KeyFacts, account_name: &impl Fn(&str) -> String) -> Role {
    let account_id = facts.account_id.clone().unwrap_or_default();
    Role {
        id: RoleId::of_profile(name),
        name: shown(name),
        account_name: account_name(&account_id),
        account_id: shown(&account_id),
        role_name: "user".to_owned(),
        kind: RoleKind::SessionToken,
        source: "vault".to_owned(),
        region: None,
        tags: Vec::new(),
        needs: facts.mfa_serial.is_some().then_some(Needs::Mfa),
    }
}

/// A role that an assertion named.
fn of_assertion(provider: &str, role: &SamlRole, account_name: &impl Fn(&str) -> String) -> Option<Role> {
    let arn = RoleArn::parse(&role.role_arn).ok()?;
    Some(Role {
        id: RoleId::of_assertion(provider, arn.as_str()),
        name: shown(&format!("{} {}", account_name(arn.account_id()), arn.role_name())),
        account_id: arn.account_id().to_owned(),
        account_name: account_name(arn.account_id()),
        role_name: shown(arn.role_name()),
        kind: RoleKind::Saml,
        source: shown(provider),
        region: None,
        tags: Vec::new(),
        needs: Some(Needs::Browser),
    })
}

fn problem(profiles: &Profiles, name: &str, profile: &Profile, error: &ChainError) -> Problem {
    let first = profile.settings.iter().next().map(|(_, setting)| setting);
    let setting = profile.settings.setting("role_arn").or(first);
    let path = setting.and_then(|setting| profiles.path(setting.file));
    Problem {
        file: path.unwrap_or_default().to_owned(),
        line: setting.map(|setting| setting.line),
        profile: Some(shown(name)),
        message: Failure::from(error).to_string(),
    }
}

#[cfg(test)]
mod tests;
