//! What is known of a secret without opening anything.

use crate::fault;
use hatrack_core::failure::Failure;
use hatrack_core::name::shown;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The secret access key of an IAM user.
    AccessKey,
    /// The seed of a virtual MFA device.
    TotpSeed,
    /// What an identity provider gave to fetch further tokens with.
    ProviderToken,
    /// What an identity provider knows this client by.
    ClientSecret,
}

/// What is known of a secret and is none, by name.
pub type Facts = BTreeMap<String, String>;

/// Facts to set, and (`None`) facts to forget; those not named stay.
pub type FactChanges = BTreeMap<String, Option<String>>;

/// The names of the facts that several parts of Hatrack know.
pub mod fact {
    /// The id of an access key.
    pub const ACCESS_KEY_ID: &str = "access_key_id";
    /// The account that a key belongs to.
    pub const ACCOUNT_ID: &str = "account_id";
    /// When AWS made it, in RFC 3339.
    pub const CREATED: &str = "created";
    /// The user's MFA device.
    pub const MFA_SERIAL: &str = "mfa_serial";
    /// The user whose key it is.
    pub const USER_ARN: &str = "user_arn";
}

/// One secret's line in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What the secret is for.
    pub kind: Kind,
    /// Its name among those of its kind.
    pub name: String,
    /// When it was put into the vault.
    pub added: Timestamp,
    /// What else is known of it.
    #[serde(default)]
    pub facts: Facts,
}

const LONGEST_NAME: usize = 256;
const LONGEST_FACT: usize = 2_048;
const MOST_FACTS: usize = 64;
const LONGEST_SECRET: usize = 64 * 1024;

pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(fault::usage("A name in the vault can't be empty.", "Give it a name."));
    }
    // Bit by bit, as a text that is shown is also cut.
    let deceives = name.chars().any(|c| shown(c.encode_utf8(&mut [0; 4])).chars().ne([c]));
    if name.len() > LONGEST_NAME || deceives {
        return Err(fault::usage(
            format!("“{}” can't be a name in the vault.", shown(name)),
            "Take a name of at most 256 bytes without control characters.",
        ));
    }
    Ok(())
}

pub(crate) fn check_secret(secret: &str) -> Result<(), Failure> {
    if secret.is_empty() {
        return Err(fault::usage("The secret is empty.", "Give the secret itself."));
    }
    if secret.len() > LONGEST_SECRET {
        return Err(fault::usage("The secret is longer than 64 kB.", "See whether it is the right text."));
    }
    Ok(())
}

pub(crate) fn check_facts(facts: &Facts) -> Result<(), Failure> {
    let long = facts.iter().find(|(name, value)| name.len() + value.len() > LONGEST_FACT);
    match long {
        Some((name, _)) => Err(fault::usage(
            format!("What is to be noted as “{}” is too long.", shown(name)),
            "Shorten it to 2,000 characters.",
        )),
        None if facts.len() > MOST_FACTS => {
            Err(fault::usage("More than 64 facts are to be noted of one secret.", "Note fewer of them."))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_any_that_show_themselves() {
        for good in ["work", "Ada's key", "réserve/1", &"x".repeat(256)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "a\nb", "a\u{202e}b", "\u{0}", &"x".repeat(257)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_noted_has_a_limit() {
        let fact = |value: usize| Facts::from([("a".to_owned(), "x".repeat(value))]);
        assert_eq!(check_facts(&fact(2_000)), Ok(()));
        assert!(check_facts(&fact(3_000)).is_err());
        let many = (0..65).map(|n| (n.to_string(), String::new())).collect();
        assert!(check_facts(&many).is_err());
        assert!(check_secret("").is_err() && check_secret(&"x".repeat(65 * 1024)).is_err());
    }
}
