//! An OpenID provider's signing hand, for tests and the demo: no pages, no sign-in, only tokens.

use crate::jws::Key;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The name of an issuer's one key.
const KEY_ID: &str = "sandbox";

/// Somebody who signs identity tokens with a key of his own (ES256).
#[derive(Debug)]
pub struct TokenIssuer {
    url: String,
    key: Key,
}

impl TokenIssuer {
    /// An issuer of this URL with a new key.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    pub fn new(url: impl Into<String>) -> Self {
        #[expect(clippy::expect_used, reason = "a system without randomness can't run a sandbox")]
        let key = Key::es256().expect("the system gives random bytes");
        Self { url: url.into(), key }
    }

    /// The issuer's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The public key as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.key.jwk(KEY_ID)] })
    }

    /// A token for this audience about this subject, good until then.
    pub fn token(&self, audience: &str, subject: &str, expires: Timestamp) -> String {
        self.token_with(&json!({
            "iss": self.url,
            "aud": audience,
            "sub": subject,
            "exp": expires.as_second(),
        }))
    }

    /// A token with exactly these claims.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    pub fn token_with(&self, claims: &Value) -> String {
        #[expect(clippy::expect_used, reason = "a system without randomness can't run a sandbox")]
        self.key.token(KEY_ID, claims).expect("the system gives random bytes")
    }
}
