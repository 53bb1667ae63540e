//! JSON as Python writes it by default, which is what the AWS CLI's cache consists of.

use serde::ser::{SerializeMap, Serializer as _};
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};
use std::io;
use zeroize::{Zeroize, Zeroizing};

/// What a text holds.
pub(super) enum Parsed {
    /// One object, and nothing else.
    Whole(Fields),
    /// One object, and behind it what a longer text left that was there before.
    WithMore(Fields),
    /// No object; why, as the end of a sentence, without quoting anything.
    Nothing(String),
}

/// The fields of an object; they are wiped when dropped.
#[derive(Clone, Default)]
pub(crate) struct Fields(Map<String, Value>);

/// Reads an object; the last of several equal names counts, as in Python.
pub(super) fn parse(text: &[u8]) -> Parsed {
    let bare = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut objects = serde_json::Deserializer::from_slice(bare).into_iter::<Map<String, Value>>();
    match objects.next() {
        Some(Ok(map)) => {
            let rest = &bare[objects.byte_offset()..];
            let is_whole = bare.len() == text.len() && rest.iter().all(u8::is_ascii_whitespace);
            if is_whole { Parsed::Whole(Fields(map)) } else { Parsed::WithMore(Fields(map)) }
        }
        // The parser's own words may quote what it read.
        Some(Err(error)) => {
            Parsed::Nothing(format!("line {} is not what the AWS CLI writes", error.line().max(1)))
        }
        None => Parsed::Nothing("there is nothing".to_owned()),
    }
}

impl Fields {
    /// These fields.
    #[cfg(test)]
    pub(super) fn of(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// Takes a text out; `None` where it is missing, empty or no text.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            mut other => {
                wipe(&mut other);
                None
            }
        }
    }

    /// The texts of a list; none where it is missing.
    pub(super) fn take_list(&mut self, name: &str) -> Vec<String> {
        match self.0.remove(name) {
            Some(Value::Array(list)) => {
                list.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            Some(_) | None => Vec::new(),
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A value as it is written.
pub(super) enum Written<'a> {
    /// A text.
    Text(&'a str),
    /// A list of texts.
    List(&'a [String]),
    /// Nothing.
    Null,
}

/// Writes an object: these fields in this order, then what else there is.
pub(super) fn text(fields: &[(&str, Written<'_>)], rest: &Fields) -> Zeroizing<Vec<u8>> {
    // Room enough, so that no copy is left behind by growing.
    let mut text = Zeroizing::new(Vec::with_capacity(128 * 1024));
    let mut serializer = Serializer::with_formatter(&mut *text, AsPython);
    let mut write = || -> serde_json::Result<()> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in fields {
            match value {
                Written::Text(text) => map.serialize_entry(name, text)?,
                Written::List(list) => map.serialize_entry(name, list)?,
                Written::Null => map.serialize_entry(name, &())?,
            }
        }
        for (name, value) in &rest.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    };
    // Texts and lists of texts, written to memory: nothing in it can fail.
    write().unwrap_or_default();
    text
}

/// The separators and escapes of Python's `json.dumps`.
struct AsPython;

impl Formatter for AsPython {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            if c.is_ascii() && c != '\u{7f}' {
                writer.write_all(&[c as u8])?;
            } else {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
