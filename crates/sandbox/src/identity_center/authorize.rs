//! The page that a client with PKCE sends people to, and the way back to the client.

use super::page::{self, Answered};
use super::sign_in::{Code, after};
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::ids;
use crate::query::Params;
use crate::services::Answer;
use axum::http::Uri;
use axum::http::request::Parts;

/// Seconds in which a code must be brought.
const CODE_LIFETIME: u32 = 600;

/// Letters of a SHA-256 sum in base64.
const CHALLENGE_LETTERS: usize = 43;

pub(super) fn answer(aws: &Aws, parts: &Parts) -> Result<Answer, AwsError> {
    let refuse = |words: &str| AwsError::new(400, "InvalidRequestException", words);
    let params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| refuse("The address can't be read."))?;
    let now = aws.clock.now();
    let mut state = aws.identity_center.state();
    // As long as client and redirect URI aren't known, nobody is sent anywhere.
    let client_id = params.get("client_id").unwrap_or_default();
    let client = state.clients.get(client_id).filter(|client| client.expires > now);
    let client = client.ok_or_else(|| refuse("The client isn't registered, or no longer."))?;
    let redirect = params.get("redirect_uri").unwrap_or_default();
    if !client.redirects.iter().any(|registered| is_same(registered, redirect)) {
        return Err(refuse("The redirect URI isn't one that the client registered."));
    }
    let Some(portal) = client.portal else {
        return Err(refuse("The client registered without an issuer."));
    };
    let organisation = &aws.world.organisations[portal];
    let back = |more: &[(&str, &str)]| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(more);
        query.extend_pairs(params.get("state").map(|state| ("state", state)));
        let location = Some(format!("{redirect}?{}", query.finish()));
        Ok(Answer { status: 302, location, ..page::plain() })
    };
    if let Some((error, words)) = wrong(&params, &client.scopes) {
        return back(&[("error", error), ("error_description", words)]);
    }
    match page::answered(organisation, &params)? {
        None => Ok(page::ask(organisation, &client.name, "/authorize", &params)),
        Some(Answered::Denied) => {
            back(&[("error", "access_denied"), ("error_description", "User denied access")])
        }
        Some(Answered::Allowed(person)) => {
            let code = ids::random_text(120);
            let kept = Code {
                client_id: client_id.to_owned(),
                redirect: redirect.to_owned(),
                challenge: params.get("code_challenge").unwrap_or_default().to_owned(),
                portal,
                person: person.to_owned(),
                expires: after(now, CODE_LIFETIME),
            };
            state.codes.insert(code.clone(), kept);
            back(&[("code", &code)])
        }
    }
}

/// What is wrong with a request that may be told to the client: OAuth's error, and words.
fn wrong(params: &Params, registered: &[String]) -> Option<(&'static str, &'static str)> {
    let is = |name: &str, value: &str| params.get(name) == Some(value);
    if !is("response_type", "code") {
        return Some(("unsupported_response_type", "response_type must be code"));
    }
    let challenge = params.get("code_challenge").unwrap_or_default();
    if !is("code_challenge_method", "S256") || challenge.len() != CHALLENGE_LETTERS {
        return Some(("invalid_request", "A code_challenge by S256 is required"));
    }
    if params.get("state").unwrap_or_default().is_empty() {
        return Some(("invalid_request", "state is required"));
    }
    let mut scopes = params.get("scopes").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty());
    if !scopes.all(|scope| registered.iter().any(|it| it == scope)) {
        return Some(("invalid_scope", "A scope isn't one that the client registered"));
    }
    None
}

/// Whether it is the registered URI, on whatever port.
fn is_same(registered: &str, redirect: &str) -> bool {
    let (Ok(registered), Ok(redirect)) = (registered.parse::<Uri>(), redirect.parse::<Uri>()) else {
        return false;
    };
    registered.scheme() == redirect.scheme()
        && registered.host() == redirect.host()
        && registered.path_and_query() == redirect.path_and_query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_the_registered_one_on_any_port() {
        let is = |uri: &str| is_same("http://127.0.0.1/oauth/callback", uri);
        assert!(is("http://127.0.0.1:4711/oauth/callback") && is("http://127.0.0.1/oauth/callback"));
        for other in [
            "",
            "http://localhost:4711/oauth/callback",
            "https://127.0.0.1:4711/oauth/callback",
            "http://127.0.0.1:4711/oauth/callback/",
            "http://127.0.0.1:4711/oauth/callback?next=x",
            "http://127.0.0.1.evil.example/oauth/callback",
        ] {
            assert!(!is(other), "{other}");
        }
    }
}
