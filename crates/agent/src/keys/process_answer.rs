//! Credentials as a `credential_process` prints them.

use crate::credentials::Credentials;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, Sealed};
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Printed<'a> {
    version: u32,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    expiration: String,
}

/// Puts credentials into the JSON that AWS tools take from a `credential_process`.
pub fn as_process_answer(credentials: &Credentials) -> Result<Answer, Failure> {
    // Without an end, AWS tools would never ask for new ones.
    let expiration = credentials.expiration.ok_or_else(endless)?;
    let printed = Printed {
        version: 1,
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.open(),
        session_token: credentials.session_token.as_ref().map(Sealed::open),
        expiration: expiration.to_string(),
    };
    let token = printed.session_token.map_or(0, str::len);
    let room = printed.access_key_id.len() + printed.secret_access_key.len() + token;
    // Roomy enough not to be moved as it grows, even where each sign is escaped.
    let mut json = Zeroizing::new(Vec::with_capacity(6 * room + 256));
    serde_json::to_writer(&mut *json, &printed).map_err(|_| unprintable())?;
    let text = std::str::from_utf8(&json).map_err(|_| unprintable())?;
    Ok(Answer::Token { token: Sealed::new(text), expiration })
}

fn endless() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "These credentials don't say when they end, and what doesn't end is not handed out.",
        "Ask for the credentials of a role.",
    )
}

fn unprintable() -> Failure {
    Failure::new(FailureCode::Unreachable, "AWS's credentials can't be written as JSON.", "Try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token: Option<&str>, end: Option<&str>) -> Credentials {
        Credentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Sealed::new("s3cret\"\\"),
            session_token: token.map(Sealed::new),
            expiration: end.map(|end| end.parse().unwrap()),
        }
    }

    #[test]
    fn the_json_is_what_aws_tools_take() {
        let credentials = credentials(Some("t0ken"), Some("2030-01-01T00:00:00Z"));
        let Answer::Token { token, expiration } = as_process_answer(&credentials).unwrap() else {
            panic!("another answer");
        };
        assert_eq!(
            token.open(),
            r#"{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"s3cret\"\\","SessionToken":"t0ken","Expiration":"2030-01-01T00:00:00Z"}"#
        );
        assert_eq!(Some(expiration), credentials.expiration);
    }

    #[test]
    fn what_never_ends_is_not_handed_out_and_what_has_no_token_has_none() {
        assert_eq!(as_process_answer(&credentials(None, None)).unwrap_err().code, FailureCode::Refused);
        let answer = as_process_answer(&credentials(None, Some("2030-01-01T00:00:00Z"))).unwrap();
        let Answer::Token { token, .. } = &answer else { panic!("another answer") };
        assert!(!token.open().contains("SessionToken"));
        assert!(!format!("{answer:?}").contains("s3cret"), "{answer:?}");
    }
}
