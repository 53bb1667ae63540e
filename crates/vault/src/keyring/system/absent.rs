//! Systems whose keyring Hatrack doesn't know.

use super::{Condition, KeyringError};
use keyring_core::{Entry, Error, Result};

pub(super) fn entry(_service: &str, _user: &str) -> Result<Entry> {
    Err(Error::NoDefaultStore)
}

pub(super) fn look() -> std::result::Result<Condition, KeyringError> {
    Err(KeyringError::Unusable("Hatrack knows none on this system".to_owned()))
}
