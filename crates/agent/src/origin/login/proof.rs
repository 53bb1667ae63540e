//! The proof that who renews a session has its key: DPoP (RFC 9449) with ES256.

use crate::origin::base64url;
use aws_smithy_types::base64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use zeroize::Zeroizing;

/// Makes the proof for a POST to this address at this time, or `None` where the key is none.
pub(super) fn proof(pem: &str, address: &str, seconds: i64) -> Option<String> {
    let random = SystemRandom::new();
    let key = key(pem, &random)?;
    // A point of the curve: 4, x, y.
    let point = key.public_key().as_ref().strip_prefix(&[4])?;
    let (x, y) = point.split_at_checked(32)?;
    let id: [u8; 16] = ring::rand::generate(&random).ok()?.expose();
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let header = json!({
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {
            "kty": "EC",
            "x": base64url::encode(x),
            "y": base64url::encode(y),
            "crv": "P-256",
        },
    });
    let claims = json!({ "htm": "POST", "htu": address, "iat": seconds, "jti": id });
    let encoded = |value: serde_json::Value| base64url::encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(&random, signed.as_bytes()).ok()?;
    Some(format!("{signed}.{}", base64url::encode(signature.as_ref())))
}

fn key(pem: &str, random: &SystemRandom) -> Option<EcdsaKeyPair> {
    let pkcs8 = match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
        Ok(PrivateKeyDer::Sec1(sec1)) => wrapped(sec1.secret_sec1_der()),
        Ok(PrivateKeyDer::Pkcs8(pkcs8)) => Zeroizing::new(pkcs8.secret_pkcs8_der().to_vec()),
        Ok(_) => return None,
        // The AWS CLI takes the key without its first and last line, too.
        Err(_) => wrapped(&Zeroizing::new(base64::decode(pem.trim()).ok()?)),
    };
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, random).ok()
}

/// A bare EC key (RFC 5915) in the form that names its curve outside (RFC 5958).
fn wrapped(sec1: &[u8]) -> Zeroizing<Vec<u8>> {
    const VERSION: &[u8] = &[2, 1, 0];
    /// SEQUENCE { id-ecPublicKey, prime256v1 }.
    const ALGORITHM: &[u8] = &[
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
        0x3d, 0x03, 0x01, 0x07,
    ];
    let mut all = Zeroizing::new(Vec::with_capacity(sec1.len() + 64));
    let key = 1 + length(sec1.len()).len() + sec1.len();
    all.push(0x30);
    all.extend(length(VERSION.len() + ALGORITHM.len() + key));
    all.extend_from_slice(VERSION);
    all.extend_from_slice(ALGORITHM);
    all.push(0x04);
    all.extend(length(sec1.len()));
    all.extend_from_slice(sec1);
    all
}

/// A length in DER.
fn length(length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let significant = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len() - 1)..];
    match significant {
        [short] if *short < 0x80 => vec![*short],
        long => {
            let count = u8::try_from(long.len()).unwrap_or_default();
            std::iter::once(0x80 | count).chain(long.iter().copied()).collect()
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    /// Made with openssl for these tests.
    pub(in super::super) const SEC1: &str = include_str!("tests/sec1.pem");
    const PKCS8: &str = include_str!("tests/pkcs8.pem");

    /// Whether a proof is signed by the key that it names; its claims.
    pub(in super::super) fn verified(proof: &str) -> Option<serde_json::Value> {
        let (signed, signature) = proof.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |text: &str| serde_json::from_slice::<serde_json::Value>(&base64url::decode(text)?).ok();
        let header = json(header)?;
        let mut point = vec![4];
        for name in ["x", "y"] {
            point.extend_from_slice(&base64url::decode(header["jwk"][name].as_str()?)?);
        }
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed.as_bytes(), &base64url::decode(signature)?).ok()?;
        (header["typ"] == "dpop+jwt" && header["alg"] == "ES256").then_some(json(claims)?)
    }

    #[test]
    fn a_proof_is_signed_by_the_key_that_it_names() {
        let bare: String = SEC1.lines().filter(|line| !line.starts_with('-')).collect();
        for pem in [SEC1, PKCS8, &bare] {
            let first = proof(pem, "https://x/v1/token", 1_900_000_000).unwrap();
            let claims = verified(&first).unwrap();
            assert_eq!(
                (claims["htm"].as_str(), claims["htu"].as_str()),
                (Some("POST"), Some("https://x/v1/token"))
            );
            assert_eq!(claims["iat"], 1_900_000_000);
            let second = verified(&proof(pem, "https://x/v1/token", 1).unwrap()).unwrap();
            assert_ne!(claims["jti"], second["jti"]);
            let mut spoilt = first.clone();
            spoilt.replace_range(60..61, if &first[60..61] == "A" { "B" } else { "A" });
            assert!(verified(&spoilt).is_none());
        }
        assert!(proof("no key", "https://x", 1).is_none());
    }
}
