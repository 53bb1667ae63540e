//! What somebody got elsewhere and now brings: sign-ins of `aws login`, tokens to trade in.

use secrecy::SecretString;
use serde::Deserialize;

/// A sign-in of `aws login` that goes on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginSession {
    /// Whose it is.
    pub user_arn: String,
    /// Its first refresh token; each is good once, and the key of the first proof is the sign-in's.
    pub refresh_token: SecretString,
}

/// A token that GetDelegatedAccessToken trades for a session.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeInToken {
    /// The token.
    pub token: SecretString,
    /// Whose session it is traded for.
    pub user_arn: String,
    /// Whether it is too old.
    #[serde(default)]
    pub expired: bool,
}
