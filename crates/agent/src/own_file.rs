//! Hatrack's own `roles` file: roles added by hand, options laid over roles of the shared files,
//! identity providers. Sections are set and removed one at a time; nothing else in it moves.
//!
//! Deliberately absent: secrets, which are the vault's, and what the settings mean (that is
//! [`hatrack_core::profile`]).

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::ini::{Document, LineKind};
use hatrack_core::name::shown;
use hatrack_wire::{OwnSection, SectionKind};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How long a value may be: a session policy has 2,048 characters at most.
const LONGEST: usize = 8192;

/// The file `roles` in the folder of wishes.
#[derive(Clone, Debug)]
pub struct OwnFile(PathBuf);

impl OwnFile {
    /// The file in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("roles"))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads it; a file that isn't there is empty.
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        match std::fs::read(&self.0) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.unusable(&error.to_string())),
        }
    }

    /// Sets a section, whole.
    pub fn save(&self, section: &OwnSection) -> Result<(), Failure> {
        check(section)?;
        let mut document = Document::parse(&self.read()?);
        set(&mut document, section);
        self.replace(document.as_bytes())
    }

    /// Removes a section; tells whether there was one.
    pub fn remove(&self, kind: SectionKind, name: &str) -> Result<bool, Failure> {
        let mut document = Document::parse(&self.read()?);
        let there = remove(&mut document, kind, name);
        if there {
            self.replace(document.as_bytes())?;
        }
        Ok(there)
    }

    fn replace(&self, text: &[u8]) -> Result<(), Failure> {
        let write = || {
            let folder = self.0.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text)?;
            file.as_file().sync_all()?;
            file.persist(&self.0)?;
            Ok(())
        };
        write().map_err(|error: std::io::Error| self.unusable(&error.to_string()))
    }

    fn unusable(&self, why: &str) -> Failure {
        Failure::new(
            FailureCode::File,
            format!("The file {} can't be used: {why}.", self.0.display()),
            "Look at its permissions and at the free space of its disk.",
        )
    }
}

/// A text of the file with this section set, checked or not.
pub fn with(text: Option<&[u8]>, section: &OwnSection) -> Vec<u8> {
    let mut document = Document::parse(text.unwrap_or_default());
    set(&mut document, section);
    document.print()
}

/// The settings of a section in a text of the file.
pub fn section(text: &[u8], kind: SectionKind, name: &str) -> Option<BTreeMap<String, String>> {
    let document = Document::parse(text);
    let section = document.sections().find(|section| section.name.is_some_and(|it| is(it, kind, name)))?;
    let mut settings = BTreeMap::new();
    for index in section.lines {
        if let Some(LineKind::Setting { key, value, .. }) = document.line(index).map(|line| line.kind()) {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            settings.insert(text(key).to_lowercase(), text(value));
        }
    }
    Some(settings)
}

/// The names of the sections of a kind.
pub fn names(text: &[u8], wanted: SectionKind) -> Vec<String> {
    let document = Document::parse(text);
    let names = document.sections().filter_map(|section| {
        let name = String::from_utf8_lossy(section.name?).into_owned();
        let (word, rest) = name.split_once(' ')?;
        (word == self::word(wanted)).then(|| rest.trim().trim_matches('"').to_owned())
    });
    names.collect()
}

fn word(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Profile => "profile",
        SectionKind::Oidc => "oidc",
        SectionKind::Saml => "saml",
        SectionKind::SsoSession => "sso-session",
    }
}

fn header(kind: SectionKind, name: &str) -> String {
    let word = word(kind);
    if kind == SectionKind::Profile && name == "default" {
        return name.to_owned();
    }
    if name.contains(' ') { format!("{word} \"{name}\"") } else { format!("{word} {name}") }
}

fn is(text: &[u8], kind: SectionKind, name: &str) -> bool {
    let word = word(kind);
    text == header(kind, name).as_bytes()
        || text == format!("{word} \"{name}\"").as_bytes()
        || text == format!("{word} '{name}'").as_bytes()
}

/// Comments and blank lines of a section stay; its settings are written anew below its header.
fn set(document: &mut Document, section: &OwnSection) {
    let ending = document.line_ending();
    let ending = std::str::from_utf8(ending.as_bytes()).unwrap_or("\n");
    let mut settings = String::new();
    for (key, value) in &section.settings {
        for part in [key, " = ", value, ending] {
            settings.push_str(part);
        }
    }
    let found = document
        .sections()
        .find(|it| it.name.is_some_and(|text| is(text, section.kind, &section.name)))
        .map(|it| it.lines);
    match found {
        Some(lines) => {
            for index in (lines.start + 1..lines.end).rev() {
                let kept = matches!(
                    document.line(index).map(|line| line.kind()),
                    None | Some(LineKind::Blank | LineKind::Comment)
                );
                if !kept {
                    document.splice(index..index + 1, b"");
                }
            }
            end_line(document, lines.start, ending);
            document.splice(lines.start + 1..lines.start + 1, settings.as_bytes());
        }
        None => {
            let end = document.line_count();
            if end > 0 {
                end_line(document, end - 1, ending);
            }
            let gap = if end > 0 { ending } else { "" };
            let text = format!("{gap}[{}]{ending}{settings}", header(section.kind, &section.name));
            document.splice(end..end, text.as_bytes());
        }
    }
}

