//! One section of the credentials file as a writer sees it: its entries, its mark, and which of
//! its lines are ours.

use super::key::Key;
use super::mark::{Mark, sum_of};
use crate::ini::{Document, LineKind};
use std::ops::Range;
use zeroize::Zeroizing;

/// A setting with the lines that go on with its value.
pub(super) struct Entry {
    pub(super) key: Option<Key>,
    pub(super) lines: Range<usize>,
}

/// A section, its header first.
pub(super) struct View<'d> {
    pub(super) document: &'d Document,
    pub(super) lines: Range<usize>,
    pub(super) mark: Option<(usize, Mark)>,
    pub(super) entries: Vec<Entry>,
}

/// Finds every section with this name.
pub(super) fn find<'d>(document: &'d Document, name: &str) -> Vec<View<'d>> {
    document
        .sections()
        .filter(|section| section.name == Some(name.as_bytes()))
        .map(|section| View::new(document, section.lines, name))
        .collect()
}

/// Finds every section that carries a mark of its own.
pub(super) fn marked(document: &Document) -> Vec<View<'_>> {
    document
        .sections()
        .filter_map(|section| {
            let name = std::str::from_utf8(section.name?).ok()?;
            Some(View::new(document, section.lines, name)).filter(|view| view.mark.is_some())
        })
        .collect()
}

impl<'d> View<'d> {
    fn new(document: &'d Document, lines: Range<usize>, name: &str) -> Self {
        let mark = lines.clone().find_map(|index| {
            let line = document.line(index).filter(|line| line.kind() == LineKind::Comment)?;
            // A section that somebody copied under another name is theirs.
            Mark::parse(line.raw()).filter(|mark| mark.profile.as_str() == name).map(|mark| (index, mark))
        });
        let mut view = Self { document, lines, mark, entries: Vec::new() };
        view.entries = view.read_entries();
        view
    }

