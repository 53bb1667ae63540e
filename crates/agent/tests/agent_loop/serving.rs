//! Container endpoints, from the command that opens one to the program that asks it.

use super::MINUTE;
use super::desk::{Caller, Desk, session};
use hatrack_core::hand_out::Way;
use hatrack_core::snapshot::SessionState;
use hatrack_wire::{Answer, Ask, Command, Face, HandOut, Serving, Which};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn serve(caller: &mut Caller, role: &str) -> Serving {
    let asked = HandOut {
        role: role.to_owned(),
        way: Way::Endpoint,
        program: Some("/usr/bin/terraform".to_owned()),
        duration_seconds: None,
        region: None,
        confirmed: None,
        ask: Ask::InWindow,
        wait_seconds: None,
    };
    match caller.request(Command::Serve(Box::new(asked))).await.unwrap() {
        Answer::Serving(serving) => *serving,
        other => panic!("no endpoint: {other:?}"),
    }
}

/// Asks an endpoint as an SDK does.
async fn ask(serving: &Serving) -> (u16, Value) {
    let (host, path) = serving.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let token = serving.token.open();
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn a_program_is_served_across_a_renewal_until_its_connection_ends() {
    let mut desk = Desk::new();
    let mut tray = desk.face(Face::Tray).await;
    let mut holder = desk.face(Face::Terminal).await;
    let serving = serve(&mut holder, "data-analyst").await;
    let (status, first) = ask(&serving).await;
    assert_eq!(status, 200, "{first}");
    let present = tray.until("one use", |it| it.consumers.first().is_some_and(|it| it.count == 1)).await;
    let consumer = &present.consumers[0];
    assert!(consumer.open && consumer.way == Way::Endpoint);
    assert_eq!(consumer.program.executable.as_deref(), Some("/usr/bin/terraform"));
    let held = present.sessions[0].clone();
    assert_eq!(first["AccountId"], held.account_id.as_str());
    assert_eq!(first["Expiration"], held.expiration.unwrap().to_string());

    desk.set_clock(held.expiration.unwrap() - MINUTE * 14);
    tray.until("the renewal", |it| {
        session(it, held.id).is_some_and(|it| it.attempt > held.attempt && it.state == SessionState::Active)
    })
    .await;
    let (status, second) = ask(&serving).await;
    assert_eq!(status, 200);
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"]);

    drop(holder);
    let over = tray.until("it to be closed", |it| it.consumers.first().is_some_and(|it| !it.open)).await;
    assert_eq!(over.consumers[0].count, 2);
    assert!(tokio::net::TcpStream::connect(serving.url[7..].split('/').next().unwrap()).await.is_err());
}

#[tokio::test]
async fn a_role_that_is_over_is_told_at_once_and_a_person_is_asked_meanwhile() {
    let mut desk = Desk::new();
    let mut tray = desk.face(Face::Tray).await;
    let id = tray.activate("production-readonly", "work").await.unwrap();
    tray.answer_first_prompt(&desk.code(0)).await;
    tray.until_state(id, SessionState::Active).await;
    let mut holder = desk.face(Face::Terminal).await;
    let serving = serve(&mut holder, "production-readonly").await;
    assert_eq!(ask(&serving).await.0, 200);

    tray.request(Command::Deactivate(Which::All)).await.unwrap();
    tray.until_gone(id).await;
    let (status, refusal) = ask(&serving).await;
    assert_eq!((status, &refusal["code"]), (503, &Value::from("NotActive")), "{refusal}");
    let asked = tray.until("the prompt", |it| !it.prompts.is_empty()).await;
    assert!(asked.prompts[0].in_window);
    assert_eq!(ask(&serving).await.0, 503);
    tray.answer_first_prompt(&desk.code(1)).await;
    let held = tray.until("the next step to be awaited", |it| it.prompts[0].next_code_at.is_some()).await;
    desk.set_clock(held.prompts[0].next_code_at.unwrap());
    tray.until("the session", |it| it.sessions.iter().any(|it| it.state == SessionState::Active)).await;
    assert_eq!(ask(&serving).await.0, 200);
}

#[tokio::test]
async fn who_inherits_a_held_connection_can_only_end_it() {
    let mut desk = Desk::new();
    let mut holder = desk.face(Face::Terminal).await;
    let serving = serve(&mut holder, "data-analyst").await;
    assert!(matches!(holder.request(Command::HoldOpen).await, Ok(Answer::Done)));
    assert_eq!(ask(&serving).await.0, 200);
    holder.send(Command::Agent).await;
    holder.until_ended().await;
    let host = serving.url[7..].split('/').next().unwrap().to_owned();
    while tokio::net::TcpStream::connect(&host).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
