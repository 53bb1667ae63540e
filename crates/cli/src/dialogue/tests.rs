//! Every turn of the talk.

use super::testing::{prompt, session, sign_in};
use super::*;

const QUESTION: &str = "Code of eve's phone for Admin in Shop: ";

fn dialogue(asking: Asking) -> Dialogue {
    Dialogue::new(SessionId(1), 1, false, asking)
}

fn present(session: SessionView, prompts: Vec<Prompt>) -> Snapshot {
    Snapshot { sessions: vec![session], prompts, ..Snapshot::default() }
}

fn asking() -> Snapshot {
    present(session(1, SessionState::AwaitingMfa), vec![prompt(&[1], PromptState::Asking)])
}

fn refused() -> Snapshot {
    let failure = Failure::new(FailureCode::CodeRefused, "The code was wrong.", "Type the next one.");
    let prompt = Prompt { refused: Some(failure), ..prompt(&[1], PromptState::Asking) };
    present(session(1, SessionState::AwaitingMfa), vec![prompt])
}

#[track_caller]
fn asks(next: &Next, expected: &str) {
    assert!(matches!(next, Next::Ask(words) if words == expected), "{next:?}");
}

#[test]
fn a_wrong_code_is_told_in_words_and_asked_again_until_delivered() {
    let mut talk = dialogue(Asking::OnTerminal);
    assert!(matches!(talk.snapshot(Snapshot::default()), Next::Wait));
    asks(&talk.snapshot(asking()), QUESTION);
    assert!(matches!(talk.snapshot(asking()), Next::Wait));
    let sent = talk.line(Some(" 123 456\n"));
    assert!(matches!(sent, Next::Send(Command::AnswerPrompt { code, .. }) if code.open() == "123456"));
    assert!(matches!(talk.snapshot(asking()), Next::Wait), "the agent hasn't taken it yet");
    assert!(matches!(talk.answered(Ok(())), Next::Wait));
    for _ in 0..2 {
        asks(&talk.snapshot(refused()), &format!("The code was wrong. Type the next one.\n{QUESTION}"));
        assert!(matches!(talk.line(Some("654321")), Next::Send(_)));
        assert!(matches!(talk.answered(Ok(())), Next::Wait));
    }
    let active = present(session(1, SessionState::Active), vec![]);
    assert!(matches!(talk.snapshot(active), Next::Delivered(_)));
}

#[test]
fn what_is_no_code_never_leaves() {
    let mut talk = dialogue(Asking::OnTerminal);
    assert!(matches!(talk.line(Some("123456")), Next::Wait), "nothing was asked");
    talk.snapshot(asking());
    for line in ["12345", "1234567", "12345a"] {
        asks(&talk.line(Some(line)), &format!("A code has six digits. {QUESTION}"));
    }
}

#[test]
fn an_empty_line_and_the_end_of_input_take_it_back() {
    for line in [None, Some(""), Some(" \n")] {
        let mut talk = dialogue(Asking::OnTerminal);
        talk.snapshot(asking());
        assert!(matches!(talk.line(line), Next::TakeBack(f) if f.code == FailureCode::Cancelled));
        assert!(matches!(talk.taking_back(), Some(Command::DismissPrompt { .. })));
    }
}

#[test]
fn taking_back_leaves_alone_what_is_delivered_and_who_else_waits() {
    let mut talk = dialogue(Asking::OnTerminal);
    let shared = vec![prompt(&[1, 2], PromptState::Asking)];
    talk.snapshot(present(session(1, SessionState::AwaitingMfa), shared));
    assert!(matches!(talk.taking_back(), Some(Command::Deactivate(Which::Session(SessionId(1))))));
    let mut talk = Dialogue::new(SessionId(1), 1, true, Asking::OnTerminal);
    let live = SessionView { expiration: Some(Timestamp::UNIX_EPOCH), ..session(1, SessionState::Renewing) };
    assert!(matches!(talk.snapshot(present(live, vec![])), Next::Wait));
    assert!(talk.taking_back().is_none());
}

#[test]
fn a_code_that_is_used_up_is_waited_for() {
    let mut talk = dialogue(Asking::OnTerminal);
    let at = Timestamp::UNIX_EPOCH;
    let holding = Prompt { next_code_at: Some(at), ..prompt(&[1], PromptState::Holding) };
    let waiting = present(session(1, SessionState::AwaitingMfa), vec![holding]);
    assert!(matches!(talk.snapshot(waiting), Next::CountDown(until) if until == at));
}

