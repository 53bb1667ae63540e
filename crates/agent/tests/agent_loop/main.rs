//! The agent's loop as faces see it, over time: renewal, ends, shared codes, restarts.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod desk;
#[path = "../desks/drawer.rs"]
mod drawer;
mod hand_outs;
mod serving;

use desk::{Desk, session};
use hatrack_core::failure::FailureCode;
use hatrack_core::name::OutputProfile;
use hatrack_core::snapshot::{NoticeKind, PromptState, SessionState};
use hatrack_wire::{Answer, Ask, Command, Face, Sealed, Which};
use jiff::SignedDuration;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[tokio::test]
async fn what_needs_no_person_is_renewed_before_it_ends() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    let before = face.until_state(id, SessionState::Active).await;
    assert!(before.renews);
    assert_eq!(desk.calls("AssumeRole"), 1);
    let first = desk.credentials();

    desk.set_clock(before.expiration.unwrap() - MINUTE * 14);
    let fits = |snapshot: &hatrack_core::snapshot::Snapshot| {
        session(snapshot, id)
            .is_some_and(|now| now.attempt > before.attempt && now.state == SessionState::Active)
    };
    let after = face.until("the renewal", fits).await;
    assert_eq!(desk.calls("AssumeRole"), 2);
    assert_ne!(desk.credentials(), first);
    assert_eq!(after.notices.len(), 1, "a renewal is silent: {:?}", after.notices);
}

#[tokio::test]
async fn what_needs_a_person_is_announced_and_ends_without_asking() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("production-readonly", "work").await.unwrap();
    face.answer_first_prompt(&desk.code(0)).await;
    let active = face.until_state(id, SessionState::Active).await;
    assert!(!active.renews);
    let end = active.expiration.unwrap();

    desk.set_clock(end - MINUTE * 6);
    desk.set_clock(end - MINUTE * 5);
    let told = face
        .until("the announcement", |snapshot| {
            snapshot.notices.iter().any(|notice| notice.kind == NoticeKind::EndsSoon)
        })
        .await;
    assert_eq!(told.prompts, []);

    desk.set_clock(end);
    let over = face.until_state(id, SessionState::Expired).await;
    assert_eq!(over.expiration, None);
    assert_eq!(desk.credentials(), before, "what was written is removed");
    assert_eq!(desk.calls("AssumeRole"), 1, "nothing was tried behind anybody's back");
    assert_eq!(face.snapshot.prompts, []);
}

#[tokio::test]
async fn a_clock_that_jumps_far_ahead_never_leaves_dead_credentials() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    let active = face.until_state(id, SessionState::Active).await;
    desk.set_clock(active.expiration.unwrap() + SignedDuration::from_hours(10));
    face.until_state(id, SessionState::Expired).await;
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn one_code_serves_all_roles_that_wait_for_its_device() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Tray).await;
    face.request(Command::ChangeSettings(hatrack_core::settings::Settings::default())).await.unwrap();
    let first = face.activate("production-readonly", "one").await.unwrap();
    let second = face.activate("development-admin", "two").await.unwrap();
    let asked =
        face.until("both to wait", |snapshot| snapshot.prompts.iter().any(|p| p.sessions.len() == 2)).await;
    assert_eq!(asked.prompts.len(), 1);

    face.answer_first_prompt(&desk.code(0)).await;
    face.until_state(first, SessionState::Active).await;
    let view = face.until_state(second, SessionState::Active).await;
    assert_eq!((desk.calls("GetSessionToken"), desk.calls("AssumeRole")), (1, 2));
    assert!(view.renews, "as long as the device's session lasts");

    let third = face.activate("security-auditor", "three").await.unwrap();
    face.until_state(third, SessionState::Active).await;
    assert_eq!(face.snapshot.prompts, [], "the code is not asked for again");
}

#[tokio::test]
async fn a_code_that_comes_too_early_is_held_for_the_next_step() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Tray).await;
    let first = face.activate("production-readonly", "one").await.unwrap();
    let used = desk.code(0);
    face.answer_first_prompt(&used).await;
    face.until_state(first, SessionState::Active).await;

    let second = face.activate("development-admin", "two").await.unwrap();
    face.until_state(second, SessionState::AwaitingMfa).await;
    face.answer_first_prompt(&used).await;
    let refused = face.until("the reuse to be told", |s| s.prompts.iter().any(|p| p.refused.is_some())).await;
    assert_eq!(refused.prompts[0].refused.as_ref().unwrap().code, FailureCode::CodeRefused);
    assert_eq!(refused.prompts[0].state, PromptState::Asking);
    assert_eq!(desk.calls("AssumeRole"), 1, "a used code isn't sent again");

    face.answer_first_prompt(&desk.code(1)).await;
    let held = face
        .until("the code to be held", |s| s.prompts.iter().any(|p| p.state == PromptState::Holding))
        .await;
    assert_eq!(desk.calls("AssumeRole"), 1);
    desk.set_clock(held.prompts[0].next_code_at.unwrap());
    face.until_state(second, SessionState::Active).await;
    assert_eq!(desk.calls("AssumeRole"), 2);
}

#[tokio::test]
async fn a_wrong_code_keeps_the_question() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("production-readonly", "one").await.unwrap();
    let wrong = if desk.code(0) == "000000" { "000001" } else { "000000" };
    face.answer_first_prompt(wrong).await;
    let told = face.until("the refusal", |s| s.prompts.iter().any(|p| p.refused.is_some())).await;
    assert_eq!(told.prompts[0].sessions, [id]);
    face.answer_first_prompt(&format!(" {} ", desk.code(0))).await;
    face.until_state(id, SessionState::Active).await;
}

