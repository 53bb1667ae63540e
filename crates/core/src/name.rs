//! Names that travel between processes and files.

use crate::arn::RoleArn;
use serde::{Deserialize, Serialize};

/// The stable identity of a role in the catalogue; it survives renames of what it describes.
///
/// A role described by a profile of the shared config is `profile:NAME`, one that a SAML assertion
/// named is `saml:PROVIDER:ARN`, one of Identity Center, described by a profile or not, is
/// `sso:START-URL:ACCOUNT:ROLE`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct RoleId(pub String);

impl RoleId {
    /// The role that a profile of the shared config describes.
    pub fn of_profile(profile: &str) -> Self {
        Self(format!("profile:{profile}"))
    }

    /// The role that an assertion of a SAML provider named.
    pub fn of_assertion(provider: &str, role_arn: &str) -> Self {
        Self(format!("saml:{provider}:{role_arn}"))
    }

    /// The SAML provider and the ARN of a role that an assertion named.
    pub fn assertion(&self) -> Option<(&str, &str)> {
        let rest = self.0.strip_prefix("saml:")?;
        let mut splits = rest.match_indices(":arn:").map(|(at, _)| (&rest[..at], &rest[at + 1..]));
        splits.find(|(_, arn)| RoleArn::parse(arn).is_ok())
    }

    /// A role of an organisation of Identity Center, by [`crate::identity_center::organisation`].
    pub fn of_identity_center(organisation: &str, account_id: &str, role_name: &str) -> Self {
        Self(format!("sso:{organisation}:{account_id}:{role_name}"))
    }

    /// The organisation, the account's id and the name of a role of Identity Center.
    pub fn identity_center(&self) -> Option<(&str, &str, &str)> {
        let rest = self.0.strip_prefix("sso:")?;
        let (rest, role_name) = rest.rsplit_once(':')?;
        let (organisation, account_id) = rest.rsplit_once(':')?;
        Some((organisation, account_id, role_name))
    }

    /// The profile of the shared config that describes it, if one does.
    pub fn profile(&self) -> Option<&str> {
        self.0.strip_prefix("profile:")
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

    /// The profile that AWS tools use when none is named.
    pub fn default_profile() -> Self {
        Self("default".to_owned())
    }

    /// Counts up the names that Hatrack uses of its own accord: `hatrack`, `hatrack-2` and so on.
    pub fn own_names() -> impl Iterator<Item = Self> {
        let more = (2_u64..).map(|number| Self(format!("hatrack-{number}")));
        std::iter::once(Self("hatrack".to_owned())).chain(more)
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

/// Makes a text from outside fit to be shown: characters that command a terminal, turn the
/// direction of writing or can't be seen are escaped as `\u{…}`, and at most 120 characters stand,
/// the last an ellipsis where there were more.
pub fn shown(text: &str) -> String {
    const LIMIT: usize = 120;
    let mut shown = String::with_capacity(text.len().min(LIMIT));
    for (count, c) in text.chars().enumerate() {
        if count + 1 == LIMIT && text.chars().nth(LIMIT).is_some() {
            shown.push('…');
            break;
        }
        if is_deceptive(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character doesn't show itself, or changes how others show.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_of_an_assertion_is_found_again_in_its_id() {
        for provider in ["work", "my idp", "a:b", "x:arn:y", "saml:", ""] {
            for arn in ["arn:aws:iam::123456789012:role/R", "arn:aws-cn:iam::123456789012:role/a:arn:b/R"] {
                let id = RoleId::of_assertion(provider, arn);
                assert_eq!(id.assertion(), Some((provider, arn)), "{id}");
                assert_eq!(id.profile(), None);
            }
        }
        for id in ["profile:x", "saml:work", "saml:work:arn:aws:iam::1:user/x", "saml", ""] {
            assert_eq!(RoleId(id.to_owned()).assertion(), None, "{id}");
        }
        assert_eq!(RoleId::of_profile("saml:x:arn:y").assertion(), None);
    }

    #[test]
    fn a_role_of_an_organisation_is_found_again_in_its_id() {
        let id = RoleId::of_identity_center("https://a.example:8443/start", "111122223333", "R=1,@.-+_");
        assert_eq!(id.identity_center(), Some(("https://a.example:8443/start", "111122223333", "R=1,@.-+_")));
        assert_eq!((id.profile(), id.assertion()), (None, None));
        assert_eq!(RoleId::of_profile("sso:a:b:c").identity_center(), None);
    }

    #[test]
    fn shown_texts_hide_nothing_and_end() {
        for (text, expected) in [
            ("Ada's réserve 🎩", "Ada's réserve 🎩".to_owned()),
            ("a\nb\u{1b}[31m", "a\\u{a}b\\u{1b}[31m".to_owned()),
            ("gpj.\u{202e}nimda", "gpj.\\u{202e}nimda".to_owned()),
            (&"x".repeat(120), "x".repeat(120)),
            (&"é".repeat(121), "é".repeat(119) + "…"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
