//! The system's keyring: whether it can be used now.
//!
//! Deliberately absent: anything kept in it, and any prompt. A keyring may ask a person and wait
//! for ever, so it is looked at on a thread of its own and with a time limit.

#[cfg(target_os = "linux")]
mod secret_service;

use hatrack_core::failure::{Failure, FailureCode};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a look at the keyring may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(3);

/// How the keyring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is open, and what is put into it can be read back.
    Ready,
    /// It is there and locked; a person has to unlock it.
    Locked,
    /// The service is there, but nobody has created a keyring yet.
    NotCreated,
    /// This release doesn't look at this platform's keyring.
    NotLookedAt,
}

/// Looks whether the keyring is there, unlocked and writable.
pub async fn look(limit: Duration) -> Result<Found, Failure> {
    let (sender, found) = oneshot::channel();
    let spawned = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        // Who asked may have lost patience meanwhile.
        sender.send(platform()).ok();
    });
    if spawned.is_err() {
        return Err(unusable("no thread could be started for it"));
    }
    match tokio::time::timeout(limit, found).await {
        Ok(Ok(found)) => found.map_err(|why| unusable(&why)),
        Ok(Err(_ended)) => Err(unusable("the look at it ended early")),
        Err(_elapsed) => Err(unusable("it doesn't answer, as one does that waits for a person")),
    }
}

fn unusable(why: &str) -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        format!("The keyring can't be used: {why}."),
        "See that a Secret Service (GNOME Keyring, KWallet or KeePassXC) runs in this session and is unlocked.",
    )
}

#[cfg(target_os = "linux")]
fn platform() -> Result<Found, String> {
    secret_service::look()
}

#[cfg(not(target_os = "linux"))]
fn platform() -> Result<Found, String> {
    Ok(Found::NotLookedAt)
}
