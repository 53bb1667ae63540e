//! GetSessionToken: a user's own session, with MFA in it if a code was given.

use super::{NAMESPACE, credentials, limits, mfa};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller, Holder};
use crate::constraint::Violations;
use crate::permission;
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
    let size = credentials::requested_size(params, &mut violations)?;
    violations.end()?;

    let Caller::User { account, user } = caller else {
        return Err(AwsError::access_denied("Cannot call GetSessionToken with session credentials"));
    };
    permission::check(caller, "sts:GetSessionToken", &caller.arn())?;
    let mfa = mfa::check(aws, caller, serial, code)?;
    let holder = Holder::User { arn: account.user_arn(user), mfa };
    let session = aws.issue(account, duration.unwrap_or(DEFAULT_DURATION), size, holder);
    Ok(Xml::answer("GetSessionToken", NAMESPACE, request_id, |xml| {
        credentials::write(xml, &session);
        credentials::write_size(xml, &session);
    }))
}
