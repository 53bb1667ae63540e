//! The names of written profiles: safe, whatever accounts and roles are called.

use super::Entry;
use crate::failure::{Failure, FailureCode};
use crate::name::{OutputProfile, shown};
use std::collections::BTreeSet;

/// How long a name gets.
const LONGEST: usize = 64;

/// The places of a template that are filled in.
const PLACES: [&str; 4] = ["{account}", "{account_id}", "{role}", "{organisation}"];

/// How profiles are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(String);

impl Default for Template {
    fn default() -> Self {
        Self("{account}-{role}".to_owned())
    }
}

impl Template {
    /// Accepts a template, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let refused = |happened: String| {
            let remedy =
                "Use letters, digits, . _ / @ % : + - and {account}, {account_id}, {role}, {organisation}.";
            Err(Failure::new(FailureCode::Usage, happened, remedy))
        };
        let rest = PLACES.iter().fold(text.to_owned(), |rest, place| rest.replace(place, ""));
        if rest == text {
            return refused(format!("The template \"{}\" gives every profile the same name.", shown(text)));
        }
        match rest.chars().find(|c| !is_allowed(*c)) {
            Some(odd) => refused(format!("The template has \"{}\" in it.", shown(&odd.to_string()))),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The name for a role: what isn't safe in a name becomes a dash.
    pub(super) fn name(&self, entry: &Entry) -> String {
        let organisation = match &entry.portal.session {
            Some(session) => session.as_str(),
            None => host_label(&entry.portal.start_url),
        };
        // From the left, once: what an account is called is never read as a place.
        let mut name = String::new();
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            name.push_str(before);
            let Some(place) = PLACES.iter().find(|place| from.starts_with(**place)) else {
                rest = &from[1..];
                continue;
            };
            let value = match *place {
                "{account}" if entry.account_name.trim().is_empty() => &entry.account_id,
                "{account}" => &entry.account_name,
                "{account_id}" => &entry.account_id,
                "{role}" => &entry.role_name,
                _ => organisation,
            };
            name.push_str(&dashed(value, is_safe));
            rest = &from[place.len()..];
        }
        name.push_str(rest);
        let name = cut(&dashed(&name, is_allowed), LONGEST).trim_matches('-').to_owned();
        if name.is_empty() { entry.account_id.clone() } else { name }
    }
}

/// The first name of these that nobody has: the name, the name with the account's id, and then with
/// numbers. None is longer than [`LONGEST`], and none means something else to some reader.
pub(super) fn free(name: &str, account_id: &str, taken: &BTreeSet<String>) -> Option<String> {
    let with = |end: String| format!("{}{end}", cut(name, LONGEST.saturating_sub(end.len())));
    let with_id = with(format!("-{account_id}"));
    let numbered = (2_u64..).map(|number| with(format!("-{account_id}-{number}")));
    // More than this many profiles of one account and name no person has.
    let mut names = [name.to_owned(), with_id].into_iter().chain(numbered.take(10_000));
    names.find(|name| name != "default" && OutputProfile::parse(name).is_ok() && !taken.contains(name))
}

/// The first characters of a name of ASCII, without dashes at its end.
fn cut(name: &str, most: usize) -> &str {
    name.get(..most).unwrap_or(name).trim_end_matches('-')
}

/// What may stand in a name as it comes from a portal.
fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._@+-".contains(c)
}

/// What may stand in a name that a person composes.
fn is_allowed(c: char) -> bool {
    is_safe(c) || "/%:".contains(c)
}

/// A text with dashes in place of what doesn't fit, never two in a row.
fn dashed(text: &str, fits: impl Fn(char) -> bool) -> String {
    let mut dashed = String::with_capacity(text.len().min(4 * LONGEST));
    for c in text.chars().take(4 * LONGEST) {
        let c = if fits(c) { c } else { '-' };
        if c != '-' || !dashed.ends_with('-') {
            dashed.push(c);
        }
    }
    dashed.trim_matches('-').to_owned()
}

/// The first label of an address's host: `acme` of `https://acme.awsapps.com/start`.
fn host_label(url: &str) -> &str {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    host.split(['.', '/', ':']).next().unwrap_or_default()
}
