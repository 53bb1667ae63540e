//! A sign-in of `aws login`, as AWS keeps it.

use crate::ids;
use crate::world::LoginSession;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use subtle::ConstantTimeEq;

/// One sign-in.
#[derive(Debug)]
pub(crate) struct Login {
    user_arn: String,
    refresh_token: SecretString,
    /// The public key of whoever signed in, once a proof told it.
    key: Option<Value>,
}

impl Login {
    /// The sign-in as the world has it at its start.
    pub(crate) fn of(session: &LoginSession) -> Self {
        Self { user_arn: session.user_arn.clone(), refresh_token: session.refresh_token.clone(), key: None }
    }

    /// Takes the refresh token, if it is this sign-in's and comes with its key; tells whose it is, and the next one.
    pub(crate) fn refresh(&mut self, token: &str, key: &Value) -> Option<(String, String)> {
        let known = self.refresh_token.expose_secret().as_bytes();
        if !bool::from(known.ct_eq(token.as_bytes())) || self.key.as_ref().is_some_and(|it| it != key) {
            return None;
        }
        self.key = Some(key.clone());
        let next = ids::random_text(400);
        self.refresh_token = SecretString::from(next.clone());
        Some((self.user_arn.clone(), next))
    }
}
