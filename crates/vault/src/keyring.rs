//! The system's keyring, where the vault's key lies.
//!
//! A keyring may ask a person and wait for ever. So each access has a thread of its own and a time
//! limit, there is one at a time, and whether the keyring is locked is asked before it is touched.
//!
//! Deliberately absent: any secret but keys of the vault, and unlocking with a password of ours.

mod bounded;
mod system;

pub(crate) use bounded::{Asking, Bounded};
pub use system::SystemKeyring;

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_wire::Sealed;
use std::sync::Arc;
use std::time::Duration;

/// How long one access to the keyring may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(3);

/// The name under which [`examine`] tries the keyring.
const TRIAL: &str = "trial";

/// How a keyring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is open.
    Ready,
    /// It is there and locked; a person has to unlock it.
    Locked,
    /// The service is there, but nobody has created a keyring yet.
    NotCreated,
}

/// Why a keyring gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyringError {
    /// It is locked, and nobody was to be asked.
    Locked,
    /// The service is there, but nobody has created a keyring yet.
    NotCreated,
    /// It didn't answer in time, as one that waits for a person.
    Silent,
    /// It can't be used, and why.
    Unusable(String),
}

/// A place for keys, by name. Each call may block for as long as it likes.
pub trait Keyring: Send + Sync {
    /// Tells how the keyring is, without bringing up a dialog.
    fn look(&self) -> Result<Condition, KeyringError>;

    /// Reads the key of this name; `None` if there is none.
    fn load(&self, name: &str) -> Result<Option<Sealed>, KeyringError>;

    /// Keeps a key under this name.
    fn store(&self, name: &str, key: &Sealed) -> Result<(), KeyringError>;

    /// Forgets the key of this name; one that isn't there is forgotten already.
    fn delete(&self, name: &str) -> Result<(), KeyringError>;
}

/// Looks whether a keyring is there, unlocked and writable, within the limit; blocks no runtime.
pub async fn examine(keyring: Arc<dyn Keyring>, limit: Duration) -> Result<Condition, Failure> {
    let look = move || {
        Bounded::new(keyring, limit).condition(|keyring| {
            let key = Sealed::new("trial");
            keyring.store(TRIAL, &key)?;
            let back = keyring.load(TRIAL);
            keyring.delete(TRIAL)?;
            match back? {
                Some(back) if back.open() == key.open() => Ok(()),
                Some(_) | None => Err(KeyringError::Unusable("it gave back something else".to_owned())),
            }
        })
    };
    let looked = tokio::task::spawn_blocking(look).await.map_err(|_| crate::fault::ended())?;
    looked.map_err(|error| error.failure("See that a Secret Service (GNOME Keyring, KWallet or KeePassXC) runs in this session and is unlocked."))
}

impl KeyringError {
    /// The failure of an access, with what to do about it.
    pub(crate) fn failure(&self, remedy: &str) -> Failure {
        let (code, happened) = match self {
            Self::Locked => (FailureCode::PersonNeeded, "The keyring is locked.".to_owned()),
            Self::NotCreated => (
                FailureCode::PersonNeeded,
                "There is a keyring service, but no keyring has been created in it.".to_owned(),
            ),
            Self::Silent => (
                FailureCode::Unreachable,
                "The keyring doesn't answer, as one does that waits for a person.".to_owned(),
            ),
            Self::Unusable(why) => {
                let why = shown(why.trim_end_matches('.'));
                (FailureCode::Unreachable, format!("The keyring can't be used: {why}."))
            }
        };
        Failure::new(code, happened, remedy)
    }
}
