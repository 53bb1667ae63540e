//! Fetching what an identity provider publishes: JSON, over http, from loopback and nowhere else.

use axum::http::Uri;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// The longest document that is read.
const LONGEST: usize = 1 << 20;

const PATIENCE: Duration = Duration::from_secs(5);

/// Fetches the public keys of an issuer by way of its discovery document; nothing if it can't be reached
/// or says something else.
pub(crate) async fn jwks(issuer: &str) -> Option<Value> {
    let base = issuer.trim_end_matches('/');
    let discovery = json(&format!("{base}/.well-known/openid-configuration")).await?;
    if discovery.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return None;
    }
    json(discovery.get("jwks_uri")?.as_str()?).await
}

async fn json(address: &str) -> Option<Value> {
    let address: Uri = address.parse().ok()?;
    let loopback = matches!(address.host()?, "127.0.0.1" | "localhost" | "[::1]");
    if !loopback || address.scheme_str() != Some("http") {
        return None;
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<&[u8]>>();
    let fetch = async {
        let answer = client.get(address).await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        let body = Limited::new(answer.into_body(), LONGEST).collect().await.ok()?.to_bytes();
        serde_json::from_slice(&body).ok()
    };
    timeout(PATIENCE, fetch).await.ok()?
}
