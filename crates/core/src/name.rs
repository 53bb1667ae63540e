//! Names that travel between processes and files.

use serde::{Deserialize, Serialize};

/// The stable identity of a role in the catalogue; it survives renames of what it describes.
///
/// A role described by a profile of the shared config is `profile:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct RoleId(pub String);

impl RoleId {
    /// The role that a profile of the shared config describes.
    pub fn of_profile(profile: &str) -> Self {
        Self(format!("profile:{profile}"))
    }
}

impl std::fmt::Display for RoleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A profile name that Hatrack may write: one to 128 characters of `[A-Za-z0-9_./@%:+-]`.
///
/// This is the set that every AWS SDK reads unquoted; a name that means something in JavaScript's
/// object prototypes (`__proto__`) is refused, as one SDK refuses the whole file for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct OutputProfile(String);

/// Why a text can't be the name of an output profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputProfileError {
    /// Nothing in it.
    #[error("a profile name can't be empty")]
    Empty,
    /// More than 128 characters.
    #[error("a profile name can't be longer than 128 characters")]
    TooLong,
    /// A character that some AWS SDK would not read.
    #[error("a profile name can only have letters, digits and _ . / @ % : + -")]
    Character,
    /// A name that some AWS SDK gives another meaning.
    #[error("this name has a meaning of its own in some AWS SDKs")]
    Reserved,
}

impl OutputProfile {
    /// Accepts the name, or says why not.
    pub fn parse(name: &str) -> Result<Self, OutputProfileError> {
        if name.is_empty() {
            return Err(OutputProfileError::Empty);
        }
        if name.len() > 128 {
            return Err(OutputProfileError::TooLong);
        }
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./@%:+-".contains(&b)) {
            return Err(OutputProfileError::Character);
        }
        if ["__proto__", "constructor", "prototype"].contains(&name) {
            return Err(OutputProfileError::Reserved);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for OutputProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OutputProfile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A session of the running agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct SessionId(#[cfg_attr(feature = "bindings", ts(type = "number"))] pub u64);

/// A question that the running agent has for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct PromptId(#[cfg_attr(feature = "bindings", ts(type = "number"))] pub u64);
