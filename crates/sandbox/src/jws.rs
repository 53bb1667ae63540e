//! Signed JSON tokens (RFC 7515, compact): read, checked and made, with ring.
//!
//! Deliberately absent: `none`, HMAC, encryption, and keys that come in the token's own header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::{Value, json};

/// A token, read but not yet believed.
#[derive(Debug)]
pub(crate) struct Token<'t> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Reads a token; nothing if it is none.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let value = |part: &str| -> Option<Value> {
            let value: Value = serde_json::from_slice(&decode(part)?).ok()?;
            value.is_object().then_some(value)
        };
        Some(Self { header: value(header)?, claims: value(claims)?, signed, signature: decode(signature)? })
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// Whether one of these keys signed it.
    pub(crate) fn is_signed_by(&self, jwks: &Value) -> bool {
        let keys = jwks.get("keys").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let kid = self.header.get("kid");
        keys.iter()
            .filter(|key| kid.is_none() || key.get("kid").is_none() || key.get("kid") == kid)
            .any(|key| self.fits(key))
    }

    /// Whether this key signed it: RS256, ES256 or ES384.
    pub(crate) fn fits(&self, jwk: &Value) -> bool {
        let algorithm = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        let message = self.signed.as_bytes();
        match (algorithm, text("kty"), text("crv")) {
            ("RS256", "RSA", _) => decode(text("n")).zip(decode(text("e"))).is_some_and(|(n, e)| {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, &self.signature).is_ok()
            }),
            ("ES256", "EC", "P-256") => point(jwk).is_some_and(|point| {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, &self.signature).is_ok()
            }),
            ("ES384", "EC", "P-384") => point(jwk).is_some_and(|point| {
                let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point);
                key.verify(message, &self.signature).is_ok()
            }),
            _ => false,
        }
    }
}

/// A key that signs tokens.
#[derive(Debug)]
pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Key {
    /// Makes a key for ES256.
    pub(crate) fn es256() -> Option<Self> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).ok()?;
        EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).ok().map(Self::Es256)
    }

    /// Makes a key for ES384.
    pub(crate) fn es384() -> Option<Self> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).ok()?;
        EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).ok().map(Self::Es384)
    }

    /// The sandbox's own key for RS256: ring can't make one.
    pub(crate) fn rs256() -> Option<Self> {
        RsaKeyPair::from_pkcs8(include_bytes!("../keys/rs256.pk8")).ok().map(Self::Rs256)
    }

    /// The key's public half as a JSON Web Key.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Es256(key) => ec_jwk(kid, "P-256", key.public_key().as_ref()),
            Self::Es384(key) => ec_jwk(kid, "P-384", key.public_key().as_ref()),
            Self::Rs256(key) => {
                let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": encode(n), "e": encode(e) })
            }
        }
    }

    /// Makes a token with these claims; nothing if the system has no randomness.
    pub(crate) fn token(&self, kid: &str, claims: &Value) -> Option<String> {
        let algorithm = match self {
            Self::Es256(_) => "ES256",
            Self::Es384(_) => "ES384",
            Self::Rs256(_) => "RS256",
        };
        let header = json!({ "alg": algorithm, "kid": kid, "typ": "JWT" });
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Es256(key) | Self::Es384(key) => {
                key.sign(&random, signed.as_bytes()).ok()?.as_ref().to_vec()
            }
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        Some(format!("{signed}.{}", encode(signature)))
    }
}

fn ec_jwk(kid: &str, curve: &str, point: &[u8]) -> Value {
    // An uncompressed point: a 4, then both coordinates.
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "kid": kid, "use": "sig", "x": encode(x), "y": encode(y) })
}

fn point(jwk: &Value) -> Option<Vec<u8>> {
    let coordinate = |name: &str| decode(jwk.get(name)?.as_str()?);
    Some([&[4][..], &coordinate("x")?, &coordinate("y")?].concat())
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_signs_it_alone_has_signed() {
        let keys = [Key::es256().unwrap(), Key::es384().unwrap(), Key::rs256().unwrap()];
        let jwks = json!({ "keys": keys.iter().map(|key| key.jwk("one")).collect::<Vec<_>>() });
        let other = json!({ "keys": [Key::es256().unwrap().jwk("one"), Key::es384().unwrap().jwk("one")] });
        for key in &keys {
            let text = key.token("one", &json!({ "sub": "me" })).unwrap();
            let token = Token::read(&text).unwrap();
            assert_eq!(token.text("sub"), Some("me"));
            assert!(token.is_signed_by(&jwks));
            assert!(!token.is_signed_by(&other));
            let (signed, signature) = text.rsplit_once('.').unwrap();
            let forged = encode(json!({ "sub": "you" }).to_string());
            let forged = format!("{}.{forged}.{signature}", signed.split_once('.').unwrap().0);
            assert!(!Token::read(&forged).unwrap().is_signed_by(&jwks));
            let renamed = key.token("two", &json!({})).unwrap();
            assert!(!Token::read(&renamed).unwrap().is_signed_by(&jwks));
        }
    }

    #[test]
    fn what_is_no_token_is_none() {
        let none = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode("{}"));
        assert!(!Token::read(&none).unwrap().is_signed_by(&json!({ "keys": [{}] })));
        for text in ["", "a", "a.b", "a.b.c", "e30.e30.!", "W10.e30.AA"] {
            assert!(Token::read(text).is_none(), "{text}");
        }
    }
}
