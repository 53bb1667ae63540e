//! A secret on its way to the agent.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serializer};

/// A text that is wiped when dropped and never shown: it has no Display, and its Debug is blank.
///
/// It crosses the socket only where a field names [`Sealed::onto_wire`] itself; there is no
/// Serialize, so that no other writer can pick it up by accident.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Sealed(SecretString);

impl Sealed {
    /// Seals a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the one place that needs it.
    pub fn open(&self) -> &str {
        self.0.expose_secret()
    }

    /// Writes the text onto the socket: for `#[serde(serialize_with)]` of a message's field.
    pub fn onto_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.open())
    }

    /// [`Sealed::onto_wire`] of an optional field.
    pub fn option_onto_wire<S: Serializer>(this: &Option<Self>, serializer: S) -> Result<S::Ok, S::Error> {
        match this {
            Some(sealed) => serializer.serialize_some(sealed.open()),
            None => serializer.serialize_none(),
        }
    }

    /// [`Sealed::onto_wire`] of a map's values.
    pub fn map_onto_wire<S: Serializer>(
        this: &std::collections::BTreeMap<String, Self>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(this.iter().map(|(name, sealed)| (name, sealed.open())))
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Sealed::new("123456")), "Sealed(…)");
    }
}
