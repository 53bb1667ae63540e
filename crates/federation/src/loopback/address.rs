//! The address that a browser is sent back to.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;

/// An http address of this machine: `http://127.0.0.1/path`, also with `localhost` or a port.
///
/// Providers compare it with what was registered there: most ignore the port, as RFC 8252 asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    localhost: bool,
    port: Option<u16>,
    path: String,
}

impl Address {
    /// This path of 127.0.0.1, on a port that the system chooses.
    pub fn at(path: &str) -> Self {
        Self { localhost: false, port: None, path: path.to_owned() }
    }

    /// Reads the address as it was registered at a provider; a port in it is fixed.
    pub fn parse(url: &str) -> Result<Self, Failure> {
        Self::read(url).ok_or_else(|| {
            Failure::new(
                FailureCode::Usage,
                format!("{} is no address that Hatrack can listen on.", shown(url)),
                "Use http://127.0.0.1/path or http://localhost/path, with or without a port.",
            )
        })
    }

    fn read(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port != 0)?)),
            None => (authority, None),
        };
        let localhost = match host {
            "127.0.0.1" => false,
            "localhost" => true,
            _ => return None,
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
        let path = if path.is_empty() { "/" } else { path };
        (path.len() <= 256 && path.bytes().all(plain)).then(|| Self {
            localhost,
            port,
            path: path.to_owned(),
        })
    }

    pub(super) fn is_localhost(&self) -> bool {
        self.localhost
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.port
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn with_port(&self, port: u16) -> String {
        let host = if self.localhost { "localhost" } else { "127.0.0.1" };
        format!("http://{host}:{port}{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_taken() {
        for (url, expected) in [
            ("http://127.0.0.1/oauth/callback", "http://127.0.0.1:9/oauth/callback"),
            ("http://localhost", "http://localhost:9/"),
            ("http://localhost:9/cb", "http://localhost:9/cb"),
        ] {
            assert_eq!(Address::parse(url).unwrap().with_port(9), expected);
        }
        for url in [
            "https://127.0.0.1/",
            "http://127.0.0.1.nip.example/",
            "http://127.0.0.1@evil.example/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://localhost:0/",
            "http://localhost:99999/",
            "http://localhost/?a=b",
            "http://localhost/a b",
            "http://localhost/\r\n",
            "",
        ] {
            assert_eq!(Address::parse(url).unwrap_err().code, FailureCode::Usage, "{url}");
        }
    }
}
