//! Tells lines apart, one after the other.

use super::line::{Line, LineKind};

/// The byte order mark that some editors put before a text.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Where a line stands, and what it is; offsets of its parts count from its own start, so that it
/// can be moved.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) len: usize,
    indent: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Blank,
    Comment,
    Section(Part),
    BrokenHeader,
    Setting(Part, Part, u8),
    Nested(Part, Part),
    Continuation(Part),
    Junk,
}

type Part = (usize, usize);

impl Span {
    pub(super) fn is_header(&self) -> bool {
        match self.kind {
            Kind::Section(_) | Kind::BrokenHeader => true,
            Kind::Blank
            | Kind::Comment
            | Kind::Setting(..)
            | Kind::Nested(..)
            | Kind::Continuation(_)
            | Kind::Junk => false,
        }
    }

    /// Whether the line is a header whatever stands above it: nothing above can take it for the
    /// continuation of a value.
    pub(super) fn is_anchor(&self) -> bool {
        self.is_header() && self.indent == 0
    }

    pub(super) fn view<'a>(&self, raw: &'a [u8]) -> Line<'a> {
        let part = |(from, to): Part| &raw[from..to];
        let kind = match self.kind {
            Kind::Blank => LineKind::Blank,
            Kind::Comment => LineKind::Comment,
            Kind::Section(name) => LineKind::Section { name: part(name) },
            Kind::BrokenHeader => LineKind::BrokenHeader,
            Kind::Setting(key, value, delimiter) => {
                LineKind::Setting { key: part(key), value: part(value), delimiter }
            }
            Kind::Nested(key, value) => LineKind::Nested { key: part(key), value: part(value) },
            Kind::Continuation(text) => LineKind::Continuation { text: part(text) },
            Kind::Junk => LineKind::Junk,
        };
        Line { raw, kind, indented: self.indent > 0 }
    }
}

/// The reader's place in a text. It must begin at the text's start or at an unindented header.
pub(super) struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// The setting that deeper lines continue, if there is one.
    open: Option<Open>,
}

#[derive(Clone, Copy)]
struct Open {
    indent: usize,
    /// Whether it has no value on its own line, so that what follows is nested.
    empty: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at, open: None }
    }

    pub(super) fn run(mut self, lines: &mut Vec<Span>) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let len = line_len(rest);
            let raw = &rest[..len];
            let bom = if self.at == 0 && raw.starts_with(BOM) { BOM.len() } else { 0 };
            let (indent, body) = trim(raw, (bom, len));
            let kind = self.kind(raw, indent, body);
            lines.push(Span { start: self.at, len, indent, kind });
            self.at += len;
        }
    }

    fn kind(&mut self, raw: &[u8], indent: usize, body: Part) -> Kind {
        let text = &raw[body.0..body.1];
        let Some(first) = text.first() else {
            return Kind::Blank;
        };
        if matches!(first, b'#' | b';') {
            return Kind::Comment;
        }
        if let Some(open) = self.open.filter(|open| indent > open.indent) {
            return if open.empty { nested(raw, body) } else { Kind::Continuation(body) };
        }
        self.open = None;
        if *first == b'[' {
            return header(text).map_or(Kind::BrokenHeader, |(from, to)| {
                Kind::Section(trim(raw, (body.0 + from, body.0 + to)).1)
            });
        }
        let Some(at) = text.iter().position(|b| matches!(b, b'=' | b':')).filter(|at| *at > 0) else {
            return Kind::Junk;
        };
        let (_, key) = trim(raw, (body.0, body.0 + at));
        let (_, value) = trim(raw, (body.0 + at + 1, body.1));
        self.open = Some(Open { indent, empty: value.0 == value.1 });
        Kind::Setting(key, value, text[at])
    }
}

fn nested(raw: &[u8], body: Part) -> Kind {
    match raw[body.0..body.1].iter().position(|b| *b == b'=') {
        Some(at) if at > 0 => {
            let (_, key) = trim(raw, (body.0, body.0 + at));
            let (_, value) = trim(raw, (body.0 + at + 1, body.1));
            Kind::Nested(key, value)
        }
        Some(_) | None => Kind::Junk,
    }
}

/// What stands between the brackets: up to the last one, as botocore reads it, unless a comment
/// begins behind the first.
fn header(text: &[u8]) -> Option<Part> {
    let first = text.iter().position(|b| *b == b']')?;
    let (_, behind) = trim(text, (first + 1, text.len()));
    let end = match text[behind.0..behind.1].first() {
        None | Some(b'#' | b';') => first,
        Some(_) => text.iter().rposition(|b| *b == b']')?,
    };
    let (_, name) = trim(text, (1, end));
    (name.0 < name.1).then_some(name)
}

/// The length of the first line with its ending. A carriage return alone ends a line too, as it
/// does for Python.
fn line_len(text: &[u8]) -> usize {
    match text.iter().position(|b| matches!(b, b'\n' | b'\r')) {
        Some(at) if text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') => at + 2,
        Some(at) => at + 1,
        None => text.len(),
    }
}

/// Takes blanks off both ends; also tells how many characters came off the front. Blank is what
/// Python's `str.strip` takes for blank.
fn trim(raw: &[u8], (mut from, mut to): Part) -> (usize, Part) {
    let mut indent = 0;
    while let Some(len) = blank_at(&raw[from..to]) {
        from += len;
        indent += 1;
    }
    while let Some(len) = blank_before(&raw[from..to]) {
        to -= len;
    }
    (indent, (from, to))
}

/// The length of the blank that the bytes begin with.
fn blank_at(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return is_ascii_blank(first).then_some(1);
    }
    (2..=3.min(bytes.len())).find(|len| is_wide_blank(&bytes[..*len]))
}

/// The length of the blank that the bytes end with.
fn blank_before(bytes: &[u8]) -> Option<usize> {
    let last = *bytes.last()?;
    if last.is_ascii() {
        return is_ascii_blank(last).then_some(1);
    }
    (2..=3.min(bytes.len())).find(|len| is_wide_blank(&bytes[bytes.len() - len..]))
}

fn is_ascii_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | 0x1C..=0x1F)
}

fn is_wide_blank(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let mut chars = text.chars();
        chars.next().is_some_and(char::is_whitespace) && chars.next().is_none()
    })
}