#[test]
fn the_next_step_of_the_device_is_told_by_this_computer_s_clock() {
    let mut talk = dialogue(Asking::OnTerminal);
    let at = "2030-01-01T12:00:30Z".parse().unwrap();
    let holding = Prompt { next_code_at: Some(at), ..prompt(&[1], PromptState::Holding) };
    let waiting =
        Snapshot { clock_offset: 60, ..present(session(1, SessionState::AwaitingMfa), vec![holding]) };
    let here: Timestamp = "2030-01-01T11:59:30Z".parse().unwrap();
    assert!(matches!(talk.snapshot(waiting), Next::CountDown(until) if until == here));
    assert_eq!(talk.clock_offset(), 60);
}

#[test]
fn a_code_that_is_fetched_is_waited_for_and_one_that_is_not_ends_in_words() {
    let fetching = || Prompt { fetching: Some("the vault".to_owned()), ..prompt(&[1], PromptState::Asking) };
    for asking in [Asking::Nowhere, Asking::InWindow] {
        let mut talk = dialogue(asking);
        let waiting = || present(session(1, SessionState::AwaitingMfa), vec![fetching()]);
        assert!(matches!(talk.snapshot(waiting()), Next::Say(words) if words.contains("from the vault")));
        assert!(matches!(talk.snapshot(waiting()), Next::Wait), "nothing is said twice");
    }
    let mut talk = dialogue(Asking::Nowhere);
    let later = Prompt { next_code_at: Some(Timestamp::MAX), ..prompt(&[1], PromptState::Asking) };
    let later = present(session(1, SessionState::AwaitingMfa), vec![later]);
    assert!(matches!(talk.snapshot(later), Next::Wait), "it is fetched at the device's next step");
    let failure = Failure::new(FailureCode::Refused, "ykman failed.", "Plug it in.");
    let failed = Prompt { refused: Some(failure), ..prompt(&[1], PromptState::Asking) };
    let failed = present(session(1, SessionState::AwaitingMfa), vec![failed]);
    assert!(matches!(talk.snapshot(failed), Next::TakeBack(f) if f.happened == "ykman failed."));
}

#[test]
fn a_sign_in_is_told_once_and_taken_back_alone_or_for_this_session_only() {
    for (sessions, is_alone) in [(&[1][..], true), (&[1, 2], false)] {
        let mut talk = dialogue(Asking::OnTerminal);
        let waiting = || Snapshot {
            sign_ins: vec![sign_in(sessions)],
            ..present(session(1, SessionState::AwaitingBrowser), vec![])
        };
        let words = "Sign in at company in the browser; this waits for it.";
        assert!(matches!(talk.snapshot(waiting()), Next::Say(said) if said == words));
        assert!(matches!(talk.snapshot(waiting()), Next::Wait));
        let back = talk.taking_back().unwrap();
        assert_eq!(matches!(back, Command::DismissPrompt { .. }), is_alone);
        assert_eq!(matches!(back, Command::Deactivate(Which::Session(SessionId(1)))), !is_alone);
    }
}

#[test]
fn where_nobody_can_be_asked_it_ends_in_words() {
    let next = dialogue(Asking::Nowhere).snapshot(refused());
    assert!(matches!(next, Next::TakeBack(f) if f.code == FailureCode::CodeRefused));
    let next = dialogue(Asking::Nowhere).snapshot(asking());
    assert!(matches!(next, Next::TakeBack(f) if f.code == FailureCode::PersonNeeded));
}

#[test]
fn the_window_is_named_once() {
    let mut talk = dialogue(Asking::InWindow);
    assert!(matches!(talk.snapshot(asking()), Next::Say(_)));
    assert!(matches!(talk.snapshot(asking()), Next::Wait));
}

#[test]
fn an_old_attempt_says_nothing_about_this_one() {
    let mut talk = Dialogue::new(SessionId(1), 2, false, Asking::OnTerminal);
    assert!(matches!(talk.snapshot(present(session(1, SessionState::Failed), vec![])), Next::Wait));
    let failed = SessionView { attempt: 2, ..session(1, SessionState::Failed) };
    assert!(matches!(talk.snapshot(present(failed, vec![])), Next::Failed(_)));
}

#[test]
fn a_session_that_another_face_ended_was_taken_back() {
    let mut talk = dialogue(Asking::InWindow);
    talk.snapshot(present(session(1, SessionState::Authenticating), vec![]));
    let gone = talk.snapshot(Snapshot::default());
    assert!(matches!(gone, Next::Failed(f) if f.code == FailureCode::Cancelled));
}

#[test]
fn a_renewal_that_fails_is_a_failure_only_where_it_was_wanted() {
    let failure = Some(Failure::new(FailureCode::Unreachable, "No network.", ""));
    let active = SessionView { failure, ..session(1, SessionState::Active) };
    let mut talk = Dialogue::new(SessionId(1), 1, true, Asking::OnTerminal);
    assert!(matches!(talk.snapshot(present(active.clone(), vec![])), Next::Failed(_)));
    let mut talk = dialogue(Asking::OnTerminal);
    assert!(matches!(talk.snapshot(present(active, vec![])), Next::Delivered(_)));
}
