//! The machine's table, row by row.

use super::{ANNOUNCE_BEFORE, Effect, Grant, Input, Session};
use crate::failure::{Failure, FailureCode};
use crate::snapshot::{NoticeKind, SessionState};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn grant(minutes: i64) -> Grant {
    let arn = Some("arn:aws:sts::123456789012:assumed-role/Admin/ann".to_owned());
    Grant { arn, since: now(), expiration: now() + SignedDuration::from_mins(minutes) }
}

fn failure(code: FailureCode) -> Failure {
    Failure::new(code, "No.", "")
}

/// A session that took these inputs, all at [`now`], and what the last of them asked for.
fn after(inputs: impl IntoIterator<Item = Input>) -> (Session, Vec<Effect>) {
    inputs
        .into_iter()
        .fold((Session::default(), Vec::new()), |(session, _), input| session.step(input, now()))
}

fn call(attempt: u64) -> Input {
    Input::Call { attempt, asked: true }
}

fn granted(attempt: u64) -> Input {
    Input::Granted { attempt, grant: grant(60) }
}

fn active() -> Vec<Input> {
    vec![call(1), granted(1), Input::Written { attempt: 1 }]
}

/// What it is called, what happened, where that leads, and one effect of the last step.
type Row = (&'static str, Vec<Input>, Option<SessionState>, Option<Effect>);

#[test]
fn the_table_holds_row_by_row() {
    use SessionState::{Active, Authenticating, AwaitingMfa, Ending, Failed, Renewing};
    let with_active = |more: Vec<Input>| [active(), more].concat();
    let no = || failure(FailureCode::Refused);
    let rows: Vec<Row> = vec![
        ("activate", vec![call(1)], Some(Authenticating), None),
        ("activate with a code to come", vec![Input::AwaitMfa { attempt: 1 }], Some(AwaitingMfa), None),
        ("the code came", vec![Input::AwaitMfa { attempt: 1 }, call(1)], Some(Authenticating), None),
        ("granted", vec![call(1), granted(1)], Some(Authenticating), Some(Effect::Write { attempt: 1 })),
        ("written", active(), Some(Active), Some(Effect::Tell(NoticeKind::Activated))),
        (
            "refused",
            vec![call(1), Input::Refused { attempt: 1, failure: no() }],
            Some(Failed),
            Some(Effect::Tell(NoticeKind::Failed)),
        ),
        (
            "a write that failed",
            vec![call(1), granted(1), Input::WriteRefused { attempt: 1, failure: no() }],
            Some(Failed),
            Some(Effect::Tell(NoticeKind::Failed)),
        ),
        ("renewing", with_active(vec![Input::Call { attempt: 2, asked: false }]), Some(Renewing), None),
        (
            "a renewal that failed keeps what is delivered",
            with_active(vec![
                Input::Call { attempt: 2, asked: false },
                Input::Refused { attempt: 2, failure: no() },
            ]),
            Some(Active),
            Some(Effect::Tell(NoticeKind::RenewalFailed)),
        ),
        (
            "a failed activation keeps what is delivered",
            with_active(vec![call(2), Input::Refused { attempt: 2, failure: no() }]),
            Some(Active),
            Some(Effect::Tell(NoticeKind::Failed)),
        ),
        ("deactivate", with_active(vec![Input::Deactivate]), Some(Ending), Some(Effect::Erase)),
        ("erased", with_active(vec![Input::Deactivate, Input::Erased]), None, None),
        (
            "an erasure that failed is tried again",
            with_active(vec![Input::Deactivate, Input::EraseRefused(no())]),
            Some(Ending),
            None,
        ),
        (
            "deactivate before the answer",
            vec![call(1), Input::Deactivate],
            None,
            Some(Effect::Forget { attempt: 1 }),
        ),
        (
            "an answer to an old attempt",
            vec![call(1), call(2), granted(1)],
            Some(Authenticating),
            Some(Effect::Forget { attempt: 1 }),
        ),
        ("the person took it back", vec![Input::AwaitMfa { attempt: 1 }, Input::Dismissed], None, None),
        (
            "the person took a renewal back",
            with_active(vec![Input::AwaitMfa { attempt: 2 }, Input::Dismissed]),
            Some(Active),
            None,
        ),
        ("another program removed it", with_active(vec![Input::Vanished]), None, None),
        ("found after a restart", vec![Input::Found(grant(30))], Some(Active), None),
    ];
    for (row, inputs, state, effect) in rows {
        let (session, effects) = after(inputs);
        assert_eq!(session.state(), state, "{row}");
        if let Some(effect) = effect {
            assert!(effects.contains(&effect), "{row}: {effects:?}");
        }
    }
}

#[test]
fn active_ends_with_the_credentials() {
    let (session, _) = after(active());
    let end = session.delivered().unwrap().expiration;
    let (ended, effects) = session.step(Input::Clock, end);
    assert_eq!(ended.state(), Some(SessionState::Ending));
    assert!(effects.contains(&Effect::Erase) && effects.contains(&Effect::Tell(NoticeKind::Expired)));
    let (over, _) = ended.step(Input::Erased, end);
    assert_eq!((over.state(), over.deadline()), (Some(SessionState::Expired), None));
}

#[test]
fn an_hour_is_renewed_a_quarter_before_its_end() {
    let (session, _) = after(active());
    assert_eq!(session.deadline(), Some(now() + SignedDuration::from_mins(45)));
    let (_, effects) = session.step(Input::Clock, now() + SignedDuration::from_mins(45));
    assert_eq!(effects, [Effect::Renew]);
}

#[test]
fn what_needs_a_person_is_announced_once_five_minutes_before_its_end() {
    let (session, _) = after(active());
    let end = session.delivered().unwrap().expiration;
    let (session, early) = session.step(Input::NeedsPerson, end - SignedDuration::from_mins(15));
    assert_eq!(early, []);
    assert_eq!(session.deadline(), Some(end - ANNOUNCE_BEFORE));
    let (session, told) = session.step(Input::NeedsPerson, end - ANNOUNCE_BEFORE);
    assert_eq!(told, [Effect::Tell(NoticeKind::EndsSoon)]);
    assert_eq!(session.step(Input::NeedsPerson, end - SignedDuration::from_mins(1)).1, []);
}

#[test]
fn an_unreachable_aws_is_tried_again_with_growing_pauses() {
    let (mut session, _) = after(active());
    let start = now() + SignedDuration::from_mins(45);
    let mut pauses = Vec::new();
    for attempt in 2..6 {
        session = session.step(Input::Call { attempt, asked: false }, start).0;
        let refused = Input::Refused { attempt, failure: failure(FailureCode::Unreachable) };
        let (next, effects) = session.step(refused, start);
        assert_eq!(effects, [Effect::Forget { attempt }], "nothing to tell yet");
        session = next;
        pauses.push(session.deadline().unwrap().duration_since(start).as_secs());
    }
    assert_eq!(pauses, [30, 60, 120, 240]);
}
