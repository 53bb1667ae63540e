//! What a provider may get wrong, on purpose or not, and what is said about it.

use crate::provider::{CODE, Idp, Wrong};
use crate::web::{Way, get, with};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_federation::oidc::{Provider, Tokens, begin};
use serde_json::{Value, json};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

/// Signs in as a browser would that the provider sends back with a code.
pub(crate) async fn sign_in(idp: &Idp, provider: &Provider, way: &Way) -> Result<Tokens, Failure> {
    let pending = begin(provider, way).await?;
    let asked = idp.visited(pending.url().open());
    let back = with(&asked["redirect_uri"], &[("code", CODE), ("state", &asked["state"])]);
    let (tokens, page) = tokio::join!(pending.finish(way, LONG), get(&back));
    assert_eq!(page.status(), 200);
    tokens
}

async fn failure(wrong: Wrong) -> Failure {
    let way = Way::straight();
    let idp = Idp::start(way.now.as_second(), wrong).await;
    sign_in(&idp, &idp.provider(), &way).await.unwrap_err()
}

#[tokio::test]
async fn a_provider_that_is_right_is_believed() {
    let way = Way::straight();
    let idp = Idp::start(way.now.as_second(), Wrong::default()).await;
    let tokens = sign_in(&idp, &idp.provider(), &way).await.unwrap();
    assert_eq!(tokens.expires.as_second(), way.now.as_second() + 600);
    assert_eq!(tokens.subject.as_deref(), Some("ada-1"));
    assert_eq!(tokens.shown_name.as_deref(), Some("ada@example.com"));
    assert_eq!(tokens.provider_id, None);
    assert!(tokens.refresh_token.is_some());
    let shown = format!("{tokens:?}");
    assert!(!shown.contains(tokens.token.open()) && !shown.contains("refresh-"), "{shown}");
}

#[tokio::test]
async fn a_token_that_says_something_else_is_rejected() {
    let now = Way::straight().now.as_second();
    for (claim, value, words) in [
        ("iss", json!("https://elsewhere.example"), "issued by somebody else"),
        ("iss", Value::Null, "issued by somebody else"),
        ("aud", json!("another"), "issued to another client"),
        ("aud", json!(["another", "third"]), "issued to another client"),
        ("aud", json!(["hatrack", "third"]), "issued to another client"),
        ("aud", json!({ "hatrack": 1 }), "issued to another client"),
        ("azp", json!("another"), "issued to another client"),
        ("nonce", json!("another"), "belongs to another sign-in"),
        ("nonce", Value::Null, "belongs to another sign-in"),
        ("nonce", json!([1]), "belongs to another sign-in"),
        ("exp", json!(now - 3600), "has expired"),
        ("exp", json!("soon"), "doesn't say when it ends"),
        ("exp", json!(1e300), "doesn't say when it ends"),
        ("exp", Value::Null, "doesn't say when it ends"),
        ("iat", json!(now + 3600), "begins in the future"),
        ("nbf", json!(now + 3600), "begins in the future"),
        ("sub", Value::Null, "doesn't say who signed in"),
        ("sub", json!("x".repeat(256)), "doesn't say who signed in"),
        ("groups", json!("x".repeat(20_000)), "longer than the 20000 characters"),
    ] {
        let failure = failure(Wrong { claims: vec![(claim, value.clone())], ..Wrong::default() }).await;
        assert_eq!(failure.code, FailureCode::Refused);
        assert!(failure.happened.contains(words), "{claim} {value:.40}: {failure}");
    }
}

#[tokio::test]
async fn a_token_that_nobody_vouches_for_is_rejected() {
    let header = |name, value| Wrong { header: vec![(name, value)], ..Wrong::default() };
    let none = Wrong { unsigned: true, ..header("alg", json!("none")) };
    for (wrong, words) in [
        (none, "signed with none, which is not accepted"),
        (header("alg", json!("NoNe")), "which is not accepted"),
        (header("alg", json!("HS256")), "signed with HS256, which is not accepted"),
        (header("alg", json!("RS256")), "none of the provider's keys"),
        (header("alg", json!("ES256")), "none of the provider's keys"),
        (header("kid", json!("another")), "none of the provider's keys"),
        (header("crit", json!(["b64"])), "which is not accepted"),
        (header("alg", json!(1)), "no signed token"),
        (Wrong { signed_by_another: true, ..Wrong::default() }, "none of the provider's keys"),
        (Wrong { unsigned: true, ..Wrong::default() }, "none of the provider's keys"),
        (Wrong { answer: vec![("id_token", json!("a.b"))], ..Wrong::default() }, "no signed token"),
        (Wrong { answer: vec![("id_token", Value::Null)], ..Wrong::default() }, "no id_token"),
    ] {
        let failure = failure(wrong).await;
        assert!(failure.happened.starts_with("The token of the identity provider company is rejected"));
        assert!(failure.happened.contains(words), "{words}: {failure}");
    }
}

