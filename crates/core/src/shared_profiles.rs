//! Profiles that Hatrack writes into the shared config file so that other tools can use roles of
//! Identity Center without it: only on request, each with a mark of its own, and taken out again.
//!
//! A written profile belongs to its role: it may be renamed and added to, and stays that role's. The
//! sum in its mark tells whether what we wrote was edited, so that nothing of a person's goes unasked.
//! Deliberately absent: the file itself, and credentials. Nothing here is a secret.

mod mark;
mod name;
mod remove;
mod write;

pub use name::Template;
pub use remove::{Which, remove};
pub use write::write;

use crate::failure::{Failure, FailureCode};
use crate::identity_center::Portal;
use crate::ini::{Document, LineKind};
use crate::name::{RoleId, shown};
use crate::profile::File;
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

/// The settings that are ours in a section with our mark, `region` only as long as it is as we
/// wrote it.
const OURS: [&str; 7] = [
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "sso_registration_scopes",
    "region",
];

/// A section that carries our mark.
#[derive(Debug)]
struct Marked {
    kind: Kind,
    name: String,
    mark: Mark,
    /// The line of the mark.
    mark_line: usize,
    /// From the header to the last line that isn't blank or a comment, at least to the mark.
    lines: Range<usize>,
    /// Our own settings, by line.
    settings: Vec<(usize, String, String)>,
    /// Whether it has lines of somebody else.
    has_others: bool,
}

impl Marked {
    /// Whether our settings are those that we wrote.
    fn is_as_written(&self) -> bool {
        let settings = self.settings.iter().map(|(_, key, value)| (key.as_str(), value.as_str()));
        mark::sum_of(settings) == self.mark.sum
    }
}

/// `profile` or `sso-session`.
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

/// The document of a config file that is text; any other is not touched.
fn readable(config: File<'_>) -> Result<Document, Failure> {
    let refused = |line: usize, why: &str, remedy: &str| {
        let path = shown(config.path);
        let happened = format!("{path} {why} in line {line}, so that nothing was changed.");
        Err(Failure::new(FailureCode::File, happened, remedy))
    };
    let line_of = |at: usize| config.bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    if let Some(at) = config.bytes.iter().position(|byte| *byte == 0) {
        return refused(line_of(at), "has a NUL byte", "Save it as UTF-8 text.");
    }
    match std::str::from_utf8(config.bytes) {
        Ok(_) => Ok(Document::parse(config.bytes)),
        Err(error) => refused(
            line_of(error.valid_up_to()),
            "isn't UTF-8",
            "Save it as UTF-8, as the AWS CLI reads nothing of it either.",
        ),
    }
}

/// The sections that carry our mark, in the file's order.
fn marked(document: &Document) -> Vec<Marked> {
    let sections = document.sections().filter_map(|section| {
        let (kind, name) = header(section.name?)?;
        let body = section.lines.start + 1..section.lines.end;
        let (mark_line, mark) = body.clone().find_map(|index| {
            Some((index, document.line(index).and_then(|line| Mark::parse(line.raw()))?))
        })?;
        let mut marked = Marked {
            kind,
            name,
            mark,
            mark_line,
            lines: section.lines.start..mark_line + 1,
            settings: Vec::new(),
            has_others: false,
        };
        // A comment below the last setting may belong to the next section, and stays in any case.
        let mut comment = false;
        for index in body.filter(|index| *index != mark_line) {
            match document.line(index).map(|line| line.kind()) {
                Some(LineKind::Setting { key, value, .. }) => {
                    let key = text(key).to_lowercase();
                    if OURS.contains(&key.as_str()) {
                        marked.settings.push((index, key, text(value)));
                        marked.has_others |= comment;
                    } else {
                        marked.has_others = true;
                    }
                    marked.lines.end = marked.lines.end.max(index + 1);
                }
                Some(LineKind::Nested { .. } | LineKind::Continuation { .. } | LineKind::Junk) => {
                    marked.has_others = true;
                    marked.lines.end = marked.lines.end.max(index + 1);
                }
                Some(LineKind::Comment) => comment = true,
                Some(LineKind::Blank | LineKind::Section { .. } | LineKind::BrokenHeader) | None => {}
            }
        }
        Some(marked)
    });
    sections.collect()
}

#[cfg(test)]
mod tests;
