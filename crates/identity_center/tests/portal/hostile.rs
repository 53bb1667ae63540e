//! Answers that AWS would never give.

use crate::desk::Desk;
use crate::liar::Liar;
use hatrack_core::failure::FailureCode;
use hatrack_core::identity_center::Directory;
use hatrack_identity_center::{Flow, Scope, begin, discover, role_credentials};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const JSON: &str = "content-type: application/json\r\n";
const LATER: &str = "2100-01-01T00:00:00Z";
const CLIENT: &str = r#"{"clientId": "id", "clientSecret": "s", "clientSecretExpiresAt": 4102444800}"#;

fn answering(answer: impl Fn(&str) -> (u16, &'static str, String) + Send + Sync + 'static) -> (Liar, Desk) {
    let liar = Liar::start(answer);
    let desk = Desk::at(liar.url.clone());
    desk.put_token("token", LATER);
    (liar, desk)
}

#[tokio::test]
async fn answers_of_others_are_explained() {
    for (status, headers, body, part, tries) in [
        (200, "content-type: text/html\r\n", "<html>Welcome to the hotel", "with a web page", 1),
        (302, "location: https://hotel.example/in\r\n", "", "sent the call elsewhere (to hotel.example)", 1),
        (200, JSON, "{", "not as AWS does", 1),
        (400, JSON, "[1]", "not as AWS does", 1),
        (502, "content-type: text/html\r\n", "<html>", "has trouble of its own (status 502)", 5),
    ] {
        let (liar, desk) = answering(move |_| (status, headers, body.to_owned()));
        let failure = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap_err();
        assert!(failure.happened.contains(part), "{failure}");
        assert_eq!(failure.code, FailureCode::Unreachable, "{failure}");
        assert_eq!(liar.asked(), tries, "{failure}");
    }
}

#[tokio::test]
async fn only_pages_of_the_web_are_opened() {
    for uri in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://evil.example/",
        "https://user@evil.example/",
        "https://evil.example/\\u0000",
        "ms-settings:x",
        "",
    ] {
        let (_liar, desk) = answering(move |line| {
            let device = format!(
                r#"{{"deviceCode": "d", "userCode": "AB", "verificationUri": "{uri}", "expiresIn": 600}}"#
            );
            (200, JSON, if line.contains("/client/register") { CLIENT.to_owned() } else { device })
        });
        let begun = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await;
        assert_eq!(begun.unwrap_err().code, FailureCode::Unreachable, "{uri}");
    }
}

#[tokio::test]
async fn a_code_for_people_is_a_short_plain_text() {
    for code in ["", "A\\u001b[31m", "A\\u202eB", "AB CD", &"A".repeat(41)] {
        let code = code.to_owned();
        let (_liar, desk) = answering(move |line| {
            let device = format!(
                r#"{{"deviceCode": "d", "userCode": "{code}", "verificationUri": "https://x.example/", "expiresIn": 600}}"#
            );
            (200, JSON, if line.contains("/client/register") { CLIENT.to_owned() } else { device })
        });
        assert!(begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.is_err());
    }
}

