//! What the shared files hold, as botocore reads it, and what is odd about them.
//!
//! Where the readers of the AWS SDKs differ, this one goes botocore's way and tells what the others
//! would trip over; what makes botocore give up on a file is left out here, line by line, so that
//! one bad line never hides a good profile. Deliberately absent: what the settings lead to (that is
//! [`crate::chain`]) and any change to the files.

mod name;
mod odd;
mod own;
mod read;
mod setting;

pub use setting::{Setting, SettingMap, SharedFile, Value};

use crate::snapshot::Problem;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One of the shared files.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// The path, as messages name it.
    pub path: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What both shared files hold, merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    /// The profiles.
    pub profiles: BTreeMap<String, Profile>,
    /// The `sso-session` sections of the config file.
    pub sso_sessions: BTreeMap<String, SettingMap>,
    /// The `services` sections of the config file.
    pub services: BTreeMap<String, SettingMap>,
    /// The `oidc` sections of Hatrack's own file: OpenID and OAuth providers.
    pub oidc: BTreeMap<String, SettingMap>,
    /// The `saml` sections of Hatrack's own file.
    pub saml: BTreeMap<String, SettingMap>,
    /// The access keys in the vault, by name, which is a profile's name.
    pub vault_keys: BTreeMap<String, KeyFacts>,
    /// What is odd, by file and line.
    pub problems: Vec<Problem>,
    config_path: Option<String>,
    credentials_path: Option<String>,
    own_path: Option<String>,
}

/// One profile: the settings of both files, where the credentials file wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The settings.
    pub settings: SettingMap,
    /// The section of the config file that describes it.
    pub config: Option<Place>,
    /// The section of the credentials file that describes it.
    pub credentials: Option<Place>,
    /// The section of Hatrack's own file that describes it.
    pub own: Option<Place>,
}

/// What is known of an access key in the vault without opening it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct KeyFacts {
    /// The access key's id.
    pub access_key_id: String,
    /// The account, where AWS was asked for it.
    pub account_id: Option<String>,
    /// The user, where AWS was asked for it.
    pub user_arn: Option<String>,
    /// The MFA device of the user, where it is known.
    pub mfa_serial: Option<String>,
    /// When the key was made, else when it came into the vault.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub created: Option<Timestamp>,
}

/// Where a section stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What stands between the brackets.
    pub section: String,
    /// The line of the header, counted from 1.
    pub line: u32,
}

impl Profiles {
    /// Reads both files, whatever is in them; a file that doesn't exist is `None`.
    pub fn read(config: Option<File<'_>>, credentials: Option<File<'_>>) -> Self {
        read::read(config, credentials)
    }

    /// The same profiles with Hatrack's own file laid over them.
    #[must_use]
    pub fn with_own(self, own: File<'_>) -> Self {
        own::lay_over(self, own)
    }

    /// The same profiles with the access keys that the vault holds.
    #[must_use]
    pub fn with_vault_keys(mut self, keys: BTreeMap<String, KeyFacts>) -> Self {
        self.vault_keys = keys;
        self
    }

    /// The path of a file, where it was there to be read.
    pub fn path(&self, file: SharedFile) -> Option<&str> {
        match file {
            SharedFile::Config => self.config_path.as_deref(),
            SharedFile::Credentials => self.credentials_path.as_deref(),
            SharedFile::Own => self.own_path.as_deref(),
        }
    }

    /// Finds the profile with this name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }
}

impl Profile {
    /// The plain value of a setting, unless it is missing or empty: an empty value is how people
    /// and `aws configure set` unset what they can't remove.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests;
