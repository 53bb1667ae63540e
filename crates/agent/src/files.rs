//! What a world's shared files hold, read once for all that asks.

use crate::credentials::Credentials;
use crate::world::ProfileEndpoint;
use hatrack_core::catalogue::{Catalogue, Role};
use hatrack_core::chain::{self, Chain, Origin};
use hatrack_core::failure::Failure;
use hatrack_core::name::RoleId;
use hatrack_core::plan::Start;
use hatrack_core::profile::{self, File, Profiles, SettingMap};
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::Problem;
use hatrack_wire::{Sealed, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The two shared files that a caller's environment chose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePair {
    /// The config file.
    pub config: PathBuf,
    /// The credentials file.
    pub credentials: PathBuf,
}

/// What both files hold, and the catalogue that follows from it.
#[derive(Debug, Default)]
pub struct Files {
    /// The profiles.
    pub profiles: Profiles,
    /// The roles.
    pub catalogue: Arc<Catalogue>,
    /// What is odd.
    pub problems: Vec<Problem>,
}

impl Files {
    /// Reads what the bytes of both files say; a file that isn't there is `None`.
    pub fn read(
        pair: &FilePair,
        config: Option<&[u8]>,
        credentials: Option<&[u8]>,
        settings: &Settings,
    ) -> Self {
        let (config_path, credentials_path) = (shown(&pair.config), shown(&pair.credentials));
        let profiles = Profiles::read(
            config.map(|bytes| File { path: &config_path, bytes }),
            credentials.map(|bytes| File { path: &credentials_path, bytes }),
        );
        let (catalogue, more) = Catalogue::of_profiles(&profiles, settings, &config_path);
        let problems = profiles.problems.iter().cloned().chain(more).collect();
        Self { profiles, catalogue: Arc::new(catalogue), problems }
    }

    /// Finds the role that a person means.
    ///
    /// A profile whose way is broken is not listed; who names it is told why, and never gets
    /// another role that has the name in its own.
    pub fn role(&self, text: &str) -> Result<&Role, Failure> {
        let id = RoleId(text.to_owned());
        let named = self.profiles.get(id.profile().unwrap_or(text));
        if named.is_some_and(|profile| profile.get("role_arn").is_some()) {
            chain::resolve(&self.profiles, id.profile().unwrap_or(text))?;
        }
        self.catalogue.find(text)
    }

    /// The way to a role, if a profile describes it.
    pub fn chain(&self, role: &RoleId) -> Option<Result<Chain, Failure>> {
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

    /// What a profile says about how STS is reached.
    pub fn endpoint(&self, profile: &str) -> ProfileEndpoint {
        let settings = self.profiles.get(profile).map(|profile| &profile.settings);
        let text = |key: &str| settings.and_then(|settings| settings.get(key));
        let services = text("services").and_then(|name| self.profiles.services.get(name));
        let sts = services.and_then(|services| services.setting("sts")).and_then(|sts| match &sts.value {
            profile::Value::Nested(settings) => Some(settings),
            profile::Value::Plain(_) => None,
        });
        ProfileEndpoint::read(text, |key| sts.and_then(|sts| sts.get(key)).map(|value| value.as_str()))
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
            | Origin::IdentityCenter { profile, .. }
            | Origin::Login { profile, .. } => self.endpoint(profile),
            Origin::Environment | Origin::Ec2InstanceMetadata | Origin::EcsContainer => {
                ProfileEndpoint::default()
            }
        }
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
