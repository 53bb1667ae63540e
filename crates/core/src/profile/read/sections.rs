//! Collects the settings of each section of a file.

use crate::ini::{Document, LineKind};
use crate::profile::odd::{Odd, Oddities};
use crate::profile::setting::{self, Setting, SharedFile, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use zeroize::Zeroizing;

/// The sections of a file; sections with one header are one part.
pub(in crate::profile) struct Parts {
    pub(in crate::profile) parts: Vec<Part>,
    /// The part and the line, counted from 1, of each header.
    pub(in crate::profile) order: Vec<(usize, u32)>,
}

/// What stands below one header, in the order of the file.
#[derive(Default)]
pub(in crate::profile) struct Part {
    pub(in crate::profile) section: String,
    pub(in crate::profile) line: u32,
    pub(in crate::profile) entries: Vec<Entry>,
}

pub(in crate::profile) type Entry = (Cow<'static, str>, Setting);

pub(in crate::profile) fn split(bytes: &[u8], file: SharedFile, odd: &mut Oddities<'_>) -> Parts {
    let document = Document::parse(bytes);
    note_bytes(&document, odd);

    let mut parts: Vec<Part> = Vec::new();
    let mut order = Vec::new();
    let mut by_header: HashMap<&[u8], usize> = HashMap::new();
    let mut place = Place::Top;
    let mut open: Option<Open<'_>> = None;
    let mut indent_noted = false;

    for (line, number) in document.lines().zip(1..) {
        if let LineKind::Section { .. } | LineKind::BrokenHeader | LineKind::Setting { .. } = line.kind() {
            close(&mut open, place, &mut parts, file);
        }
        match line.kind() {
            LineKind::Section { name } => {
                indent_noted = false;
                let index = *by_header.entry(name).or_insert(parts.len());
                if index == parts.len() {
                    parts.push(Part { section: text(name), line: number, entries: Vec::new() });
                } else {
                    odd.note(number, None, Odd::SectionTwice);
                }
                if has_inner_blank(line.raw()) {
                    odd.note(number, None, Odd::BlankInHeader);
                }
                order.push((index, number));
                place = Place::In(index);
            }
            LineKind::BrokenHeader => {
                place = Place::Nowhere;
                odd.note(number, None, Odd::BrokenHeader);
            }
            LineKind::Setting { key, value, delimiter } => {
                if place == Place::Top {
                    odd.note(number, None, Odd::NoSection);
                } else if place != Place::Nowhere {
                    if line.is_indented() && !std::mem::replace(&mut indent_noted, true) {
                        odd.note(number, None, Odd::Indented);
                    }
                    note_setting(key, value, delimiter, number, odd);
                }
                open = Some(Open { key, first: value, more: Vec::new(), nested: None, line: number });
            }
            LineKind::Nested { key, value } => {
                if let Some(open) = &mut open {
                    let nested = open.nested.get_or_insert_default();
                    nested.insert(setting::key(key).into_owned(), Zeroizing::new(text(value)));
                }
            }
            LineKind::Continuation { text } => {
                if text.starts_with(b"[") {
                    odd.note(number, None, Odd::HeaderInValue);
                } else if text.contains(&b'=') {
                    odd.note(number, None, Odd::SettingInValue);
                }
                if let Some(open) = &mut open {
                    open.more.push(text);
                }
            }
            LineKind::Junk => note_junk(line.raw(), place, open.as_ref(), line.is_indented(), number, odd),
            LineKind::Blank => {
                if let Some(open) = &mut open {
                    open.more.push(b"");
                }
            }
            LineKind::Comment => {}
        }
    }
    close(&mut open, place, &mut parts, file);
    Parts { parts, order }
}

/// Where settings go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above the first header.
    Top,
    /// Below a broken header: nowhere.
    Nowhere,
    /// To this part.
    In(usize),
}

/// A setting that more lines may belong to.
struct Open<'a> {
    key: &'a [u8],
    first: &'a [u8],
    more: Vec<&'a [u8]>,
    nested: Option<BTreeMap<String, Zeroizing<String>>>,
    line: u32,
}

fn close(open: &mut Option<Open<'_>>, place: Place, parts: &mut [Part], file: SharedFile) {
    let Some(mut open) = open.take() else { return };
    let Place::In(index) = place else { return };
    while open.more.last().is_some_and(|piece| piece.is_empty()) {
        open.more.pop();
    }
    let value = match open.nested {
        Some(nested) => Value::Nested(nested),
        None if open.more.is_empty() => Value::Plain(Zeroizing::new(text(open.first))),
        None => {
            open.more.insert(0, open.first);
            let joined = Zeroizing::new(open.more.join(&b'\n'));
            Value::Plain(Zeroizing::new(text(&joined)))
        }
    };
    if let Some(part) = parts.get_mut(index) {
        part.entries.push((setting::key(open.key), Setting { value, file, line: open.line }));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether blanks stand inside the brackets of a header.
fn has_inner_blank(raw: &[u8]) -> bool {
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let after_open = raw.iter().position(|b| *b == b'[').and_then(|at| raw.get(at + 1));
    let close = raw.iter().position(|b| *b == b']');
    is_blank(after_open) || is_blank(close.and_then(|at| raw.get(at.wrapping_sub(1))))
}

fn note_bytes(document: &Document, odd: &mut Oddities<'_>) {
    if document.has_bom() {
        odd.note(1, None, Odd::Bom);
    }
    if std::str::from_utf8(document.as_bytes()).is_err() {
        let is_bad = |raw: &[u8]| std::str::from_utf8(raw).is_err();
        let bad = document.lines().zip(1..).find(|(line, _)| is_bad(line.raw()));
        odd.note(bad.map_or(1, |(_, number)| number), None, Odd::NotUtf8);
    }
    if let Some((_, number)) = document.lines().zip(1..).find(|(line, _)| line.ending() == b"\r") {
        odd.note(number, None, Odd::CarriageReturn);
    }
}

fn note_setting(key: &[u8], value: &[u8], delimiter: u8, number: u32, odd: &mut Oddities<'_>) {
    if delimiter == b':' {
        odd.note(number, None, Odd::Colon);
    }
    if !key.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        odd.note(number, None, Odd::KeyCharacters);
    }
    if value.windows(2).any(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';'])) {
        odd.note(number, None, Odd::InlineComment);
    }
}

fn note_junk(
    raw: &[u8],
    place: Place,
    open: Option<&Open<'_>>,
    indented: bool,
    number: u32,
    odd: &mut Oddities<'_>,
) {
    let nested = indented && open.is_some_and(|open| open.first.is_empty());
    let what = match place {
        Place::Top => Odd::NoSection,
        Place::Nowhere => return,
        Place::In(_) if nested && raw.trim_ascii_start().starts_with(b"[") => Odd::HeaderInValue,
        Place::In(_) if nested => Odd::NestedNoEquals,
        Place::In(_) => Odd::NoEquals,
    };
    odd.note(number, None, what);
}
