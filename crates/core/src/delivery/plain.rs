//! A long-term key that stands in a section in plain text: found, taken out, and put back.
//!
//! Bytes in, bytes out, and as careful as [`super::write()`]: a change after which any other line
//! would read differently is not made, nor one after which AWS tools would find another key.
//! Deliberately absent: temporary credentials, sections of ours, and the vault that the key goes to.

mod diff;
mod refusal;

pub use refusal::PlainRefusal;

use super::choice::Files;
use super::key::{Key, fault_of};
use super::section::{Entry, Text, View, find};
use super::{Shared, readable};
use crate::ini::{Document, LineKind};
use crate::name::OutputProfile;
use crate::profile::{File, Profile, Profiles, SharedFile};
use zeroize::Zeroizing;

/// A long-term key as it stands in a file. Its Debug shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainKey {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Zeroizing<String>,
}

impl std::fmt::Debug for PlainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlainKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// A key that was taken out of a file.
pub struct TakenOut {
    /// The file that had it.
    pub file: SharedFile,
    /// The key.
    pub key: PlainKey,
    /// The file as it will be.
    pub text: Zeroizing<Vec<u8>>,
    /// What becomes of the file, as the hunks of a unified diff; no value that could be a secret
    /// is in it.
    pub hunks: String,
}

/// Takes a profile's plain key out of the file that has it.
pub fn take_out(shared: Shared<'_>, profile: &OutputProfile) -> Result<TakenOut, PlainRefusal> {
    let credentials = readable(shared.credentials).map_err(|_| not_text(SharedFile::Credentials))?;
    let config = readable(shared.config).map_err(|_| not_text(SharedFile::Config))?;
    let files = Files::new(&credentials, shared.config);
    if let Some(key) = files.deciding_key(profile) {
        return Err(PlainRefusal::Decided { key });
    }
    let before = profiles(shared);
    let known = before.get(profile.as_str()).ok_or(PlainRefusal::NoProfile)?;

    let (file, view) = holder(&credentials, &config, known, profile)?;
    let (id, secret) = plain_entries(&view)?;
    let key = PlainKey {
        access_key_id: text_of(&view, id)?.to_string(),
        secret_access_key: text_of(&view, secret)?,
    };
    let mut gone = vec![id.lines.start, secret.lines.start];
    gone.extend(emptied(&view, file, &gone));
    gone.sort_unstable();

    let text = without(view.document, &gone);
    let after = match file {
        SharedFile::Credentials => Shared { credentials: &text, ..shared },
        SharedFile::Config | SharedFile::Own => Shared { config: &text, ..shared },
    };
    if !others_stand(view.document, &gone, &text) {
        return Err(PlainRefusal::Odd);
    }
    let left = profiles(after);
    let left = left.get(profile.as_str());
    if left.is_some_and(|left| [Key::Id, Key::Secret].iter().any(|key| left.get(key.name()).is_some())) {
        return Err(PlainRefusal::Elsewhere);
    }
    let hunks = diff::hunks(view.document, &gone);
    Ok(TakenOut { file, key, text, hunks })
}

/// Puts a key into a profile's section of the credentials file; `None` where it stands there
/// already.
pub fn put_back(
    shared: Shared<'_>,
    profile: &OutputProfile,
    key: &PlainKey,
) -> Result<Option<Zeroizing<Vec<u8>>>, PlainRefusal> {
    for (name, value) in [(Key::Id, &key.access_key_id), (Key::Secret, &*key.secret_access_key)] {
        if let Some(fault) = fault_of(value) {
            return Err(PlainRefusal::Value { key: name.name(), fault });
        }
    }
    let document = readable(shared.credentials).map_err(|_| not_text(SharedFile::Credentials))?;
    let files = Files::new(&document, shared.config);
    if let Some(key) = files.deciding_key(profile) {
        return Err(PlainRefusal::Decided { key });
    }
    let mut views = find(&document, profile.as_str());
    let view = views.pop();
    if !views.is_empty() {
        return Err(PlainRefusal::Twice { file: SharedFile::Credentials });
    }
    let text = match view {
        None => appended(&document, profile, key),
        Some(view) => {
            if view.mark.is_some() {
                return Err(PlainRefusal::Delivered);
            }
            if view.entries.iter().any(|entry| entry.key.is_some_and(Key::is_credential)) {
                return if holds(&view, key) { Ok(None) } else { Err(PlainRefusal::OtherKeys) };
            }
            inserted(&view, key).ok_or(PlainRefusal::Odd)?
        }
    };
    let after = profiles(Shared { credentials: &text, ..shared });
    let reads = after.get(profile.as_str()).is_some_and(|read| {
        read.get(Key::Id.name()) == Some(&key.access_key_id)
            && read.get(Key::Secret.name()) == Some(&key.secret_access_key)
            && read.get(Key::Token.name()).is_none()
    });
    if reads { Ok(Some(text)) } else { Err(PlainRefusal::Odd) }
}

fn not_text(file: SharedFile) -> PlainRefusal {
    PlainRefusal::NotText { file }
}

fn profiles(shared: Shared<'_>) -> Profiles {
    let file = |path, bytes| Some(File { path, bytes });
    Profiles::read(file("config", shared.config), file("credentials", shared.credentials))
}

/// The section that has the key: that of the credentials file, else that of the config file.
fn holder<'d>(
    credentials: &'d Document,
    config: &'d Document,
    profile: &Profile,
    name: &OutputProfile,
) -> Result<(SharedFile, View<'d>), PlainRefusal> {
    let in_config = profile.config.as_ref().map(|place| place.section.as_str());
    let places = [
        (SharedFile::Credentials, credentials, Some(name.as_str())),
        (SharedFile::Config, config, in_config),
    ];
    for (file, document, section) in places {
        let Some(section) = section else { continue };
        let mut views = find(document, section);
        let Some(view) = views.pop() else { continue };
        if !views.is_empty() {
            return Err(PlainRefusal::Twice { file });
        }
        if view.entries.iter().any(|entry| entry.key.is_some_and(Key::is_credential)) {
            return Ok((file, view));
        }
    }
    Err(PlainRefusal::NoKey)
}

