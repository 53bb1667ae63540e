//! What each tool sees of the shared files.

use super::{Sdk, Spot};
use crate::name::{OutputProfile, OutputProfileError, shown};
use crate::profile::{Place, Profile, Profiles, SharedFile};
use crate::snapshot::Problem;

/// Why a tool can't read a file at all, if it can't: as the end of a sentence.
pub(super) fn refusal(profiles: &Profiles, sdk: Sdk) -> Option<String> {
    let problem = profiles.problems.iter().find(|problem| stops(problem, sdk))?;
    let line = problem.line.map(|line| format!(" line {line}")).unwrap_or_default();
    Some(format!("it can't read {} because of{line}", shown(&problem.file)))
}

/// Whether a problem makes a tool give up on its file. The readers' problems have no code, so they
/// are known by the words that say this very thing.
fn stops(problem: &Problem, sdk: Sdk) -> bool {
    let says = |words: &str| problem.message.contains(words);
    let no_equals = says("has no \"=\" after a key");
    match sdk {
        Sdk::AwsCli => says("AWS CLI reads nothing of the file") || says("byte order mark"),
        // Java's reader follows the same rules as Rust's.
        Sdk::Rust | Sdk::Java => {
            says("indented right below its header") || says("byte order mark") || no_equals
        }
        Sdk::JavaScript => says("The SDK for JavaScript refuses the file"),
        Sdk::Go => false,
    }
}

/// Finds a profile as a tool sees it; `None` where it sees none.
pub(super) fn see<'a>(profiles: &'a Profiles, name: &str, sdk: Sdk) -> Option<Seen<'a>> {
    let profile = profiles.get(name)?;
    let config = profile.config.as_ref().is_some_and(|place| is_read(place, name, sdk));
    let credentials =
        profile.credentials.is_some() && (sdk == Sdk::AwsCli || sdk == Sdk::Go || is_plain(name));
    (config || credentials).then_some(Seen { profiles, profile, config, credentials })
}

/// Whether a tool takes a section of the config file for this profile.
fn is_read(place: &Place, name: &str, sdk: Sdk) -> bool {
    let is_prefixed = place.section == "default" || place.section.starts_with("profile");
    match sdk {
        Sdk::AwsCli => is_prefixed,
        Sdk::Go => is_prefixed && place.section.ends_with(name),
        Sdk::Rust | Sdk::JavaScript | Sdk::Java => {
            is_prefixed && is_plain(name) && place.section.ends_with(name)
        }
    }
}

fn is_plain(name: &str) -> bool {
    !matches!(OutputProfile::parse(name), Err(OutputProfileError::Character | OutputProfileError::Empty))
}

/// A profile as one tool sees it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    profiles: &'a Profiles,
    profile: &'a Profile,
    config: bool,
    credentials: bool,
}

impl<'a> Seen<'a> {
    /// A setting that is set to something.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let value = self.profile.get(key)?;
        self.file(key).map(|_| value)
    }

    /// The file that a setting comes from.
    pub(super) fn file(&self, key: &str) -> Option<SharedFile> {
        let file = self.profile.settings.setting(key)?.file;
        let is_seen = (file == SharedFile::Config && self.config)
            || (file == SharedFile::Credentials && self.credentials);
        is_seen.then_some(file)
    }

    /// Where the first of these settings stands that there is.
    pub(super) fn spot(&self, keys: &[&str]) -> Spot {
        let setting = keys
            .iter()
            .filter(|key| self.get(key).is_some())
            .find_map(|key| self.profile.settings.setting(key));
        let file = setting.map_or(SharedFile::Config, |setting| setting.file);
        Spot {
            file: self.profiles.path(file).map(shown).unwrap_or_default(),
            line: setting.map_or(0, |setting| setting.line),
        }
    }

    /// Whether the `sso-session` that is named tells this.
    pub(super) fn session_has(&self, session: &str, key: &str) -> bool {
        let section = self.profiles.sso_sessions.get(session);
        section.and_then(|section| section.get(key)).is_some_and(|value| !value.is_empty())
    }
}
