//! A provider of our own that can be wrong in one way at a time.

use crate::web::parameters;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hatrack_federation::oidc::{Kind, Provider};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The code that is good for a token.
pub(crate) const CODE: &str = "the-code";

/// What it answers at a path instead of the right thing.
type Override = (u16, Vec<(&'static str, String)>, Vec<u8>);

/// What it does wrong.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) at: BTreeMap<&'static str, Override>,
    /// Changed in the discovery document.
    pub(crate) document: Vec<(&'static str, Value)>,
    /// Changed in the claims of the id_token; null takes a claim out.
    pub(crate) claims: Vec<(&'static str, Value)>,
    /// Changed in the token's header.
    pub(crate) header: Vec<(&'static str, Value)>,
    /// Whether another key signs, or the signature is left out.
    pub(crate) signed_by_another: bool,
    pub(crate) unsigned: bool,
    /// Changed in the answer of the token endpoint.
    pub(crate) answer: Vec<(&'static str, Value)>,
}

/// The provider while it runs.
pub(crate) struct Idp {
    pub(crate) issuer: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

struct State {
    issuer: String,
    wrong: Mutex<Wrong>,
    /// What the browser was told to ask for.
    asked: Mutex<BTreeMap<String, String>>,
    /// The forms that came, by path.
    forms: Mutex<Vec<(String, BTreeMap<String, String>)>>,
    now: i64,
}

impl Idp {
    pub(crate) async fn start(now: i64, wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            issuer: issuer.clone(),
            wrong: Mutex::new(wrong),
            asked: Mutex::default(),
            forms: Mutex::default(),
            now,
        });
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(|request| state.answer(request));
                    let connection = hyper::server::conn::http1::Builder::new();
                    connection.serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
        Self { issuer, state, server }
    }

    /// This provider as it is configured.
    pub(crate) fn provider(&self) -> Provider {
        Provider {
            name: "company".to_owned(),
            kind: Kind::OpenId { issuer: self.issuer.clone() },
            client_id: "hatrack".to_owned(),
            client_secret: None,
            scopes: vec!["email".to_owned()],
            redirect: None,
        }
    }

    /// Remembers what a browser would have asked for; returns where it would be sent back to.
    pub(crate) fn visited(&self, url: &str) -> BTreeMap<String, String> {
        let asked = parameters(url);
        *self.state.asked.lock().unwrap() = asked.clone();
        asked
    }

    /// The forms that came to a path.
    pub(crate) fn forms(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        let forms = self.state.forms.lock().unwrap();
        forms.iter().filter(|(at, _)| at == path).map(|(_, form)| form.clone()).collect()
    }

    /// Lets it be wrong in another way from now on.
    pub(crate) fn is_now(&self, wrong: Wrong) {
        *self.state.wrong.lock().unwrap() = wrong;
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn changed(mut value: Value, changes: &[(&'static str, Value)]) -> Value {
    let object = value.as_object_mut().unwrap();
    for (name, change) in changes {
        match change {
            Value::Null => object.remove(*name),
            other => object.insert((*name).to_owned(), other.clone()),
        };
    }
    value
}

impl State {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        let secret = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let mut form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
        form.extend(secret.map(|secret| ("(authorization)".to_owned(), secret)));
        self.forms.lock().unwrap().push((path.clone(), form.clone()));
        let wrong = self.wrong.lock().unwrap();
        let (status, headers, body) = match wrong.at.get(path.as_str()) {
            Some(answer) => answer.clone(),
            None => {
                let (status, body) = self.right(&path, &form, &wrong);
                (status, Vec::new(), body.to_string().into_bytes())
            }
        };
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        Ok(response.body(Full::new(Bytes::from(body))).unwrap())
    }

    fn right(&self, path: &str, form: &BTreeMap<String, String>, wrong: &Wrong) -> (u16, Value) {
        let at = |path: &str| format!("{}{path}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => {
                let document = json!({
                    "issuer": self.issuer,
                    "authorization_endpoint": at("/auth"),
                    "token_endpoint": at("/token"),
                    "jwks_uri": at("/keys"),
                    "revocation_endpoint": at("/revoke"),
                });
                (200, changed(document, &wrong.document))
            }
            "/keys" => {
                let x = BASE64_URL_SAFE_NO_PAD.encode(key(1).public_key());
                let other = json!({ "kty": "odd", "kid": "k" });
                (200, json!({ "keys": [other, { "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x }] }))
            }
            "/token" => self.token(form, wrong),
            "/revoke" => (200, json!({})),
            _ => (404, json!({})),
        }
    }

    fn token(&self, form: &BTreeMap<String, String>, wrong: &Wrong) -> (u16, Value) {
        let asked = self.asked.lock().unwrap();
        let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let renewing = said("grant_type") == "refresh_token";
        if !renewing {
            let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, said("code_verifier").as_bytes()));
            assert_eq!(asked["code_challenge"], challenge);
            assert_eq!(asked["code_challenge_method"], "S256");
            assert_eq!(asked["redirect_uri"], said("redirect_uri"));
            if said("code") != CODE {
                return (400, json!({ "error": "invalid_grant" }));
            }
        }
        let claims = json!({
            "iss": self.issuer,
            "aud": "hatrack",
            "sub": "ada-1",
            "email": "ada@example.com",
            "iat": self.now,
            "exp": self.now + 600,
            "nonce": asked.get("nonce").filter(|_| !renewing),
        });
        let claims = changed(claims, &wrong.claims);
        let header = changed(json!({ "alg": "EdDSA", "kid": "k" }), &wrong.header);
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = key(if wrong.signed_by_another { 2 } else { 1 }).sign(message.as_bytes());
        let signature = if wrong.unsigned { &[][..] } else { signature.as_ref() };
        let token = format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
        let count = self.forms.lock().unwrap().len();
        let answer = json!({
            "access_token": "access-1",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": token,
            "refresh_token": format!("refresh-{count}"),
        });
        (200, changed(answer, &wrong.answer))
    }
}
