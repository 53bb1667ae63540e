//! Credentials as a `credential_process` prints them.

use crate::{HandedOut, Sealed};
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

/// What AWS tools take from a `credential_process`, version 1 of its format.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProcessAnswer<'a> {
    version: u32,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl<'a> ProcessAnswer<'a> {
    /// Of these credentials. They must end: without an Expiration AWS tools never ask for new ones.
    pub fn of(
        access_key_id: &'a str,
        secret_access_key: &'a Sealed,
        session_token: Option<&'a Sealed>,
        expiration: Timestamp,
        account_id: Option<&'a str>,
    ) -> Self {
        Self {
            version: 1,
            access_key_id,
            secret_access_key: secret_access_key.open(),
            session_token: session_token.map(Sealed::open),
            expiration: expiration.to_string(),
            account_id,
        }
    }

    /// The JSON, in a buffer that is wiped; `None` for what can't be written so.
    pub fn json(&self) -> Option<Sealed> {
        let token = self.session_token.map_or(0, str::len);
        let room = self.access_key_id.len() + self.secret_access_key.len() + token;
        // Roomy enough not to be moved as it grows, even where each sign is escaped.
        let mut json = Zeroizing::new(Vec::with_capacity(6 * room + 256));
        serde_json::to_writer(&mut *json, self).ok()?;
        std::str::from_utf8(&json).ok().map(Sealed::new)
    }
}

impl HandedOut {
    /// These credentials as a `credential_process` prints them.
    pub fn process_answer(&self) -> Option<Sealed> {
        let Self { access_key_id, secret_access_key, session_token, expiration, account_id, .. } = self;
        let (token, account) = (session_token.as_ref(), account_id.as_deref());
        ProcessAnswer::of(access_key_id, secret_access_key, token, *expiration, account).json()
    }
}
