//! The shared files as text: a document that gives back every byte it was made of.
//!
//! Lines are told apart as Python's `configparser` tells them apart, since that is what botocore
//! and the AWS CLI read with: what is indented deeper than a setting continues it, `=` or `:`
//! ends a key, a comment is a line of its own. Deliberately absent: what a section or key means
//! (that is [`crate::profile`]), any judgement of what is right, and any change that was not asked
//! for.

mod line;
mod scan;

pub use line::{Line, LineKind};

use scan::{Scan, Span};
use std::ops::Range;
use zeroize::Zeroizing;

/// A text of lines and sections; `print(parse(x)) == x` for every byte string.
///
/// Its bytes are wiped when it is dropped, as a credentials file is one of the texts it holds.
#[derive(Clone, Default)]
pub struct Document {
    text: Zeroizing<Vec<u8>>,
    lines: Vec<Span>,
}

/// One section: a header and what stands below it, up to the next header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// What stands between the brackets, without blanks around it; `None` for a line that begins
    /// like a header and isn't one, as `[profile x` does. Such a line ends the section above it.
    pub name: Option<&'a [u8]>,
    /// The index of the header's line.
    pub header: usize,
    /// The section's lines, its header first. Comments and blank lines above the next header are
    /// still counted among them.
    pub lines: Range<usize>,
}

/// How a text ends its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnding {
    /// A line feed, `\n`.
    Lf,
    /// A carriage return and a line feed, `\r\n`.
    CrLf,
}

impl LineEnding {
    /// The bytes that end a line.
    pub fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}

impl Document {
    /// Reads any bytes; there is no text that it refuses.
    pub fn parse(text: &[u8]) -> Self {
        let mut lines = Vec::with_capacity(text.len() / 24);
        Scan::new(text, 0).run(&mut lines);
        Self { text: Zeroizing::new(text.to_vec()), lines }
    }

    /// Copies the text out, byte for byte.
    pub fn print(&self) -> Vec<u8> {
        self.text.to_vec()
    }

    /// Shows the text, byte for byte.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Counts the lines; a text that ends in a line ending has no empty line after it.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Finds the line with this index, counted from 0.
    pub fn line(&self, index: usize) -> Option<Line<'_>> {
        self.lines.get(index).map(|span| self.view(span))
    }

    /// Goes through the lines in their order.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> + ExactSizeIterator + Clone {
        self.lines.iter().map(|span| self.view(span))
    }

    /// Goes through the sections in their order. Lines above the first header are in none.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> + Clone {
        let headers = self.lines.iter().enumerate().filter(|(_, span)| span.is_header());
        let ends = headers.clone().map(|(index, _)| index).skip(1).chain([self.lines.len()]);
        headers.zip(ends).map(|((header, span), end)| {
            let name = match self.view(span).kind() {
                LineKind::Section { name } => Some(name),
                LineKind::BrokenHeader
                | LineKind::Blank
                | LineKind::Comment
                | LineKind::Setting { .. }
                | LineKind::Nested { .. }
                | LineKind::Continuation { .. }
                | LineKind::Junk => None,
            };
            Section { name, header, lines: header..end }
        })
    }

    /// Puts bytes in the place of whole lines and reads again only the sections that this touches.
    ///
    /// The range is cut to the lines that there are; an empty one inserts before its start. The
    /// bytes are taken as they are: whoever inserts a line brings its line ending along, and
    /// looks whether the line before has one.
    pub fn splice(&mut self, lines: Range<usize>, replacement: &[u8]) {
        let from = lines.start.min(self.lines.len());
        let to = lines.end.clamp(from, self.lines.len());
        let (cut_from, cut_to) = (self.start_of(from), self.start_of(to));

        let mut text = Vec::with_capacity(self.text.len() - (cut_to - cut_from) + replacement.len());
        text.extend_from_slice(&self.text[..cut_from]);
        text.extend_from_slice(replacement);
        text.extend_from_slice(&self.text[cut_to..]);

        // An unindented header reads the same whatever stands above it, as long as it begins a line.
        let first = self.lines[..from].iter().rposition(Span::is_anchor).unwrap_or(0);
        let ends_line = |end: usize| end == 0 || matches!(text[end - 1], b'\n' | b'\r');
        // A line read past a byte order mark reads differently once it is no longer the first.
        let next = (to.max(usize::from(self.has_bom()))..self.lines.len())
            .find(|&index| {
                let start = self.lines[index].start - cut_to + cut_from + replacement.len();
                self.lines[index].is_anchor() && ends_line(start)
            })
            .unwrap_or(self.lines.len());

        let begin = self.start_of(first);
        let end = self.start_of(next) - cut_to + cut_from + replacement.len();
        let mut fresh = Vec::new();
        Scan::new(&text[..end], begin).run(&mut fresh);
        for span in &mut self.lines[next..] {
            span.start = span.start - cut_to + cut_from + replacement.len();
        }
        self.lines.splice(first..next, fresh);
        self.text = Zeroizing::new(text);
    }

    /// Tells how most of the lines end; LF for a text without any line ending.
    pub fn line_ending(&self) -> LineEnding {
        let crlf = self.lines().filter(|line| line.ending() == b"\r\n").count();
        let lf = self.lines().filter(|line| line.ending() == b"\n").count();
        if crlf > lf { LineEnding::CrLf } else { LineEnding::Lf }
    }

    /// Tells whether the text begins with a byte order mark, which belongs to its first line.
    pub fn has_bom(&self) -> bool {
        self.text.starts_with(scan::BOM)
    }

    fn start_of(&self, index: usize) -> usize {
        self.lines.get(index).map_or(self.text.len(), |span| span.start)
    }

    fn view(&self, span: &Span) -> Line<'_> {
        span.view(&self.text[span.start..span.start + span.len])
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("bytes", &self.text.len())
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