#[tokio::test]
async fn a_section_outlives_the_agent_and_is_found_again() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Terminal).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    let active = face.until_state(id, SessionState::Active).await;
    face.request(Command::Stop).await.unwrap();
    desk.ended().await;
    assert_ne!(desk.credentials(), before);

    desk.start();
    let mut face = desk.face(Face::Terminal).await;
    let found = face.until("the session", |snapshot| snapshot.sessions.len() == 1).await.sessions[0].clone();
    assert_eq!((found.state, &found.role_id), (SessionState::Active, &active.role_id));
    let found =
        face.until("what describes it", |s| !s.sessions[0].account_id.is_empty()).await.sessions[0].clone();
    assert_eq!(found.account_id, active.account_id);
    assert!(found.renews);
    face.request(Command::Stop).await.unwrap();
    desk.ended().await;

    desk.set_clock(active.expiration.unwrap() + MINUTE);
    desk.start();
    let mut face = desk.face(Face::Terminal).await;
    face.until("what is over to be removed", |s| s.sessions.iter().all(|s| s.state == SessionState::Expired))
        .await;
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn who_leaves_takes_an_open_question_along() {
    let mut desk = Desk::new();
    let mut stays = desk.face(Face::Terminal).await;
    let mut leaves = desk.face(Face::Terminal).await;
    let id = leaves.activate("production-readonly", "one").await.unwrap();
    stays.until_state(id, SessionState::AwaitingMfa).await;
    drop(leaves);
    stays.until_gone(id).await;
    assert_eq!(stays.snapshot.prompts, []);
}

#[tokio::test]
async fn nobody_is_asked_in_a_window_where_there_is_none() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Terminal).await;
    let in_window = |activate: &mut hatrack_wire::Activate| activate.ask = Ask::InWindow;
    let failure = face.activate_with("production-readonly", "one", in_window).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::PersonNeeded);

    let _tray = desk.face(Face::Tray).await;
    let id = face.activate_with("production-readonly", "one", in_window).await.unwrap();
    let asked = face.until("the question", |snapshot| !snapshot.prompts.is_empty()).await;
    assert!(asked.prompts[0].in_window);
    assert_eq!(asked.prompts[0].sessions, [id]);
}

#[tokio::test]
async fn quitting_ends_what_is_active_unless_the_wishes_say_otherwise() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    face.until_state(id, SessionState::Active).await;
    let mut settings = face.snapshot.settings.clone();
    settings.end_sessions_on_quit = false;
    face.request(Command::ChangeSettings(settings)).await.unwrap();
    face.request(Command::Quit).await.unwrap();
    desk.ended().await;
    assert_ne!(desk.credentials(), before);

    desk.start();
    let mut face = desk.face(Face::Tray).await;
    let mut settings = face.until("the wish", |s| !s.settings.end_sessions_on_quit).await.settings;
    settings.end_sessions_on_quit = true;
    face.request(Command::ChangeSettings(settings)).await.unwrap();
    face.request(Command::Quit).await.unwrap();
    desk.ended().await;
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn switching_replaces_what_stood_in_the_profile() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let first = face.activate("data-analyst", "work").await.unwrap();
    face.until_state(first, SessionState::Active).await;
    let second = face.activate("identity-readonly", "work").await.unwrap();
    face.until_state(second, SessionState::Active).await;
    face.until_gone(first).await;
    assert_eq!(desk.credentials().matches("[work]").count(), 1);
    let ending =
        face.request(Command::Deactivate(Which::OutputProfile(OutputProfile::parse("work").unwrap()))).await;
    assert!(matches!(ending, Ok(Answer::Ending(ids)) if ids == [second]));
    face.until_gone(second).await;
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn another_programs_change_is_noticed() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("data-analyst", "work").await.unwrap();
    face.until_state(id, SessionState::Active).await;
    std::fs::write(desk.credentials_file(), &before).unwrap();
    face.until_gone(id).await;
    assert!(face.snapshot.notices.iter().any(|notice| notice.kind == NoticeKind::Disturbed));
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn a_refusal_is_told_and_nothing_is_written() {
    let mut desk = Desk::new();
    let before = desk.credentials();
    let mut face = desk.face(Face::Tray).await;
    let id = face.activate("security-breakglass", "work").await.unwrap();
    face.answer_first_prompt(&desk.code(0)).await;
    let failed = face.until_state(id, SessionState::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.request_id.is_some());
    assert_eq!(desk.credentials(), before);
}

#[tokio::test]
async fn no_face_is_ever_sent_a_secret() {
    let mut desk = Desk::new();
    let mut face = desk.face(Face::Windows).await;
    let code = desk.code(0);
    let with_code = |activate: &mut hatrack_wire::Activate| activate.token_code = Some(Sealed::new(&*code));
    let id = face.activate_with("production-readonly", "work", with_code).await.unwrap();
    face.until_state(id, SessionState::Active).await;
    face.request(Command::Roles { query: String::new(), from: 0, count: 1 }).await.unwrap();
    let heard = String::from_utf8(face.heard.clone()).unwrap();
    let credentials = desk.credentials();
    let secrets = credentials
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .filter(|(key, _)| ["aws_secret_access_key", "aws_session_token"].contains(key));
    let secrets: Vec<_> = secrets.map(|(_, value)| value.to_owned()).chain([code.clone()]).collect();
    assert_eq!(secrets.len(), 4, "the user's key, the role's key and token, the code");
    for secret in secrets {
        assert!(!heard.contains(&secret), "a secret was published");
    }
}
