//! RegisterClient.

use super::oidc::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, invalid_request, read, required};
use super::sign_in::{Client, SCOPE, after};
use super::{answered, is_elsewhere};
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::ids;
use crate::services::Answer;
use axum::http::Uri;
use axum::http::request::Parts;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

/// Seconds of a registration that names no organisation.
const LIFETIME: u32 = 90 * 24 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_name: Option<String>,
    client_type: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    issuer_url: Option<String>,
}

pub(super) fn answer(aws: &Aws, parts: &Parts, body: &[u8]) -> Result<Answer, AwsError> {
    let input: Input = read(body)?;
    let name = required(input.client_name.as_deref(), "clientName")?;
    let portal = check(aws, parts, &input)?;
    let now = aws.clock.now();
    // Whoever names no organisation may belong to any: the shortest registration counts.
    let organisations = aws.world.organisations.iter().enumerate();
    let lifetimes = organisations.filter(|(at, _)| portal.is_none_or(|portal| portal == *at));
    let lifetime = lifetimes.map(|(_, organisation)| organisation.client_duration).min();
    let expires = after(now, lifetime.unwrap_or(LIFETIME));
    // AWS's secret is a long signed token.
    let secret = ids::random_text(900);
    let client = Client {
        secret: SecretString::from(secret.clone()),
        name: name.to_owned(),
        expires,
        scopes: input.scopes,
        grants: input.grant_types,
        redirects: input.redirect_uris,
        portal,
    };
    let id = aws.identity_center.state().register(client);
    Ok(answered(&json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": now.as_second(),
        "clientSecretExpiresAt": expires.as_second(),
    })))
}

/// Refuses what can't be registered; tells the organisation that is named as the issuer.
fn check(aws: &Aws, parts: &Parts, input: &Input) -> Result<Option<usize>, AwsError> {
    if required(input.client_type.as_deref(), "clientType")? != "public" {
        let words = "Only public clients can be registered.";
        return Err(AwsError::new(400, "InvalidClientMetadataException", words));
    }
    let known = [AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE];
    if let Some(grant) = input.grant_types.iter().find(|grant| !known.contains(&grant.as_str())) {
        let words = format!("The grant type {grant} isn't supported.");
        return Err(AwsError::new(400, "UnsupportedGrantTypeException", words));
    }
    let is_known = |scope: &&String| *scope == SCOPE || scope.starts_with("codewhisperer:");
    if let Some(scope) = input.scopes.iter().find(|scope| !is_known(scope)) {
        return Err(AwsError::new(400, "InvalidScopeException", format!("The scope {scope} isn't known.")));
    }
    if let Some(uri) = input.redirect_uris.iter().find(|uri| !is_loopback(uri)) {
        let words = format!("The redirect URI {uri} isn't one of loopback without a port.");
        return Err(AwsError::new(400, "InvalidRedirectUriException", words));
    }
    if input.grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE) {
        required(input.issuer_url.as_deref(), "issuerUrl")?;
        required(input.redirect_uris.first().map(String::as_str), "redirectUris")?;
    }
    let Some(issuer) = &input.issuer_url else { return Ok(None) };
    let at =
        aws.world.organisations.iter().position(|organisation| {
            organisation.is_at(issuer) && !is_elsewhere(parts, &organisation.region)
        });
    at.map(Some).ok_or_else(|| invalid_request(format!("There is no instance at {issuer}.")))
}

/// A client of loopback gets its port anew each time, so it registers none.
fn is_loopback(uri: &str) -> bool {
    let Ok(uri) = uri.parse::<Uri>() else { return false };
    uri.scheme_str() == Some("http")
        && matches!(uri.host(), Some("127.0.0.1" | "[::1]"))
        && uri.port().is_none()
        && uri.query().is_none()
}
