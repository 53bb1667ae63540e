//! Credentials as a `credential_process` prints them.

use crate::credentials::Credentials;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, ProcessAnswer};

/// Puts credentials into the JSON that AWS tools take from a `credential_process`.
pub fn as_process_answer(credentials: &Credentials) -> Result<Answer, Failure> {
    // Without an end, AWS tools would never ask for new ones.
    let expiration = credentials.expiration.ok_or_else(endless)?;
    let Credentials { access_key_id, secret_access_key, session_token, .. } = credentials;
    let answer =
        ProcessAnswer::of(access_key_id, secret_access_key, session_token.as_ref(), expiration, None);
    Ok(Answer::Token { token: answer.json().ok_or_else(unprintable)?, expiration })
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
    use hatrack_wire::Sealed;

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
