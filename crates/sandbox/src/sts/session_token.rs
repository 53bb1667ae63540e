//! GetSessionToken: a user's own session, with MFA in it if a code was given.

use super::{NAMESPACE, credentials, limits, mfa};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller, Holder};
use crate::constraint::Violations;
use crate::query::Params;

/// Seconds of a session, if the caller doesn't say: 12 hours.
const DEFAULT_DURATION: u32 = 43_200;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (serial, code) = (params.get("SerialNumber"), params.get("TokenCode"));
    let mut violations = Violations::default();
    let (min, max) = limits::SESSION_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    violations.text("serialNumber", serial, limits::SERIAL_NUMBER);
    violations.text("tokenCode", code, limits::TOKEN_CODE);
    let (min, max) = limits::TOKEN_SIZE;
    let size =
        violations.number("minimumSessionTokenSize", params.get("MinimumSessionTokenSize"), min, max)?;
    violations.end()?;

    let (account, user) = match caller {
        Caller::User { account, user } => (account, user),
        Caller::UserSession { .. } | Caller::Role { .. } => {
            return Err(AwsError::access_denied("Cannot call GetSessionToken with session credentials"));
        }
    };
    if user.denied.iter().any(|denied| denied == "sts:GetSessionToken") {
        let arn = caller.arn();
        return Err(AwsError::access_denied(format!(
            "User: {arn} is not authorized to perform: sts:GetSessionToken on resource: {arn} with an explicit \
             deny in an identity-based policy"
        )));
    }
    let mfa = mfa::check(aws, caller, serial, code)?;
    // The holder is found again by a long-term key of his; a caller has one.
    let access_key_id = user.access_keys.first().map(|key| key.id.clone()).unwrap_or_default();
    let holder = Holder::User { access_key_id, mfa };
    let session =
        aws.issue(account, duration.unwrap_or(DEFAULT_DURATION), size.unwrap_or(0) as usize, holder);
    Ok(Xml::answer("GetSessionToken", NAMESPACE, request_id, |xml| {
        credentials::write(xml, &session);
        credentials::write_size(xml, &session);
    }))
}