/// Sees to it that a line has its ending, so that another can follow it.
fn end_line(document: &mut Document, index: usize, ending: &str) {
    let Some(line) = document.line(index).filter(|line| line.ending().is_empty()) else { return };
    let text = [line.raw(), ending.as_bytes()].concat();
    document.splice(index..index + 1, &text);
}

fn remove(document: &mut Document, kind: SectionKind, name: &str) -> bool {
    let found: Vec<_> = document
        .sections()
        .filter(|it| it.name.is_some_and(|text| is(text, kind, name)))
        .map(|it| it.lines)
        .collect();
    for lines in found.iter().rev() {
        document.splice(lines.clone(), b"");
    }
    !found.is_empty()
}

fn check(section: &OwnSection) -> Result<(), Failure> {
    let refused = |happened: String, remedy: &str| Err(Failure::new(FailureCode::Usage, happened, remedy));
    let name = &section.name;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_./@%:+- ".contains(c);
    if name.is_empty() || name.len() > 128 || name.trim() != name || !name.chars().all(fits) {
        return refused(
            format!("{} can't be a name here.", shown(name)),
            "Use letters, digits, blanks and _ . / @ % : + -.",
        );
    }
    for (key, value) in &section.settings {
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return refused(format!("{} is no setting.", shown(key)), "Look at the names in the README.");
        }
        let hidden = value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}'));
        if hidden || value.len() > LONGEST || value.trim() != value {
            return refused(
                format!("The value of {key} has a line break, blanks around it, or is too long."),
                "Write it on one line, without blanks around it.",
            );
        }
        if key.starts_with("aws_secret") || key == "aws_session_token" || key == "aws_access_key_id" {
            return refused("Access keys don't belong into this file.".to_owned(), "Use hat key add.");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(kind: SectionKind, name: &str, settings: &[(&str, &str)]) -> OwnSection {
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        OwnSection { kind, name: name.to_owned(), settings }
    }

    #[test]
    fn sections_are_set_read_and_removed_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = OwnFile::in_folder(&folder.path().join("new"));
        file.save(&own(SectionKind::Profile, "a b", &[("region", "eu-west-1"), ("mfa_serial", "")])).unwrap();
        file.save(&own(SectionKind::Oidc, "work", &[("issuer", "https://id.example")])).unwrap();
        let text = file.read().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&text),
            "[profile \"a b\"]\nmfa_serial = \nregion = eu-west-1\n\n[oidc work]\nissuer = https://id.example\n"
        );
        let read = section(&text, SectionKind::Profile, "a b").unwrap();
        assert_eq!(read["region"], "eu-west-1");
        assert_eq!(names(&text, SectionKind::Oidc), ["work"]);
        assert!(file.remove(SectionKind::Profile, "a b").unwrap());
        assert!(!file.remove(SectionKind::Profile, "a b").unwrap());
        assert!(String::from_utf8(file.read().unwrap()).unwrap().starts_with("[oidc work]"));
    }

    #[test]
    fn comments_stay_where_settings_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = OwnFile::in_folder(folder.path());
        std::fs::write(file.path(), "# mine\n[profile a]\n# why\nregion = x\n  nested = y\n\n[profile b]")
            .unwrap();
        file.save(&own(SectionKind::Profile, "a", &[("region", "z")])).unwrap();
        file.save(&own(SectionKind::Profile, "b", &[("region", "z")])).unwrap();
        let text = String::from_utf8(file.read().unwrap()).unwrap();
        assert_eq!(text, "# mine\n[profile a]\nregion = z\n# why\n\n[profile b]\nregion = z\n");
    }

    #[test]
    fn what_could_break_out_of_a_line_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = OwnFile::in_folder(folder.path());
        for (name, key, value) in [
            ("a]\n[x", "region", "y"),
            ("a", "region", "x\n[profile evil]"),
            ("a", "region", "x\u{2028}y"),
            ("a", "re gion", "x"),
            ("a", "aws_secret_access_key", "x"),
            ("", "region", "x"),
        ] {
            let refused = file.save(&own(SectionKind::Profile, name, &[(key, value)])).unwrap_err();
            assert_eq!(refused.code, FailureCode::Usage, "{name:?} {key:?}");
        }
        assert!(!file.path().exists());
    }
}
