//! One connection, kept warm: the HTTP client that calls go through, with its proxy and its
//! certificates.
//!
//! Deliberately absent: a timer. An idle connection costs nothing; one that was idle for long is
//! not trusted any more and replaced when the next call comes.

use super::clock_offset::{ClockOffset, is_believed, signed_at};
use super::proxy::{Proxy, proxy_to};
use super::{World, accept, issuer};
use crate::clock;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use hatrack_core::failure::{Failure, FailureCode};
use http::Uri;
use http_body_util::{BodyExt, Limited};
use jiff::{SignedDuration, Timestamp};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an idle connection is trusted.
const WARM: SignedDuration = SignedDuration::from_secs(30);
/// What an answer may weigh; STS's weigh a few kilobytes.
const LARGEST_ANSWER: usize = 256 * 1024;

/// The way to an endpoint: its address, the proxy before it and the certificates that vouch for it.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// The endpoint's host.
    pub(crate) host: String,
    /// The endpoint's port.
    pub(crate) port: u16,
    /// The proxy before it.
    pub(crate) proxy: Option<Proxy>,
    /// The file with the only certificates that are trusted, in place of the system's.
    pub(crate) ca_bundle: Option<PathBuf>,
    /// Whether the endpoint speaks http: only on this machine, or at a credential endpoint nearby.
    pub(crate) plain: bool,
}

impl Reach {
    /// The way that the caller's environment, and then the profile, describes.
    pub(crate) fn to(world: &World, url: &str, profile_ca: Option<&str>) -> Result<Self, Failure> {
        let uri = accept(url, "The endpoint")?;
        let ca_bundle =
            world.variable("AWS_CA_BUNDLE").or(profile_ca).map(|path| world.path(path)).transpose()?;
        Ok(Self { proxy: proxy_to(world, &uri)?, ca_bundle, ..Self::straight(&uri) })
    }

    /// The straight way, trusting the system's certificates: to credential endpoints nearby.
    pub(crate) fn straight(uri: &Uri) -> Self {
        let plain = uri.scheme_str() == Some("http");
        Self {
            host: uri.host().unwrap_or_default().to_owned(),
            port: uri.port_u16().unwrap_or(if plain { 80 } else { 443 }),
            proxy: None,
            ca_bundle: None,
            plain,
        }
    }

    fn identity(&self) -> (&str, u16, Option<&str>, Option<&Path>, bool) {
        let proxy = self.proxy.as_ref().map(|proxy| proxy.address.open());
        (&self.host, self.port, proxy, self.ca_bundle.as_deref(), self.plain)
    }
}

impl PartialEq for Reach {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Reach {}

impl Hash for Reach {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// The HTTP client of one [`Reach`]: it keeps its connection while that is used, and reads every
/// answer whole and up to a limit.
#[derive(Clone, Debug)]
pub(crate) struct Connector(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reach: Reach,
    connect: Duration,
    clock: Option<ClockOffset>,
    idle: usize,
    warm: Mutex<Option<(SharedHttpConnector, Timestamp)>>,
}

impl Connector {
    /// A client that gives up connecting after `connect`.
    pub(crate) fn new(reach: Reach, connect: Duration) -> Self {
        Self(Arc::new(Inner { reach, connect, clock: None, idle: 1, warm: Mutex::new(None) }))
    }

    /// A client that also learns AWS's time from the answers, if this way is one to believe.
    pub(crate) fn learning(reach: Reach, connect: Duration, clock: &ClockOffset) -> Self {
        let clock = is_believed(&reach).then(|| clock.clone());
        Self(Arc::new(Inner { reach, connect, clock, idle: 1, warm: Mutex::new(None) }))
    }

    /// The same client with room for more than one idle connection, for who asks much at once.
    pub(crate) fn with_idle_connections(&self, idle: usize) -> Self {
        let Inner { reach, connect, clock, .. } = &*self.0;
        Self(Arc::new(Inner {
            reach: reach.clone(),
            connect: *connect,
            clock: clock.clone(),
            idle,
            warm: Mutex::new(None),
        }))
    }

    /// Sends one request, once.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let connector = self.0.connector().map_err(|failure| ConnectorError::user(failure.into()))?;
        let (signed, sent) = (request.headers().get("x-amz-date").and_then(signed_at), clock::now());
        let mut response = match connector.call(request).await {
            Ok(response) => response,
            Err(error) if is_untrusted(&error) => {
                let issuer = issuer::name(&self.0.reach).await;
                return Err(ConnectorError::io(Untrusted { issuer, source: error }.into()));
            }
            Err(error) => return Err(error),
        };
        if let Some(clock) = &self.0.clock {
            learn(clock, &mut response, signed, sent);
        }
        let body = response.take_body();
        let whole = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|error| {
            ConnectorError::other(BrokenAnswer(error).into(), Some(ErrorKind::TransientError))
        })?;
        *response.body_mut() = SdkBody::from(whole.to_bytes());
        Ok(response)
    }
}

