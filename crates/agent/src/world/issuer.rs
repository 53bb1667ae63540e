//! Who made the certificate that nobody here trusts: the name that tells a person which inspecting
//! proxy stands in the way.

use super::Reach;
use super::proxy::Proxy;
use crate::text::plain;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long the second look may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);
/// Two attributes of a name in a certificate.
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
const ORGANIZATION: [u8; 3] = [0x55, 0x04, 0x0a];

/// Begins a handshake, looks at the certificates and hangs up: nothing else is sent.
pub(super) async fn name(reach: &Reach) -> Option<String> {
    tokio::time::timeout(TIME_LIMIT, look(reach)).await.ok().flatten()
}

async fn look(reach: &Reach) -> Option<String> {
    let bare = reach.host.trim_start_matches('[').trim_end_matches(']');
    let server = ServerName::try_from(bare.to_owned()).ok()?;
    let stream = match &reach.proxy {
        None => TcpStream::connect((bare, reach.port)).await.ok()?,
        Some(proxy) => tunnel(proxy, reach).await.ok()?,
    };
    let provider = Arc::new(ring::default_provider());
    let onlooker = Arc::new(Onlooker { provider: Arc::clone(&provider), issuer: Mutex::new(None) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&onlooker) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    // It always ends in an error: the onlooker accepts no certificate.
    if tokio_rustls::TlsConnector::from(Arc::new(config)).connect(server, stream).await.is_ok() {
        return None;
    }
    onlooker.issuer.lock().unwrap_or_else(PoisonError::into_inner).take()
}

async fn tunnel(proxy: &Proxy, reach: &Reach) -> io::Result<TcpStream> {
    let odd = || io::Error::from(io::ErrorKind::InvalidInput);
    let address: Uri = proxy.address.open().parse().map_err(|_| odd())?;
    if address.scheme_str() != Some("http") {
        return Err(odd());
    }
    let to = format!("{}:{}", reach.host, reach.port);
    let endpoint: Uri = format!("https://{to}").parse().map_err(|_| odd())?;
    let way = Matcher::builder().all(proxy.address.open()).build().intercept(&endpoint).ok_or_else(odd)?;
    let host = address.host().ok_or_else(odd)?.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((host, address.port_u16().unwrap_or(80))).await?;
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some(password) = way.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(password.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() > 8192 {
            return Err(odd());
        }
        answer.push(stream.read_u8().await?);
    }
    if answer.get(9..12) == Some(b"200") { Ok(stream) } else { Err(odd()) }
}

/// Looks at certificates and accepts none.
#[derive(Debug)]
struct Onlooker {
    provider: Arc<CryptoProvider>,
    issuer: Mutex<Option<String>>,
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let topmost = others.last().unwrap_or(own);
        *self.issuer.lock().unwrap_or_else(PoisonError::into_inner) = issuer_of(topmost);
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The common name of a certificate's issuer, else its organization, fit to be shown.
fn issuer_of(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    // An explicit version, the serial number and the algorithm stand before the issuer.
    if element(fields)?.0 == 0xa0 {
        fields = element(fields)?.2;
    }
    for _ in 0..2 {
        fields = element(fields)?.2;
    }
    let (_, issuer, _) = element(fields)?;
    let name = attribute(issuer, COMMON_NAME).or_else(|| attribute(issuer, ORGANIZATION))?;
    Some(plain(&name, 100)).filter(|name| !name.is_empty())
}

fn attribute(mut name: &[u8], wanted: [u8; 3]) -> Option<String> {
    while let Some((_, mut set, rest)) = element(name) {
        while let Some((_, pair, next)) = element(set) {
            let (_, kind, value) = element(pair)?;
            if kind == wanted {
                return Some(String::from_utf8_lossy(element(value)?.1).into_owned());
            }
            set = next;
        }
        name = rest;
    }
    None
}

/// Takes one DER element off: its tag, what is in it, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_is_read_from_a_certificate() {
        let mut params = rcgen::CertificateParams::new(vec!["x".to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "Inspectors");
        params.distinguished_name.push(rcgen::DnType::CommonName, "Root \u{202e}of them");
        let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let der = certificate.der();
        assert_eq!(issuer_of(der).as_deref(), Some("Root of them"));
        for end in 0..der.len() {
            assert_eq!(issuer_of(&der[..end]), None, "cut off at {end}");
        }
    }
}
