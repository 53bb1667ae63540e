//! A key that comes into the vault.

use super::Keys;
use crate::credentials::Credentials;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{OutputProfile, shown};
use hatrack_vault::{Facts, fact};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::time::Duration;

/// How long IAM may take to tell what is only nice to know.
const NICE_TO_KNOW: Duration = Duration::from_secs(5);

impl Keys {
    /// Puts a key into the vault, after AWS was asked whether it is one. Where AWS can't be
    /// reached, it is taken as it is.
    pub async fn add(
        &self,
        name: &str,
        access_key_id: String,
        secret: Sealed,
        mfa_serial: Option<String>,
    ) -> Result<(), Failure> {
        let name = key_name(name)?;
        check_id(&access_key_id)?;
        check_secret(&secret)?;
        if let Some(serial) = &mfa_serial {
            check_serial(serial)?;
        }
        self.is_free_for(&name, &access_key_id)?;
        let credentials =
            Credentials { access_key_id, secret_access_key: secret, session_token: None, expiration: None };
        let facts = self.found_out(name.as_str(), &credentials, mfa_serial).await?;
        // Somebody else may have put one in meanwhile.
        self.is_free_for(&name, &credentials.access_key_id)?;
        self.keep(name.as_str(), &credentials, facts).await
    }

    /// Refuses a name that another key has.
    pub(super) fn is_free_for(&self, name: &OutputProfile, access_key_id: &str) -> Result<(), Failure> {
        let Some(facts) = self.facts(name.as_str())? else { return Ok(()) };
        let has = facts.get(fact::ACCESS_KEY_ID).map_or("", String::as_str);
        if has == access_key_id {
            return Ok(());
        }
        Err(Failure::new(
            FailureCode::Refused,
            format!("The vault has another key called {name}: {}.", shown(has)),
            format!("Take another name, or remove that one first: hat key remove {name}."),
        ))
    }

    /// What AWS says of a key, refused where it says that it is none.
    async fn found_out(
        &self,
        name: &str,
        credentials: &Credentials,
        mfa_serial: Option<String>,
    ) -> Result<Facts, Failure> {
        let mut facts = Facts::new();
        let mut note = |fact: &str, value: Option<String>| {
            facts.extend(value.map(|value| (fact.to_owned(), value)));
        };
        match self.identity(name, credentials).await {
            Ok(identity) => {
                let (created, found) = self.nice_to_know(name, credentials).await;
                note(fact::ACCOUNT_ID, Some(identity.account));
                note(fact::USER_ARN, Some(identity.arn));
                note(fact::CREATED, created.map(|created| created.to_string()));
                note(fact::MFA_SERIAL, mfa_serial.or(found));
            }
            Err(failure) if failure.code == FailureCode::Unreachable => {
                // What was known of the same key stays known.
                let before = self.facts(name)?.unwrap_or_default();
                let mfa_serial = mfa_serial.or_else(|| before.get(fact::MFA_SERIAL).cloned());
                for kept in [fact::ACCOUNT_ID, fact::USER_ARN, fact::CREATED] {
                    note(kept, before.get(kept).cloned());
                }
                note(fact::MFA_SERIAL, mfa_serial);
            }
            Err(failure) => {
                let happened = format!("The key was not put into the vault. {}", failure.happened);
                return Err(Failure { happened, ..failure });
            }
        }
        Ok(facts)
    }

    /// When the key was made, and the user's device where there is exactly one. IAM may refuse to
    /// tell, and then it isn't told.
    async fn nice_to_know(
        &self,
        name: &str,
        credentials: &Credentials,
    ) -> (Option<Timestamp>, Option<String>) {
        let endpoint = self.files.endpoint(name);
        let iam = self.iam(&endpoint, credentials);
        let asking = async { tokio::join!(iam.list_access_keys(None), iam.list_mfa_devices(None)) };
        let Ok((keys, devices)) = tokio::time::timeout(NICE_TO_KNOW, asking).await else {
            return (None, None);
        };
        let own = keys.unwrap_or_default().into_iter().find(|key| key.id == credentials.access_key_id);
        let device = match devices.unwrap_or_default().as_slice() {
            [only] => Some(only.serial.clone()),
            [] | [..] => None,
        };
        (own.map(|key| key.created), device)
    }
}

/// A name under which a key can be kept and written into a file.
pub(super) fn key_name(name: &str) -> Result<OutputProfile, Failure> {
    OutputProfile::parse(name).map_err(|error| {
        usage(
            format!("“{}” can't be a key's name: {error}.", shown(name)),
            "Name it like a profile, work for instance.",
        )
    })
}

fn check_id(id: &str) -> Result<(), Failure> {
    if id.starts_with("ASIA") {
        return Err(usage(
            "An id that begins with ASIA is that of temporary credentials.",
            "Give a user's own access key, whose id begins with AKIA.",
        ));
    }
    let fits = (16..=128).contains(&id.len())
        && id.starts_with("AKIA")
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits {
        return Ok(());
    }
    Err(usage(
        "This is not the id of an access key.",
        "Give the id as IAM shows it: it begins with AKIA and has twenty letters and digits.",
    ))
}

fn check_secret(secret: &Sealed) -> Result<(), Failure> {
    let text = secret.open();
    if (1..=1024).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(usage(
        "This is not a secret access key: it is empty, too long, or has signs in it that none has.",
        "Give it as IAM showed it when the key was made, forty signs without blanks.",
    ))
}

/// Refuses what can't be the serial number of a device.
pub(super) fn check_serial(serial: &str) -> Result<(), Failure> {
    let fits = (9..=256).contains(&serial.len())
        && serial.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&b));
    if fits {
        return Ok(());
    }
    Err(usage(
        format!("“{}” is not the serial number of an MFA device.", shown(serial)),
        "Give its ARN or the number on it, as IAM shows it.",
    ))
}

fn usage(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Usage, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_secrets_and_serials_are_told_from_what_is_none() {
        check_id("AKIAIOSFODNN7EXAMPLE").unwrap();
        for bad in ["", "AKIA", "ASIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMP\nE", "AROAIOSFODNN7EXAMPLE"] {
            let failure = check_id(bad).unwrap_err();
            assert_eq!(failure.code, FailureCode::Usage);
            // A secret in the place of the id must not be told.
            assert!(bad.len() < 16 || !failure.to_string().contains(bad), "{failure}");
        }
        check_secret(&Sealed::new("wJalrXUtnFEMI/K7MDENG+bPx")).unwrap();
        for bad in ["", "a b", "a\n[evil]", "ключ", &"x".repeat(1025)] {
            assert!(check_secret(&Sealed::new(bad)).is_err());
        }
        check_serial("arn:aws:iam::111111111111:mfa/ada").unwrap();
        assert!(check_serial("GAHT12345678").is_ok() && check_serial("a b\u{202e}123456").is_err());
    }

    #[test]
    fn a_name_is_one_that_a_profile_may_have() {
        assert_eq!(key_name("work").unwrap().as_str(), "work");
        for bad in ["", "a b", "a]\n[b", "work (new)", "../x\u{202e}", "__proto__"] {
            assert_eq!(key_name(bad).unwrap_err().code, FailureCode::Usage, "{bad:?}");
        }
    }
}
