//! What every test needs: an organisation, somebody's cache, and the way to both.

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_identity_center::{
    Cache, Flow, Outside, Paces, Reached, Service, Token, Way, begin, fresh_token,
};
use hatrack_sandbox::{Choice, Organisation, Sandbox, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const START_URL: &str = "https://acme.awsapps.com/start";

/// The way of a test: straight to one address.
#[derive(Clone, Debug)]
pub(crate) struct Straight {
    pub(crate) url: String,
    paces: Paces,
    http: SharedHttpClient,
}

impl Straight {
    pub(crate) fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), paces: Paces::default(), http: Builder::new().build_http() }
    }
}

impl Outside for Straight {
    #[expect(clippy::disallowed_methods, reason = "a test's own clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn reach(&self, _: Service, _: &str) -> Result<Reached, Failure> {
        Ok(Reached { url: self.url.clone(), way: Arc::new(self.clone()) })
    }

    fn paces(&self) -> &Paces {
        &self.paces
    }
}

impl Way for Straight {
    fn http(&self) -> SharedHttpClient {
        self.http.clone()
    }

    fn explain(&self, _: &(dyn Error + 'static), timed_out: bool) -> Failure {
        let what = if timed_out { "It took too long." } else { "Nobody is there." };
        Failure::new(FailureCode::Unreachable, what, "Try again.")
    }

    fn is_lasting(&self, _: &(dyn Error + 'static)) -> bool {
        false
    }

    fn never_connected(&self, _: &(dyn Error + 'static)) -> bool {
        false
    }
}

/// Somebody at a desk, with a cache of their own.
pub(crate) struct Desk {
    _folder: tempfile::TempDir,
    pub(crate) cache: Cache,
    pub(crate) portal: Portal,
    pub(crate) way: Straight,
}

impl Desk {
    pub(crate) fn at(url: impl Into<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path().join("cache"), folder.path().join("locks"));
        let portal = Portal {
            session: Some("acme".to_owned()),
            start_url: START_URL.to_owned(),
            region: "eu-west-1".to_owned(),
            scopes: Vec::new(),
        };
        Self { _folder: folder, cache, portal, way: Straight::to(url) }
    }

    /// Signs in as ann does, in the browser.
    pub(crate) async fn sign_in(&self, sandbox: &Sandbox) -> Token {
        let pending = begin(&self.portal, Flow::Browser, &self.way, &self.cache).await.unwrap();
        sandbox.visit(pending.url().open(), "ann", Choice::Allow);
        pending.finish(&self.way, Duration::from_secs(20)).await.unwrap()
    }

    /// A token with at least `minutes` left.
    pub(crate) async fn fresh(&self, minutes: i64) -> Result<Token, Failure> {
        fresh_token(&self.portal, &self.way, &self.cache, SignedDuration::from_mins(minutes)).await
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.cache.token_path(&self.portal)
    }

    /// What is in the file of the token.
    pub(crate) fn file(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path()).unwrap()).unwrap()
    }

    /// Puts a token into the file that is renewed at once.
    pub(crate) fn put_token(&self, access: &str, expires: &str) {
        std::fs::create_dir_all(self.path().parent().unwrap()).unwrap();
        let token = serde_json::json!({
            "startUrl": START_URL, "region": "eu-west-1", "accessToken": access, "expiresAt": expires,
            "clientId": "id", "clientSecret": "secret", "registrationExpiresAt": "2100-01-01T00:00:00Z",
            "refreshToken": "refresh",
        });
        std::fs::write(self.path(), token.to_string()).unwrap();
    }
}

/// An organisation in which ann sees so many accounts with three roles each.
pub(crate) fn organisation(accounts: u32) -> Organisation {
    Organisation::generated(START_URL, "eu-west-1", accounts, 3).device_interval(1)
}

/// A sandbox with an organisation, and a desk at it.
pub(crate) fn open(organisation: Organisation) -> (Sandbox, Desk) {
    let sandbox = Sandbox::start(World::default().organisation(organisation));
    let desk = Desk::at(sandbox.endpoint());
    (sandbox, desk)
}

/// How often an action was called.
pub(crate) fn calls(sandbox: &Sandbox, action: &str) -> usize {
    sandbox.requests().iter().filter(|call| call.action == action).count()
}
