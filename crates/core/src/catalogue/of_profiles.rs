//! The roles that the profiles of the shared files describe.

use super::{Catalogue, Needs, Role, RoleKind};
use crate::account::{self, Named};
use crate::arn::RoleArn;
use crate::chain::{ChainError, Summaries};
use crate::failure::Failure;
use crate::name::{RoleId, shown};
use crate::profile::{Profile, Profiles};
use crate::settings::Settings;
use crate::snapshot::Problem;

impl Catalogue {
    /// Lists every profile with a role whose chain can be had; `source` says where they are
    /// described, `~/.aws/config` for instance. A profile whose chain is broken is told among the
    /// problems in place of the list.
    pub fn of_profiles(profiles: &Profiles, settings: &Settings, source: &str) -> (Self, Vec<Problem>) {
        let mut summaries = Summaries::new(profiles);
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for (name, profile) in &profiles.profiles {
            let Some(text) = profile.get("role_arn") else { continue };
            let looked_at = summaries.of(name).and_then(|summary| {
                let arn = RoleArn::parse(text)
                    .map_err(|source| ChainError::RoleArn { profile: name.clone(), source })?;
                Ok((summary, arn))
            });
            match looked_at {
                Ok((summary, arn)) if summary.activatable => {
                    found.push(Found { name, profile, arn, needs_mfa: summary.needs_mfa });
                }
                Ok(_) => {}
                Err(error) => problems.push(problem(profiles, name, profile, &error)),
            }
        }
        let inferred = account::inferred_names(found.iter().map(|found| Named {
            profile: found.name,
            role_name: found.arn.role_name(),
            account_id: found.arn.account_id(),
        }));
        let account_name = |id: &str| {
            let given = settings.account_names.get(id).map(String::as_str).filter(|name| !name.is_empty());
            shown(given.or_else(|| inferred.get(id).copied()).unwrap_or(id))
        };
        let mut roles: Vec<Role> =
            found.iter().map(|found| found.role(account_name(found.arn.account_id()), source)).collect();
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

struct Found<'a> {
    name: &'a str,
    profile: &'a Profile,
    arn: RoleArn,
    needs_mfa: bool,
}

impl Found<'_> {
    fn role(&self, account_name: String, source: &str) -> Role {
        let tags = self.profile.get("tags").unwrap_or_default();
        Role {
            id: RoleId::of_profile(self.name),
            name: shown(self.name),
            account_id: self.arn.account_id().to_owned(),
            account_name,
            role_name: shown(self.arn.role_name()),
            kind: RoleKind::AssumeRole,
            source: source.to_owned(),
            region: self.profile.get("region").map(str::to_owned),
            tags: tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(shown).collect(),
            needs: self.needs_mfa.then_some(Needs::Mfa),
        }
    }
}

fn problem(profiles: &Profiles, name: &str, profile: &Profile, error: &ChainError) -> Problem {
    let setting = profile.settings.setting("role_arn");
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
