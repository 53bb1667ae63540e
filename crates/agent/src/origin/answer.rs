//! Credentials as JSON, as `credential_process`, the container's and the machine's endpoints
//! answer them.

use crate::clock;
use crate::credentials::Credentials;
use crate::sts::word;
use crate::text::plain;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    version: Option<u32>,
    code: Option<String>,
    message: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<Sealed>,
    session_token: Option<Sealed>,
    token: Option<Sealed>,
    expiration: Option<String>,
}

#[derive(Deserialize)]
struct Complaint {
    code: Option<String>,
    message: Option<String>,
}

/// Which of the dialects is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `{"Version": 1, …, "SessionToken"}`; the token and the end may be missing.
    Process,
    /// `{…, "Token", "Expiration"}`, all there.
    Endpoint,
}

/// The credentials in an answer, or what is wrong with it (as the second half of a sentence, and
/// never with a piece of the answer but the message that it has for people).
pub(super) fn credentials(json: &[u8], dialect: Dialect) -> Result<Credentials, String> {
    // The parser's own message may quote what it read.
    let answer: Answer = serde_json::from_slice(json).map_err(|error| {
        format!("it is not the JSON that is expected (line {}, column {})", error.line(), error.column())
    })?;
    if let Some(code) = answer.code.filter(|code| code != "Success") {
        return Err(format!("{}: {}", plain(&code, 60), plain(&answer.message.unwrap_or_default(), 200)));
    }
    let lacks = |what: &str| format!("it has no {what}");
    let token = match dialect {
        Dialect::Process => {
            match answer.version {
                Some(1) => {}
                Some(other) => return Err(format!("its Version is {other}, and only 1 is known")),
                None => return Err(lacks("Version")),
            }
            answer.session_token
        }
        Dialect::Endpoint => Some(answer.token.ok_or_else(|| lacks("Token"))?),
    };
    let expiration = match (answer.expiration, dialect) {
        (Some(text), _) => {
            Some(text.trim().parse::<Timestamp>().map_err(|_| "its Expiration is not a time".to_owned())?)
        }
        (None, Dialect::Process) => None,
        (None, Dialect::Endpoint) => return Err(lacks("Expiration")),
    };
    if expiration.is_some_and(|end| end <= clock::now()) {
        return Err("the credentials in it have expired".to_owned());
    }
    let key_id = answer.access_key_id.ok_or_else(|| lacks("AccessKeyId"))?;
    let secret = answer.secret_access_key.ok_or_else(|| lacks("SecretAccessKey"))?;
    let odd = |what: &str| format!("its {what} has characters that a key can't have");
    if word(secret.open(), 1024).is_none() {
        return Err(odd("SecretAccessKey"));
    }
    if token.as_ref().is_some_and(|token| word(token.open(), 64 * 1024).is_none()) {
        return Err(odd("session token"));
    }
    Ok(Credentials {
        access_key_id: word(&key_id, 128).ok_or_else(|| odd("AccessKeyId"))?,
        secret_access_key: secret,
        session_token: token,
        expiration,
    })
}

/// What an endpoint says for itself when it gives none.
pub(super) fn complaint(json: &[u8]) -> Option<String> {
    let complaint: Complaint = serde_json::from_slice(json).ok()?;
    match (complaint.code, complaint.message) {
        (Some(code), Some(message)) => Some(format!("{}: {}", plain(&code, 60), plain(&message, 200))),
        (Some(one), None) | (None, Some(one)) => Some(plain(&one, 200)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_repeats_a_secret() {
        for json in [
            r#"{"Version":1,"SecretAccessKey":{"x":"hidden"}}"#,
            r#"{"Version":"hidden"}"#,
            r#"{"Version":2,"SecretAccessKey":"hidden"}"#,
            r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"hid den hidden"}"#,
            r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"hidden"}"#,
            "hidden",
        ] {
            let why = credentials(json.as_bytes(), Dialect::Process).unwrap_err();
            assert!(!why.contains("hidden"), "{why}");
        }
    }

    #[test]
    fn an_endpoint_must_tell_all_and_a_process_needn_t() {
        let json = br#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s"}"#;
        assert!(credentials(json, Dialect::Process).unwrap().expiration.is_none());
        assert!(credentials(json, Dialect::Endpoint).is_err());
        let past =
            br#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}"#;
        assert!(credentials(past, Dialect::Process).unwrap_err().contains("expired"));
    }
}
