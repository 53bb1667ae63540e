//! The keyring of the system: Secret Service, Keychain or Credential Manager.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(any(target_os = "macos", windows))]
use native as platform;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod absent;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
use absent as platform;

use super::{Condition, Keyring, KeyringError};
use hatrack_wire::Sealed;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

/// What our entries are called in the keyring.
const SERVICE: &str = "hatrack";

/// The keyring of the system that this process runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn look(&self) -> Result<Condition, KeyringError> {
        platform::look()
    }

    fn load(&self, name: &str) -> Result<Option<Sealed>, KeyringError> {
        match entry(name)?.get_secret().map(Zeroizing::new) {
            Ok(bytes) => {
                let text = std::str::from_utf8(&bytes);
                text.map(|text| Some(Sealed::new(text))).map_err(|_| {
                    KeyringError::Unusable("what it has under Hatrack's name isn't a key".to_owned())
                })
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unusable(&error)),
        }
    }

    fn store(&self, name: &str, key: &Sealed) -> Result<(), KeyringError> {
        entry(name)?.set_secret(key.open().as_bytes()).map_err(|error| unusable(&error))
    }

    fn delete(&self, name: &str) -> Result<(), KeyringError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(unusable(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, KeyringError> {
    platform::entry(SERVICE, &format!("vault {name}")).map_err(|error| unusable(&error))
}

fn unusable(error: &Error) -> KeyringError {
    match error {
        // Their own words would have the bytes of the entry in them.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeyringError::Unusable("it gave back what makes no sense".to_owned())
        }
        Error::Ambiguous(_) => {
            KeyringError::Unusable("it has more than one entry of the same name".to_owned())
        }
        error => KeyringError::Unusable(error.to_string()),
    }
}
