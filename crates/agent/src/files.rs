//! What a world's shared files hold, read once for all that asks.

use crate::credentials::Credentials;
use crate::world::ProfileEndpoint;
use hatrack_core::arn::RoleArn;
use hatrack_core::catalogue::{Catalogue, Role, Sources};
use hatrack_core::chain::{self, Chain, Origin};
use hatrack_core::failure::Failure;
use hatrack_core::identity_center::{self, Directory, Portal};
use hatrack_core::memory::SamlRole;
use hatrack_core::name::RoleId;
use hatrack_core::plan::Start;
use hatrack_core::profile::{self, File, KeyFacts, Profiles, SettingMap};
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::Problem;
use hatrack_wire::{Sealed, Value};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The two shared files that a caller's environment chose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePair {
    /// The config file.
    pub config: PathBuf,
    /// The credentials file.
    pub credentials: PathBuf,
}

/// The settings that are shown to people beside the fields in which they can be overruled. None of
/// them is a secret.
const TOLD: [&str; 22] = [
    "credential_source",
    "duration_seconds",
    "external_id",
    "federation_name",
    "mfa_serial",
    "oidc",
    "policy",
    "policy_arns",
    "principal_arn",
    "region",
    "role_arn",
    "role_session_name",
    "root_account_id",
    "root_task_policy",
    "saml",
    "session_tags",
    "source_identity",
    "source_profile",
    "tags",
    "transitive_session_tags",
    "web_identity_token_file",
    "aws_account_id",
];

/// How many texts are remembered with the role that they found.
const REMEMBERED: usize = 1000;

/// What Hatrack itself keeps that decides what the files come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The wishes.
    pub settings: Settings,
    /// The access keys in the vault.
    pub vault_keys: BTreeMap<String, KeyFacts>,
    /// The roles that SAML providers named.
    pub saml_roles: BTreeMap<String, Vec<SamlRole>>,
    /// What was discovered of organisations.
    pub directories: Vec<Arc<Directory>>,
    /// Hatrack's own `roles` file: its path and what is in it.
    pub own: Option<(String, Vec<u8>)>,
}

/// What both files hold, and the catalogue that follows from it.
#[derive(Debug, Default)]
pub struct Files {
    /// The profiles, with what Hatrack itself keeps.
    pub profiles: Profiles,
    /// The profiles of the shared files alone.
    pub shared: Profiles,
    /// The portals of organisations, by name.
    pub portals: Vec<Portal>,
    /// The roles.
    pub catalogue: Arc<Catalogue>,
    /// What is odd.
    pub problems: Vec<Problem>,
    /// The roles that were found by a text before: programs name the same ones again and again.
    found: Mutex<HashMap<String, Role>>,
}

impl Files {
    /// Reads what the bytes of both files say; a file that isn't there is `None`.
    pub fn read(pair: &FilePair, config: Option<&[u8]>, credentials: Option<&[u8]>, kept: &Kept) -> Self {
        let (config_path, credentials_path) = (shown(&pair.config), shown(&pair.credentials));
        let profiles = Profiles::read(
            config.map(|bytes| File { path: &config_path, bytes }),
            credentials.map(|bytes| File { path: &credentials_path, bytes }),
        );
        let shared = profiles.clone();
        let profiles = match &kept.own {
            Some((path, bytes)) => profiles.with_own(File { path, bytes }),
            None => profiles,
        };
        let profiles = profiles.with_vault_keys(kept.vault_keys.clone());
        let (catalogue, more) = Catalogue::of(&Sources {
            profiles: &profiles,
            settings: &kept.settings,
            saml_roles: &kept.saml_roles,
            directories: &kept.directories,
            source: &config_path,
        });
        let problems = profiles.problems.iter().cloned().chain(more).collect();
        let portals = identity_center::portals(&profiles);
        Self { profiles, shared, portals, catalogue: Arc::new(catalogue), problems, found: Mutex::default() }
    }

