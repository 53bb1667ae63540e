//! What the operations of `sso-oidc` share: bodies, refusals, and who the client is.

use super::sign_in::Client;
use super::state::State;
use crate::answer::AwsError;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

/// The grant of a browser's code.
pub(super) const AUTHORIZATION_CODE: &str = "authorization_code";

/// The grant of a refresh token.
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

/// The grant of a device.
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Fields of bodies that are no secrets.
const PLAIN: [&str; 11] = [
    "clientId",
    "clientName",
    "clientType",
    "grantType",
    "grantTypes",
    "issuerUrl",
    "redirectUri",
    "redirectUris",
    "scope",
    "scopes",
    "startUrl",
];

/// Reads a body, or refuses it.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AwsError> {
    serde_json::from_slice(body).map_err(|_| invalid_request("The request's body can't be read."))
}

/// A field that must be there.
pub(super) fn required<'a>(field: Option<&'a str>, name: &str) -> Result<&'a str, AwsError> {
    field.filter(|text| !text.is_empty()).ok_or_else(|| invalid_request(format!("{name} is required.")))
}

/// The client with this id, its secret proved and its registration not over.
pub(super) fn client<'s>(
    state: &'s State,
    id: &str,
    secret: &str,
    now: Timestamp,
) -> Result<&'s Client, AwsError> {
    let invalid = |words: &str| AwsError::new(401, "InvalidClientException", words);
    let client = state.clients.get(id).ok_or_else(|| invalid("Invalid client ID provided."))?;
    if !bool::from(client.secret.expose_secret().as_bytes().ct_eq(secret.as_bytes())) {
        return Err(invalid("Invalid client secret provided."));
    }
    if client.expires <= now {
        return Err(invalid("Client credentials have expired."));
    }
    Ok(client)
}

pub(super) fn invalid_request(words: impl Into<String>) -> AwsError {
    AwsError::new(400, "InvalidRequestException", words)
}

pub(super) fn invalid_grant(words: &str) -> AwsError {
    AwsError::new(400, "InvalidGrantException", words)
}

/// OAuth's name of an error: `slow_down` for SlowDownException.
pub(super) fn error_name(code: &str) -> String {
    let code = code.strip_suffix("Exception").unwrap_or(code);
    let mut name = String::with_capacity(code.len() + 4);
    for letter in code.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// What a log may tell of a body.
pub(super) fn told(body: &[u8]) -> BTreeMap<String, String> {
    let body: BTreeMap<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let plain = body.into_iter().filter(|(name, _)| PLAIN.contains(&name.as_str()));
    plain.map(|(name, value)| (name, words(&value))).collect()
}

fn words(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_names_of_oauth() {
        for (code, name) in [
            ("AuthorizationPendingException", "authorization_pending"),
            ("InvalidRedirectUriException", "invalid_redirect_uri"),
            ("ExpiredTokenException", "expired_token"),
        ] {
            assert_eq!(error_name(code), name);
        }
    }
}
