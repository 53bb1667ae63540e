//! What comes back from the browser, renewal, and plain OAuth.

use crate::hostile::sign_in;
use crate::provider::{CODE, Idp, Wrong};
use crate::web::{Way, get, with};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hatrack_core::failure::FailureCode;
use hatrack_federation::oidc::{Kind, begin, end, refresh, token_expiry};
use hatrack_wire::Sealed;
use serde_json::{Value, json};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn only_the_answer_to_this_sign_in_counts() {
    let way = Way::straight();
    let idp = Idp::start(way.now.as_second(), Wrong::default()).await;
    let older = begin(&idp.provider(), &way).await.unwrap();
    let older = idp.visited(older.url().open());
    let pending = begin(&idp.provider(), &way).await.unwrap();
    let asked = idp.visited(pending.url().open());
    let redirect = asked["redirect_uri"].clone();
    assert_ne!(older["state"], asked["state"]);
    assert_ne!(older["nonce"], asked["nonce"]);
    assert_ne!(older["code_challenge"], asked["code_challenge"]);
    assert_eq!(asked["scope"], "openid email");
    let visits = async {
        for wrong in [
            with(&redirect, &[("code", CODE)]),
            with(&redirect, &[("code", CODE), ("state", "")]),
            with(&redirect, &[("code", CODE), ("state", &older["state"])]),
            with(&redirect, &[("error", "access_denied"), ("state", "wrong")]),
        ] {
            assert_eq!(get(&wrong).await.status(), 400, "{wrong}");
        }
        get(&with(&redirect, &[("code", CODE), ("state", &asked["state"]), ("iss", &idp.issuer)])).await
    };
    let (tokens, page) = tokio::join!(pending.finish(&way, LONG), visits);
    assert_eq!(page.status(), 200);
    tokens.unwrap();
    assert_eq!(idp.forms("/token").len(), 1);
}

#[tokio::test]
async fn refusals_in_the_browser_are_told() {
    let way = Way::straight();
    let names_issuer = ("authorization_response_iss_parameter_supported", json!(true));
    let idp = Idp::start(0, Wrong { document: vec![names_issuer], ..Wrong::default() }).await;
    let long = "c".repeat(8193);
    let issuer = idp.issuer.clone();
    for (answer, code, words) in [
        (vec![("error", "access_denied"), ("iss", &issuer)], FailureCode::Cancelled, "was denied."),
        (
            vec![("error", "access_denied"), ("error_description", "<b>No\u{7}</b>"), ("iss", &issuer)],
            FailureCode::Cancelled,
            "was denied (<b>No\\u{7}</b>).",
        ),
        (
            vec![("error", "login_required"), ("iss", &issuer)],
            FailureCode::PersonNeeded,
            "needs a person to sign in.",
        ),
        (
            vec![("error", "temporarily_unavailable"), ("iss", &issuer)],
            FailureCode::Unreachable,
            "at the moment.",
        ),
        (vec![("error", "unauthorized_client"), ("iss", &issuer)], FailureCode::Refused, "client secret."),
        (
            vec![("code", CODE), ("iss", "https://evil.example")],
            FailureCode::Refused,
            "issuer that is configured.",
        ),
        (vec![("code", CODE)], FailureCode::Refused, "doesn't say who issued it."),
        (vec![("iss", &issuer)], FailureCode::Refused, "there is no code in it."),
        (vec![("code", ""), ("iss", &issuer)], FailureCode::Refused, "its code is empty or too long."),
        (vec![("code", &long), ("iss", &issuer)], FailureCode::Refused, "its code is empty or too long."),
    ] {
        let pending = begin(&idp.provider(), &way).await.unwrap();
        let asked = idp.visited(pending.url().open());
        let mut answer: Vec<(&str, &str)> = answer;
        answer.push(("state", &asked["state"]));
        let back = with(&asked["redirect_uri"], &answer);
        let (tokens, page) = tokio::join!(pending.finish(&way, LONG), get(&back));
        assert_eq!(page.status(), 200);
        let failure = tokens.unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        assert!(failure.happened.ends_with(words), "{words}: {failure}");
    }
    assert!(idp.forms("/token").is_empty());
}