    /// Finds the role that a person means.
    ///
    /// A profile whose way is broken is not listed; who names it is told why, and never gets
    /// another role that has the name in its own.
    pub fn role(&self, text: &str) -> Result<Role, Failure> {
        if let Some(role) = self.found().get(text) {
            return Ok(role.clone());
        }
        let role = self.find(text)?;
        let mut found = self.found();
        if found.len() >= REMEMBERED {
            found.clear();
        }
        found.insert(text.to_owned(), role.clone());
        Ok(role)
    }

    fn found(&self) -> MutexGuard<'_, HashMap<String, Role>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, text: &str) -> Result<Role, Failure> {
        let id = RoleId(text.to_owned());
        let named = self.profiles.get(id.profile().unwrap_or(text));
        let is_role = |key| named.is_some_and(|profile| profile.get(key).is_some());
        if ["role_arn", "root_account_id", "federation_name"].into_iter().any(is_role) {
            chain::resolve(&self.profiles, id.profile().unwrap_or(text))?;
        }
        self.catalogue.find(text)
    }

    /// The way to a role, if a profile describes it.
    pub fn chain(&self, role: &RoleId) -> Option<Result<Chain, Failure>> {
        if let Some((provider, arn)) = role.assertion() {
            self.catalogue.position(role)?;
            let arn = RoleArn::parse(arn).ok()?;
            return Some(Ok(Chain::of_assertion(provider, arn, None)));
        }
        if let Some((organisation, account_id, role_name)) = role.identity_center() {
            self.catalogue.position(role)?;
            let portal = self.portal_of(organisation, |_| true)?.clone();
            return Some(Ok(Chain::of_portal(portal, account_id, role_name)));
        }
        role.profile().map(|profile| chain::resolve(&self.profiles, profile).map_err(Into::into))
    }

    /// The long-term or temporary keys that stand in a profile.
    pub fn static_keys(&self, profile: &str) -> Option<Credentials> {
        let settings = &self.profiles.get(profile)?.settings;
        Some(Credentials {
            access_key_id: settings.get("aws_access_key_id")?.to_owned(),
            secret_access_key: Sealed::new(settings.get("aws_secret_access_key")?),
            session_token: settings
                .get("aws_session_token")
                .filter(|token| !token.is_empty())
                .map(Sealed::new),
            expiration: None,
        })
    }

    /// What the shared files say of a profile, without its keys.
    pub fn shared_settings(&self, profile: &str) -> BTreeMap<String, String> {
        let Some(profile) = self.shared.get(profile) else { return BTreeMap::new() };
        let plain = profile.settings.iter().filter_map(|(key, setting)| match &setting.value {
            profile::Value::Plain(text) => Some((key.to_owned(), text.as_str().to_owned())),
            profile::Value::Nested(_) => None,
        });
        plain.filter(|(key, _)| TOLD.contains(&key.as_str())).collect()
    }

    /// What a profile says about how STS and IAM are reached.
    pub fn endpoint(&self, profile: &str) -> ProfileEndpoint {
        let settings = self.profiles.get(profile).map(|profile| &profile.settings);
        let text = |key: &str| settings.and_then(|settings| settings.get(key));
        let services = text("services").and_then(|name| self.profiles.services.get(name));
        let nested = |service| match &services.and_then(|services| services.setting(service))?.value {
            profile::Value::Nested(settings) => Some(settings),
            profile::Value::Plain(_) => None,
        };
        let (sts, iam) = (nested("sts"), nested("iam"));
        ProfileEndpoint::read(text, |key| sts.and_then(|sts| sts.get(key)).map(|value| value.as_str()))
            .with_iam(iam.and_then(|iam| iam.get("endpoint_url")).map(|url| url.as_str()))
    }

    /// What is known about how STS is reached with a role's credentials: as its profile says; for a
    /// role of Identity Center in its region, else in its portal's, so that no other partition's STS
    /// ever sees them.
    pub fn endpoint_of(&self, role: &RoleId, region: Option<&str>) -> ProfileEndpoint {
        let Some((organisation, ..)) = role.identity_center() else {
            return self.endpoint(role.profile().unwrap_or_default());
        };
        let portal = self.portal_of(organisation, |_| true).map(|portal| portal.region.as_str());
        ProfileEndpoint { region: region.or(portal).map(str::to_owned), ..ProfileEndpoint::default() }
    }

    /// What the profile at a plan's beginning says about how STS is reached.
    pub fn origin_endpoint(&self, start: &Start) -> ProfileEndpoint {
        let origin = match start {
            Start::Origin(origin) => origin,
            Start::Source(source) => &source.origin,
        };
        match origin {
            Origin::StaticKeys { profile }
            | Origin::Process { profile, .. }
            | Origin::WebIdentity { profile, .. }
            | Origin::Vault { name: profile }
            | Origin::Login { profile, .. } => self.endpoint(profile),
            Origin::Environment
            | Origin::Ec2InstanceMetadata
            | Origin::EcsContainer
            | Origin::IdentityCenter { .. }
            | Origin::Saml { .. } => ProfileEndpoint::default(),
        }
    }

    /// The portal with this name.
    pub fn portal(&self, name: &str) -> Option<&Portal> {
        self.portals.iter().find(|portal| portal.name() == name)
    }

    /// A portal that leads to an organisation: one that `fits` before others, a `sso-session` before
    /// the older form.
    pub fn portal_of(&self, organisation: &str, fits: impl Fn(&Portal) -> bool) -> Option<&Portal> {
        let leading = self.portals.iter().filter(|portal| portal.organisation() == organisation);
        leading.min_by_key(|portal| (!fits(portal), portal.session.is_none()))
    }

    /// Everything that the files hold, for who asks to see it.
    pub fn listing(&self) -> hatrack_wire::Profiles {
        let sections = |sections: &BTreeMap<String, SettingMap>| {
            sections.iter().map(|(name, map)| (name.clone(), settings(map))).collect()
        };
        let profiles = &self.profiles.profiles;
        hatrack_wire::Profiles {
            profiles: profiles
                .iter()
                .map(|(name, profile)| (name.clone(), settings(&profile.settings)))
                .collect(),
            sso_sessions: sections(&self.profiles.sso_sessions),
            services: sections(&self.profiles.services),
            problems: self.problems.clone(),
        }
    }
}

