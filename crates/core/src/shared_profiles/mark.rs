//! The comment below a header by which Hatrack knows what it wrote.

use std::fmt::Write as _;

/// What the comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The role's identity; empty for a portal.
    pub(super) role_id: String,
    /// How many line endings were put before the header.
    pub(super) gap: usize,
    /// The sum of the settings as they were written, by which an edit is noticed.
    pub(super) sum: u32,
}

/// The most line endings that are put before a header.
const WIDEST_GAP: usize = 2;

const BEGIN: &str = "# written by Hatrack, gap ";
const END: &str = " (\"hat profiles remove\" removes it)";

impl Mark {
    /// Writes the comment, without a line ending.
    pub(super) fn print(&self) -> String {
        format!("{BEGIN}{}, sum {:08x}, for {}{END}", self.gap, self.sum, encoded(&self.role_id))
    }

    /// Reads a line; a comment of anybody else is nothing.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
        let (gap, text) = text.split_once(", sum ")?;
        let (sum, role) = text.split_once(", for ")?;
        let gap = gap.parse().ok().filter(|gap| *gap <= WIDEST_GAP)?;
        Some(Self { role_id: decoded(role)?, gap, sum: u32::from_str_radix(sum, 16).ok()? })
    }
}

/// The sum of settings, in whatever order they stand. FNV-1a: it need only tell an edited section
/// from an unedited one.
pub(super) fn sum_of<'a>(settings: impl Iterator<Item = (&'a str, &'a str)>) -> u32 {
    let mut settings: Vec<_> = settings.collect();
    settings.sort_unstable();
    let bytes = settings.iter().flat_map(|(key, value)| [key.as_bytes(), b"\n", value.as_bytes(), b"\n"]);
    bytes.flatten().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
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
            let mark = Mark { role_id: role_id.to_owned(), gap: 2, sum: 7 };
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

    #[test]
    fn a_sum_tells_an_edit_and_no_order() {
        let sum = |settings: &[(&'static str, &'static str)]| sum_of(settings.iter().copied());
        assert_eq!(sum(&[("a", "b"), ("c", "d")]), sum(&[("c", "d"), ("a", "b")]));
        assert_ne!(sum(&[("a", "b")]), sum(&[("a", "c")]));
        assert_ne!(sum(&[("a", "b")]), sum(&[]));
    }
}
