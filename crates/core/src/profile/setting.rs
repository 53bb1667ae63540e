//! The settings of one section, by key.

use std::borrow::Cow;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Settings in the order of their keys, which are in lower case.
///
/// Any value may be a secret, by intention or by a wrong indent, so none is shown by `Debug` and all
/// are wiped when they are dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SettingMap {
    entries: Vec<(Cow<'static, str>, Setting)>,
}

/// One setting, and where it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// The file that it comes from.
    pub file: SharedFile,
    /// Its line there, counted from 1.
    pub line: u32,
}

/// What a setting is set to.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; a line feed stands between the lines of one that goes on over several.
    Plain(Zeroizing<String>),
    /// Settings of its own, as below `s3 =`; keys in lower case.
    Nested(BTreeMap<String, Zeroizing<String>>),
}

/// One of the files that describe profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedFile {
    /// `~/.aws/config`, or what AWS_CONFIG_FILE names.
    Config,
    /// `~/.aws/credentials`, or what AWS_SHARED_CREDENTIALS_FILE names.
    Credentials,
    /// Hatrack's own `roles` file, which lies over the other two.
    Own,
}

impl SettingMap {
    /// Finds a setting by its key in lower case.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        let index = self.entries.binary_search_by(|(other, _)| other.as_ref().cmp(key)).ok()?;
        self.entries.get(index).map(|(_, setting)| setting)
    }

    /// The plain value of a setting, empty or not.
    pub fn get(&self, key: &str) -> Option<&str> {
        match &self.setting(key)?.value {
            Value::Plain(text) => Some(text),
            Value::Nested(_) => None,
        }
    }

    /// Goes through the settings in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Setting)> {
        self.entries.iter().map(|(key, setting)| (key.as_ref(), setting))
    }

    /// Tells whether there is no setting.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Settings in the order in which they were read: of two with one key the later wins. Tells
    /// the winner of each pair that stands in one file.
    pub(super) fn of(
        mut entries: Vec<(Cow<'static, str>, Setting)>,
        mut twice: impl FnMut(&str, &Setting),
    ) -> Self {
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|(later_key, later), (key, earlier)| {
            let same = later_key == key;
            if same {
                if later.file == earlier.file {
                    twice(key, later);
                }
                std::mem::swap(later, earlier);
            }
            same
        });
        Self { entries }
    }

    /// These settings, and below them those of another section where these have none.
    pub(super) fn above(self, others: Self) -> Self {
        let entries = others.entries.into_iter().chain(self.entries).collect();
        Self::of(entries, |_, _| {})
    }
}

impl std::fmt::Debug for SettingMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} ({:?}, line {})", self.value, self.file, self.line)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("…"),
            Self::Nested(settings) => f.debug_set().entries(settings.keys()).finish(),
        }
    }
}

/// The keys that AWS tools know in profiles, in order. They are kept without a copy of their own,
/// and tell an unprefixed profile of the config file from another tool's section.
const KNOWN: &[&str] = &[
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_session_token",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_pager",
    "credential_process",
    "credential_source",
    "duration_seconds",
    "endpoint_url",
    "external_id",
    "federation_name",
    "include_profile",
    "login_session",
    "mfa_process",
    "mfa_serial",
    "oidc",
    "output",
    "policy",
    "policy_arns",
    "principal_arn",
    "region",
    "role_arn",
    "role_session_name",
    "root_account_id",
    "root_task_policy",
    "s3",
    "saml",
    "services",
    "session_tags",
    "source_identity",
    "source_profile",
    "sso_account_id",
    "sso_account_name",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sts_regional_endpoints",
    "transitive_session_tags",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
    "web_identity_token_process",
];

/// A key in lower case, as every reader compares it.
pub(super) fn key(written: &[u8]) -> Cow<'static, str> {
    if let Some(known) = known(written) {
        return Cow::Borrowed(known);
    }
    Cow::Owned(String::from_utf8_lossy(written).to_lowercase())
}

/// The key that AWS tools know, whatever the case of its letters.
pub(super) fn known(written: &[u8]) -> Option<&'static str> {
    let mut lower = [0; 32];
    let lower = lower.get_mut(..written.len())?;
    lower.copy_from_slice(written);
    lower.make_ascii_lowercase();
    let index = KNOWN.binary_search_by(|known| known.as_bytes().cmp(lower)).ok()?;
    KNOWN.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_keys_are_in_order() {
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.iter().all(|key| known(key.as_bytes()) == Some(key)));
        assert_eq!(known(b"Role_ARN"), Some("role_arn"));
        assert_eq!(known(b"name"), None);
    }
}