#[tokio::test]
async fn renewal_needs_no_person_until_the_provider_wants_one() {
    let way = Way::straight();
    let idp = Idp::start(way.now.as_second(), Wrong::default()).await;
    let first = sign_in(&idp, &idp.provider(), &way).await.unwrap();
    let subject = first.subject.as_deref();
    let old = first.refresh_token.unwrap();
    let renewed = refresh(&idp.provider(), &way, &old, subject).await.unwrap();
    let new = renewed.refresh_token.unwrap();
    assert_ne!(new.open(), old.open());
    assert_eq!(idp.forms("/token").last().unwrap()["refresh_token"], old.open());

    idp.is_now(Wrong { answer: vec![("refresh_token", Value::Null)], ..Wrong::default() });
    let kept = refresh(&idp.provider(), &way, &new, subject).await.unwrap();
    assert_eq!(kept.refresh_token.unwrap().open(), new.open());

    let gone = json!({ "error": "invalid_grant" }).to_string().into_bytes();
    for (wrong, code, words) in [
        (
            Wrong { at: [("/token", (400, vec![], gone))].into(), ..Wrong::default() },
            FailureCode::PersonNeeded,
            "The sign-in at the identity provider company has ended.",
        ),
        (
            Wrong { answer: vec![("id_token", Value::Null)], ..Wrong::default() },
            FailureCode::PersonNeeded,
            "The identity provider company gives no new token without a person.",
        ),
        (
            Wrong { claims: vec![("sub", json!("eve-2"))], ..Wrong::default() },
            FailureCode::Refused,
            "The token of the identity provider company is rejected: it is about somebody else than before.",
        ),
    ] {
        idp.is_now(wrong);
        let failure = refresh(&idp.provider(), &way, &new, subject).await.unwrap_err();
        assert_eq!((failure.code, failure.happened.as_str()), (code, words));
    }

    idp.is_now(Wrong::default());
    end(&idp.provider(), &way, &new).await.unwrap();
    assert_eq!(idp.forms("/revoke").last().unwrap()["token"], new.open());
    idp.is_now(Wrong { document: vec![("revocation_endpoint", Value::Null)], ..Wrong::default() });
    end(&idp.provider(), &way, &new).await.unwrap();
    assert_eq!(idp.forms("/revoke").len(), 1);
}

#[tokio::test]
async fn a_secret_goes_where_the_provider_wants_it() {
    let way = Way::straight();
    let idp = Idp::start(way.now.as_second(), Wrong::default()).await;
    let provider =
        hatrack_federation::oidc::Provider { client_secret: Some(Sealed::new("s3cret:%")), ..idp.provider() };
    sign_in(&idp, &provider, &way).await.unwrap();
    let form = idp.forms("/token").pop().unwrap();
    assert_eq!(form["(authorization)"], format!("Basic {}", BASE64_STANDARD.encode("hatrack:s3cret%3A%25")));
    assert!(!form.contains_key("client_secret"));

    let methods = ("token_endpoint_auth_methods_supported", json!(["client_secret_post"]));
    idp.is_now(Wrong { document: vec![methods], ..Wrong::default() });
    sign_in(&idp, &provider, &way).await.unwrap();
    let form = idp.forms("/token").pop().unwrap();
    assert_eq!(form["client_secret"], "s3cret:%");
    assert!(!form.contains_key("(authorization)"));
    assert!(!format!("{provider:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_plain_oauth_provider_yields_its_access_token() {
    let way = Way::straight();
    let idp = Idp::start(0, Wrong::default()).await;
    let mut provider = idp.provider();
    provider.kind = Kind::OAuth {
        provider_id: "www.amazon.com".to_owned(),
        authorization_endpoint: format!("{}/auth", idp.issuer),
        token_endpoint: format!("{}/token", idp.issuer),
    };
    for (life, seconds) in [
        (json!(300), 300),
        (json!("600"), 600),
        (Value::Null, 3600),
        (json!(-5), 0),
        (json!(i64::MAX), 366 * 24 * 3600),
    ] {
        idp.is_now(Wrong { answer: vec![("expires_in", life)], ..Wrong::default() });
        let tokens = sign_in(&idp, &provider, &way).await.unwrap();
        assert_eq!(tokens.token.open(), "access-1");
        assert_eq!(tokens.provider_id.as_deref(), Some("www.amazon.com"));
        assert_eq!(tokens.expires.as_second() - way.now.as_second(), seconds);
    }
    idp.is_now(Wrong { answer: vec![("access_token", json!("x".repeat(20_001)))], ..Wrong::default() });
    let failure = sign_in(&idp, &provider, &way).await.unwrap_err();
    assert!(failure.happened.contains("4 to 20000 characters"), "{failure}");
}

#[test]
fn the_end_of_a_token_is_read_without_believing_it() {
    let token = |claims: &str| format!("e30.{claims}.");
    // {"alg":"none"} and {"exp":1700000000}
    let header = "eyJhbGciOiJub25lIn0";
    assert_eq!(
        token_expiry(&format!("{header}.eyJleHAiOjE3MDAwMDAwMDB9.")).unwrap().as_second(),
        1_700_000_000
    );
    for odd in ["", "a", "a.b", "a.b.c", "e30.e30.", &token("eyJleHAiOjF9"), &"a.".repeat(20_000)] {
        assert_eq!(token_expiry(odd), None, "{odd:.40}");
    }
}
