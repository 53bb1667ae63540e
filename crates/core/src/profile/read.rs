//! Reads the shared files into profiles.

pub(super) mod sections;

use super::name::Header;
use super::odd::{Odd, Oddities};
use super::setting::{SettingMap, SharedFile, known};
use super::{File, Place, Profile, Profiles};
use crate::name::{OutputProfile, OutputProfileError};
use sections::{Part, Parts};
use std::collections::HashMap;

pub(super) fn read(config: Option<File<'_>>, credentials: Option<File<'_>>) -> Profiles {
    let mut all = Profiles::default();
    if let Some(file) = config {
        all.config_path = Some(file.path.to_owned());
        read_config(file, &mut all);
    }
    if let Some(file) = credentials {
        all.credentials_path = Some(file.path.to_owned());
        read_credentials(file, &mut all);
    }
    all
}

fn read_config(file: File<'_>, all: &mut Profiles) {
    let mut odd = Oddities::new(file.path);
    let Parts { mut parts, order } = sections::split(file.bytes, SharedFile::Config, &mut odd);
    let headers: Vec<Header> = parts.iter().map(|part| Header::of_config(&part.section)).collect();

    let mut profiles = Chosen::default();
    let mut sso_sessions = Chosen::default();
    let mut services = Chosen::default();
    for &(index, line) in &order {
        let (Some(header), Some(part)) = (headers.get(index), parts.get(index)) else { continue };
        match header {
            Header::Profile(name) => {
                if profiles.choose(name, index) {
                    odd.note(line, Some(name), Odd::TwoForms);
                }
                if line == part.line {
                    note_name(name, &part.section, line, &mut odd);
                }
            }
            Header::SsoSession(name) => {
                sso_sessions.choose(name, index);
            }
            Header::Services(name) => {
                services.choose(name, index);
            }
            Header::Malformed => odd.note(line, None, Odd::MalformedHeader),
            Header::Defaults => odd.note(line, None, Odd::Defaults),
            Header::Bare(_) | Header::Other => {}
        }
    }
    // A profile without the word before its name counts where no other section describes it.
    for (index, (header, part)) in headers.iter().zip(&parts).enumerate() {
        let has_known = || part.entries.iter().any(|(key, _)| known(key.as_bytes()).is_some());
        match header {
            Header::Bare(name) if has_known() => {
                odd.note(part.line, Some(name), Odd::Unprefixed);
                if !profiles.has(name) {
                    profiles.choose(name, index);
                }
            }
            Header::Other if has_known() => odd.note(part.line, None, Odd::Ignored),
            Header::Bare(_)
            | Header::Other
            | Header::Profile(_)
            | Header::SsoSession(_)
            | Header::Services(_)
            | Header::Defaults
            | Header::Malformed => {}
        }
    }

    let defaults = defaults(&mut parts, &headers, &mut odd);
    let mut settings = |index: usize, profile: Option<&str>| {
        let part = std::mem::take(parts.get_mut(index)?);
        let place = Place { section: part.section, line: part.line };
        Some((place, finish(part.entries, profile, &defaults, &mut odd)))
    };
    // Collected and not inserted one by one: the file's order is often the names' order.
    all.profiles = profiles
        .in_order()
        .filter_map(|(name, index)| {
            let (place, settings) = settings(index, Some(name))?;
            Some((name.to_owned(), Profile { settings, config: Some(place), ..Profile::default() }))
        })
        .collect();
    all.sso_sessions = sso_sessions
        .in_order()
        .filter_map(|(name, index)| Some((name.to_owned(), settings(index, None)?.1)))
        .collect();
    all.services = services
        .in_order()
        .filter_map(|(name, index)| Some((name.to_owned(), settings(index, None)?.1)))
        .collect();
    all.problems.extend(odd.finish(|line| owner(&order, &headers, line)));
}

