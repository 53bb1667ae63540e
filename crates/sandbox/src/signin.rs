//! AWS Sign-In, as `aws login` uses it: refresh tokens that rotate, for credentials of 15 minutes.
//!
//! Deliberately absent: the sign-in in a browser (grant `authorization_code`), and every other action.

use crate::aws::{Aws, Holder};
use crate::jws::Token;
use crate::services::Answer;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

/// Where the token endpoint stands.
pub(crate) const PATH: &str = "/v1/token";

/// The action, as the service's model names it.
pub(crate) const ACTION: &str = "CreateOAuth2Token";

/// Seconds that credentials live.
const LIFETIME: u32 = 900;

/// Seconds that a proof may be away from the sandbox's clock.
const PROOF_AGE: i64 = 300;

const CLIENTS: [&str; 2] =
    ["arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenInput {
    client_id: String,
    grant_type: String,
    refresh_token: Option<String>,
}

/// Why no token is given: the exception, its code, and words.
struct Refusal(u16, &'static str, &'static str, &'static str);

/// Answers the one action.
pub(crate) fn answer(aws: &Aws, parts: &Parts, body: Option<&[u8]>) -> Answer {
    let (status, body, error) = match refresh(aws, parts, body.unwrap_or_default()) {
        Ok(body) => (200, body, None),
        Err(Refusal(status, exception, code, message)) => {
            (status, json!({ "error": code, "message": message }), Some(exception))
        }
    };
    Answer { status, body: body.to_string(), content_type: "application/json", error, ..Answer::default() }
}

fn refresh(aws: &Aws, parts: &Parts, body: &[u8]) -> Result<Value, Refusal> {
    let invalid = |words| Refusal(400, "ValidationException", "INVALID_REQUEST", words);
    if parts.method != Method::POST {
        return Err(invalid("The token endpoint takes POST only."));
    }
    let input: TokenInput =
        serde_json::from_slice(body).map_err(|_| invalid("The request body can't be read."))?;
    if !CLIENTS.contains(&input.client_id.as_str()) {
        return Err(invalid("The client id is unknown."));
    }
    let (grant, given) = (input.grant_type.as_str(), input.refresh_token.as_deref());
    let ("refresh_token", Some(given)) = (grant, given) else {
        return Err(invalid("A refresh token is required."));
    };
    let key = proof_key(&parts.headers, aws.clock.now().as_second())
        .ok_or_else(|| invalid("The DPoP proof is missing or not valid."))?;
    let expired = || Refusal(401, "AccessDeniedException", "TOKEN_EXPIRED", "The refresh token has expired.");
    let (user_arn, next) = aws.refresh_login(given, &key).ok_or_else(expired)?;
    let (account, _) = aws.world.find_user(&user_arn).ok_or_else(expired)?;
    let session = aws.issue(account, LIFETIME, 0, Holder::User { arn: user_arn, mfa: false });
    Ok(json!({
        "accessToken": {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret.expose_secret(),
            "sessionToken": session.token.expose_secret(),
        },
        "tokenType": "aws_sigv4",
        "expiresIn": LIFETIME,
        "refreshToken": next,
    }))
}

/// The key that the DPoP header (RFC 9449) proves to be the caller's; nothing if it proves nothing.
fn proof_key(headers: &HeaderMap, now: i64) -> Option<Value> {
    let proof = Token::read(headers.get("dpop")?.to_str().ok()?)?;
    let header = |name: &str| proof.header.get(name).and_then(Value::as_str);
    let jwk = proof.header.get("jwk")?.clone();
    let host = headers.get("host")?.to_str().ok()?;
    let age = now.saturating_sub(proof.claims.get("iat")?.as_i64()?);
    let sound = header("typ") == Some("dpop+jwt")
        && header("alg") == Some("ES256")
        && jwk.get("d").is_none()
        && proof.text("htm") == Some("POST")
        && proof.text("htu") == Some(&format!("http://{host}{PATH}"))
        && proof.text("jti").is_some_and(|id| !id.is_empty())
        && age.saturating_abs() <= PROOF_AGE
        && proof.fits(&jwk);
    // The point alone is the key; what else stands beside it doesn't matter.
    sound.then(|| json!({ "x": jwk.get("x"), "y": jwk.get("y") }))
}
