//! What a profile says about how AWS is reached, and which addresses are accepted at all.

use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};
use http::Uri;
use std::net::IpAddr;

/// The settings of a profile (and of its `services` section) that decide how STS is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProfileEndpoint {
    /// `region`.
    pub region: Option<String>,
    /// `endpoint_url` of the profile.
    pub endpoint_url: Option<String>,
    /// `endpoint_url` under `sts` in the section that `services` of the profile names.
    pub sts_endpoint_url: Option<String>,
    /// `endpoint_url` under `iam` in that section.
    pub iam_endpoint_url: Option<String>,
    /// `ca_bundle`.
    pub ca_bundle: Option<String>,
    /// `sts_regional_endpoints`.
    pub sts_regional_endpoints: Option<String>,
    /// `use_fips_endpoint`.
    pub use_fips_endpoint: Option<String>,
    /// `use_dualstack_endpoint`.
    pub use_dualstack_endpoint: Option<String>,
    /// `ignore_configured_endpoint_urls`.
    pub ignore_configured_endpoint_urls: Option<String>,
}

impl ProfileEndpoint {
    /// Picks the settings out of a profile and out of the nested `sts` settings of its services
    /// section; each argument tells the value of a key.
    pub fn read<'a>(
        profile: impl Fn(&str) -> Option<&'a str>,
        sts: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let plain = |key| profile(key).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        Self {
            region: plain("region"),
            endpoint_url: plain("endpoint_url"),
            sts_endpoint_url: sts("endpoint_url")
                .map(|url| url.trim().to_owned())
                .filter(|url| !url.is_empty()),
            iam_endpoint_url: None,
            ca_bundle: plain("ca_bundle"),
            sts_regional_endpoints: plain("sts_regional_endpoints"),
            use_fips_endpoint: plain("use_fips_endpoint"),
            use_dualstack_endpoint: plain("use_dualstack_endpoint"),
            ignore_configured_endpoint_urls: plain("ignore_configured_endpoint_urls"),
        }
    }

    /// The same with `endpoint_url` of the nested `iam` settings of the services section.
    #[must_use]
    pub fn with_iam(mut self, endpoint_url: Option<&str>) -> Self {
        self.iam_endpoint_url = endpoint_url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        self
    }
}

/// Accepts the address of an endpoint: https, or http on this very machine. `from` names the
/// setting that holds it.
pub(crate) fn accept(address: &str, from: &str) -> Result<Uri, Failure> {
    let shown = plain(address, 200);
    let nonsense = || {
        Failure::new(
            FailureCode::Usage,
            format!("{from} is {shown:?}, which is not the address of an endpoint."),
            "Give it as https://host, with a port and a path where there is one.",
        )
    };
    let uri: Uri = address.parse().map_err(|_| nonsense())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(nonsense)?;
    match uri.scheme_str() {
        _ if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => Err(nonsense()),
        Some("https") => Ok(uri),
        Some("http") if is_loopback(host) => Ok(uri),
        Some("http") => Err(Failure::new(
            FailureCode::Refused,
            format!("{from} is {shown}, and http would send credentials to another machine in the clear."),
            "Use https, or an endpoint on this machine.",
        )),
        Some(_) | None => Err(nonsense()),
    }
}

/// Whether a host, as it stands in an address, is this very machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => bare.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in
            ["https://sts.example.com", "http://localhost:4566", "http://127.0.0.9:1/x", "http://[::1]:8080"]
        {
            assert!(accept(good, "AWS_ENDPOINT_URL").is_ok(), "{good}");
        }
        for bad in [
            "http://sts.amazonaws.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.nip.io",
            "http://[::ffff:1.2.3.4]",
        ] {
            assert_eq!(accept(bad, "AWS_ENDPOINT_URL").unwrap_err().code, FailureCode::Refused, "{bad}");
        }
        for nonsense in ["", "sts", "ftp://x", "https://", "/x", "http://a b", "https://user:pw@host"] {
            assert_eq!(
                accept(nonsense, "AWS_ENDPOINT_URL").unwrap_err().code,
                FailureCode::Usage,
                "{nonsense}"
            );
        }
    }
}
