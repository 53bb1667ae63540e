//! Finding a provider's doors (OpenID Connect Discovery 1.0).

use super::outside::{Endpoint, Outside, ask};
use super::provider::{Doors, Kind, Provider};
use super::words;
use hatrack_core::failure::Failure;
use http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    revocation_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

pub(super) async fn doors(outside: &impl Outside, provider: &Provider) -> Result<Doors, Failure> {
    let issuer = match &provider.kind {
        Kind::OpenId { issuer } => issuer,
        Kind::OAuth { authorization_endpoint, token_endpoint, .. } => {
            return provider.own_doors(authorization_endpoint, token_endpoint);
        }
    };
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let address = Endpoint::parse(provider, "issuer", &address)?;
    let answer = ask(outside, provider, "its discovery document", address.get()).await?;
    if answer.status.is_client_error() {
        return Err(words::no_discovery(provider, answer.status));
    }
    let document: Option<Document> = if answer.status == StatusCode::OK { answer.json() } else { None };
    let document =
        document.ok_or_else(|| words::unusable(provider, "its discovery document", answer.status))?;
    if document.issuer != *issuer {
        return Err(words::other_issuer(provider, &document.issuer));
    }
    let lacks = |methods: &[String], wanted: &str| !methods.iter().any(|method| method == wanted);
    // Many providers know S256 and don't say so; one that names others only would downgrade.
    if document.code_challenge_methods_supported.is_some_and(|methods| lacks(&methods, "S256")) {
        return Err(words::no_pkce(provider));
    }
    let revocation = document.revocation_endpoint;
    Ok(Doors {
        authorization: Endpoint::parse(provider, "authorization_endpoint", &document.authorization_endpoint)?,
        token: Endpoint::parse(provider, "token_endpoint", &document.token_endpoint)?,
        keys: Some(Endpoint::parse(provider, "jwks_uri", &document.jwks_uri)?),
        revocation: revocation
            .map(|address| Endpoint::parse(provider, "revocation_endpoint", &address))
            .transpose()?,
        secret_in_form: document
            .token_endpoint_auth_methods_supported
            .is_some_and(|methods| lacks(&methods, "client_secret_basic")),
        names_issuer: document.authorization_response_iss_parameter_supported,
    })
}
