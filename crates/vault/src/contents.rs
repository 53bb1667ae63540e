//! The map of secrets, and how it is written inside the sealed file and the index.
//!
//! Secrets are base64 within the JSON, so that reading one never goes through a buffer of the JSON
//! reader that isn't wiped.

use crate::entry::{Entry, Facts, Kind};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use zeroize::Zeroizing;

const VERSION: u32 = 1;

/// All secrets of a vault, open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents(pub(crate) BTreeMap<(Kind, String), Held>);

/// One secret with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) added: Timestamp,
    pub(crate) facts: Facts,
    pub(crate) secret: Sealed,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    secrets: Vec<WrittenSecret<'a>>,
}

#[derive(Serialize)]
struct WrittenSecret<'a> {
    kind: Kind,
    name: &'a str,
    added: Timestamp,
    facts: &'a Facts,
    secret: &'a str,
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    secrets: Vec<ReadSecret<'a>>,
}

#[derive(Deserialize)]
struct ReadSecret<'a> {
    kind: Kind,
    name: String,
    added: Timestamp,
    #[serde(default)]
    facts: Facts,
    secret: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Index {
    version: u32,
    entries: Vec<Entry>,
}

/// Why an opened text isn't a vault's.
pub(crate) type Nonsense = &'static str;

const NEWER: Nonsense = "a newer Hatrack wrote it";
const NO_MAP: Nonsense = "it was opened, but what is in it makes no sense";

impl Contents {
    /// Reads what was sealed.
    pub(crate) fn read(text: &[u8]) -> Result<Self, Nonsense> {
        check_version(text)?;
        let read: Read<'_> = serde_json::from_slice(text).map_err(|_| NO_MAP)?;
        let held = |it: ReadSecret<'_>| {
            let decoded = Zeroizing::new(BASE64_STANDARD.decode(it.secret).map_err(|_| NO_MAP)?);
            let secret = Sealed::new(std::str::from_utf8(&decoded).map_err(|_| NO_MAP)?);
            Ok(((it.kind, it.name), Held { added: it.added, facts: it.facts, secret }))
        };
        read.secrets.into_iter().map(held).collect::<Result<_, _>>().map(Self)
    }

    /// Writes what is to be sealed.
    pub(crate) fn write(&self) -> std::io::Result<Zeroizing<Vec<u8>>> {
        let encoded: Vec<Zeroizing<String>> =
            self.0.values().map(|held| Zeroizing::new(BASE64_STANDARD.encode(held.secret.open()))).collect();
        let secrets = self.0.iter().zip(&encoded).map(|(((kind, name), held), secret)| WrittenSecret {
            kind: *kind,
            name,
            added: held.added,
            facts: &held.facts,
            secret,
        });
        let written = Written { version: VERSION, secrets: secrets.collect() };
        // Measured first: a buffer that grows leaves its old self behind.
        let mut length = Length(0);
        serde_json::to_writer(&mut length, &written)?;
        let mut text = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *text, &written)?;
        Ok(text)
    }

    /// The lines of the index.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entry = |((kind, name), held): (&(Kind, String), &Held)| Entry {
            kind: *kind,
            name: name.clone(),
            added: held.added,
            facts: held.facts.clone(),
        };
        self.0.iter().map(entry).collect()
    }
}

/// Reads an index.
pub(crate) fn read_index(text: &[u8]) -> Result<Vec<Entry>, Nonsense> {
    check_version(text)?;
    serde_json::from_slice::<Index>(text).map(|index| index.entries).map_err(|_| "it makes no sense")
}

/// Writes an index.
pub(crate) fn write_index(entries: Vec<Entry>) -> std::io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(&Index { version: VERSION, entries })?;
    text.push(b'\n');
    Ok(text)
}

fn check_version(text: &[u8]) -> Result<(), Nonsense> {
    match serde_json::from_slice::<Version>(text) {
        Ok(Version { version: VERSION }) => Ok(()),
        Ok(Version { version }) if version > VERSION => Err(NEWER),
        Ok(_) | Err(_) => Err(NO_MAP),
    }
}

/// Counts what is written into it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(secret: &str) -> Contents {
        let facts = Facts::from([("access_key_id".to_owned(), "AKIA\"1".to_owned())]);
        let held = Held { added: Timestamp::UNIX_EPOCH, facts, secret: Sealed::new(secret) };
        Contents(BTreeMap::from([((Kind::AccessKey, "wörk".to_owned()), held)]))
    }

    #[test]
    fn what_is_written_is_read() {
        let text = one("a\"b\\c\n\u{1f511}").write().unwrap();
        assert_eq!(text.len(), text.capacity());
        let back = Contents::read(&text).unwrap();
        assert_eq!(back.entries(), one("").entries());
        assert_eq!(back.0[&(Kind::AccessKey, "wörk".to_owned())].secret.open(), "a\"b\\c\n\u{1f511}");
        assert_eq!(read_index(&write_index(back.entries()).unwrap()), Ok(back.entries()));
    }

    #[test]
    fn a_secret_is_neither_in_the_index_nor_in_debug() {
        let contents = one("wJalrXUtnFEMI");
        let index = write_index(contents.entries()).unwrap();
        assert!(!String::from_utf8(index).unwrap().contains("wJalr"));
        assert!(!format!("{contents:?}").contains("wJalr"));
    }

    #[test]
    fn what_a_newer_one_wrote_is_not_read() {
        assert_eq!(Contents::read(br#"{"version":2}"#).unwrap_err(), NEWER);
        assert_eq!(read_index(br#"{"version":2}"#).unwrap_err(), NEWER);
        for text in ["", "{}", r#"{"version":0,"secrets":[]}"#, r#"{"version":1}"#] {
            assert_eq!(Contents::read(text.as_bytes()).unwrap_err(), NO_MAP, "{text}");
        }
    }
}
