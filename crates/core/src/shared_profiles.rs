//! Profiles that Hatrack writes into the shared config file so that other tools can use roles of
//! Identity Center without it: only on request, each with a mark of its own, and taken out again.
//!
//! Deliberately absent: the file itself, and credentials. Nothing here is a secret.

mod mark;
mod name;
mod remove;
mod write;

pub use name::Template;
pub use remove::{Which, remove};
pub use write::write;

use crate::identity_center::Portal;
use crate::ini::{Document, LineKind};
use crate::name::RoleId;
use mark::Mark;
use std::ops::Range;

/// A role of Identity Center that is to have a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The organisation's portal.
    pub portal: Portal,
    /// The account's id.
    pub account_id: String,
    /// The account's name; it may be anything.
    pub account_name: String,
    /// The role's name.
    pub role_name: String,
    /// The region that goes with it.
    pub region: Option<String>,
}

/// What a change of the config file comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// The file's text after it.
    pub text: Vec<u8>,
    /// What is different, section by section.
    pub diff: String,
    /// Profiles that are new.
    pub added: Vec<String>,
    /// Profiles that are different.
    pub changed: Vec<String>,
    /// Profiles that stay as they are.
    pub unchanged: Vec<String>,
    /// Profiles that go.
    pub removed: Vec<String>,
    /// What is left out, each with its reason.
    pub skipped: Vec<String>,
}

impl Entry {
    /// The role's identity.
    pub fn role_id(&self) -> RoleId {
        RoleId::of_identity_center(&self.portal.organisation(), &self.account_id, &self.role_name)
    }

    /// The settings that its profile has.
    fn settings(&self) -> Vec<(&'static str, &str)> {
        let mut settings = match &self.portal.session {
            Some(session) => vec![("sso_session", session.as_str())],
            None => {
                vec![("sso_start_url", self.portal.start_url.as_str()), ("sso_region", &self.portal.region)]
            }
        };
        settings.push(("sso_account_id", &self.account_id));
        settings.push(("sso_role_name", &self.role_name));
        settings.extend(self.region.as_deref().map(|region| ("region", region)));
        settings
    }
}

/// The settings that are ours in a section with our mark.
const OURS: [&str; 8] = [
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "sso_registration_scopes",
    "region",
    "output",
];

/// A section that carries our mark.
#[derive(Debug)]
struct Marked {
    /// `profile` or `sso-session`.
    kind: Kind,
    name: String,
    mark: Mark,
    /// From the header to the last line that we or somebody else wrote as a setting.
    lines: Range<usize>,
    /// Our own settings, by line.
    settings: Vec<(usize, String, String)>,
    /// Whether it has settings of somebody else.
    has_others: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Profile,
    SsoSession,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SsoSession => "sso-session",
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The kind and the name in a header.
fn header(name: &[u8]) -> Option<(Kind, String)> {
    let header = text(name);
    let (word, name) = header.split_once(char::is_whitespace)?;
    let name = name.trim().trim_matches(['"', '\'']).to_owned();
    match word {
        "profile" => Some((Kind::Profile, name)),
        "sso-session" => Some((Kind::SsoSession, name)),
        _ => None,
    }
}

/// The sections that carry our mark, in the file's order.
fn marked(document: &Document) -> Vec<Marked> {
    let sections = document.sections().filter_map(|section| {
        let (kind, name) = header(section.name?)?;
        let mark = document.line(section.lines.start + 1).and_then(|line| Mark::parse(line.raw()))?;
        let mut marked = Marked {
            kind,
            name,
            mark,
            lines: section.lines.start..section.lines.start + 2,
            settings: Vec::new(),
            has_others: false,
        };
        for index in section.lines.start + 2..section.lines.end {
            match document.line(index).map(|line| line.kind()) {
                Some(LineKind::Setting { key, value, .. }) => {
                    let key = text(key).to_lowercase();
                    if OURS.contains(&key.as_str()) {
                        marked.settings.push((index, key, text(value)));
                    } else {
                        marked.has_others = true;
                    }
                    marked.lines.end = index + 1;
                }
                Some(LineKind::Nested { .. } | LineKind::Continuation { .. } | LineKind::Junk) => {
                    marked.has_others = true;
                    marked.lines.end = index + 1;
                }
                Some(LineKind::Comment) => marked.has_others = true,
                Some(LineKind::Blank | LineKind::Section { .. } | LineKind::BrokenHeader) | None => {}
            }
        }
        Some(marked)
    });
    sections.collect()
}

#[cfg(test)]
mod tests;
