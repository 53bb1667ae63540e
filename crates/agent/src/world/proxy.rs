//! The proxy that a caller's environment names.

use super::{World, is_loopback};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// A proxy on the way to an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    /// Its address; it may hold a password.
    pub(crate) address: Sealed,
    /// Host and port, for people.
    pub(crate) shown: String,
}

/// The proxy on the way to an endpoint, if there is one. This machine is reached without.
pub(super) fn proxy_to(world: &World, endpoint: &Uri) -> Result<Option<Proxy>, Failure> {
    if endpoint.host().is_none_or(is_loopback) {
        return Ok(None);
    }
    let (lower, upper) = match endpoint.scheme_str() {
        Some("http") => ("http_proxy", "HTTP_PROXY"),
        Some(_) | None => ("https_proxy", "HTTPS_PROXY"),
    };
    let Some(address) = world.variable(lower).or_else(|| world.variable(upper)) else { return Ok(None) };
    let except = world.variable("no_proxy").or_else(|| world.variable("NO_PROXY")).unwrap_or_default();
    let full = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let refused = || {
        // The address itself may hold a password, so it isn't repeated.
        Failure::new(
            FailureCode::Usage,
            format!("{upper} in the caller's environment is not the address of an http or https proxy."),
            format!("Set {upper} as http://host:port, or unset it."),
        )
    };
    let uri: Uri = full.parse().map_err(|_| refused())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(refused)?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(refused());
    }
    // The rules of NO_PROXY are left to the library whose way of reading them is widely known.
    if Matcher::builder().all(full.clone()).no(except).build().intercept(endpoint).is_none() {
        return Ok(None);
    }
    let shown = match uri.port_u16() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Ok(Some(Proxy { address: Sealed::new(full), shown }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    fn to(variables: &[(&str, &str)], endpoint: &str) -> Option<String> {
        proxy_to(&world(variables), &endpoint.parse().unwrap()).unwrap().map(|proxy| proxy.shown)
    }

    #[test]
    fn the_proxy_is_chosen_by_the_endpoints_scheme() {
        let both = [("HTTPS_PROXY", "http://u:p@tls:3128"), ("HTTP_PROXY", "plain:80")];
        assert_eq!(to(&both, "https://sts.amazonaws.com").as_deref(), Some("tls:3128"));
        assert_eq!(to(&both, "http://169.254.170.2/x").as_deref(), Some("plain:80"));
        assert_eq!(to(&both, "http://127.0.0.1:9"), None, "this machine is never reached through a proxy");
        assert_eq!(
            to(&[("https_proxy", "low:1"), ("HTTPS_PROXY", "up:1")], "https://x"),
            Some("low:1".to_owned())
        );
        assert_eq!(to(&[("HTTPS_PROXY", "")], "https://x"), None);
        let except = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "localhost,.amazonaws.com")];
        assert_eq!(to(&except, "https://sts.amazonaws.com"), None);
        assert_eq!(to(&except, "https://sts.amazonaws.com.cn").as_deref(), Some("p:1"));
    }

    #[test]
    fn nonsense_is_refused_without_its_password() {
        for bad in ["socks5://u:hidden@h:1", "http://u:hidden@", "http://h idden:1"] {
            let failure =
                proxy_to(&world(&[("HTTPS_PROXY", bad)]), &"https://x".parse().unwrap()).unwrap_err();
            assert!(!failure.to_string().contains("hidden"), "{failure}");
        }
    }
}
