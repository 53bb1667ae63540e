//! The end of a sign-in, at the portal and on this machine.

use crate::cache::Cache;
use crate::call::refused;
use crate::outside::Outside;
use crate::portal::Door;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_core::name::shown;

/// Signs out: the portal ends the sign-in, and the token is removed. The registration stays.
///
/// The token is removed from this machine even if the portal could not be told; the failure says
/// so then.
pub async fn sign_out(portal: &Portal, outside: &impl Outside, cache: &Cache) -> Result<(), Failure> {
    let lock = cache.lock(portal).await?;
    // What can't be read goes all the same.
    let token = cache.token(portal).ok().flatten();
    cache.remove(portal, &lock)?;
    drop(lock);
    let Some(token) = token else { return Ok(()) };
    let untold = |failure: Failure| {
        let end = token.expires.strftime("%Y-%m-%d %H:%M UTC");
        let failure = Failure {
            happened: format!(
                "The sign-in at {} is removed from this machine, but the portal could not be told: {}",
                shown(portal.name()),
                failure.happened
            ),
            remedy: format!("Sign out on the portal's page too; by itself the token ends at {end}."),
            ..failure
        };
        Failure { code: FailureCode::Unreachable, ..failure }
    };
    let door = Door::of(portal, outside).await.map_err(untold)?;
    match door.log_out(&token).await {
        Ok(()) => Ok(()),
        // It had ended before.
        Err(refusal) if refusal.is_about_token() => Ok(()),
        Err(refusal) => Err(untold(refused(refusal, "to sign out", door.host()))),
    }
}
