//! Where the room's key comes from, and where it goes: memory and the keyring.

use super::{Room, TRIES};
use crate::fault;
use crate::key::{Key, Lid};
use crate::keyring::{Asking, KeyringError};
use hatrack_core::failure::Failure;
use std::sync::{Arc, PoisonError};

impl Room {
    /// The key that the file asks for: from memory, else from the keyring. `None` if there is no file.
    pub(super) fn key(&self, asking: Asking) -> Result<Option<Arc<Key>>, Failure> {
        for _ in 0..TRIES {
            let Some(lid) = self.lid()? else { return Ok(None) };
            if let Some(key) = self.held().filter(|key| key.fits(&lid)) {
                return Ok(Some(key));
            }
            let id = match &lid {
                Lid::Passphrase => return Err(fault::closed()),
                Lid::Keyring(id) => id.clone(),
            };
            let name = id.as_str().to_owned();
            let text = self.keyring.access(asking, move |keyring| keyring.load(&name)).map_err(|error| {
                error.failure(
                    "Unlock the keyring and try again; hat key vault --passphrase then does without it.",
                )
            })?;
            if let Some(key) = text.and_then(|text| Key::from_keyring(id, &text)).map(Arc::new) {
                self.hold(Some(Arc::clone(&key)));
                return Ok(Some(key));
            }
            // Another process may just have taken the key out, after it sealed the file with its own.
            if self.lid()? == Some(lid) {
                return Err(fault::key_missing(&self.folder.sealed()));
            }
        }
        Err(fault::restless(&self.folder.sealed()))
    }

    /// Makes a key that the keyring has taken and given back.
    pub(super) fn make_key(&self, asking: Asking) -> Result<Arc<Key>, Failure> {
        let no_key = |why: String| KeyringError::Unusable(why);
        let made = Key::random().map_err(|error| no_key(error.to_string()));
        let stored = made.and_then(|key| {
            let Some((id, text)) = key.keyring_text() else { return Ok(key) };
            let name = id.as_str().to_owned();
            self.keyring.access(asking, move |keyring| {
                keyring.store(&name, &text)?;
                match keyring.load(&name) {
                    Ok(Some(back)) if back.open() == text.open() => Ok(()),
                    Ok(_) => Err(no_key("it doesn't give back what is put into it".to_owned())),
                    Err(error) => Err(error),
                }
            })?;
            Ok(key)
        });
        stored.map(Arc::new).map_err(|error| {
            error
                .failure("Unlock the keyring, or keep the vault by a passphrase: hat key vault --passphrase.")
        })
    }

    /// Takes a key out of the keyring that doesn't open the file. One that stays harms nobody.
    pub(super) fn forget(&self, key: &Key) {
        let Key::Keyring(id, _) = key else { return };
        if self.lid().is_ok_and(|lid| lid != Some(Lid::Keyring(id.clone()))) {
            let name = id.as_str().to_owned();
            self.keyring.access(Asking::Never, move |keyring| keyring.delete(&name)).ok();
        }
    }

    pub(super) fn held(&self) -> Option<Arc<Key>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn hold(&self, key: Option<Arc<Key>>) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// Drops this key from memory, if it is the one there.
    pub(super) fn let_go(&self, key: &Key) {
        let mut held = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| std::ptr::eq(&raw const **held, key)) {
            *held = None;
        }
    }
}
