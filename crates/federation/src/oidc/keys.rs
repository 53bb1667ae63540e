//! A provider's signing keys (RFC 7517), and checking a signature with them (RFC 7518).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;

/// The most keys that are looked at.
const KEYS: usize = 64;

#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<serde_json::Value>,
}

/// One key; a key of a kind that isn't known here is none that fits.
#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

enum Algorithm {
    Rsa(&'static RsaParameters),
    Curve { crv: &'static str, verifies: &'static dyn VerificationAlgorithm },
    Edwards,
}

impl Algorithm {
    /// The algorithms with a public key; neither `none` nor a shared secret is among them.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Self::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Self::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            "PS256" => Self::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
            "PS384" => Self::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
            "PS512" => Self::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
            "ES256" => Self::Curve { crv: "P-256", verifies: &signature::ECDSA_P256_SHA256_FIXED },
            "ES384" => Self::Curve { crv: "P-384", verifies: &signature::ECDSA_P384_SHA384_FIXED },
            "EdDSA" => Self::Edwards,
            _ => return None,
        })
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            Self::Rsa(parameters) if key.kty == "RSA" => {
                let (n, e) = (number(key.n.as_deref()?)?, number(key.e.as_deref()?)?);
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).ok()
            }
            Self::Curve { crv, verifies } if key.kty == "EC" && key.crv.as_deref() == Some(crv) => {
                let mut point = vec![4];
                point.extend(decoded(key.x.as_deref()?)?);
                point.extend(decoded(key.y.as_deref()?)?);
                UnparsedPublicKey::new(*verifies, point).verify(message, signature).ok()
            }
            Self::Edwards if key.kty == "OKP" && key.crv.as_deref() == Some("Ed25519") => {
                let point = decoded(key.x.as_deref()?)?;
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature).ok()
            }
            Self::Rsa(_) | Self::Curve { .. } | Self::Edwards => None,
        }
    }
}

impl Keys {
    /// Whether a key of the provider made this signature.
    pub(super) fn verify(&self, alg: &str, kid: Option<&str>, message: &[u8], signature: &[u8]) -> bool {
        let Some(algorithm) = Algorithm::named(alg) else { return false };
        self.keys
            .iter()
            .take(KEYS)
            .filter_map(|key| Key::deserialize(key).ok())
            .filter(|key| kid.is_none() || key.kid.as_deref().is_none_or(|known| Some(known) == kid))
            .filter(|key| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig"))
            .filter(|key| key.alg.as_deref().is_none_or(|known| known == alg))
            .any(|key| algorithm.verify(&key, message, signature).is_some())
    }
}

/// Whether a signature of this algorithm can be checked here.
pub(super) fn is_known(alg: &str) -> bool {
    Algorithm::named(alg).is_some()
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A number without the zeros that some providers put before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = decoded(text)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}
