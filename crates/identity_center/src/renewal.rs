//! A token that can be used: as it is, or renewed without a person.

use crate::cache::{Cache, Stored, Token};
use crate::call::{Refusal, sign_in_again};
use crate::outside::Outside;
use crate::sign_in::{Grant, Oidc};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use jiff::SignedDuration;
use std::time::Duration;

/// From when on before its end a token is renewed, as the AWS CLI and the SDKs do it.
pub const REFRESH_MARGIN: SignedDuration = SignedDuration::from_mins(15);
/// Another program may be in the middle of writing.
const READ_AGAIN: Duration = Duration::from_millis(100);
const READS: u32 = 3;

/// Reads the token of a portal and renews it where less than `margin` is left.
///
/// A token that could not be renewed is yielded as long as it is valid. Where a person is needed
/// the failure's code is [`FailureCode::SignInNeeded`].
pub async fn fresh_token(
    portal: &Portal,
    outside: &impl Outside,
    cache: &Cache,
    margin: SignedDuration,
) -> Result<Token, Failure> {
    let token = found(portal, cache).await?;
    let left = token.expires.duration_since(outside.now());
    if left > margin {
        return Ok(token);
    }
    match renewed(portal, outside, cache, &token).await {
        Ok(renewed) => Ok(renewed),
        Err(_) if left.is_positive() => Ok(token),
        Err(failure) => Err(failure),
    }
}

/// The token in place of one that is about to end, or that the portal doesn't take any more. It
/// is renewed once, however many ask.
pub(crate) async fn renewed(
    portal: &Portal,
    outside: &impl Outside,
    cache: &Cache,
    old: &Token,
) -> Result<Token, Failure> {
    let (portal, outside, cache, old) = (portal.clone(), outside.clone(), cache.clone(), old.clone());
    // Who doesn't wait any more must not leave a used refresh token behind.
    let renewal = tokio::spawn(async move { renew(&portal, &outside, &cache, &old).await });
    renewal.await.unwrap_or_else(|_| {
        Err(Failure::new(FailureCode::Cancelled, "The renewal of the sign-in was ended.", "Try again."))
    })
}

async fn renew(
    portal: &Portal,
    outside: &impl Outside,
    cache: &Cache,
    old: &Token,
) -> Result<Token, Failure> {
    let lock = cache.lock(portal).await?;
    // The AWS CLI, or another of ours, may have been quicker.
    let Some(stored) = cache.seen(portal)?.stored else { return Err(none(portal)) };
    let now = outside.now();
    if is_other(&stored, old) && stored.expires > now {
        return Ok(stored.token());
    }
    let ended = || sign_in_again(portal.name(), "has ended");
    let (Some(client), Some(refresh)) = (&stored.client, &stored.refresh) else { return Err(ended()) };
    if client.expires <= now {
        return Err(ended());
    }
    let oidc = Oidc::of(portal, outside).await?;
    let grant = Grant::Refresh(refresh.clone());
    let given = oidc.token(&client.id, &client.secret, &grant, outside).await;
    let seen = cache.seen(portal).map(|seen| seen.stored);
    match given {
        Ok(given) => {
            let new = Stored {
                access: given.access,
                expires: given.expires,
                refresh: given.refresh.or_else(|| stored.refresh.clone()),
                ..stored
            };
            match seen {
                // Signed out meanwhile: that stays so.
                Ok(None) => Err(none(portal)),
                // The AWS CLI renewed it too, and later than we.
                Ok(Some(seen)) if is_other(&seen, old) && seen.expires > new.expires => Ok(seen.token()),
                // What can't be read is replaced: the refresh token is used up.
                Ok(Some(_)) | Err(_) => {
                    cache.write(portal, &new, &lock)?;
                    Ok(new.token())
                }
            }
        }
        Err(refusal) => match seen {
            Ok(Some(seen)) if is_other(&seen, old) && seen.expires > now => Ok(seen.token()),
            Ok(_) | Err(_) if is_final(&refusal) => Err(ended()),
            Ok(_) | Err(_) => Err(oidc.refused(refusal, "to renew the sign-in")),
        },
    }
}

/// Reads the token; a file that makes no sense is read again in case somebody is writing it.
async fn found(portal: &Portal, cache: &Cache) -> Result<Token, Failure> {
    let mut reads = 1;
    loop {
        match cache.token(portal) {
            Ok(Some(token)) => return Ok(token),
            Ok(None) => return Err(none(portal)),
            Err(failure) if failure.code == FailureCode::SignInNeeded && reads < READS => {
                tokio::time::sleep(READ_AGAIN).await;
                reads += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}

fn is_other(stored: &Stored, old: &Token) -> bool {
    stored.access.open() != old.access.open()
}

/// Whether the service said that this refresh token will never be taken.
fn is_final(refusal: &Refusal) -> bool {
    matches!(
        refusal.code(),
        Some(
            "InvalidGrantException"
                | "InvalidClientException"
                | "UnauthorizedClientException"
                | "ExpiredTokenException"
                | "AccessDeniedException"
                | "InvalidRequestException"
                | "UnsupportedGrantTypeException"
        )
    )
}

/// Nobody is signed in.
pub(crate) fn none(portal: &Portal) -> Failure {
    Failure::new(
        FailureCode::SignInNeeded,
        format!("Nobody is signed in at {}.", hatrack_core::name::shown(portal.name())),
        "Sign in first.",
    )
}
