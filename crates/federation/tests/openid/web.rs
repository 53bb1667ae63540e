//! A small HTTP client: what the agent is to the library, and what a browser does for a person.

use form_urlencoded::parse;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_federation::oidc::Outside;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio::net::TcpStream;

/// Sends one request over a connection of its own.
pub(crate) async fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, String> {
    let authority = request.uri().authority().ok_or("no host")?.to_string();
    let stream = TcpStream::connect(&authority).await.map_err(|error| error.to_string())?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    parts.headers.entry("host").or_insert(authority.parse().unwrap());
    parts.uri = Uri::from(parts.uri.into_parts().path_and_query.unwrap());
    let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body.to_vec()))
}

/// Gets a page.
pub(crate) async fn get(url: &str) -> Response<Vec<u8>> {
    send(Request::get(url).body(Vec::new()).unwrap()).await.unwrap()
}

/// What a person's browser does: keeps cookies, follows redirects, sends forms.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Loads a page; where redirects end, and what is there.
    pub(crate) async fn go(&mut self, url: &str, form: Option<&str>) -> (String, Response<Vec<u8>>) {
        let (mut url, mut form) = (url.to_owned(), form);
        for _ in 0..20 {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = Request::builder().uri(&url).header("cookie", cookies.join("; "));
            let request = match form.take() {
                Some(form) => request
                    .method("POST")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form.as_bytes().to_vec()),
                None => request.body(Vec::new()),
            };
            let answer = send(request.unwrap()).await.unwrap_or_else(|why| panic!("{url}: {why}"));
            for cookie in answer.headers().get_all("set-cookie") {
                let (name, value) =
                    cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = answer.headers().get("location") else { return (url, answer) };
            url = absolute(&url, location.to_str().unwrap());
        }
        panic!("{url} leads in a circle");
    }
}

fn absolute(base: &str, location: &str) -> String {
    match location.strip_prefix('/') {
        Some(path) => format!("{}/{path}", base.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")),
        None => location.to_owned(),
    }
}

/// The way out, and a clock that can be off.
pub(crate) struct Way {
    pub(crate) now: Timestamp,
}

impl Way {
    pub(crate) fn straight() -> Self {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        Self { now: Timestamp::from_second(now.try_into().unwrap()).unwrap() }
    }
}

impl Outside for Way {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        send(request)
            .await
            .map_err(|why| Failure::new(FailureCode::Unreachable, format!("It can't be reached: {why}."), ""))
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

/// The parameters of an address.
pub(crate) fn parameters(url: &str) -> BTreeMap<String, String> {
    parse(url.split_once('?').map_or("", |(_, query)| query).as_bytes()).into_owned().collect()
}

/// An address with these parameters.
pub(crate) fn with(url: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{url}?{query}")
}
