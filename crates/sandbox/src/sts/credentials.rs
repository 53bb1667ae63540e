//! Temporary credentials as an answer tells them.

use crate::answer::{Xml, time};
use crate::aws::Session;
use secrecy::ExposeSecret;

/// The largest session token, in characters.
const LARGEST_TOKEN: usize = 4096;

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
