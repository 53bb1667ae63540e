//! Asking a credential endpoint that is near: on this machine, or on the link of a cloud machine.

use crate::world::{Connector, Reach, explain, is_loopback};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use hatrack_core::failure::{Failure, FailureCode};
use http::Uri;
use std::net::IpAddr;
use std::time::Duration;

/// How long a connection may take: what is near answers at once, or isn't there.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(2);
/// How often is asked.
const TRIES: u32 = 2;

/// An endpoint nearby, and the connection to it.
pub(super) struct Nearby {
    base: String,
    reach: Reach,
    connector: Connector,
}

impl Nearby {
    /// The endpoint with this address. Credentials travel in the clear only on this machine and
    /// from the addresses in `near`; `from` names the setting that holds the address.
    pub(super) fn at(address: &str, near: &[IpAddr], from: &str) -> Result<Self, Failure> {
        let nonsense = |why: &str| {
            Failure::new(
                FailureCode::Refused,
                format!("{from} in the caller's environment {why}."),
                "Set it to an address on this machine, to the one that the cloud documents, or to one with https.",
            )
        };
        let uri: Uri = address.parse().map_err(|_| nonsense("is not an address"))?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| nonsense("is not an address"))?;
        let bare: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) || bare.is_some_and(|bare| near.contains(&bare)) => {}
            Some("http") => return Err(nonsense("would have credentials travel in the clear")),
            Some(_) | None => return Err(nonsense("is not an address")),
        }
        let reach = Reach::straight(&uri);
        let connector = Connector::new(reach.clone(), CONNECT);
        Ok(Self { base: address.to_owned(), reach, connector })
    }

    /// Sends a request for `path` below the endpoint and returns status and body.
    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(u16, Vec<u8>), Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let request = self.request(method, path, headers)?;
            let failure = match tokio::time::timeout(ANSWER, self.connector.send(request)).await {
                Ok(Ok(response)) => {
                    let status = response.status().as_u16();
                    if status < 500 || tries >= TRIES {
                        return Ok((status, response.body().bytes().unwrap_or_default().to_vec()));
                    }
                    continue;
                }
                Ok(Err(error)) => explain(&error, &self.reach, error.is_timeout()),
                Err(elapsed) => explain(&elapsed, &self.reach, true),
            };
            if tries >= TRIES {
                return Err(failure);
            }
        }
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<HttpRequest, Failure> {
        let odd = || {
            Failure::new(
                FailureCode::Refused,
                format!("The request to {} can't be built.", crate::text::plain(&self.reach.host, 100)),
                "Look at the addresses and tokens in the caller's environment.",
            )
        };
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method(method).map_err(|_| odd())?;
        request.set_uri(format!("{}{path}", self.base)).map_err(|_| odd())?;
        for (name, value) in headers {
            request.headers_mut().try_insert(*name, (*value).to_owned()).map_err(|_| odd())?;
        }
        Ok(request)
    }
}
