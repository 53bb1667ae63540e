//! What nobody can guess, and what merely must not be the same for everybody.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use ring::rand::{SecureRandom, SystemRandom};
use std::time::Duration;
use zeroize::Zeroizing;

/// A text of 43 characters that nobody can guess.
pub(crate) fn unguessable() -> Result<Sealed, Failure> {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(&mut *bytes).map_err(|_| {
        Failure::new(
            FailureCode::Refused,
            "The system gave no random numbers, which a sign-in needs.",
            "Try again.",
        )
    })?;
    Ok(Sealed::new(BASE64_URL_SAFE_NO_PAD.encode(*bytes)))
}

/// Some part of a duration, so that many who wait don't come back at once.
pub(crate) fn part_of(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    // Without random numbers all of it is waited for.
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => most.mul_f64(f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)),
        Err(_) => most,
    }
}
