//! Which sections are free: what else gives a profile its credentials, and the names to offer.

use super::section::find;
use crate::ini::Document;
use crate::name::OutputProfile;
use crate::profile::{File, Profile, Profiles};

/// Both shared files, read for one decision.
pub(super) struct Files<'d> {
    credentials: &'d Document,
    profiles: Profiles,
}

/// The keys by which a profile gets its credentials another way, and AWS tools disagree about.
const DECIDING: [&str; 4] = ["role_arn", "web_identity_token_file", "credential_process", "login_session"];

/// The keys that, in the config file, show that somebody uses a profile.
const IN_USE: [&str; 3] = ["aws_access_key_id", "source_profile", "credential_source"];

impl<'d> Files<'d> {
    pub(super) fn new(credentials: &'d Document, config: &[u8]) -> Self {
        let file = |path, bytes| Some(File { path, bytes });
        let profiles = Profiles::read(file("config", config), file("credentials", credentials.as_bytes()));
        Self { credentials, profiles }
    }

    /// Finds a key by which the profile gets its credentials another way.
    pub(super) fn deciding_key(&self, name: &OutputProfile) -> Option<String> {
        deciding_key(self.profiles.get(name.as_str())?)
    }

    /// Whether Hatrack may write this section without anybody's consent.
    fn is_free(&self, name: &OutputProfile) -> bool {
        let ours = find(self.credentials, name.as_str())
            .iter()
            .all(|view| view.mark.is_some() && !view.has_foreign_credentials());
        ours && self.deciding_key(name).is_none()
    }

    /// Chooses a name like the wanted one that nobody uses at all.
    pub(super) fn offer(&self, wanted: &OutputProfile) -> OutputProfile {
        let alike = OutputProfile::parse(&format!("hatrack-{wanted}"))
            .ok()
            .filter(|_| !matches!(wanted.as_str(), "default" | "hatrack"));
        first_of(alike.into_iter().chain(OutputProfile::own_names()), |name| {
            self.profiles.get(name.as_str()).is_none() && find(self.credentials, name.as_str()).is_empty()
        })
    }
}

fn first_of(
    names: impl Iterator<Item = OutputProfile>,
    fits: impl FnMut(&OutputProfile) -> bool,
) -> OutputProfile {
    // The names never end, and the files do.
    names.into_iter().find(fits).unwrap_or_else(OutputProfile::default_profile)
}

fn deciding_key(profile: &Profile) -> Option<String> {
    let decides = |key: &str| DECIDING.contains(&key) || key.starts_with("sso_");
    let mut keys = profile.settings.iter().map(|(key, _)| key);
    keys.find(|key| decides(key) && profile.get(key).is_some()).map(str::to_owned)
}

/// Chooses the output profile of roles that have none of their own: `default` if nobody uses it,
/// else `hatrack`, else `hatrack-2` and so on. A `[default]` of the config file that only has
/// settings such as a region is used by nobody.
pub fn default_profile(credentials: &[u8], config: &[u8]) -> OutputProfile {
    let configured = Profiles::read(Some(File { path: "config", bytes: config }), None);
    let credentials = Document::parse(credentials);
    let files = Files::new(&credentials, config);
    let in_use = |name: &OutputProfile| {
        configured
            .get(name.as_str())
            .is_some_and(|profile| IN_USE.iter().any(|key| profile.get(key).is_some()))
    };
    let names = std::iter::once(OutputProfile::default_profile()).chain(OutputProfile::own_names());
    first_of(names, |name| files.is_free(name) && !in_use(name))
}
