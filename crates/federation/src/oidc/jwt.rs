//! The three parts of a signed token (RFC 7515, compact).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// What STS takes at most.
pub(super) const LONGEST: usize = 20_000;

#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// What a reader must understand; nothing of the kind is understood here.
    pub(super) crit: Option<Value>,
}

/// A token, taken apart but not trusted.
pub(super) struct Jwt<'a> {
    pub(super) header: Header,
    pub(super) claims: Value,
    /// What the signature is about.
    pub(super) message: &'a [u8],
    pub(super) signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let part = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self {
            header: serde_json::from_slice(&part(header)?).ok()?,
            claims: serde_json::from_slice::<Value>(&part(claims)?).ok().filter(Value::is_object)?,
            message: message.as_bytes(),
            signature: part(signature)?,
        })
    }
}
