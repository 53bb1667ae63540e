//! Writing profiles.

mod checked;

use super::mark::sum_of;
use super::name::{Template, free};
use super::{Entry, Kind, Mark, Marked, Planned, marked, readable};
use crate::failure::{Failure, FailureCode};
use crate::identity_center::Portal;
use crate::ini::Document;
use crate::name::shown;
use crate::profile::{File, Profiles};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Writes a profile for each entry into the text of the config file. `taken` are the names of all
/// profiles in both files.
///
/// A role that has a written profile keeps its name, even if its account is called otherwise by
/// now; what somebody added to it stays. Two runs give the same bytes.
pub fn write(
    config: File<'_>,
    taken: &BTreeSet<String>,
    entries: &[Entry],
    template: &Template,
) -> Result<Planned, Failure> {
    let document = readable(config)?;
    let marked = marked(&document);
    let mut known = BTreeMap::new();
    for found in marked.iter().filter(|found| found.kind == Kind::Profile) {
        known.entry(found.mark.role_id.as_str()).or_insert(found);
    }
    let mut writing = Writing {
        document: &document,
        profiles: Profiles::read(Some(config), None),
        ending: document.line_ending().as_bytes(),
        taken: taken.clone(),
        portals: BTreeMap::new(),
        edits: BTreeMap::new(),
        appended: Vec::new(),
        planned: Planned::default(),
        promised: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for entry in entries {
        let id = entry.role_id().0;
        if seen.contains(&id) {
            continue;
        }
        if let Err(why) = writing.entry(entry, &id, known.get(id.as_str()).copied(), template) {
            let (account, role) = (shown(&entry.account_name), shown(&entry.role_name));
            writing.planned.skipped.push(format!("{account}/{role}: {why}"));
        }
        seen.insert(id);
    }
    writing.finish(config.path)
}

/// A section that is to come at the end of the file.
struct Appended {
    kind: Kind,
    name: String,
    role_id: String,
    settings: Vec<(&'static str, String)>,
}

struct Writing<'d> {
    document: &'d Document,
    profiles: Profiles,
    ending: &'static [u8],
    taken: BTreeSet<String>,
    /// Whether the file can have each portal, by the portal's session.
    portals: BTreeMap<String, Result<(), String>>,
    /// What comes in the place of lines, by their first.
    edits: BTreeMap<usize, (Range<usize>, Vec<u8>)>,
    appended: Vec<Appended>,
    planned: Planned,
    /// What each touched profile must read as in the end.
    promised: Vec<(String, Vec<(&'static str, String)>)>,
}

impl Writing<'_> {
    /// Plans one entry, or says why it is left out.
    fn entry(
        &mut self,
        entry: &Entry,
        id: &str,
        known: Option<&Marked>,
        template: &Template,
    ) -> Result<(), String> {
        checked::values(entry)?;
        if let Some(session) = &entry.portal.session {
            let portal = match self.portals.get(session) {
                Some(portal) => portal.clone(),
                None => self.portal(&entry.portal, session),
            };
            self.portals.insert(session.clone(), portal.clone());
            portal?;
        }
        let settings = entry.settings().into_iter().map(|(key, value)| (key, value.to_owned())).collect();
        if let Some(known) = known {
            self.update(known, settings);
            return Ok(());
        }
        let name = free(&template.name(entry), &entry.account_id, &self.taken)
            .ok_or("no name is left for it; use another template")?;
        self.taken.insert(name.clone());
        self.planned.added.push(name.clone());
        self.promised.push((name.clone(), settings.clone()));
        self.appended.push(Appended { kind: Kind::Profile, name, role_id: id.to_owned(), settings });
        Ok(())
    }

    /// Sees to it that the file has the portal's section, and that it is of the same organisation.
    fn portal(&mut self, portal: &Portal, session: &str) -> Result<(), String> {
        if let Some(section) = self.profiles.sso_sessions.get(session) {
            return checked::same_portal(section, portal);
        }
        let settings = checked::new_portal(portal, session)?;
        self.appended.push(Appended {
            kind: Kind::SsoSession,
            name: session.to_owned(),
            role_id: String::new(),
            settings,
        });
        Ok(())
    }

    /// Brings our settings of a written profile up to date.
    fn update(&mut self, known: &Marked, mut wanted: Vec<(&'static str, String)>) {
        // A region that somebody chose here counts above what we know.
        let keeps_region = !known.is_as_written() && known.settings.iter().any(|(_, key, _)| key == "region");
        wanted.retain(|(key, _)| *key != "region" || !keeps_region);
        let mark = Mark { sum: sum(&wanted), ..known.mark.clone() };

        let (mut text, mut diff) = (Vec::new(), String::new());
        for index in known.lines.clone() {
            let Some(line) = self.document.line(index) else { continue };
            let ours =
                known.settings.iter().find(|(at, key, _)| *at == index && !(keeps_region && key == "region"));
            let (key, value) = match ours {
                Some((_, key, value)) => (key, value),
                None if index == known.mark_line => {
                    text.extend(mark.print().bytes());
                    text.extend(line.ending());
                    continue;
                }
                None => {
                    text.extend(line.raw());
                    continue;
                }
            };
            match wanted.iter().find(|(name, _)| name == key) {
                Some((_, now)) if now == value => text.extend(line.raw()),
                now => {
                    diff.extend(["-", key, " = ", &shown(value), "\n"]);
                    if let Some((name, now)) = now {
                        diff.extend(["+", name, " = ", now, "\n"]);
                        text.extend(format!("{name} = {now}").bytes());
                        text.extend(line.ending());
                    }
                }
            }
        }
        let is_missing = |name: &str| known.settings.iter().all(|(_, key, _)| key != name);
        for (name, value) in wanted.iter().filter(|(name, _)| is_missing(name)) {
            end_line(&mut text, self.ending);
            text.extend(format!("{name} = {value}").bytes());
            text.extend(self.ending);
            diff.extend(["+", name, " = ", value, "\n"]);
        }
        if diff.is_empty() {
            self.planned.unchanged.push(known.name.clone());
            return;
        }
        self.planned.diff.extend([" [profile ", &shown(&known.name), "]\n", &diff, "\n"]);
        self.planned.changed.push(known.name.clone());
        self.promised.push((known.name.clone(), wanted));
        self.edits.insert(known.lines.start, (known.lines.clone(), text));
    }

    /// Puts the text together, and reads it to see that each profile is what was meant.
    fn finish(mut self, path: &str) -> Result<Planned, Failure> {
        let mut text = Vec::with_capacity(self.document.as_bytes().len() + 400 * self.appended.len());
        let mut index = 0;
        while let Some(line) = self.document.line(index) {
            if let Some((lines, edit)) = self.edits.get(&index) {
                text.extend(edit);
                index = lines.end;
            } else {
                text.extend(line.raw());
                index += 1;
            }
            if index < self.document.line_count() {
                end_line(&mut text, self.ending);
            }
        }
        for section in std::mem::take(&mut self.appended) {
            self.append(&mut text, &section);
        }
        let read = Profiles::read(Some(File { path, bytes: &text }), None);
        let reads = |(name, settings): &&(String, Vec<(&str, String)>)| {
            read.get(name).is_some_and(|it| settings.iter().all(|(key, value)| it.get(key) == Some(value)))
        };
        if let Some((name, _)) = self.promised.iter().find(|promised| !reads(promised)) {
            return Err(Failure::new(
                FailureCode::File,
                format!(
                    "In {} the lines of profile {} stand so that they can't be changed.",
                    shown(path),
                    shown(name)
                ),
                "Look at that section, or remove it, then try again.",
            ));
        }
        self.planned.text = text;
        Ok(self.planned)
    }

    fn append(&mut self, text: &mut Vec<u8>, section: &Appended) {
        let gap = match text.as_slice() {
            [] => 0,
            text if text.ends_with(b"\n\n") || text.ends_with(b"\r\n\r\n") => 0,
            text if text.ends_with(b"\n") => 1,
            _ => 2,
        };
        let mark = Mark { role_id: section.role_id.clone(), gap, sum: sum(&section.settings) };
        let header = format!("[{} {}]", section.kind.word(), section.name);
        let settings = section.settings.iter().map(|(key, value)| format!("{key} = {value}"));
        text.extend(self.ending.repeat(gap));
        for line in [header, mark.print()].into_iter().chain(settings) {
            text.extend(line.bytes());
            text.extend(self.ending);
            self.planned.diff.extend(["+", &line, "\n"]);
        }
        self.planned.diff.push('\n');
    }
}

fn sum(settings: &[(&'static str, String)]) -> u32 {
    sum_of(settings.iter().map(|(key, value)| (*key, value.as_str())))
}

fn end_line(text: &mut Vec<u8>, ending: &[u8]) {
    if !matches!(text.last(), None | Some(b'\n' | b'\r')) {
        text.extend(ending);
    }
}
