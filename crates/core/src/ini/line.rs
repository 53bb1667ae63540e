//! One line of a document, as it is shown to readers and writers.

/// One line: its bytes, and what they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    pub(super) raw: &'a [u8],
    pub(super) kind: LineKind<'a>,
    pub(super) indented: bool,
}

/// What a line is. Keys, values and names come as they are written, without blanks around them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LineKind<'a> {
    /// Nothing, or blanks only.
    Blank,
    /// A line whose first character is `#` or `;`.
    Comment,
    /// A section's header.
    Section {
        /// What stands between the brackets.
        name: &'a [u8],
    },
    /// A line that begins with `[` and is no header: no closing bracket, or nothing in it.
    BrokenHeader,
    /// A key and the first line of its value.
    Setting {
        /// The key, in the letters of the file.
        key: &'a [u8],
        /// The value, maybe empty, with whatever follows it on the line.
        value: &'a [u8],
        /// What ends the key: `=`, or `:`, which only Python's readers know.
        delimiter: u8,
    },
    /// An indented key and value below a setting without a value of its own, as below `s3 =`.
    Nested {
        /// The key, in the letters of the file.
        key: &'a [u8],
        /// The value, maybe empty.
        value: &'a [u8],
    },
    /// An indented line that goes on with the value of the setting above it.
    Continuation {
        /// The line, without blanks around it.
        text: &'a [u8],
    },
    /// A line that is none of these: no `=` in it, or nothing before it.
    Junk,
}

impl<'a> Line<'a> {
    /// The bytes with their line ending; the first line has the byte order mark too, if there is one.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What the line is.
    pub fn kind(&self) -> LineKind<'a> {
        self.kind
    }

    /// The line ending: `\n`, `\r\n`, `\r`, or nothing at the end of the text.
    pub fn ending(&self) -> &'a [u8] {
        let len = match self.raw {
            [.., b'\r', b'\n'] => 2,
            [.., b'\n' | b'\r'] => 1,
            _ => 0,
        };
        &self.raw[self.raw.len() - len..]
    }

    /// Whether blanks stand before its first character.
    pub fn is_indented(&self) -> bool {
        self.indented
    }
}

impl std::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind.fmt(f)
    }
}

/// Values may be secrets and are left out.
impl std::fmt::Debug for LineKind<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blank => f.write_str("Blank"),
            Self::Comment => f.write_str("Comment"),
            Self::Section { name } => write!(f, "Section({:?})", String::from_utf8_lossy(name)),
            Self::BrokenHeader => f.write_str("BrokenHeader"),
            Self::Setting { key, .. } => write!(f, "Setting({:?})", String::from_utf8_lossy(key)),
            Self::Nested { key, .. } => write!(f, "Nested({:?})", String::from_utf8_lossy(key)),
            Self::Continuation { .. } => f.write_str("Continuation"),
            Self::Junk => f.write_str("Junk"),
        }
    }
}
