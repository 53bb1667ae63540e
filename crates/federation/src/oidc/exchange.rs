//! The token endpoint: a code or a refresh token becomes tokens.

use super::claims::{Expected, believe};
use super::discovery::doors;
use super::outside::{Answer, Outside, ask};
use super::provider::{Doors, Kind, Provider, Tokens};
use super::words;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use zeroize::Zeroizing;

/// How long an access token is taken to live where nothing is said.
const UNSAID: i64 = 3600;
/// The longest life that is believed.
const LONGEST_LIFE: i64 = 366 * 24 * 3600;
/// The longest refresh token that is kept.
const LONGEST_REFRESH_TOKEN: usize = 20_000;

#[derive(Deserialize)]
struct Granted {
    access_token: Option<Sealed>,
    id_token: Option<Sealed>,
    refresh_token: Option<Sealed>,
    expires_in: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// What binds an answer to what was begun.
#[derive(Default)]
pub(super) struct Bound<'a> {
    pub(super) nonce: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) refresh_token: Option<&'a Sealed>,
}

/// Obtains new tokens without a person. `subject` is who signed in, and must be the same.
///
/// A provider may take the old refresh token back at once: keep the new one before anything else.
pub async fn refresh(
    provider: &Provider,
    outside: &impl Outside,
    refresh_token: &Sealed,
    subject: Option<&str>,
) -> Result<Tokens, Failure> {
    let doors = doors(outside, provider).await?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.open())];
    let bound = Bound { subject, refresh_token: Some(refresh_token), ..Bound::default() };
    exchange(provider, outside, &doors, &form, &bound).await
}

/// Takes a refresh token back at the provider, where that is offered (RFC 7009).
pub async fn end(provider: &Provider, outside: &impl Outside, refresh_token: &Sealed) -> Result<(), Failure> {
    let doors = doors(outside, provider).await?;
    let Some(endpoint) = &doors.revocation else { return Ok(()) };
    let form = [("token", refresh_token.open()), ("token_type_hint", "refresh_token")];
    let request = authenticated(provider, &doors, &form, |form| endpoint.post(form));
    let answer = ask(outside, provider, "the end of the sign-in", request).await?;
    if answer.status.is_success() { Ok(()) } else { Err(refused(provider, &answer, true)) }
}

pub(super) async fn exchange(
    provider: &Provider,
    outside: &impl Outside,
    doors: &Doors,
    form: &[(&str, &str)],
    bound: &Bound<'_>,
) -> Result<Tokens, Failure> {
    let request = authenticated(provider, doors, form, |form| doors.token.post(form));
    let answer = ask(outside, provider, "a token", request).await?;
    if answer.status != StatusCode::OK {
        return Err(refused(provider, &answer, bound.refresh_token.is_some()));
    }
    let granted: Option<Granted> = answer.json();
    // Some providers refuse with status 200.
    let Some(granted) =
        granted.filter(|granted| granted.access_token.is_some() || granted.id_token.is_some())
    else {
        return Err(refused(provider, &answer, bound.refresh_token.is_some()));
    };
    let refresh_token = granted
        .refresh_token
        .clone()
        .filter(|token| !token.open().is_empty() && token.open().len() <= LONGEST_REFRESH_TOKEN)
        .or_else(|| bound.refresh_token.cloned());
    let tokens = match &provider.kind {
        Kind::OpenId { issuer } => open_id(provider, outside, doors, issuer, granted, bound).await?,
        Kind::OAuth { provider_id, .. } => plain(provider, outside, provider_id, granted)?,
    };
    Ok(Tokens { refresh_token, ..tokens })
}

async fn open_id(
    provider: &Provider,
    outside: &impl Outside,
    doors: &Doors,
    issuer: &str,
    granted: Granted,
    bound: &Bound<'_>,
) -> Result<Tokens, Failure> {
    let Some(token) = granted.id_token else {
        return Err(match bound.refresh_token {
            Some(_) => words::no_renewal(provider),
            None => words::token_rejected(provider, "there is no id_token in the answer"),
        });
    };
    let keys = doors.keys.as_ref().ok_or_else(|| words::token_rejected(provider, "it has no keys"))?;
    let answer = ask(outside, provider, "its signing keys", keys.get()).await?;
    let keys = if answer.status == StatusCode::OK { answer.json() } else { None };
    let keys = keys.ok_or_else(|| words::unusable(provider, "its signing keys", answer.status))?;
    let expected = Expected {
        issuer,
        client_id: &provider.client_id,
        nonce: bound.nonce,
        subject: bound.subject,
        now: outside.now(),
    };
    let believed =
        believe(token.open(), &keys, &expected).map_err(|why| words::token_rejected(provider, &why))?;
    Ok(Tokens {
        token,
        expires: believed.expires,
        refresh_token: None,
        provider_id: None,
        subject: Some(believed.subject),
        shown_name: Some(believed.shown_name),
    })
}

fn plain(
    provider: &Provider,
    outside: &impl Outside,
    provider_id: &str,
    granted: Granted,
) -> Result<Tokens, Failure> {
    let rejected = |why: &str| words::token_rejected(provider, why);
    let token = granted.access_token.ok_or_else(|| rejected("there is no access token in the answer"))?;
    // STS takes no shorter one.
    if !(4..=super::jwt::LONGEST).contains(&token.open().len()) {
        return Err(rejected("AWS takes tokens of 4 to 20000 characters"));
    }
    let life = match granted.expires_in {
        Some(serde_json::Value::Number(life)) => life.as_i64().unwrap_or(UNSAID),
        Some(serde_json::Value::String(life)) => life.parse().unwrap_or(UNSAID),
        Some(_) | None => UNSAID,
    };
    let life = SignedDuration::from_secs(life.clamp(0, LONGEST_LIFE));
    let expires = outside.now().checked_add(life).map_err(|error| rejected(&error.to_string()))?;
    Ok(Tokens {
        token,
        expires,
        refresh_token: None,
        provider_id: Some(provider_id.to_owned()),
        subject: None,
        shown_name: None,
    })
}

/// A request with the client's id, and its secret where it has one.
fn authenticated(
    provider: &Provider,
    doors: &Doors,
    form: &[(&str, &str)],
    request: impl FnOnce(Vec<u8>) -> Request<Vec<u8>>,
) -> Request<Vec<u8>> {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(form);
    let mut header = None;
    match &provider.client_secret {
        Some(secret) if doors.secret_in_form => {
            encoded.append_pair("client_id", &provider.client_id);
            encoded.append_pair("client_secret", secret.open());
        }
        Some(secret) => header = basic(&provider.client_id, secret),
        None => {
            encoded.append_pair("client_id", &provider.client_id);
        }
    }
    let mut request = request(encoded.finish().into_bytes());
    if let Some(header) = header {
        request.headers_mut().insert(AUTHORIZATION, header);
    }
    request
}

fn basic(id: &str, secret: &Sealed) -> Option<HeaderValue> {
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", escaped(id), *Zeroizing::new(escaped(secret.open()))));
    let mut value =
        HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes()))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn refused(provider: &Provider, answer: &Answer, renewing: bool) -> Failure {
    match answer.json::<Refusal>() {
        Some(refusal) => {
            words::refusal(provider, &refusal.error, refusal.error_description.as_deref(), renewing)
        }
        None => words::unusable(provider, "a token", answer.status),
    }
}
