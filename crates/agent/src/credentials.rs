//! Credentials in memory: wiped when dropped, never shown.

use hatrack_wire::Sealed;
use jiff::Timestamp;

/// Credentials as AWS hands them out.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The access key's id, which is no secret.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Sealed,
    /// The session token; long-term keys have none.
    pub session_token: Option<Sealed>,
    /// When they end; long-term keys don't.
    pub expiration: Option<Timestamp>,
}