/// Says of an answer that its request was signed for a time that is now known to be wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedForWrongTime;

fn learn(clock: &ClockOffset, response: &mut HttpResponse, signed: Option<Timestamp>, sent: Timestamp) {
    // A cache's answer has the Date of long ago.
    if response.headers().get("age").is_none()
        && let Some(date) = response.headers().get("date")
    {
        clock.learn(date, sent, clock::now());
    }
    if signed.is_some_and(|signed| clock.is_wrong(signed, sent)) {
        response.add_extension(SignedForWrongTime);
    }
}

impl Inner {
    fn connector(&self) -> Result<SharedHttpConnector, Failure> {
        let now = clock::now();
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((connector, used)) = warm.as_mut() {
            let idle = now.duration_since(*used);
            if !idle.is_negative() && idle < WARM {
                *used = now;
                return Ok(connector.clone());
            }
        }
        let connector = SharedHttpConnector::new(self.build()?);
        *warm = Some((connector.clone(), now));
        Ok(connector)
    }

    fn build(&self) -> Result<aws_smithy_http_client::Connector, Failure> {
        let trust = match &self.reach.ca_bundle {
            // The system's certificates take a while to read, and http has no use for any.
            _ if self.reach.plain => TrustStore::empty(),
            None => TrustStore::default(),
            Some(file) => TrustStore::empty().with_pem_certificate(certificates(file)?),
        };
        let tls = TlsContext::builder().with_trust_store(trust).build().map_err(|_| no_tls())?;
        let settings = HttpConnectorSettings::builder().connect_timeout(self.connect).build();
        let mut builder = aws_smithy_http_client::Connector::builder()
            .connector_settings(settings)
            .pool_idle_timeout(None)
            .pool_max_idle_per_host(self.idle)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls);
        if let Some(proxy) = &self.reach.proxy {
            let config = ProxyConfig::all(proxy.address.open()).map_err(|_| no_tls())?;
            builder = builder.proxy_config(config);
        }
        Ok(builder.build())
    }
}

fn no_tls() -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        "The connection could not be set up as the environment describes it.",
        "Look at AWS_CA_BUNDLE and HTTPS_PROXY.",
    )
}

/// The certificates of a bundle that can be used, as PEM; at least one.
fn certificates(file: &Path) -> Result<String, Failure> {
    let failure = |what: &str| {
        Failure::new(
            FailureCode::File,
            format!("The certificates in {} can't be used: {what}.", file.display()),
            "Point AWS_CA_BUNDLE (or the profile's ca_bundle) to a file with PEM certificates, or unset it.",
        )
    };
    let about = std::fs::metadata(file).map_err(|error| failure(&error.to_string()))?;
    if !about.is_file() {
        return Err(failure("it is not a file"));
    }
    let text = std::fs::read(file).map_err(|error| failure(&error.to_string()))?;
    let text = String::from_utf8_lossy(&text);
    let mut usable = String::new();
    let mut roots = rustls::RootCertStore::empty();
    for block in text.split_inclusive("-----END CERTIFICATE-----") {
        // Bundles carry odd old certificates; one that can't be used must not spoil the others.
        let Some(start) = block.find("-----BEGIN CERTIFICATE-----") else { continue };
        let block = &block[start..];
        let Ok(certificate) = CertificateDer::from_pem_slice(block.as_bytes()) else { continue };
        if roots.add(certificate).is_ok() {
            usable.push_str(block);
            usable.push('\n');
        }
    }
    if usable.is_empty() { Err(failure("there is no usable certificate in it")) } else { Ok(usable) }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let mut response = this.send(request).await?;
            // The SDK would correct what is signed by this header too, and so once too often.
            response.headers_mut().remove("date");
            Ok(response)
        })
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A certificate that nobody here vouches for, and who made it, as far as that could be seen.
#[derive(Debug, thiserror::Error)]
#[error("the certificate's issuer is not trusted")]
pub(crate) struct Untrusted {
    pub(crate) issuer: Option<String>,
    source: ConnectorError,
}

fn is_untrusted(error: &ConnectorError) -> bool {
    // A wrong signature is what an issuer of the same name and with another key leaves.
    causes(error).any(|cause| {
        matches!(
            cause.downcast_ref::<rustls::Error>(),
            Some(rustls::Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature
            ))
        )
    })
}

/// An answer that began and did not end, or did not end soon enough.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off")]
pub(crate) struct BrokenAnswer(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The error and what caused it, outermost first. (`io::Error::source` skips what it wraps.)
pub(crate) fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| match error.downcast_ref::<std::io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static)),
        None => error.source(),
    })
}
