//! Temporary credentials as an answer tells them.

use super::limits;
use crate::answer::{AwsError, Xml, time};
use crate::aws::Session;
use crate::constraint::Violations;
use crate::query::Params;
use secrecy::ExposeSecret;

/// The largest session token, in characters.
const LARGEST_TOKEN: usize = 4096;

/// Reads how many characters the caller wants the token to have at least.
pub(super) fn requested_size(params: &Params, violations: &mut Violations) -> Result<usize, AwsError> {
    let (min, max) = limits::TOKEN_SIZE;
    let size =
        violations.number("minimumSessionTokenSize", params.get("MinimumSessionTokenSize"), min, max)?;
    Ok(size.unwrap_or(0) as usize)
}

/// Writes `<Credentials>`.
pub(super) fn write(xml: &mut Xml, session: &Session) {
    xml.open("Credentials")
        .text("AccessKeyId", &session.access_key_id)
        .text("SecretAccessKey", session.secret.expose_secret())
        .text("SessionToken", session.token.expose_secret())
        .text("Expiration", &time(session.expiration))
        .close("Credentials");
}

/// Writes how long the token is, and how much of the longest that is in percent.
pub(super) fn write_size(xml: &mut Xml, session: &Session) {
    let size = session.token.expose_secret().len();
    xml.text("SessionTokenUtilization", &(size * 100).div_ceil(LARGEST_TOKEN).to_string())
        .text("SessionTokenSize", &size.to_string());
}
