//! The owner's mark: the one comment below a header from which any later process can tell that a
//! section is Hatrack's, whose it is and until when, and which of its lines Hatrack wrote.
//!
//! Deliberately absent: secrets. A sum has 32 bits of a value that stands right below it.

use super::key::Key;
use crate::name::{OutputProfile, RoleId};
use jiff::Timestamp;

/// The name of a journal entry: 16 to 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

impl EntryId {
    /// Accepts the name, or nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (hex && (16..=64).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the mark says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) profile: OutputProfile,
    pub(super) role_id: RoleId,
    pub(super) expiration: Timestamp,
    pub(super) origin: Origin,
    /// The sum of each line that is ours, in the order of [`Key::ALL`].
    pub(super) sums: [Option<u32>; 4],
}

/// How the section came to be ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// We made it, and put this many line endings before its header.
    Made { gap: usize },
    /// It was somebody's; this journal entry has what we replaced.
    Adopted { entry: EntryId },
}

/// The most line endings that are ever put before a header.
const WIDEST_GAP: usize = 2;

impl Mark {
    /// Writes the comment, without a line ending.
    pub(super) fn print(&self) -> String {
        let origin = match &self.origin {
            Origin::Made { gap } => format!("gap {gap}"),
            Origin::Adopted { entry } => format!("adopted {}", entry.as_str()),
        };
        let sums = self.sums.map(|sum| sum.map_or_else(|| "-".to_owned(), |sum| format!("{sum:08x}")));
        format!(
            "# managed by Hatrack as {}: role {} expires {} {origin} sums {} (\"hat off\" removes it)",
            self.profile,
            percent_encode(self.role_id.0.as_bytes()),
            self.expiration,
            sums.join("."),
        )
    }

    /// Reads a line; a comment of anybody else is nothing.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?.trim().strip_prefix('#')?;
        let mut words = text.split_ascii_whitespace();
        let mut after = |word: &str| (words.next()? == word).then_some(());
        after("managed")?;
        after("by")?;
        after("Hatrack")?;
        after("as")?;
        let profile = OutputProfile::parse(words.next()?.strip_suffix(':')?).ok()?;
        let mut value = |word: &str| if words.next()? == word { words.next() } else { None };
        let role = String::from_utf8(percent_decode(value("role")?)?).ok()?;
        let expiration = value("expires")?.parse().ok()?;
        let origin = match words.next()? {
            "gap" => Origin::Made { gap: words.next()?.parse().ok().filter(|gap| *gap <= WIDEST_GAP)? },
            "adopted" => Origin::Adopted { entry: EntryId::parse(words.next()?)? },
            _ => return None,
        };
        if words.next()? != "sums" {
            return None;
        }
        let mut sums = [None; 4];
        let mut fields = words.next()?.split('.');
        for sum in &mut sums {
            *sum = match fields.next()? {
                "-" => None,
                digits => Some(u32::from_str_radix(digits, 16).ok()?),
            };
        }
        fields.next().is_none().then_some(Self { profile, role_id: RoleId(role), expiration, origin, sums })
    }
}

/// The sum by which a line of ours is known again.
pub(super) fn sum_of(key: Key, value: &[u8]) -> u32 {
    let wide = fnv(key.name().bytes().chain([b'\n']).chain(value.iter().copied()));
    let bytes = wide.to_be_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
        ^ u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])
}

/// FNV-1a, 64 bits: it need only tell an edited line from an unedited one.
pub(super) fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Encodes all but letters, digits and `_ . / @ : + -`, so that the text is one word of ASCII.
pub(super) fn percent_encode(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() + 16);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"_./@:+-".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing into a String can't fail.
            write!(text, "%{byte:02X}").unwrap_or_default();
        }
    }
    text
}

/// Takes back [`percent_encode`]; nothing if the text isn't one that it makes.
pub(super) fn percent_decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first == b'%' {
            let digits = rest.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    Some(bytes)
}