fn read_credentials(file: File<'_>, all: &mut Profiles) {
    let mut odd = Oddities::new(file.path);
    let Parts { mut parts, order } = sections::split(file.bytes, SharedFile::Credentials, &mut odd);
    let headers: Vec<Header> = parts
        .iter()
        .map(|part| match part.section.as_str() {
            "DEFAULT" => Header::Defaults,
            name => Header::Profile(name.to_owned()),
        })
        .collect();
    for &(index, line) in &order {
        if matches!(headers.get(index), Some(Header::Defaults)) {
            odd.note(line, None, Odd::Defaults);
        }
    }
    let defaults = defaults(&mut parts, &headers, &mut odd);
    for (header, part) in headers.iter().zip(parts) {
        let Header::Profile(name) = header else { continue };
        if name.starts_with("profile ") || name.starts_with("profile\t") {
            odd.note(part.line, Some(name), Odd::PrefixInCredentials);
        } else {
            note_name(name, name, part.line, &mut odd);
        }
        let place = Place { section: part.section, line: part.line };
        let settings = finish(part.entries, Some(name), &defaults, &mut odd);
        let profile = all.profiles.entry(name.clone()).or_default();
        profile.settings = settings.above(std::mem::take(&mut profile.settings));
        profile.credentials = Some(place);
    }
    all.problems.extend(odd.finish(|line| owner(&order, &headers, line)));
}

/// The profile whose section a line stands in.
fn owner<'a>(order: &[(usize, u32)], headers: &'a [Header], line: u32) -> Option<&'a str> {
    let after = order.partition_point(|(_, header)| *header <= line);
    let (index, _) = order.get(after.checked_sub(1)?)?;
    match headers.get(*index)? {
        Header::Profile(name) | Header::Bare(name) => Some(name),
        Header::SsoSession(_)
        | Header::Services(_)
        | Header::Defaults
        | Header::Malformed
        | Header::Other => None,
    }
}

/// Which section stands for a name: the one whose header came last, as for botocore.
#[derive(Default)]
struct Chosen<'a> {
    of: HashMap<&'a str, usize>,
}

impl<'a> Chosen<'a> {
    /// Tells whether another section stood for the name before.
    fn choose(&mut self, name: &'a str, index: usize) -> bool {
        self.of.insert(name, index).is_some_and(|before| before != index)
    }

    fn has(&self, name: &str) -> bool {
        self.of.contains_key(name)
    }

    /// The names with their sections, in the order of the sections.
    fn in_order(self) -> impl Iterator<Item = (&'a str, usize)> {
        let mut chosen: Vec<(&str, usize)> = self.of.into_iter().collect();
        chosen.sort_unstable_by_key(|(_, index)| *index);
        chosen.into_iter()
    }
}

type Entries = Vec<sections::Entry>;

fn finish(
    entries: Entries,
    profile: Option<&str>,
    defaults: &SettingMap,
    odd: &mut Oddities<'_>,
) -> SettingMap {
    let settings = SettingMap::of(entries, |_, setting| odd.note(setting.line, profile, Odd::SettingTwice));
    if defaults.is_empty() { settings } else { settings.above(defaults.clone()) }
}

/// What `[DEFAULT]` gives to every section.
fn defaults(parts: &mut [Part], headers: &[Header], odd: &mut Oddities<'_>) -> SettingMap {
    let index = headers.iter().position(|header| *header == Header::Defaults);
    let entries = index.and_then(|index| parts.get_mut(index)).map(|part| std::mem::take(&mut part.entries));
    finish(entries.unwrap_or_default(), None, &SettingMap::default(), odd)
}

fn note_name(name: &str, header: &str, line: u32, odd: &mut Oddities<'_>) {
    match OutputProfile::parse(name) {
        Err(OutputProfileError::Character) => odd.note(line, Some(name), Odd::UnreadName),
        Err(OutputProfileError::Reserved) => odd.note(line, Some(name), Odd::Reserved),
        Ok(_) | Err(OutputProfileError::Empty | OutputProfileError::TooLong) => {
            // A name that its header doesn't end in stands there between quotes.
            if !header.ends_with(name) {
                odd.note(line, Some(name), Odd::UnreadName);
            }
        }
    }
}
