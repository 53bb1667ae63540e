//! What an id_token must say before it is believed (OpenID Connect Core 3.1.3.7).

use super::jwt::{Jwt, LONGEST};
use super::keys::{Keys, is_known};
use hatrack_core::name::shown;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use subtle::ConstantTimeEq;

/// How far two clocks may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_mins(2);

/// What a token is held against.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    /// None on renewal, where providers leave it out.
    pub(super) nonce: Option<&'a str>,
    /// Who signed in before, on renewal.
    pub(super) subject: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// What a believed token says.
#[derive(Debug)]
pub(super) struct Believed {
    pub(super) expires: Timestamp,
    pub(super) subject: String,
    pub(super) shown_name: String,
}

/// Reads when a token ends, without believing the token.
pub fn token_expiry(jwt: &str) -> Option<Timestamp> {
    moment(&Jwt::parse(jwt)?.claims["exp"])
}

/// Checks the signature and then every claim; the error says why it is not believed.
pub(super) fn believe(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Believed, String> {
    if token.len() > LONGEST {
        return Err(format!("it is longer than the {LONGEST} characters that AWS takes"));
    }
    let jwt = Jwt::parse(token).ok_or("it is no signed token")?;
    if jwt.header.crit.is_some() || !is_known(&jwt.header.alg) {
        return Err(format!("it is signed with {}, which is not accepted", shown(&jwt.header.alg)));
    }
    if !keys.verify(&jwt.header.alg, jwt.header.kid.as_deref(), jwt.message, &jwt.signature) {
        return Err("none of the provider's keys made its signature".to_owned());
    }
    let claims = &jwt.claims;
    if claims["iss"].as_str() != Some(expected.issuer) {
        return Err("it was issued by somebody else".to_owned());
    }
    if !is_for(claims, expected.client_id) {
        return Err("it was issued to another client".to_owned());
    }
    if let Some(nonce) = expected.nonce {
        let said = claims["nonce"].as_str().unwrap_or_default();
        if !bool::from(said.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err("it belongs to another sign-in".to_owned());
        }
    }
    let expires = moment(&claims["exp"]).ok_or("it doesn't say when it ends")?;
    if expires.saturating_add(LEEWAY).is_ok_and(|end| end <= expected.now) {
        return Err("it has expired; check this machine's clock, too".to_owned());
    }
    let soon = expected.now.saturating_add(LEEWAY).map_err(|error| error.to_string())?;
    if ["iat", "nbf"].iter().any(|claim| moment(&claims[*claim]).is_some_and(|start| start > soon)) {
        return Err("it begins in the future; check this machine's clock".to_owned());
    }
    let subject = claims["sub"].as_str().filter(|subject| !subject.is_empty() && subject.len() <= 255);
    let subject = subject.ok_or("it doesn't say who signed in")?;
    if expected.subject.is_some_and(|before| before != subject) {
        return Err("it is about somebody else than before".to_owned());
    }
    let shown_name = ["email", "preferred_username", "name"].iter().find_map(|claim| claims[*claim].as_str());
    Ok(Believed { expires, subject: subject.to_owned(), shown_name: shown(shown_name.unwrap_or(subject)) })
}

fn is_for(claims: &Value, client_id: &str) -> bool {
    let (named, more) = match &claims["aud"] {
        Value::String(one) => (one == client_id, false),
        Value::Array(all) => (all.iter().any(|one| one == client_id), all.len() > 1),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => (false, false),
    };
    let party = &claims["azp"];
    named && (party == client_id || (party.is_null() && !more))
}

/// A NumericDate; some providers write it with a fraction.
fn moment(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    let within = Timestamp::MIN.as_second() as f64..=Timestamp::MAX.as_second() as f64;
    within.contains(&seconds).then(|| Timestamp::from_second(seconds as i64).ok())?
}
