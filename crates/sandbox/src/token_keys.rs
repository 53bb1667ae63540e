//! The keys with which the sandbox signs tokens of its own, and the documents that publish them.

use crate::jws::Key;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Where the sandbox's own token issuer stands below its endpoint.
pub(crate) const PATH: &str = "/tokens";

/// The keys, made when they are needed first.
#[derive(Debug, Default)]
pub(crate) struct TokenKeys {
    rs256: OnceLock<Option<Key>>,
    es384: OnceLock<Option<Key>>,
}

impl TokenKeys {
    /// Signs claims by this algorithm; nothing if it is neither RS256 nor ES384.
    pub(crate) fn sign(&self, algorithm: &str, claims: &Value) -> Option<String> {
        match algorithm {
            "RS256" => self.rs256()?.token("RS256", claims),
            "ES384" => self.es384()?.token("ES384", claims),
            _ => None,
        }
    }

    /// What is published at this path below the issuer's URL, if anything is.
    pub(crate) fn document(&self, issuer: &str, path: &str) -> Option<Value> {
        match path {
            "/.well-known/openid-configuration" => Some(json!({
                "issuer": issuer,
                "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
                "id_token_signing_alg_values_supported": ["RS256", "ES384"],
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            })),
            "/.well-known/jwks.json" => Some(json!({
                "keys": [self.rs256()?.jwk("RS256"), self.es384()?.jwk("ES384")],
            })),
            _ => None,
        }
    }

    fn rs256(&self) -> Option<&Key> {
        self.rs256.get_or_init(Key::rs256).as_ref()
    }

    fn es384(&self) -> Option<&Key> {
        self.es384.get_or_init(Key::es384).as_ref()
    }
}
