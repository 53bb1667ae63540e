//! Credentials of a role that a portal assigns.

use crate::cache::{Cache, Token};
use crate::call::{Refusal, nonsense, refused, sign_in_again};
use crate::outside::Outside;
use crate::portal::Door;
use crate::renewal::{REFRESH_MARGIN, fresh_token, renewed};
use aws_sdk_sso::types::RoleCredentials as Given;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_core::name::shown;
use hatrack_wire::Sealed;
use jiff::Timestamp;

/// The longest key id, secret or token that is passed on.
const LONGEST: usize = 16 * 1024;

/// Credentials of a role. They have no Debug that shows them.
#[derive(Clone, Debug)]
pub struct RoleCredentials {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Sealed,
    /// The session token.
    pub session_token: Sealed,
    /// When they end, by AWS's clock.
    pub expiration: Timestamp,
}

/// Calls GetRoleCredentials. A token that is not taken any more is renewed once, without a person.
pub async fn role_credentials(
    portal: &Portal,
    account_id: &str,
    role_name: &str,
    outside: &impl Outside,
    cache: &Cache,
) -> Result<RoleCredentials, Failure> {
    if !is_account_id(account_id) || !is_role_name(role_name) {
        return Err(Failure::new(
            FailureCode::Usage,
            format!("{} in the account {} can't be a role of AWS.", shown(role_name), shown(account_id)),
            "Give the account's twelve digits and the role's name as the portal shows them.",
        ));
    }
    let token = fresh_token(portal, outside, cache, REFRESH_MARGIN).await?;
    let door = Door::of(portal, outside).await?;
    let explain = |refusal| explain(refusal, portal, account_id, role_name, &door);
    match door.role_credentials(&token, account_id, role_name).await {
        Ok(given) => read(given, &door),
        Err(refusal) if refusal.is_about_token() => {
            let token: Token = renewed(portal, outside, cache, &token).await?;
            let given = door.role_credentials(&token, account_id, role_name).await;
            read(given.map_err(explain)?, &door)
        }
        Err(refusal) => Err(explain(refusal)),
    }
}

fn read(given: Given, door: &Door) -> Result<RoleCredentials, Failure> {
    let fits =
        |text: &String| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let expiration = Timestamp::from_millisecond(given.expiration).ok().filter(|_| given.expiration > 0);
    let id = given.access_key_id.filter(fits);
    let secret = given.secret_access_key.filter(fits);
    match (id, secret, given.session_token.filter(fits), expiration) {
        (Some(access_key_id), Some(secret), Some(token), Some(expiration)) => Ok(RoleCredentials {
            access_key_id,
            secret_access_key: Sealed::new(secret),
            session_token: Sealed::new(token),
            expiration,
        }),
        _ => Err(nonsense(door.host())),
    }
}

fn explain(refusal: Refusal, portal: &Portal, account_id: &str, role_name: &str, door: &Door) -> Failure {
    if refusal.is_about_token() {
        return sign_in_again(portal.name(), "isn't taken any more");
    }
    match &refusal {
        Refusal::Said { code, status: 403 | 404, request_id, .. } => Failure::new(
            FailureCode::Refused,
            format!("You have no role {role_name} in the account {account_id} at {}.", shown(portal.name())),
            "List the organisation anew to see what is assigned, or ask who administers it.",
        )
        .with_aws_code(Some(&shown(code)))
        .with_request_id(request_id.as_deref()),
        Refusal::Said { .. } | Refusal::Failed { .. } => {
            refused(refusal, "the role's credentials", door.host())
        }
    }
}

/// Whether a text is an account's id.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is a role's name.
pub(crate) fn is_role_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}
