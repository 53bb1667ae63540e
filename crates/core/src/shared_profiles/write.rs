//! Writing profiles.

use super::name::{Template, free};
use super::{Entry, Kind, Mark, Marked, Planned, marked};
use crate::identity_center::Portal;
use crate::ini::Document;
use crate::name::shown;
use std::collections::BTreeSet;

/// Writes a profile for each entry into the text of the config file. `taken` are the names of all
/// profiles in both files.
///
/// A role that has a written profile keeps its name, even if its account is called otherwise by
/// now; what somebody added to it stays. Two runs give the same bytes.
pub fn write(config: &[u8], taken: &BTreeSet<String>, entries: &[Entry], template: &Template) -> Planned {
    let mut writing = Writing {
        document: Document::parse(config),
        taken: taken.clone(),
        planned: Planned::default(),
        seen: BTreeSet::new(),
    };
    for entry in entries {
        writing.entry(entry, template);
    }
    writing.planned.text = writing.document.print();
    writing.planned
}

struct Writing {
    document: Document,
    taken: BTreeSet<String>,
    planned: Planned,
    seen: BTreeSet<String>,
}

impl Writing {
    fn entry(&mut self, entry: &Entry, template: &Template) {
        let id = entry.role_id().0;
        if !self.seen.insert(id.clone()) {
            return;
        }
        if let Some(bad) = entry.settings().into_iter().find(|(_, value)| !is_one_line(value)) {
            self.planned.skipped.push(format!(
                "{}/{}: its {} can't stand in a config file",
                shown(&entry.account_name),
                shown(&entry.role_name),
                bad.0
            ));
            return;
        }
        self.portal(&entry.portal);
        let known =
            marked(&self.document).into_iter().find(|it| it.kind == Kind::Profile && it.mark.role_id == id);
        match known {
            Some(known) => self.update(&known, entry),
            None => {
                let name = free(&template.name(entry), &entry.account_id, &self.taken);
                self.append(Kind::Profile, &name, &id, &entry.settings());
                self.taken.insert(name.clone());
                self.planned.added.push(name);
            }
        }
    }

    /// The portal's own section, where the file has none.
    fn portal(&mut self, portal: &Portal) {
        let Some(session) = &portal.session else { return };
        let there = self
            .document
            .sections()
            .filter_map(|section| super::header(section.name?))
            .any(|(kind, name)| kind == Kind::SsoSession && name == *session);
        if there {
            return;
        }
        let scopes =
            if portal.scopes.is_empty() { "sso:account:access".to_owned() } else { portal.scopes.join(",") };
        let settings = [
            ("sso_start_url", portal.start_url.as_str()),
            ("sso_region", &portal.region),
            ("sso_registration_scopes", &scopes),
        ];
        if settings.iter().all(|(_, value)| is_one_line(value))
            && is_one_line(session)
            && !session.contains(']')
        {
            self.append(Kind::SsoSession, session, "", &settings);
        }
    }

    fn append(&mut self, kind: Kind, name: &str, role_id: &str, settings: &[(&str, &str)]) {
        let ending = self.ending();
        let text = self.document.print();
        let gap = match text.as_slice() {
            [] => 0,
            text if text.ends_with(b"\n\n") || text.ends_with(b"\r\n\r\n") => 0,
            text if text.ends_with(b"\n") => 1,
            _ => 2,
        };
        let header = if name.contains(' ') {
            format!("[{} \"{name}\"]", kind.word())
        } else {
            format!("[{} {name}]", kind.word())
        };
        let mark = Mark { role_id: role_id.to_owned(), gap }.print();
        let lines: Vec<String> = [header, mark]
            .into_iter()
            .chain(settings.iter().map(|(key, value)| format!("{key} = {value}")))
            .collect();
        let mut text = text;
        text.extend(ending.repeat(gap).bytes());
        for line in &lines {
            text.extend(line.bytes());
            text.extend(ending.bytes());
        }
        self.document = Document::parse(&text);
        for line in lines {
            self.planned.diff.extend(["+", &line, "\n"]);
        }
        self.planned.diff.push('\n');
    }

    /// Brings our settings of a written profile up to date.
    fn update(&mut self, known: &Marked, entry: &Entry) {
        let ending = self.ending();
        let wanted = entry.settings();
        let mut diff = String::new();
        // From the last line up, so that positions stay what they are.
        for (line, key, value) in known.settings.iter().rev() {
            // A region that somebody chose here counts above what we know.
            if key == "region" || key == "output" {
                continue;
            }
            match wanted.iter().find(|(name, _)| name == key) {
                Some((_, now)) if now == value => {}
                Some((name, now)) => {
                    diff.insert_str(0, &format!("-{key} = {}\n+{name} = {now}\n", shown(value)));
                    self.document.splice(*line..*line + 1, format!("{name} = {now}{ending}").as_bytes());
                }
                None => {
                    diff.insert_str(0, &format!("-{key} = {}\n", shown(value)));
                    self.document.splice(*line..*line + 1, b"");
                }
            }
        }
        let missing: Vec<_> =
            wanted.iter().filter(|(name, _)| known.settings.iter().all(|(_, key, _)| key != name)).collect();
        for (name, value) in missing.iter().rev() {
            let at = known.lines.start + 2;
            self.end_line(at - 1, &ending);
            self.document.splice(at..at, format!("{name} = {value}{ending}").as_bytes());
            diff.extend(["+", name, " = ", value, "\n"]);
        }
        if diff.is_empty() {
            self.planned.unchanged.push(known.name.clone());
        } else {
            self.planned.diff.extend([" [profile ", &known.name, "]\n", &diff, "\n"]);
            self.planned.changed.push(known.name.clone());
        }
    }

    fn end_line(&mut self, index: usize, ending: &str) {
        let Some(line) = self.document.line(index).filter(|line| line.ending().is_empty()) else { return };
        let text = [line.raw(), ending.as_bytes()].concat();
        self.document.splice(index..index + 1, &text);
    }

    fn ending(&self) -> String {
        super::text(self.document.line_ending().as_bytes())
    }
}

/// Whether a value stays one value on one line, for every reader.
fn is_one_line(value: &str) -> bool {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    !value.is_empty() && value.trim() == value && !value.chars().any(hidden) && !value.contains(" #")
}
