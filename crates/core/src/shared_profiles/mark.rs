//! The comment below a header by which Hatrack knows what it wrote.

use std::fmt::Write as _;

/// What the comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The role's identity; empty for a portal.
    pub(super) role_id: String,
    /// How many line endings were put before the header.
    pub(super) gap: usize,
}

/// The most line endings that are put before a header.
const WIDEST_GAP: usize = 2;

const BEGIN: &str = "# written by Hatrack, gap ";
const END: &str = " (\"hat profiles remove\" removes it)";

impl Mark {
    /// Writes the comment, without a line ending.
    pub(super) fn print(&self) -> String {
        format!("{BEGIN}{}, for {}{END}", self.gap, encoded(&self.role_id))
    }

    /// Reads a line; a comment of anybody else is nothing.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
        let (gap, role) = text.split_once(", for ")?;
        let gap = gap.parse().ok().filter(|gap| *gap <= WIDEST_GAP)?;
        Some(Self { role_id: decoded(role)?, gap })
    }
}

/// Signs that could end the line or hide in it, as `%XX`; a single `-` stands for nothing.
fn encoded(text: &str) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_graphic() && !b"%(),\"".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text never fails.
            write!(encoded, "%{byte:02X}").unwrap_or_default();
        }
        encoded
    })
}

fn decoded(text: &str) -> Option<String> {
    if text == "-" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for role_id in ["", "sso:https://acme.example/start:111111111111:Admin", "a\nb%(x), for é", "-"] {
            let mark = Mark { role_id: role_id.to_owned(), gap: 2 };
            let line = mark.print();
            assert!(!line.contains('\n') && line.is_ascii(), "{line}");
            // A name that is a single dash isn't told from none; no role has it.
            if role_id != "-" {
                assert_eq!(Mark::parse(line.as_bytes()), Some(mark));
            }
        }
    }

    #[test]
    fn what_somebody_else_wrote_is_no_mark() {
        for line in ["# mine", "# written by Hatrack", "# written by Hatrack, gap 9, for - (x)", "", "[x]"] {
            assert_eq!(Mark::parse(line.as_bytes()), None, "{line}");
        }
    }
}
