//! What binds the browser's answer to this sign-in (RFC 7636, and the state and nonce of OpenID).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

/// A text of 43 characters that nobody can guess.
pub(super) fn unguessable() -> Result<Sealed, Failure> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| {
        Failure::new(
            FailureCode::Refused,
            format!("The system gave no random numbers, which a sign-in needs: {error}."),
            "Try again.",
        )
    })?;
    Ok(Sealed::new(BASE64_URL_SAFE_NO_PAD.encode(*bytes)))
}

/// The challenge (S256) to a verifier.
pub(super) fn challenge(verifier: &Sealed) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.open().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_as_rfc_7636_appendix_b_has_it() {
        let verifier = Sealed::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn verifiers_are_long_enough_and_never_the_same() {
        let (one, other) = (unguessable().unwrap(), unguessable().unwrap());
        assert_eq!(one.open().len(), 43);
        assert_ne!(one.open(), other.open());
    }
}
