//! The lock that all our processes share, one for each real file.

use super::fault::{explain, refuse};
use super::platform;
use hatrack_core::failure::Failure;
use sha2::{Digest, Sha256};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// How long one of our processes waits for another.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

const STEP: Duration = Duration::from_millis(10);

/// Holds the lock of a file until it is dropped, or the process dies.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the file at this real path.
    pub(super) fn take(locks: &Path, real: &Path) -> Result<Self, Failure> {
        platform::create_folder(locks).map_err(|error| explain(locks, "made", &error))?;
        let path = locks.join(format!("{}.lock", digest(real, 16)));
        let file = platform::open_lock(&path).map_err(|error| explain(&path, "opened", &error))?;
        let mut left = LOCK_WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(refuse(
                        real,
                        "is being written by another Hatrack that doesn't finish",
                        "Try again; if it stays so, end that process.",
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(STEP);
                    left = left.saturating_sub(STEP);
                }
                Err(TryLockError::Error(error)) => return Err(explain(&path, "locked", &error)),
            }
        }
    }
}

/// A name made of a path, in hexadecimal digits, that says nothing about it.
pub(super) fn digest(path: &Path, digits: usize) -> String {
    let sum = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let mut hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(digits);
    hex
}
