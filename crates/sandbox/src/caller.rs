//! Who signed a call.

use crate::answer::AwsError;
use crate::aws::{Aws, Caller};
use crate::keys::Use;
use crate::sigv4::{self, Signed};
use crate::world::KeyStatus;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

/// Checks the signature and tells whose it is, or refuses as AWS does.
pub(crate) fn authenticate<'w>(
    aws: &'w Aws,
    request: &Signed<'_>,
    service: &str,
) -> Result<Caller<'w>, AwsError> {
    let caller = find(aws, request, service)?;
    let region = sigv4::authorization(request.headers)?.region;
    if service == "sts" && aws.is_disabled(region) {
        return Err(AwsError::region_disabled(&caller.account().id));
    }
    Ok(caller)
}

fn find<'w>(aws: &'w Aws, request: &Signed<'_>, service: &str) -> Result<Caller<'w>, AwsError> {
    let authorization = sigv4::authorization(request.headers)?;
    let token = sigv4::session_token(request.headers);
    let now = aws.clock.now();
    let id = authorization.access_key_id;
    let key = aws.keys().find(id).cloned();
    if let Some(key) = key {
        // A session token that was left over from something else. AWS tells an inactive key no
        // differently from one that never was.
        if token.is_some() || key.status == KeyStatus::Inactive {
            return Err(invalid_token());
        }
        authorization.check(request, service, key.secret.expose_secret(), None, now)?;
        let region = authorization.region.to_owned();
        aws.keys().used(id, Use { at: now, service: service.to_owned(), region });
        let (account, user) = aws.world.find_user(&key.user_arn).ok_or_else(invalid_token)?;
        return Ok(Caller::User { account, user });
    }
    let session = aws.session(id).ok_or_else(invalid_token)?;
    let known = session.token.expose_secret();
    if !token.is_some_and(|token| bool::from(token.as_bytes().ct_eq(known.as_bytes()))) {
        return Err(invalid_token());
    }
    authorization.check(request, service, session.secret.expose_secret(), Some(known), now)?;
    if session.expiration <= now {
        let message = "The security token included in the request is expired";
        return Err(AwsError::new(403, "ExpiredToken", message));
    }
    aws.holder(session.holder).ok_or_else(invalid_token)
}

pub(crate) fn invalid_token() -> AwsError {
    AwsError::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
}
