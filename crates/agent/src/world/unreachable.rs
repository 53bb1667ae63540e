//! Why an endpoint could not be reached, in words.

use super::connector::{BrokenAnswer, Untrusted, causes};
use super::{Reach, is_loopback};
use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};
use rustls::CertificateError;
use std::error::Error;
use std::io;

/// Whether the connection was never made, so that nothing can have arrived.
pub(crate) fn never_connected(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

/// Whether trying again is pointless: the other side showed a certificate that isn't trusted, or
/// we are set up wrongly.
pub(crate) fn is_lasting(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        matches!(cause.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)))
            || cause.is::<Failure>()
            || cause.to_string() == PROXY_WANTS_PASSWORD
            || is_too_large(cause)
    })
}

const PROXY_WANTS_PASSWORD: &str = "tunnel error: proxy authorization required";

fn is_too_large(cause: &(dyn Error + 'static)) -> bool {
    cause.is::<http_body_util::LengthLimitError>()
}

/// Explains an error on the way to an endpoint and back.
pub(crate) fn explain(error: &(dyn Error + 'static), reach: &Reach, timed_out: bool) -> Failure {
    if let Some(failure) = causes(error).find_map(|cause| cause.downcast_ref::<Failure>()) {
        return failure.clone();
    }
    if let Some(untrusted) = causes(error).find_map(|cause| cause.downcast_ref::<Untrusted>()) {
        return issuer(untrusted.issuer.as_deref(), reach);
    }
    if let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls(error, reach);
    }
    let (happened, remedy) = connection(error, reach, timed_out);
    Failure::new(FailureCode::Unreachable, happened, remedy)
}

fn connection(error: &(dyn Error + 'static), reach: &Reach, timed_out: bool) -> (String, String) {
    let host = plain(&reach.host, 100);
    let tunnel = causes(error).map(ToString::to_string).find(|text| text.starts_with("tunnel error: "));
    let (next, hint) = match &reach.proxy {
        Some(proxy) => (
            format!("The proxy {}", plain(&proxy.shown, 100)),
            "Look at HTTPS_PROXY and NO_PROXY, and at the network.".to_owned(),
        ),
        None if is_loopback(&reach.host) => (
            host.clone(),
            "Look whether the endpoint that is set (AWS_ENDPOINT_URL, endpoint_url) runs on this machine."
                .to_owned(),
        ),
        None => (host.clone(), "Look at the network, and try again.".to_owned()),
    };
    if let (Some(tunnel), Some(_)) = (&tunnel, &reach.proxy) {
        if tunnel == PROXY_WANTS_PASSWORD {
            return (
                format!("{next} wants a user name and a password."),
                "Give them in HTTPS_PROXY as http://user:password@host:port.".to_owned(),
            );
        }
        if !tunnel.ends_with("failed to create underlying connection") {
            return (format!("{next} did not let the connection to {host} through."), hint);
        }
    }
    if causes(error).any(|cause| cause.to_string().starts_with("dns error")) {
        return (
            format!("{next} could not be found: its name has no address."),
            "Look at the network and at the region's name, and try again.".to_owned(),
        );
    }
    if causes(error).any(is_too_large) {
        return (
            format!("{host} gave an answer that is far too long to be one of AWS's."),
            "Look at what stands between this computer and AWS: a proxy, or an endpoint that is set."
                .to_owned(),
        );
    }
    let kind = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let happened = match kind {
        _ if timed_out && never_connected(error) => format!("{next} did not answer in time."),
        _ if timed_out => format!("{host} did not answer in time."),
        Some(io::ErrorKind::ConnectionRefused) => format!("{next} refused the connection."),
        Some(
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown,
        ) => {
            format!("There is no way to {host}: the network is down or unreachable.")
        }
        Some(io::ErrorKind::TimedOut) => format!("{next} did not answer in time."),
        _ if never_connected(error) => format!("No connection to {host} could be made."),
        _ if causes(error).any(<dyn Error>::is::<BrokenAnswer>) => {
            format!("The answer of {host} broke off.")
        }
        Some(_) | None => format!("The connection to {host} broke off before the answer came."),
    };
    (happened, hint)
}

fn issuer(name: Option<&str>, reach: &Reach) -> Failure {
    let host = plain(&reach.host, 100);
    let trusted = match &reach.ca_bundle {
        Some(file) => format!("the certificates in {}", file.display()),
        None => "this system's certificates".to_owned(),
    };
    let issuer =
        name.map_or("whose issuer".to_owned(), |name| format!("whose issuer, \u{201c}{name}\u{201d},"));
    Failure::new(
        FailureCode::Unreachable,
        format!("{host} showed a certificate {issuer} is not among {trusted}."),
        "If your network inspects traffic, point AWS_CA_BUNDLE to a file with its certificate.",
    )
}

fn tls(error: &rustls::Error, reach: &Reach) -> Failure {
    let host = plain(&reach.host, 100);
    let (happened, remedy) = match error {
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => (
            format!("{host} showed a certificate that isn't valid at this time."),
            "Look whether this computer's clock is right.",
        ),
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            format!("{host} showed a certificate that was made for another name."),
            "Look at the endpoint that is set, and at what stands between this computer and AWS.",
        ),
        other => (
            format!("No secure connection to {host} could be made: {}.", plain(&other.to_string(), 200)),
            "Look at AWS_CA_BUNDLE, and at what stands between this computer and AWS.",
        ),
    };
    Failure::new(FailureCode::Unreachable, happened, remedy)
}
