//! Enveloped XML signatures, as SAML has them: one reference, to the element that they lie in.
//!
//! Deliberately absent: SHA-1, keys that aren't RSA, canonicalisations but the exclusive one without
//! comments, transforms but that one and leaving the signature out, and certificates that come along.

use super::canonical::{EXCLUSIVE, canonical};
use super::xml::Element;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{self, SHA256, SHA384, SHA512};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use std::collections::BTreeSet;
use webpki::EndEntityCert;
use webpki::ring::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512};

const SPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Whether an element has a signature of its own.
pub(super) fn is_signed(element: &Element) -> bool {
    element.all(SPACE, "Signature").next().is_some()
}

/// Whether the element's own signature fits the element and the key of this certificate, in PEM or
/// the bare base64 of metadata. `root` is the document's.
pub(super) fn fits(element: &Element, root: &Element, certificate: &str) -> bool {
    verify(element, root, certificate).is_some()
}

fn verify(element: &Element, root: &Element, certificate: &str) -> Option<()> {
    let signature = element.only(SPACE, "Signature")?;
    let info = signature.only(SPACE, "SignedInfo")?;
    let reference = info.only(SPACE, "Reference")?;
    // What is checked must be what is read: an id that stands for two elements stands for none.
    let id = element.attribute("ID").filter(|id| count(root, id) == 1)?;
    if reference.attribute("URI")?.strip_prefix('#')? != id {
        return None;
    }
    let kept = transforms(reference.only(SPACE, "Transforms")?)?;
    let digest = match algorithm(reference.only(SPACE, "DigestMethod")?)? {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &SHA512,
        _ => return None,
    };
    let signed = canonical(element, Some(signature), &kept);
    let told = bytes(&reference.only(SPACE, "DigestValue")?.text())?;
    if digest::digest(digest, signed.as_bytes()).as_ref() != told {
        return None;
    }
    let method = info.only(SPACE, "CanonicalizationMethod")?;
    let kept = (algorithm(method) == Some(EXCLUSIVE)).then(|| kept_prefixes(method))?;
    let by: &dyn SignatureVerificationAlgorithm = match algorithm(info.only(SPACE, "SignatureMethod")?)? {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => RSA_PKCS1_2048_8192_SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => RSA_PKCS1_2048_8192_SHA384,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    };
    let value = bytes(&signature.only(SPACE, "SignatureValue")?.text())?;
    let certificate = CertificateDer::from(der(certificate)?);
    let certificate = EndEntityCert::try_from(&certificate).ok()?;
    certificate.verify_signature(by, canonical(info, None, &kept).as_bytes(), &value).ok()
}

/// The prefixes that the transforms keep, if they are the ones that are known here.
fn transforms(list: &Element) -> Option<BTreeSet<&str>> {
    let mut kept = BTreeSet::new();
    let mut is_enveloped = false;
    let mut is_exclusive = false;
    for transform in list.all(SPACE, "Transform") {
        match algorithm(transform)? {
            ENVELOPED if !is_enveloped && !is_exclusive => is_enveloped = true,
            EXCLUSIVE if !is_exclusive => {
                is_exclusive = true;
                kept = kept_prefixes(transform);
            }
            _ => return None,
        }
    }
    (is_enveloped && is_exclusive).then_some(kept)
}

/// The list of prefixes whose declarations are kept though nothing seems to use them.
fn kept_prefixes(method: &Element) -> BTreeSet<&str> {
    let list = method.only(EXCLUSIVE, "InclusiveNamespaces");
    let prefixes = list.and_then(|list| list.attribute("PrefixList")).unwrap_or_default();
    prefixes.split_ascii_whitespace().map(|it| if it == "#default" { "" } else { it }).collect()
}

fn algorithm(method: &Element) -> Option<&str> {
    method.attribute("Algorithm")
}

fn count(element: &Element, id: &str) -> usize {
    let own = usize::from(element.attribute("ID") == Some(id));
    own + element.elements().map(|child| count(child, id)).sum::<usize>()
}

fn der(certificate: &str) -> Option<Vec<u8>> {
    let lines = certificate.lines().filter(|line| !line.starts_with("-----"));
    bytes(&lines.collect::<String>())
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(bare).ok()
}
