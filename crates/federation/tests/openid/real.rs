//! Sign-in at `oidc-provider` from npm, driven through its own pages as a person would.

use crate::web::{Browser, Way, parameters};
use hatrack_core::failure::FailureCode;
use hatrack_federation::oidc::{Kind, Pending, Provider, begin, end, refresh, token_expiry};
use hatrack_wire::Sealed;
use http::Response;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const LONG: Duration = Duration::from_secs(60);

/// The provider's process; it ends with its input.
struct Idp {
    issuer: String,
    _process: Child,
}

impl Idp {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/providers/openid");
        assert!(folder.join("node_modules").is_dir(), "Run scripts/setup providers first.");
        let mut process = Command::new("node")
            .arg(folder.join("server.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = tokio::time::timeout(LONG, lines.next_line()).await;
        Self { issuer: issuer.expect("it starts").unwrap().expect("its issuer"), _process: process }
    }

    fn provider(&self, client_id: &str) -> Provider {
        Provider {
            name: "company".to_owned(),
            kind: Kind::OpenId { issuer: self.issuer.clone() },
            client_id: client_id.to_owned(),
            client_secret: None,
            scopes: ["openid", "email", "offline_access"].map(str::to_owned).to_vec(),
            redirect: None,
        }
    }
}

/// Signs in as Ada and consents.
async fn sign_in(browser: &mut Browser, url: &str) -> Response<Vec<u8>> {
    let (page, _) = browser.go(url, None).await;
    assert!(page.contains("/interaction/"), "{page}");
    let (page, _) = browser.go(&page, Some("prompt=login&login=ada&password=x")).await;
    assert!(page.contains("/interaction/"), "{page}");
    browser.go(&page, Some("prompt=consent")).await.1
}

async fn finish(pending: Pending, way: &Way) -> hatrack_federation::oidc::Tokens {
    let url = pending.url();
    let mut browser = Browser::default();
    let (tokens, page) = tokio::join!(pending.finish(way, LONG), sign_in(&mut browser, url.open()));
    let page = String::from_utf8(page.into_body()).unwrap();
    assert!(page.contains("Hatrack has the sign-in"), "{page}");
    tokens.unwrap()
}

#[tokio::test]
async fn a_person_signs_in_once_and_is_renewed_until_the_end() {
    let idp = Idp::start().await;
    let way = Way::straight();
    for client in ["hatrack-RS256", "hatrack-PS256", "hatrack-ES256", "hatrack-EdDSA"] {
        let provider = idp.provider(client);
        let tokens = finish(begin(&provider, &way).await.unwrap(), &way).await;
        assert_eq!(tokens.subject.as_deref(), Some("ada"), "{client}");
        assert_eq!(tokens.shown_name.as_deref(), Some("ada@example.com"));
        assert_eq!(token_expiry(tokens.token.open()), Some(tokens.expires));
        assert!(tokens.expires > way.now);

        let first = tokens.refresh_token.unwrap();
        let renewed = refresh(&provider, &way, &first, Some("ada")).await.unwrap();
        let second = renewed.refresh_token.unwrap();
        assert_ne!(first.open(), second.open(), "it is rotated");

        end(&provider, &way, &second).await.unwrap();
        let failure = refresh(&provider, &way, &second, Some("ada")).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::PersonNeeded, "{failure}");
        assert!(failure.happened.starts_with("The sign-in at the identity provider company has ended"));
    }
}

#[tokio::test]
async fn a_refresh_token_that_was_used_is_worth_nothing() {
    let idp = Idp::start().await;
    let way = Way::straight();
    let provider = idp.provider("hatrack-RS256");
    let first = finish(begin(&provider, &way).await.unwrap(), &way).await.refresh_token.unwrap();
    refresh(&provider, &way, &first, Some("ada")).await.unwrap();
    let failure = refresh(&provider, &way, &first, Some("ada")).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::PersonNeeded, "{failure}");
}

#[tokio::test]
async fn the_person_may_say_no() {
    let idp = Idp::start().await;
    let way = Way::straight();
    let pending = begin(&idp.provider("hatrack-RS256"), &way).await.unwrap();
    let url = pending.url();
    let no = async {
        let mut browser = Browser::default();
        let (page, _) = browser.go(url.open(), None).await;
        browser.go(&format!("{page}/abort"), None).await.1
    };
    let (tokens, page) = tokio::join!(pending.finish(&way, LONG), no);
    assert!(String::from_utf8(page.into_body()).unwrap().contains("Not signed in"));
    let failure = tokens.unwrap_err();
    assert_eq!(failure.code, FailureCode::Cancelled);
    assert!(failure.happened.contains("says that the sign-in was denied"), "{failure}");
}

#[tokio::test]
async fn a_client_is_known_by_its_secret() {
    let idp = Idp::start().await;
    let way = Way::straight();
    let mut provider = idp.provider("hatrack-secret");
    provider.client_secret = Some(Sealed::new("a secret: with % signs"));
    finish(begin(&provider, &way).await.unwrap(), &way).await;

    provider.client_secret = Some(Sealed::new("another"));
    let pending = begin(&provider, &way).await.unwrap();
    let url = pending.url();
    let mut browser = Browser::default();
    let (tokens, _) = tokio::join!(pending.finish(&way, LONG), sign_in(&mut browser, url.open()));
    let failure = tokens.unwrap_err();
    assert!(failure.happened.contains("doesn't accept Hatrack's client id or client secret"), "{failure}");
}

#[tokio::test]
async fn the_provider_itself_refuses_a_client_or_an_address_that_it_does_not_know() {
    let idp = Idp::start().await;
    let way = Way::straight();
    let mut moved = idp.provider("hatrack-RS256");
    moved.redirect = Some("http://127.0.0.1/elsewhere".to_owned());
    for (provider, word) in [(moved, "redirect_uri"), (idp.provider("stranger"), "invalid_client")] {
        let pending = begin(&provider, &way).await.unwrap();
        let url = pending.url();
        assert!(parameters(url.open()).contains_key("code_challenge"));
        let (_, page) = Browser::default().go(url.open(), None).await;
        assert_eq!(page.status(), 400);
        assert!(String::from_utf8(page.into_body()).unwrap().contains(word), "{word}");
        // Nobody comes back: the wait ends by itself.
        let failure = pending.finish(&way, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::PersonNeeded);
    }
}
