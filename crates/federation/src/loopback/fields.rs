//! What an answer says, by name.

use hatrack_wire::Sealed;
use std::collections::BTreeMap;

/// The most names that an answer may have.
const NAMES: usize = 40;

/// The names and values of an answer, each name once. The values are secrets.
#[derive(Debug)]
pub struct Fields(BTreeMap<String, Sealed>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`; none where a name is said twice, which OAuth
    /// forbids and which lets two readers see two things.
    pub(super) fn parse(encoded: &[u8]) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            let known = fields.insert(name.into_owned(), Sealed::new(value));
            if known.is_some() || fields.len() > NAMES {
                return None;
            }
        }
        Some(Self(fields))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Sealed::open)
    }

    /// Takes the value of a name out.
    pub fn take(&mut self, name: &str) -> Option<Sealed> {
        self.0.remove(name)
    }
}