    fn read_entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for index in self.lines.clone() {
            let Some(line) = self.document.line(index) else { continue };
            match line.kind() {
                LineKind::Setting { key, .. } => {
                    entries.push(Entry { key: Key::of(key), lines: index..index + 1 });
                }
                LineKind::Nested { .. } | LineKind::Continuation { .. } => {
                    if let Some(last) = entries.last_mut() {
                        last.lines.end = index + 1;
                    }
                }
                LineKind::Junk => {
                    if let Some(last) = entries.last_mut().filter(|_| line.is_indented()) {
                        last.lines.end = index + 1;
                    }
                }
                LineKind::Blank | LineKind::Comment | LineKind::Section { .. } | LineKind::BrokenHeader => {}
            }
        }
        entries
    }

    /// The lines below the header.
    pub(super) fn body(&self) -> Range<usize> {
        self.lines.start + 1..self.lines.end
    }

    pub(super) fn raw(&self, line: usize) -> &'d [u8] {
        self.document.line(line).map(|line| line.raw()).unwrap_or_default()
    }

    /// Whether the entry stands as we wrote it.
    pub(super) fn is_ours(&self, entry: &Entry) -> bool {
        let (Some((_, mark)), Some(key)) = (&self.mark, entry.key) else { return false };
        entry.lines.len() == 1
            && self.value(entry).is_some_and(|value| mark.sums[key.index()] == Some(sum_of(key, value)))
    }

    /// The first line of the entry's value.
    pub(super) fn value(&self, entry: &Entry) -> Option<&'d [u8]> {
        match self.document.line(entry.lines.start)?.kind() {
            LineKind::Setting { value, .. } => Some(value),
            LineKind::Blank
            | LineKind::Comment
            | LineKind::Section { .. }
            | LineKind::BrokenHeader
            | LineKind::Nested { .. }
            | LineKind::Continuation { .. }
            | LineKind::Junk => None,
        }
    }

    /// The entries of a key, in their order.
    pub(super) fn entries_of(&self, key: Key) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.key == Some(key))
    }

    /// The first entry of a key that stands as we wrote it.
    pub(super) fn our_entry(&self, key: Key) -> Option<&Entry> {
        self.entries_of(key).find(|entry| self.is_ours(entry))
    }

    /// Whether credentials that we did not write stand in it.
    pub(super) fn has_foreign_credentials(&self) -> bool {
        self.entries.iter().any(|entry| entry.key.is_some_and(Key::is_credential) && !self.is_ours(entry))
    }

    /// Whether all that we wrote still stands.
    pub(super) fn is_whole(&self) -> bool {
        let stands = |key: Key| match &self.mark {
            Some((_, mark)) => mark.sums[key.index()].is_none() || self.our_entry(key).is_some(),
            None => false,
        };
        Key::ALL.into_iter().all(stands)
    }

    /// The lines that are ours: the mark, and each entry that stands as we wrote it.
    pub(super) fn our_lines(&self) -> Vec<usize> {
        let entries = self.entries.iter().filter(|entry| self.is_ours(entry)).map(|entry| entry.lines.start);
        self.mark.iter().map(|(line, _)| *line).chain(entries).collect()
    }

    /// The last line that is neither blank nor a comment; at least the header.
    pub(super) fn last_content(&self) -> usize {
        self.body().rev().find(|index| self.has_content(*index)).unwrap_or(self.lines.start)
    }

    /// Whether the line is neither blank nor a comment.
    pub(super) fn has_content(&self, line: usize) -> bool {
        self.document
            .line(line)
            .is_some_and(|line| !matches!(line.kind(), LineKind::Blank | LineKind::Comment))
    }

    /// The blanks before the first character of a line.
    pub(super) fn indent(&self, line: usize) -> &'d [u8] {
        let raw = self.raw(line);
        let len = raw.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        &raw[..len]
    }

    /// The document with this section replaced; both ends meet at a line's end.
    pub(super) fn replaced_by(&self, section: &Text) -> Zeroizing<Vec<u8>> {
        let mut text = Text::new(section.ending, self.document.as_bytes().len() + section.bytes.len());
        text.push_lines(self.document, 0..self.lines.start);
        text.push(&section.bytes);
        text.push_lines(self.document, self.lines.end..self.document.line_count());
        text.bytes
    }
}

/// A text that is being put together from whole lines; wiped when dropped.
pub(super) struct Text {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    ending: &'static [u8],
}

impl Text {
    /// Begins a text with room for this many bytes, so that it isn't moved as it grows and leaves
    /// no copy behind.
    pub(super) fn new(ending: &'static [u8], room: usize) -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(room + 64)), ending }
    }

    /// Adds lines as they are, and ends the line before if it has no end.
    pub(super) fn push(&mut self, lines: &[u8]) {
        if !lines.is_empty() {
            self.end_line();
            self.bytes.extend_from_slice(lines);
        }
    }

    pub(super) fn push_lines(&mut self, document: &Document, lines: Range<usize>) {
        for line in lines.filter_map(|index| document.line(index)) {
            self.push(line.raw());
        }
    }

    /// Adds one line of ours.
    pub(super) fn push_ours(&mut self, indent: &[u8], parts: &[&str]) {
        self.end_line();
        self.bytes.extend_from_slice(indent);
        for part in parts {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.extend_from_slice(self.ending);
    }

    /// Takes one line ending off the end.
    pub(super) fn open_end(&mut self) {
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
            if self.bytes.last() == Some(&b'\r') && self.ending.len() == 2 {
                self.bytes.pop();
            }
        }
    }

    /// Takes that many line endings off the end, if they are there and leave a whole line.
    pub(super) fn cut(&mut self, ending: &[u8], count: usize) {
        let rest = (0..count).try_fold(&self.bytes[..], |rest, _| rest.strip_suffix(ending));
        if let Some(len) = rest.map(<[u8]>::len) {
            self.bytes.truncate(len);
        }
    }

    fn end_line(&mut self) {
        if !matches!(self.bytes.last(), None | Some(b'\n' | b'\r')) {
            self.bytes.extend_from_slice(self.ending);
        }
    }
}
