//! How requests leave, and what is asked of addresses and answers.

use super::provider::Provider;
use super::words;
use hatrack_core::failure::Failure;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode, Uri};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::future::Future;
use zeroize::Zeroizing;

/// What an answer may weigh. An [`Outside`] must stop reading there.
pub const LARGEST_ANSWER: usize = 1_000_000;
/// What an address may weigh.
const LONGEST_ADDRESS: usize = 2048;

/// The world as the caller reaches it: its way through proxies and certificates, and its clock.
pub trait Outside: Send + Sync {
    /// Sends one request and reads the answer whole, up to [`LARGEST_ANSWER`], within a time of its
    /// own; it follows no redirect. Where there is no answer, it says why in words.
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> impl Future<Output = Result<Response<Vec<u8>>, Failure>> + Send;

    /// What time it is.
    fn now(&self) -> Timestamp;
}

/// An address that secrets may be sent to: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl Endpoint {
    pub(super) fn parse(provider: &Provider, which: &str, address: &str) -> Result<Self, Failure> {
        Self::read(address).ok_or_else(|| words::bad_endpoint(provider, which, address))
    }

    fn read(address: &str) -> Option<Self> {
        // Only what every reader, the person's browser among them, takes for the same address.
        let plain = |b: u8| b.is_ascii_graphic() && !b"\\#\"<>^`{|}".contains(&b);
        if address.len() > LONGEST_ADDRESS || !address.bytes().all(plain) {
            return None;
        }
        let uri: Uri = address.parse().ok()?;
        if uri.authority()?.as_str().contains('@') {
            return None;
        }
        let host = uri.host()?;
        match uri.scheme_str()? {
            "https" if !host.is_empty() => Some(Self(uri)),
            "http" if ["127.0.0.1", "localhost", "[::1]"].contains(&host) => Some(Self(uri)),
            _ => None,
        }
    }

    /// The address with these parameters behind those that it has.
    pub(super) fn with_query(&self, parameters: &[(&str, &str)]) -> String {
        let address = self.0.to_string();
        let separator = if self.0.query().is_some() { '&' } else { '?' };
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("{address}{separator}{query}")
    }

    /// A request for a JSON document.
    pub(super) fn get(&self) -> Request<Vec<u8>> {
        self.request(Method::GET, Vec::new())
    }

    /// A request that carries a form.
    pub(super) fn post(&self, form: Vec<u8>) -> Request<Vec<u8>> {
        let mut request = self.request(Method::POST, form);
        let kind = http::HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        request
    }

    fn request(&self, method: Method, body: Vec<u8>) -> Request<Vec<u8>> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.0.clone();
        request.headers_mut().insert(ACCEPT, http::HeaderValue::from_static("application/json"));
        request
    }
}

/// An answer that arrived whole; its body is wiped.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// The body as the JSON that is expected, whatever it says it is.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Sends a request; what came back is an answer of the provider itself.
pub(super) async fn ask(
    outside: &impl Outside,
    provider: &Provider,
    what: &str,
    request: Request<Vec<u8>>,
) -> Result<Answer, Failure> {
    let (parts, body) = outside.send(request).await?.into_parts();
    let answer = Answer { status: parts.status, body: Zeroizing::new(body) };
    if answer.status.is_redirection() {
        return Err(words::redirected(provider, what));
    }
    if answer.body.len() > LARGEST_ANSWER {
        return Err(words::too_large(provider, what));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_https_or_stay_here() {
        for address in
            ["https://idp.example/a?b=c", "http://127.0.0.1:80/", "http://localhost:1/x", "http://[::1]:1/"]
        {
            assert!(Endpoint::read(address).is_some(), "{address}");
        }
        for address in [
            "http://idp.example/",
            "http://127.0.0.1.nip.example/",
            "http://127.0.0.1@evil.example/",
            "https://user@idp.example/",
            "https://idp.example\\@evil.example/",
            "https://idp.example/#x",
            "https://idp.example/a b",
            "https://idp.example/\r\nHost: x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/relative",
            "",
        ] {
            assert!(Endpoint::read(address).is_none(), "{address}");
        }
        assert!(Endpoint::read(&format!("https://idp.example/{}", "a".repeat(2048))).is_none());
    }

    #[test]
    fn parameters_are_escaped_and_stand_behind_those_that_are_there() {
        let endpoint = Endpoint::read("https://idp.example/auth?tenant=1").unwrap();
        assert_eq!(
            endpoint.with_query(&[("scope", "a b"), ("state", "&#")]),
            "https://idp.example/auth?tenant=1&scope=a+b&state=%26%23"
        );
    }
}