/// The lines of the id and of the secret, if they stand as people and AWS's tools write them.
fn plain_entries<'v>(view: &'v View<'_>) -> Result<(&'v Entry, &'v Entry), PlainRefusal> {
    if view.mark.is_some() {
        return Err(PlainRefusal::Delivered);
    }
    let value = |entry: &Entry| view.value(entry).unwrap_or_default();
    if view.entries_of(Key::Token).any(|entry| entry.lines.len() > 1 || !value(entry).is_empty()) {
        return Err(PlainRefusal::Temporary);
    }
    let one = |key: Key| {
        let mut entries = view.entries_of(key);
        match (entries.next(), entries.next()) {
            (Some(entry), None) if entry.lines.len() == 1 => Ok(Some(entry)),
            (None, _) => Ok(None),
            (Some(_), _) => Err(PlainRefusal::Odd),
        }
    };
    match (one(Key::Id)?, one(Key::Secret)?) {
        (Some(id), Some(secret)) => Ok((id, secret)),
        (None, None) => Err(PlainRefusal::NoKey),
        (Some(_), None) | (None, Some(_)) => Err(PlainRefusal::Half),
    }
}

/// A value that every reader reads alike.
fn text_of(view: &View<'_>, entry: &Entry) -> Result<Zeroizing<String>, PlainRefusal> {
    let value = view.value(entry).and_then(|value| std::str::from_utf8(value).ok());
    match value {
        Some(value) if fault_of(value).is_none() => Ok(Zeroizing::new(value.to_owned())),
        Some(_) | None => Err(PlainRefusal::Odd),
    }
}

/// What goes along with the key's lines: in the credentials file the header of a section that has
/// no other setting and, where that was the last of the file, the blank line above it.
fn emptied(view: &View<'_>, file: SharedFile, gone: &[usize]) -> Vec<usize> {
    let left = |line: &usize| !gone.contains(line);
    if file != SharedFile::Credentials || view.body().filter(left).any(|line| view.has_content(line)) {
        return Vec::new();
    }
    let mut more = vec![view.lines.start];
    let is_last = view.lines.end == view.document.line_count() && !view.body().any(|line| left(&line));
    let above = view.lines.start.checked_sub(1).filter(|_| is_last);
    let is_blank =
        |line: &usize| view.document.line(*line).is_some_and(|line| line.kind() == LineKind::Blank);
    more.extend(above.filter(is_blank));
    more
}

fn without(document: &Document, gone: &[usize]) -> Zeroizing<Vec<u8>> {
    let mut text = Text::new(document.line_ending().as_bytes(), document.as_bytes().len());
    for line in (0..document.line_count()).filter(|line| !gone.contains(line)) {
        text.push_lines(document, line..line + 1);
    }
    text.bytes
}

/// Whether a text has all lines of the document but these, and each reads as it did.
fn others_stand(document: &Document, gone: &[usize], text: &[u8]) -> bool {
    let after = Document::parse(text);
    let kept = (0..document.line_count()).filter(|line| !gone.contains(line));
    kept.map(|line| document.line(line).map(|line| line.kind()))
        .eq((0..after.line_count()).map(|line| after.line(line).map(|line| line.kind())))
}

fn holds(view: &View<'_>, key: &PlainKey) -> bool {
    plain_entries(view).is_ok_and(|(id, secret)| {
        view.value(id) == Some(key.access_key_id.as_bytes())
            && view.value(secret) == Some(key.secret_access_key.as_bytes())
    })
}

fn push_key(text: &mut Text, indent: &[u8], key: &PlainKey) {
    text.push_ours(indent, &[Key::Id.name(), " = ", &key.access_key_id]);
    text.push_ours(indent, &[Key::Secret.name(), " = ", &key.secret_access_key]);
}

fn room(document: &Document, key: &PlainKey) -> usize {
    document.as_bytes().len() + key.access_key_id.len() + key.secret_access_key.len() + 512
}

/// A new section at the end of the file, a blank line above it.
fn appended(document: &Document, profile: &OutputProfile, key: &PlainKey) -> Zeroizing<Vec<u8>> {
    let ending = document.line_ending().as_bytes();
    let mut text = Text::new(ending, room(document, key));
    text.push(document.as_bytes());
    if document.lines().next_back().is_some_and(|line| line.kind() != LineKind::Blank) {
        text.push(ending);
    }
    text.push_ours(b"", &["[", profile.as_str(), "]"]);
    push_key(&mut text, b"", key);
    text.bytes
}

/// The section with the key below its last setting.
fn inserted(view: &View<'_>, key: &PlainKey) -> Option<Zeroizing<Vec<u8>>> {
    let document = view.document;
    let place = view.last_content();
    // As deep as the last setting, so that neither becomes the continuation of anything else.
    let indent = view.entries.last().map_or(&b""[..], |entry| view.indent(entry.lines.start));
    let mut text = Text::new(document.line_ending().as_bytes(), room(document, key));
    text.push_lines(document, 0..place + 1);
    push_key(&mut text, indent, key);
    text.push_lines(document, place + 1..document.line_count());
    let added: Vec<usize> = vec![place + 1, place + 2];
    let fresh = Document::parse(&text.bytes);
    others_stand(&fresh, &added, document.as_bytes()).then_some(text.bytes)
}

#[cfg(test)]
mod tests;