#[tokio::test]
async fn a_document_that_leads_elsewhere_is_refused() {
    let document = |name, value| Wrong { document: vec![(name, value)], ..Wrong::default() };
    for (wrong, words) in [
        (document("issuer", json!("https://evil.example")), "calls itself https://evil.example"),
        (document("token_endpoint", json!("http://evil.example/token")), "token_endpoint that can't be used"),
        (document("authorization_endpoint", json!("javascript:alert(1)")), "authorization_endpoint that"),
        (document("jwks_uri", json!("file:///keys")), "jwks_uri that can't be used"),
        (document("jwks_uri", Value::Null), "no usable answer"),
        (document("code_challenge_methods_supported", json!(["plain"])), "doesn't offer PKCE with S256"),
    ] {
        let failure = failure(wrong).await;
        assert!(failure.happened.contains(words), "{words}: {failure}");
        assert!(!failure.remedy.is_empty());
    }
    let way = Way::straight();
    let idp = Idp::start(0, Wrong::default()).await;
    for (issuer, words) in [
        (format!("{}/", idp.issuer), "not the issuer that is configured"),
        (format!("{}/tenant", idp.issuer), "no discovery document"),
        ("http://idp.example".to_owned(), "issuer that can't be used"),
        ("http://127.0.0.1:1".to_owned(), "can't be reached"),
    ] {
        let mut provider = idp.provider();
        provider.kind = hatrack_federation::oidc::Kind::OpenId { issuer };
        let failure = begin(&provider, &way).await.unwrap_err();
        assert!(failure.happened.contains(words), "{words}: {failure}");
    }
}

#[tokio::test]
async fn answers_of_the_wrong_kind_are_told() {
    let huge = || vec![b' '; 1_000_001];
    let page = || b"<html><script>alert(1)</script>Sign in to the Wi-Fi</html>".to_vec();
    let elsewhere = || vec![("location", "https://evil.example/".to_owned())];
    let error = |error: &str, said: &str| {
        json!({ "error": error, "error_description": said }).to_string().into_bytes()
    };
    for (path, what) in [
        ("/.well-known/openid-configuration", "its discovery document"),
        ("/token", "a token"),
        ("/keys", "its signing keys"),
    ] {
        for (answer, words) in [
            ((200, vec![], huge()), "with more than 1 MB"),
            ((302, elsewhere(), vec![]), "with a redirect"),
            ((307, elsewhere(), vec![]), "with a redirect"),
            ((200, vec![], page()), "gave no usable answer"),
            ((503, vec![], page()), "(HTTP 503)"),
        ] {
            let failure = failure(Wrong { at: [(path, answer)].into(), ..Wrong::default() }).await;
            assert_eq!(failure.code, FailureCode::Unreachable);
            assert!(
                failure.happened.contains(words) && failure.happened.contains(what),
                "{words}: {failure}"
            );
            assert!(!failure.happened.contains("script"), "{failure}");
        }
    }
    for (status, body, words) in [
        (401, error("invalid_client", ""), "doesn't accept Hatrack's client id or client secret."),
        (400, error("unauthorized_client", ""), "client id or client secret."),
        (
            400,
            error("invalid_grant", "x"),
            "doesn't accept the code that it gave, which is too old or was used (x).",
        ),
        (400, error("redirect_uri_mismatch", ""), "refuses the address that the browser is sent back to."),
        (200, error("incorrect_client_credentials", ""), "refused with incorrect_client_credentials."),
        (
            400,
            error("odd\n\u{202e}error", "say\u{1b}[31m"),
            "refused with odd\\u{a}\\u{202e}error (say\\u{1b}[31m).",
        ),
        (400, error("invalid_scope", &"x".repeat(500)), "xxx…)."),
    ] {
        let failure =
            failure(Wrong { at: [("/token", (status, vec![], body))].into(), ..Wrong::default() }).await;
        assert!(failure.happened.ends_with(words), "{words}: {failure}");
        assert!(!failure.remedy.is_empty());
    }
}
