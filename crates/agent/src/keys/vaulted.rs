//! A key as it lies in the vault, with what is known of it.

use super::Keys;
use crate::credentials::Credentials;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_vault::{Facts, Kind, fact};

/// A key of the vault.
pub(super) struct Vaulted {
    pub(super) facts: Facts,
    pub(super) credentials: Credentials,
}

impl Keys {
    /// The key with this name, if the vault has one.
    pub(super) async fn vaulted(&self, name: &str) -> Result<Option<Vaulted>, Failure> {
        // The secret first: opening the vault also mends an index that a crash left behind.
        let secret = self.vault.get(Kind::AccessKey, name).await?;
        let Some((secret, facts)) = secret.zip(self.facts(name)?) else { return Ok(None) };
        let access_key_id = facts.get(fact::ACCESS_KEY_ID).cloned().unwrap_or_default();
        let credentials =
            Credentials { access_key_id, secret_access_key: secret, session_token: None, expiration: None };
        Ok(Some(Vaulted { facts, credentials }))
    }

    /// What is known of the key with this name; opens nothing.
    pub(super) fn facts(&self, name: &str) -> Result<Option<Facts>, Failure> {
        let mut entries = self.vault.entries()?.into_iter();
        let entry = entries.find(|entry| entry.kind == Kind::AccessKey && entry.name == name);
        Ok(entry.map(|entry| entry.facts))
    }

    /// Puts a key into the vault and looks whether it is there.
    pub(super) async fn keep(
        &self,
        name: &str,
        credentials: &Credentials,
        mut facts: Facts,
    ) -> Result<(), Failure> {
        facts.insert(fact::ACCESS_KEY_ID.to_owned(), credentials.access_key_id.clone());
        let secret = credentials.secret_access_key.clone();
        self.vault.put(Kind::AccessKey, name, secret, facts, self.clock.now()).await?;
        let kept = self.vaulted(name).await?;
        let stands = kept.is_some_and(|kept| {
            kept.credentials.access_key_id == credentials.access_key_id
                && kept.credentials.secret_access_key.open() == credentials.secret_access_key.open()
        });
        if stands { Ok(()) } else { Err(forgotten(name)) }
    }
}

/// No key of this name is in the vault.
pub(super) fn unknown(name: &str) -> Failure {
    Failure::new(
        FailureCode::NotFound,
        format!("The vault has no access key called {}.", shown(name)),
        "See hat key list for those that there are.",
    )
}

fn forgotten(name: &str) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("The key {} was put into the vault and can't be read back.", shown(name)),
        "See whether another Hatrack works on the vault, then try again.",
    )
}