#[tokio::test]
async fn a_portal_that_wants_patience_gets_it() {
    let answers = Arc::new(Mutex::new(VecDeque::from([
        (400, r#"{"error": "authorization_pending"}"#),
        (503, ""),
        (400, r#"{"error": "slow_down", "error_description": "too often"}"#),
        (200, r#"{"accessToken": "given", "expiresIn": 3600}"#),
    ])));
    let left = Arc::clone(&answers);
    let (_liar, desk) = answering(move |line| {
        let device = r#"{"deviceCode": "d", "userCode": "AB", "verificationUri": "https://x.example/",
            "expiresIn": 600, "interval": 1}"#;
        if line.contains("/client/register") {
            return (200, JSON, CLIENT.to_owned());
        }
        if line.contains("/device_authorization") {
            return (200, JSON, device.to_owned());
        }
        let (status, body) = left.lock().unwrap().pop_front().unwrap();
        (status, JSON, body.to_owned())
    });
    let pending = begin(&desk.portal, Flow::DeviceCode, &desk.way, &desk.cache).await.unwrap();
    assert_eq!(pending.url().open(), "https://x.example/");
    let token = pending.finish(&desk.way, Duration::from_secs(60)).await.unwrap();
    assert_eq!(token.refreshable_until, None);
    assert_eq!(desk.file()["accessToken"], "given");
    assert!(answers.lock().unwrap().is_empty());
}

#[tokio::test]
async fn credentials_that_could_not_travel_are_refused() {
    for given in [
        r#"{}"#,
        r#"{"roleCredentials": {}}"#,
        r#"{"roleCredentials": {"accessKeyId": "A\nB", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000}}"#,
        r#"{"roleCredentials": {"accessKeyId": "A", "secretAccessKey": "s", "sessionToken": "t", "expiration": -1}}"#,
    ] {
        let (_liar, desk) = answering(move |_| (200, JSON, given.to_owned()));
        let given = role_credentials(&desk.portal, "111122223333", "Admin", &desk.way, &desk.cache).await;
        assert_eq!(given.unwrap_err().code, FailureCode::Unreachable);
    }
}

#[tokio::test]
async fn accounts_that_cant_be_are_left_out_and_named() {
    let (_liar, desk) = answering(|line| {
        let body = if line.contains("/assignment/accounts") {
            let long = "é".repeat(5000);
            format!(
                r#"{{"accountList": [
                    {{"accountId": "../../etc", "accountName": "Bad\u001b"}}, {{"accountName": "Without"}},
                    {{"accountId": "111122223333", "accountName": "{long}", "emailAddress": "{long}"}}]}}"#
            )
        } else {
            r#"{"roleList": [{"roleName": "Admin"}, {"roleName": "a\nb"}, {}]}"#.to_owned()
        };
        (200, JSON, body)
    });
    let directory = Directory::new("x".to_owned());
    let found = discover(&desk.portal, directory, Scope::default(), &desk.way, &desk.cache, |_| {}).await;
    let found = found.unwrap();
    assert_eq!(found.left_out.len(), 2);
    let told = found.left_out[0].to_string();
    assert!(told.contains("../../etc") && !told.contains('\u{1b}'), "{told:?}");
    let account = &found.directory.accounts()[0];
    assert_eq!((account.name.chars().count(), account.email.chars().count()), (300, 320));
    assert_eq!(found.directory.roles(account).collect::<Vec<_>>(), ["Admin"]);
    assert!(account.failure.as_ref().unwrap().contains("111122223333"));
}

#[tokio::test]
async fn roles_without_end_cost_that_account() {
    let (liar, desk) = answering(|line| {
        let accounts = r#"{"accountList": [{"accountId": "111122223333", "accountName": "A"}]}"#;
        let roles = r#"{"roleList": [{"roleName": "R"}], "nextToken": "again"}"#;
        let body = if line.contains("/assignment/accounts") { accounts } else { roles };
        (200, JSON, body.to_owned())
    });
    let directory = Directory::new("x".to_owned());
    let found = discover(&desk.portal, directory, Scope::default(), &desk.way, &desk.cache, |_| {}).await;
    let failure = found.unwrap().directory.accounts()[0].failure.clone().unwrap();
    assert!(failure.contains("pages don't end"), "{failure}");
    assert_eq!(liar.asked(), 3);
}

#[tokio::test]
async fn a_portal_that_answers_nobody_stops_the_listing() {
    let (_liar, desk) = answering(|line| {
        let ids = (0..40).map(|n| format!(r#"{{"accountId": "{n:012}", "accountName": "A"}}"#));
        let list = ids.collect::<Vec<_>>().join(",");
        match line.contains("/assignment/accounts") {
            true => (200, JSON, format!(r#"{{"accountList": [{list}]}}"#)),
            false => (503, JSON, String::new()),
        }
    });
    let directory = Directory::new("x".to_owned());
    let stopped = discover(&desk.portal, directory, Scope::default(), &desk.way, &desk.cache, |_| {}).await;
    let stopped = stopped.unwrap_err();
    assert_eq!(stopped.failure.code, FailureCode::Unreachable, "{}", stopped.failure);
    assert!(stopped.directory.accounts().iter().all(|account| account.failure.is_none()));
    assert_eq!(stopped.directory.accounts().len(), 40);
}