fn settings(map: &SettingMap) -> BTreeMap<String, Value> {
    let sealed = |text: &str| Sealed::new(text);
    let value = |value: &profile::Value| match value {
        profile::Value::Plain(text) => Value::Plain(sealed(text)),
        profile::Value::Nested(nested) => {
            Value::Nested(nested.iter().map(|(key, text)| (key.clone(), sealed(text))).collect())
        }
    };
    map.iter().map(|(key, setting)| (key.to_owned(), value(&setting.value))).collect()
}

/// A path as text, for messages and keys.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_the_endpoint_of_the_profile_s_services_section() {
        let config = b"[default]\nservices = local\n[profile bare]\nendpoint_url = https://all\n[services local]\niam =\n  endpoint_url = https://iam\nsts =\n  endpoint_url = https://sts\n";
        let pair = FilePair { config: "/c".into(), credentials: "/k".into() };
        let files = Files::read(&pair, Some(config), None, &Kept::default());
        let of = |profile| {
            let ProfileEndpoint { endpoint_url, sts_endpoint_url, iam_endpoint_url, .. } =
                files.endpoint(profile);
            [endpoint_url, sts_endpoint_url, iam_endpoint_url]
        };
        let url = |url: &str| Some(url.to_owned());
        assert_eq!(of("default"), [None, url("https://sts"), url("https://iam")]);
        assert_eq!(of("bare"), [url("https://all"), None, None]);
    }
}
