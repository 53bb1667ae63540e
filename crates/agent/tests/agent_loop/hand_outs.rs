//! Credentials without a file: held, handed out once for many, asked about first.

use super::MINUTE;
use super::desk::{Caller, Desk};
use hatrack_agent::clock::now;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::{Allow, Way};
use hatrack_core::name::RoleId;
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::SessionState;
use hatrack_wire::{Answer, Ask, Command, Face, HandOut, HandedOut, Which};

fn wanted(role: &str) -> HandOut {
    HandOut {
        role: role.to_owned(),
        way: Way::CredentialProcess,
        program: None,
        duration_seconds: None,
        region: None,
        confirmed: None,
        ask: Ask::InWindow,
        wait_seconds: Some(60),
    }
}

async fn hand_out(caller: &mut Caller, role: &str) -> Result<HandedOut, Failure> {
    match caller.request(Command::HandOut(Box::new(wanted(role)))).await? {
        Answer::HandedOut(handed_out) => Ok(*handed_out),
        other => panic!("not an answer to a hand-out: {other:?}"),
    }
}

fn keys(handed_out: &HandedOut) -> (String, String) {
    (handed_out.access_key_id.clone(), handed_out.secret_access_key.open().to_owned())
}

#[tokio::test]
async fn a_role_is_handed_out_and_nothing_of_it_stands_in_a_file() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let first = hand_out(&mut face, "data-analyst").await.unwrap();
    let again = hand_out(&mut face, "data-analyst").await.unwrap();
    assert_eq!(keys(&first), keys(&again));
    assert_eq!(desk.calls("AssumeRole"), 1);
    assert_eq!(desk.credentials(), before);

    let held =
        face.until("the consumer", |snapshot| snapshot.consumers.first().is_some_and(|it| it.count == 2));
    let held = held.await;
    let session = &held.sessions[0];
    assert_eq!((session.state, &session.output_profile), (SessionState::Active, &None));
    assert_eq!(first.account_id.as_ref(), Some(&session.account_id));
    let consumer = &held.consumers[0];
    assert_eq!((consumer.role_id.clone(), consumer.way), (session.role_id.clone(), Way::CredentialProcess));

    face.request(Command::Deactivate(Which::All)).await.unwrap();
    face.until_gone(session.id).await;
    assert_eq!(desk.credentials(), before);
    let renewed = hand_out(&mut face, "data-analyst").await.unwrap();
    assert_ne!(keys(&renewed), keys(&first), "what was ended is not handed out any more");
}

#[tokio::test]
async fn what_is_delivered_into_a_file_is_handed_out_before_and_after_a_restart() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    face.until_state(id, SessionState::Active).await;
    let first = hand_out(&mut face, "data-analyst").await.unwrap();
    assert!(desk.credentials().contains(&first.access_key_id));

    face.request(Command::Stop).await.unwrap();
    desk.ended().await;
    desk.start();
    let mut face = desk.face(Face::Tray).await;
    let later = hand_out(&mut face, "data-analyst").await.unwrap();
    assert_eq!(keys(&later), keys(&first));
    assert_eq!(later.expiration.as_second(), first.expiration.as_second());
    assert_eq!(desk.calls("AssumeRole"), 1);
}

#[tokio::test]
async fn fifty_callers_cause_one_question_and_one_call() {
    let mut desk = Desk::new();
    let mut tray = desk.face(Face::Tray).await;
    let mut waiting = Vec::new();
    for _ in 0..50 {
        let mut caller = desk.face(Face::Terminal).await;
        waiting.push(tokio::spawn(async move { hand_out(&mut caller, "production-readonly").await }));
    }
    let asked = tray.until("the prompt", |snapshot| !snapshot.prompts.is_empty()).await;
    assert!(asked.prompts[0].in_window && asked.prompts.len() == 1);
    tray.answer_first_prompt(&desk.code(0)).await;
    let mut given = std::collections::BTreeSet::new();
    for caller in waiting {
        given.insert(keys(&caller.await.unwrap().unwrap()));
    }
    assert_eq!((given.len(), desk.calls("AssumeRole")), (1, 1));
}

#[tokio::test]
async fn who_waits_too_long_is_told_and_the_question_stays() {
    let mut desk = Desk::new();
    let mut tray = desk.face(Face::Tray).await;
    let mut caller = desk.face(Face::Terminal).await;
    let waiting = tokio::spawn(async move {
        let failure = hand_out(&mut caller, "production-readonly").await.unwrap_err();
        (failure, caller)
    });
    tray.until("the prompt", |snapshot| !snapshot.prompts.is_empty()).await;
    desk.set_clock(now() + MINUTE + MINUTE);
    let (failure, mut caller) = waiting.await.unwrap();
    assert_eq!(failure.code, FailureCode::PersonNeeded);
    assert!(failure.happened.contains("production-readonly"), "{failure}");
    tray.answer_first_prompt(&desk.code(0)).await;
    tray.until("the session", |snapshot| snapshot.sessions[0].state == SessionState::Active).await;
    hand_out(&mut caller, "production-readonly").await.unwrap();
    assert_eq!(desk.calls("AssumeRole"), 1);
}

#[tokio::test]
async fn nobody_to_ask_is_said_at_once_and_a_prompt_taken_back_fails_who_waits() {
    let mut desk = Desk::new();
    let mut alone = desk.face(Face::Terminal).await;
    let failure = hand_out(&mut alone, "production-readonly").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::PersonNeeded);

    let mut tray = desk.face(Face::Tray).await;
    let waiting = tokio::spawn(async move { hand_out(&mut alone, "production-readonly").await });
    let asked = tray.until("the prompt", |snapshot| !snapshot.prompts.is_empty()).await;
    tray.request(Command::DismissPrompt { prompt: asked.prompts[0].id }).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().code, FailureCode::Cancelled);
}

#[tokio::test]
async fn a_role_of_which_a_person_is_asked_first_waits_for_their_word() {
    let mut desk = Desk::new();
    let mut tray = desk.face(Face::Tray).await;
    let analyst = RoleId::of_profile("data-analyst");
    let settings = Settings { ask_first: [analyst].into(), ..tray.snapshot.settings.clone() };
    tray.request(Command::ChangeSettings(settings)).await.unwrap();
    for (allow, gives, asks_again) in
        [(Allow::Once, true, true), (Allow::Refuse, false, false), (Allow::ThisProgram, true, false)]
    {
        if allow == Allow::ThisProgram {
            desk.set_clock(now() + MINUTE);
        }
        let mut caller = desk.face(Face::Terminal).await;
        let waiting = tokio::spawn(async move {
            let given = hand_out(&mut caller, "data-analyst").await;
            (given, caller)
        });
        let asked = tray.until("the question", |snapshot| !snapshot.consents.is_empty()).await;
        let consent = asked.consents[0].id;
        assert_eq!(asked.consents[0].role, "data-analyst");
        tray.request(Command::AnswerConsent { consent, allow }).await.unwrap();
        let (given, mut caller) = waiting.await.unwrap();
        assert_eq!(given.is_ok(), gives, "{allow:?}: {given:?}");
        tray.until("the question to be gone", |snapshot| snapshot.consents.is_empty()).await;
        if asks_again {
            let waiting = tokio::spawn(async move { hand_out(&mut caller, "data-analyst").await });
            tray.until("the question again", |snapshot| !snapshot.consents.is_empty()).await;
            waiting.abort();
            tray.until("nobody to wait any more", |snapshot| snapshot.consents.is_empty()).await;
        } else {
            assert_eq!(hand_out(&mut caller, "data-analyst").await.is_ok(), gives, "{allow:?}");
        }
    }
}
