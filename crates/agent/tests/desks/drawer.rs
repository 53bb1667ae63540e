//! A keyring in memory.

use hatrack_vault::keyring::{Condition, Keyring, KeyringError};
use hatrack_wire::Sealed;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A keyring that is always open.
#[derive(Default)]
pub(crate) struct Drawer(Mutex<BTreeMap<String, Sealed>>);

impl Keyring for Drawer {
    fn look(&self) -> Result<Condition, KeyringError> {
        Ok(Condition::Ready)
    }

    fn load(&self, name: &str) -> Result<Option<Sealed>, KeyringError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn store(&self, name: &str, key: &Sealed) -> Result<(), KeyringError> {
        self.0.lock().unwrap().insert(name.to_owned(), key.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeyringError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}
