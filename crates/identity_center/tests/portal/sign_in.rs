//! Both ways to a token.

use crate::desk::{Desk, START_URL, calls, open, organisation};
use hatrack_core::failure::FailureCode;
use hatrack_identity_center::{Flow, Outside, begin};
use hatrack_sandbox::{Choice, Sandbox};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::net::TcpStream;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

fn parameters(url: &str) -> HashMap<String, String> {
    let query = url.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Whether somebody listens where the browser is sent back to.
fn listens(url: &str) -> bool {
    let redirect = &parameters(url)["redirect_uri"];
    let authority = redirect.strip_prefix("http://").unwrap().split('/').next().unwrap();
    TcpStream::connect(authority).is_ok()
}

#[tokio::test]
async fn the_browsers_way_signs_in_for_all_programs() {
    let (sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    assert!(pending.device().is_none());
    let url = pending.url().open().to_owned();
    let asked = parameters(&url);
    assert!(url.starts_with(&format!("{}/authorize?", sandbox.endpoint())), "{url}");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["code_challenge"].len(), 43);
    assert_eq!(asked["scopes"], "sso:account:access");
    let redirect = &asked["redirect_uri"];
    assert!(redirect.starts_with("http://127.0.0.1:") && redirect.ends_with("/oauth/callback"), "{redirect}");
    assert!(listens(&url));

    let visit = sandbox.visit(&url, "ann", Choice::Allow);
    let token = pending.finish(&desk.way, LIMIT).await.unwrap();
    assert!(!listens(&url), "the port is closed with the result");
    assert_eq!(visit.end().last().unwrap().status, Some(200));

    let left = token.expires.duration_since(desk.way.now());
    assert!(left > SignedDuration::from_mins(50), "{left}");
    assert!(token.is_refreshable(desk.way.now()));
    let file = desk.file();
    for (name, value) in [("startUrl", START_URL), ("region", "eu-west-1")] {
        assert_eq!(file[name], value);
    }
    for name in
        ["accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt", "refreshToken"]
    {
        assert!(file[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    assert_eq!(
        desk.cache.token(&desk.portal).unwrap().unwrap().expires.as_second(),
        token.expires.as_second()
    );

    desk.sign_in(&sandbox).await;
    assert_eq!(calls(&sandbox, "RegisterClient"), 1, "a registration serves until it ends");
}

#[tokio::test]
async fn who_denies_is_told_so() {
    let (sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    let url = pending.url().open().to_owned();
    sandbox.visit(&url, "ann", Choice::Deny);
    let failure = pending.finish(&desk.way, LIMIT).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.contains("denied in the browser at acme"), "{failure}");
    assert!(!listens(&url));
    assert!(!desk.path().exists());
}

#[tokio::test]
async fn a_second_callback_is_answered_and_ignored() {
    let (sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    let visit = sandbox.visit(pending.url().open(), "ann", Choice::Twice);
    pending.finish(&desk.way, LIMIT).await.unwrap();
    visit.end();
    assert_eq!(calls(&sandbox, "CreateToken"), 1);
}

#[tokio::test]
async fn an_answer_with_a_wrong_state_is_not_waited_for() {
    let (sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    let visit = sandbox.visit(pending.url().open(), "ann", Choice::WrongState);
    let way = desk.way.clone();
    let waiting = tokio::spawn(async move { pending.finish(&way, LIMIT).await.is_ok() });
    let shown = tokio::task::spawn_blocking(|| visit.end()).await.unwrap();
    assert_eq!(shown.last().unwrap().status, Some(400));
    assert!(!waiting.is_finished(), "the right answer may come yet");
    waiting.abort();
    assert_eq!(calls(&sandbox, "CreateToken"), 0);
    assert!(!desk.path().exists());
}

#[tokio::test]
async fn a_sign_in_that_is_taken_back_closes_its_port() {
    let (_sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    let url = pending.url().open().to_owned();
    let way = desk.way.clone();
    let waiting = tokio::spawn(async move { pending.finish(&way, LIMIT).await.is_ok() });
    tokio::task::yield_now().await;
    assert!(listens(&url));
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert!(!listens(&url));
}

#[tokio::test]
async fn a_code_is_shown_and_typed_in_on_any_device() {
    let (sandbox, desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap();
    let device = pending.device().unwrap().clone();
    assert_eq!(device.user_code.len(), 9);
    assert!(pending.url().open().ends_with(&device.user_code), "{device:?}");
    assert!(device.expires > desk.way.now());
    sandbox.visit(&device.verification_uri_complete, "ann", Choice::Allow);
    let token = pending.finish(&desk.way, LIMIT).await.unwrap();
    assert!(token.is_refreshable(desk.way.now()));
    assert!(desk.fresh(1).await.is_ok());
}

#[tokio::test]
async fn a_code_that_nobody_confirms_ends() {
    let (sandbox, desk) = open(organisation(1));
    let denied = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap();
    sandbox.visit(denied.url().open(), "ann", Choice::Deny).end();
    let failure = denied.finish(&desk.way, LIMIT).await.unwrap_err();
    assert!(failure.code == FailureCode::Refused && failure.happened.contains("denied"), "{failure}");

    let forgotten = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap();
    let failure = forgotten.finish(&desk.way, Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::PersonNeeded, "{failure}");
    assert_eq!(calls(&sandbox, "RegisterClient"), 1);
    assert!(!desk.path().exists());
}

#[tokio::test]
async fn each_way_has_its_own_registration_as_with_the_aws_cli() {
    let (sandbox, desk) = open(organisation(1));
    for (flow, count) in [
        (Flow::Browser, 1),
        (Flow::Browser, 1),
        (Flow::DeviceCode, 2),
        (Flow::DeviceCode, 2),
        (Flow::Browser, 3),
    ] {
        begin(&desk.portal, flow, &desk.way, &desk.cache).await.unwrap();
        assert_eq!(calls(&sandbox, "RegisterClient"), count, "{flow:?}");
    }
}

#[tokio::test]
async fn a_registration_that_the_service_forgot_is_made_anew() {
    let (first, desk) = open(organisation(1));
    begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap();
    drop(first);
    let (second, mut other) = open(organisation(1));
    other.cache = desk.cache.clone();
    begin(&other.portal, Flow::DeviceCode, &other.way, &other.cache).await.unwrap();
    assert_eq!(calls(&second, "RegisterClient"), 1);
}

#[tokio::test]
async fn a_browser_that_never_comes_back_costs_the_registration() {
    let (sandbox, desk) = open(organisation(1));
    for count in [1, 2] {
        let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
        let failure = pending.finish(&desk.way, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::PersonNeeded);
        assert_eq!(calls(&sandbox, "RegisterClient"), count, "the portal may have forgotten it");
    }
}

#[tokio::test]
async fn another_start_url_or_region_is_explained() {
    let (_sandbox, mut desk) = open(organisation(1));
    desk.portal.start_url = "https://other.awsapps.com/start".to_owned();
    for flow in [Flow::Browser, Flow::DeviceCode] {
        let failure = begin(&desk.portal, flow, &desk.way, &desk.cache).await.unwrap_err();
        assert_eq!(failure.aws_code.as_deref(), Some("InvalidRequestException"), "{failure}");
        assert!(failure.remedy.contains("start URL"), "{failure}");
    }
}

#[tokio::test]
async fn organisations_stand_side_by_side() {
    let (first, one) = open(organisation(1));
    let (second, mut other) = open(organisation(1));
    other.cache = one.cache.clone();
    other.portal.session = None;
    one.sign_in(&first).await;
    other.sign_in(&second).await;
    assert_ne!(one.path(), other.path());
    assert_ne!(one.file()["accessToken"], other.file()["accessToken"]);
}

/// Makes sure that nothing of what is secret can be printed.
#[tokio::test]
async fn no_secret_is_shown() {
    let (sandbox, desk): (Sandbox, Desk) = open(organisation(1));
    let pending = begin(&desk.portal, Flow::Browser, &desk.way, &desk.cache).await.unwrap();
    let url = pending.url().open().to_owned();
    let shown = format!("{pending:?}");
    let asked = parameters(&url);
    assert!(!shown.contains(&asked["state"]) && !shown.contains(&asked["code_challenge"]), "{shown}");
    sandbox.visit(&url, "ann", Choice::Allow);
    let token = pending.finish(&desk.way, LIMIT).await.unwrap();
    let file = desk.file();
    assert!(!format!("{token:?}").contains(file["accessToken"].as_str().unwrap()));
    assert!(!shown.contains(file["clientSecret"].as_str().unwrap()));
}
