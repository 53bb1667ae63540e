//! Tokens that are renewed without a person.

use crate::desk::{Desk, calls, open, organisation};
use crate::liar::Liar;
use hatrack_core::failure::FailureCode;
use hatrack_identity_center::Outside;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const SOON: &str = "2000-01-01T00:00:00Z";
const GIVEN: &str = r#"{"accessToken": "new", "expiresIn": 3600, "refreshToken": "rotated"}"#;
const INVALID: &str = r#"{"error": "invalid_grant", "error_description": "no"}"#;

#[tokio::test]
async fn a_token_is_used_as_it_is_and_renewed_where_it_is_about_to_end() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    let before = desk.file();
    desk.fresh(15).await.unwrap();
    assert_eq!(desk.file(), before);

    let renewed = desk.fresh(120).await.unwrap();
    let after = desk.file();
    assert_ne!(after["accessToken"], before["accessToken"]);
    assert_ne!(after["refreshToken"], before["refreshToken"], "refresh tokens are taken once");
    assert_eq!(after["clientId"], before["clientId"]);
    assert!(renewed.is_refreshable(desk.way.now()));
    desk.fresh(120).await.unwrap();
    assert_eq!(calls(&sandbox, "CreateToken"), 3);
}

#[tokio::test]
async fn fifty_who_ask_renew_it_once() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    let desk = Arc::new(desk);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let desk = Arc::clone(&desk);
        asking.spawn(async move { desk.fresh(120).await.is_ok() });
    }
    // The last ones find the new token, of which less than two hours are left too.
    assert!(asking.join_all().await.into_iter().all(|fine| fine));
    let renewals = calls(&sandbox, "CreateToken") - 1;
    assert_eq!(renewals, 1);
}

#[tokio::test]
async fn a_sign_in_that_was_ended_wants_a_person() {
    let (sandbox, desk) = open(organisation(1));
    let none = desk.fresh(1).await.unwrap_err();
    assert!(none.code == FailureCode::SignInNeeded && none.happened.contains("Nobody is signed in at acme"));
    desk.sign_in(&sandbox).await;
    sandbox.portal(crate::desk::START_URL).end_sign_ins();
    assert!(desk.fresh(120).await.is_ok(), "as long as it is valid by the clock it is tried");
    desk.put_token("old", SOON);
    let ended = desk.fresh(15).await.unwrap_err();
    assert_eq!(ended.code, FailureCode::SignInNeeded, "{ended}");
}

#[tokio::test]
async fn without_a_network_a_valid_token_serves() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    drop(sandbox);
    assert!(desk.fresh(120).await.is_ok());
    desk.put_token("old", SOON);
    assert_eq!(desk.fresh(15).await.unwrap_err().code, FailureCode::Unreachable);
    assert_eq!(desk.file()["refreshToken"], "refresh", "it may be good yet");
}

/// A desk at a server that does something to the token's file before it answers a renewal.
fn meddled(
    meddle: impl Fn(&PathBuf) + Send + Sync + 'static,
    status: u16,
    body: &'static str,
) -> (Desk, Liar) {
    let path: Arc<OnceLock<PathBuf>> = Arc::default();
    let known = Arc::clone(&path);
    let liar = Liar::start(move |_| {
        meddle(known.get().unwrap());
        (status, "content-type: application/json\r\n", body.to_owned())
    });
    let desk = Desk::at(liar.url.clone());
    path.set(desk.path()).unwrap();
    desk.put_token("old", SOON);
    (desk, liar)
}

fn by_the_aws_cli(path: &PathBuf) {
    let text = r#"{"accessToken": "theirs", "expiresAt": "2100-01-01T00:00:00Z"}"#;
    std::fs::write(path, text).unwrap();
}

#[tokio::test]
async fn the_aws_cli_may_be_quicker() {
    let (desk, _liar) = meddled(by_the_aws_cli, 400, INVALID);
    desk.fresh(15).await.unwrap();
    assert_eq!(desk.file()["accessToken"], "theirs");
    let (desk, _liar) = meddled(by_the_aws_cli, 200, GIVEN);
    desk.fresh(15).await.unwrap();
    assert_eq!(desk.file()["accessToken"], "theirs", "the later one stays");
}

#[tokio::test]
async fn who_signed_out_meanwhile_stays_signed_out() {
    let (desk, _liar) = meddled(|path| std::fs::remove_file(path).unwrap(), 200, GIVEN);
    let failure = desk.fresh(15).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::SignInNeeded, "{failure}");
    assert!(!desk.path().exists());
}

#[tokio::test]
async fn what_another_program_spoilt_meanwhile_is_replaced() {
    let (desk, _liar) = meddled(|path| std::fs::write(path, "{\"acc").unwrap(), 200, GIVEN);
    desk.fresh(15).await.unwrap();
    assert_eq!(desk.file()["refreshToken"], "rotated");
}

#[tokio::test]
async fn who_waits_no_longer_leaves_no_used_token_behind() {
    let (desk, liar) = meddled(|_| std::thread::sleep(Duration::from_millis(300)), 200, GIVEN);
    let impatient = tokio::time::timeout(Duration::from_millis(100), desk.fresh(15)).await;
    assert!(impatient.is_err());
    for _ in 0..200 {
        if desk.file()["refreshToken"] == "rotated" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((desk.file()["accessToken"].as_str(), liar.asked()), (Some("new"), 1));
}

#[tokio::test]
async fn a_refresh_token_that_is_refused_is_not_brought_again() {
    let (desk, liar) = meddled(|_| {}, 400, INVALID);
    let failure = desk.fresh(15).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::SignInNeeded, "{failure}");
    assert_eq!(liar.asked(), 1);
    assert_eq!(desk.file()["accessToken"], "old", "the file is left to the sign-in that follows");
}

#[tokio::test]
async fn a_portal_in_trouble_is_asked_a_few_times() {
    let (desk, liar) = meddled(|_| {}, 503, "");
    let failure = desk.fresh(15).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreachable, "{failure}");
    assert_eq!(liar.asked(), 5);
}
