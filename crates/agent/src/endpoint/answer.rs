//! One request's answer.

use super::{FromEndpoint, Shared, Shelf};
use hatrack_core::failure::Failure;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, ORIGIN,
    REFERRER_POLICY, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Serialize;
use std::net::SocketAddr;
use subtle::ConstantTimeEq;

type Answer = Response<Full<Bytes>>;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const PURPOSES: [HeaderName; 2] =
    [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose")];

/// Answers a request; its body, which it must not have, isn't read.
pub(super) fn to<B>(shared: &Shared, request: &Request<B>, peer: SocketAddr) -> Answer {
    answer(shared, request, peer).unwrap_or_else(|refused| {
        let mut answer = plain(refused, "");
        // Whatever follows on this connection isn't read for another request.
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        answer
    })
}

fn answer<B>(shared: &Shared, request: &Request<B>, peer: SocketAddr) -> Result<Answer, StatusCode> {
    let (headers, uri) = (request.headers(), request.uri());
    if only(headers, &HOST) != Some(shared.host.as_bytes()) || uri.authority().is_some() {
        return Err(StatusCode::FORBIDDEN);
    }
    if *request.method() != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let length = headers.get_all(CONTENT_LENGTH).iter().all(|length| length == "0");
    if headers.contains_key(TRANSFER_ENCODING) || !length {
        return Err(StatusCode::BAD_REQUEST);
    }
    if headers.contains_key(ORIGIN) || uri.query().is_some() {
        return Err(StatusCode::FORBIDDEN);
    }
    match uri.path().split_at_checked(1).and_then(|(_, path)| path.split_once('/')) {
        Some(("credentials", name)) => credentials(shared, headers, name),
        Some(("open", name)) => link(shared, headers, name, peer),
        Some(_) | None => Err(StatusCode::NOT_FOUND),
    }
}

/// Credentials for who shows the token. A name that nobody has is refused as a wrong token is.
fn credentials(shared: &Shared, headers: &HeaderMap, name: &str) -> Result<Answer, StatusCode> {
    // No SDK sends these, every browser does.
    if headers.contains_key(FETCH_SITE) || headers.contains_key(FETCH_MODE) {
        return Err(StatusCode::FORBIDDEN);
    }
    let shown = only(headers, &AUTHORIZATION).ok_or(StatusCode::FORBIDDEN)?;
    let kept = shared.kept();
    let consumer = kept.consumers.get(name).ok_or(StatusCode::FORBIDDEN)?;
    if !bool::from(shown.ct_eq(consumer.token.open().as_bytes())) {
        return Err(StatusCode::FORBIDDEN);
    }
    let (event, answer) = match &consumer.shelf {
        Shelf::Live { json, end } if *end > shared.clock.now() => {
            (FromEndpoint::Served(consumer.id), as_json(StatusCode::OK, json.open()))
        }
        Shelf::Live { .. } => (FromEndpoint::Missed(consumer.id), failed("Expired", RENEWED_SOON)),
        Shelf::Empty(failure) => (FromEndpoint::Missed(consumer.id), failed("NotActive", &told(failure))),
    };
    // The loop may be ending.
    shared.events.send(event).ok();
    Ok(answer)
}

/// Leads a browser on, once. What looks ahead gets nothing and uses nothing up.
fn link(shared: &Shared, headers: &HeaderMap, name: &str, peer: SocketAddr) -> Result<Answer, StatusCode> {
    let looks_ahead = PURPOSES.iter().any(|purpose| headers.contains_key(purpose));
    let is_page = headers.get(FETCH_MODE).is_none_or(|mode| mode == "navigate");
    // Where an address was typed, clicked outside, or given to the browser's command line.
    let is_own = headers.get(FETCH_SITE).is_none_or(|site| site == "none");
    if looks_ahead || !is_page || !is_own || !is_mine(peer, shared.address) {
        return Err(StatusCode::FORBIDDEN);
    }
    let Some(link) = shared.kept().links.get_mut(name).and_then(Option::take) else {
        return Ok(plain(
            StatusCode::GONE,
            "This link was used already, or is too old. Ask for another one.",
        ));
    };
    let mut answer = plain(StatusCode::SEE_OTHER, "");
    let mut location = HeaderValue::from_str(link.open()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    location.set_sensitive(true);
    answer.headers_mut().insert(LOCATION, location);
    answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}

/// Whether a connection comes from a process of this user.
#[cfg(target_os = "linux")]
fn is_mine(peer: SocketAddr, own: SocketAddr) -> bool {
    super::peer::user_of(peer, own).is_none_or(|user| user == rustix::process::geteuid().as_raw())
}

/// Whether a connection comes from a process of this user: no way to tell is known here.
#[cfg(not(target_os = "linux"))]
fn is_mine(_peer: SocketAddr, _own: SocketAddr) -> bool {
    true
}

const RENEWED_SOON: &str = "These credentials ended, and are being renewed.";

/// What SDKs show of an endpoint's refusal.
#[derive(Serialize)]
struct Refusal<'a> {
    code: &'a str,
    message: &'a str,
}

fn failed(code: &str, message: &str) -> Answer {
    let json = serde_json::to_string(&Refusal { code, message }).unwrap_or_default();
    as_json(StatusCode::SERVICE_UNAVAILABLE, &json)
}

fn told(failure: &Failure) -> String {
    hatrack_core::name::shown(&failure.to_string())
}

fn as_json(status: StatusCode, json: &str) -> Answer {
    let mut answer = plain(status, json);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn plain(status: StatusCode, body: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}
