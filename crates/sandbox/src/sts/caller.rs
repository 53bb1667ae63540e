//! Who signed a call.

use crate::answer::AwsError;
use crate::aws::{Aws, Caller};
use crate::sigv4::{self, Signed};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

/// Checks the signature and tells whose it is, or refuses as AWS does.
pub(super) fn authenticate<'w>(aws: &'w Aws, request: &Signed<'_>) -> Result<Caller<'w>, AwsError> {
    let authorization = sigv4::authorization(request.headers)?;
    let token = sigv4::session_token(request.headers);
    let now = aws.clock.now();
    let id = authorization.access_key_id;
    if let Some((account, user, key)) = aws.world.find_key(id) {
        // A session token that was left over from something else.
        if token.is_some() {
            return Err(invalid_token());
        }
        authorization.check(request, "sts", key.secret.expose_secret(), None, now)?;
        return Ok(Caller::User { account, user });
    }
    let session = aws.session(id).ok_or_else(invalid_token)?;
    let known = session.token.expose_secret();
    if !token.is_some_and(|token| bool::from(token.as_bytes().ct_eq(known.as_bytes()))) {
        return Err(invalid_token());
    }
    authorization.check(request, "sts", session.secret.expose_secret(), Some(known), now)?;
    if session.expiration <= now {
        let message = "The security token included in the request is expired";
        return Err(AwsError::new(403, "ExpiredToken", message));
    }
    aws.holder(session.holder).ok_or_else(invalid_token)
}

fn invalid_token() -> AwsError {
    AwsError::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
}
