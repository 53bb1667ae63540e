//! From credentials to a sign-in: the request for a sign-in token, its answer, and the link.

use super::Site;
use super::destination::encoded;
use crate::failure::{Failure, FailureCode};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// SessionDuration, in seconds.
const SECONDS: RangeInclusive<u32> = 900..=43_200;

/// How long a sign-in token is at most.
const LONGEST: usize = 16_384;

/// Who the link says it comes from.
const ISSUER: &str = "https://hatrack.app";

/// How credentials came to be, as far as the console minds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By AssumeRole* with a user's keys, a token or an assertion; by Identity Center.
    Role,
    /// By AssumeRole with the credentials of another role.
    Chained,
    /// By GetFederationToken.
    Federation,
    /// By GetSessionToken.
    UserSession,
}

/// What may be said of the session's life; fails for credentials that can't become one.
pub fn session_seconds(kind: Kind, wanted: Option<u32>) -> Result<Option<u32>, Failure> {
    match (kind, wanted) {
        (Kind::UserSession, _) => Err(Failure::new(
            FailureCode::Refused,
            "The console takes no credentials of an IAM user, but those of a role or of GetFederationToken.",
            "Choose a role, or describe the user with federation_name: hat role edit.",
        )),
        (_, Some(seconds)) if !SECONDS.contains(&seconds) => Err(Failure::new(
            FailureCode::Usage,
            "A session of the console lives from 15 minutes to 12 hours.",
            "Ask for a duration between 15m and 12h.",
        )),
        (Kind::Role, wanted) => Ok(wanted),
        // The console lives as long as the credentials do, and takes no word on it.
        (Kind::Chained | Kind::Federation, _) => Ok(None),
    }
}

/// Where a partition's sign-in is.
pub fn sign_in_address(site: &Site, region: &str) -> String {
    format!("https://{}", site.host(site.sign_in, region))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    session_id: &'a str,
    session_key: &'a str,
    session_token: &'a str,
}

/// The form by which a sign-in token is asked for: it is posted, as it has secrets.
pub fn token_request(
    access_key_id: &str,
    secret_access_key: &str,
    session_token: &str,
    seconds: Option<u32>,
) -> Option<Zeroizing<String>> {
    let session = Session { session_id: access_key_id, session_key: secret_access_key, session_token };
    let room = access_key_id.len() + secret_access_key.len() + session_token.len();
    // Roomy enough not to be moved as they grow, even where each sign is escaped.
    let mut json = Zeroizing::new(Vec::with_capacity(6 * room + 128));
    serde_json::to_writer(&mut *json, &session).ok()?;
    let text = std::str::from_utf8(&json).ok()?;
    let session = Zeroizing::new(encoded(text));
    let mut form = Zeroizing::new(String::with_capacity(session.len() + 128));
    form.push_str("Action=getSigninToken");
    if let Some(seconds) = seconds {
        form.extend(["&SessionDuration=", &seconds.to_string()]);
    }
    form.push_str("&Session=");
    form.push_str(&session);
    Some(form)
}

/// A sign-in token.
pub struct Token(Zeroizing<String>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    signin_token: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Reads the answer to [`token_request`]; `None` where it is none.
pub fn token(answer: &[u8]) -> Option<Token> {
    let Answer { signin_token } = serde_json::from_slice(answer).ok()?;
    let text = Zeroizing::new(signin_token);
    let is_one = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then_some(Token(text))
}

/// The link that signs a browser in, good for fifteen minutes: a secret.
pub fn login(sign_in: &str, token: &Token, destination: &str) -> Zeroizing<String> {
    let (issuer, destination) = (encoded(ISSUER), encoded(destination));
    let token = Zeroizing::new(encoded(&token.0));
    let mut link =
        Zeroizing::new(String::with_capacity(sign_in.len() + token.len() + destination.len() + 128));
    for part in [sign_in, "/federation?Action=login&Issuer=", &issuer, "&Destination=", &destination] {
        link.push_str(part);
    }
    link.push_str("&SigninToken=");
    link.push_str(&token);
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_the_credentials_allow() {
        for (kind, wanted, expected) in [
            (Kind::Role, None, Ok(None)),
            (Kind::Role, Some(43_200), Ok(Some(43_200))),
            (Kind::Role, Some(899), Err(FailureCode::Usage)),
            (Kind::Role, Some(43_201), Err(FailureCode::Usage)),
            (Kind::Chained, Some(3600), Ok(None)),
            (Kind::Federation, Some(3600), Ok(None)),
            (Kind::UserSession, None, Err(FailureCode::Refused)),
        ] {
            assert_eq!(session_seconds(kind, wanted).map_err(|failure| failure.code), expected, "{kind:?}");
        }
    }

    #[test]
    fn the_request_and_the_link_have_everything_in_its_place() {
        let form = token_request("ASIA", "s+/=\"", "t&t", Some(3600)).unwrap();
        assert_eq!(
            form.as_str(),
            "Action=getSigninToken&SessionDuration=3600&Session=%7B%22sessionId%22%3A%22ASIA%22%2C%22sessionKey%22%3A%22s%2B%2F%3D%5C%22%22%2C%22sessionToken%22%3A%22t%26t%22%7D"
        );
        let token = token(br#"{"SigninToken":"a-b_c"}"#).unwrap();
        let site = Site::of("aws-eusc").unwrap();
        let link = login(&sign_in_address(&site, "eusc-de-east-1"), &token, "https://x/?a=b");
        assert_eq!(
            link.as_str(),
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation?Action=login&Issuer=https%3A%2F%2Fhatrack.app&Destination=https%3A%2F%2Fx%2F%3Fa%3Db&SigninToken=a-b_c"
        );
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn another_answer_is_no_token() {
        for answer in [
            &b""[..],
            b"{}",
            b"<html>",
            br#"{"SigninToken":""}"#,
            br#"{"SigninToken":"a b"}"#,
            br#"{"SigninToken":1}"#,
        ] {
            assert!(token(answer).is_none(), "{answer:?}");
        }
    }
}
