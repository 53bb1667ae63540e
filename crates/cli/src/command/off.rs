//! `hat off`.

use super::Manner;
use super::status::{Session, is_alive};
use crate::arguments::Off;
use crate::connect::{client, next_snapshot, subscribe, unexpected};
use crate::{clock, print};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::{SessionState, SessionView, Snapshot};
use hatrack_wire::{Answer, Command, Which};
use std::process::ExitCode;

pub(super) fn run(manner: Manner, wanted: Off) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    let before = subscribe(&mut client)?;
    let Some(which) = which(wanted, &before)? else {
        return nothing(manner);
    };
    let named = words(&which);
    let ending = match client.request(Command::Deactivate(which)) {
        Ok(Answer::Ending(ending)) => ending,
        Ok(_) => return Err(unexpected()),
        Err(failure) if named.is_none() && failure.code == FailureCode::NotFound => Vec::new(),
        Err(failure) => return Err(failure),
    };
    match named {
        Some(named) if ending.is_empty() => return Err(not_active(&named)),
        None if ending.is_empty() => return nothing(manner),
        Some(_) | None => {}
    }
    let mut waiting = Waiting::new(&before, ending.clone());
    while !waiting.is_over() {
        waiting.take(&next_snapshot(&mut client)?);
    }
    let kept = waiting.kept;
    let ended: Vec<&SessionView> = before
        .sessions
        .iter()
        .filter(|view| ending.contains(&view.id) && kept.iter().all(|(id, _)| *id != view.id))
        .collect();
    tell(manner, &ended, before.clock_offset)?;
    let mut failures = kept.into_iter().map(|(_, failure)| failure);
    let Some(first) = failures.next() else {
        return Ok(ExitCode::SUCCESS);
    };
    for other in failures {
        print::talk(&format!("hat: {}", print::words(&other)));
    }
    Err(first)
}

/// What is meant; `None` where nothing was named and nothing is active.
fn which(wanted: Off, before: &Snapshot) -> Result<Option<Which>, Failure> {
    match (wanted.role, wanted.output_profile, wanted.all) {
        (Some(role), _, _) => Ok(Some(Which::Role(role))),
        (None, Some(profile), _) => Ok(Some(Which::OutputProfile(profile))),
        (None, None, true) => Ok(Some(Which::All)),
        (None, None, false) => {
            let alive: Vec<&SessionView> =
                before.sessions.iter().filter(|view| is_alive(view.state)).collect();
            match alive[..] {
                [] => Ok(None),
                [one] => Ok(Some(Which::Session(one.id))),
                _ => Err(which_one(&alive)),
            }
        }
    }
}

fn which_one(alive: &[&SessionView]) -> Failure {
    let names: Vec<String> = alive.iter().map(|view| format!("{} ({})", view.role, view.place())).collect();
    let happened = format!("Several sessions are active: {}.", names.join(", "));
    Failure::new(FailureCode::Usage, happened, "Name one, or say --all.")
}

/// How a person named what is meant; `None` for all.
fn words(which: &Which) -> Option<String> {
    match which {
        Which::Role(role) => Some(role.clone()),
        Which::OutputProfile(profile) => Some(format!("The profile {profile}")),
        Which::Session(_) => Some("The session".to_owned()),
        Which::All => None,
    }
}

fn not_active(named: &str) -> Failure {
    Failure::new(FailureCode::NotFound, format!("{named} isn't active."), "Run hat status to see what is.")
}

fn nothing(manner: Manner) -> Result<ExitCode, Failure> {
    if manner.json {
        tell(manner, &[], 0)?;
    } else {
        print::talk("Nothing is active.");
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(manner: Manner, ended: &[&SessionView], clock_offset: i64) -> Result<(), Failure> {
    if manner.json {
        let now = clock::aws_now(clock_offset);
        return print::json(&ended.iter().map(|view| Session::of(view, now)).collect::<Vec<_>>());
    }
    let lines = ended.iter().map(|view| format!("{} ended ({})\n", print::shown(&view.role), view.place()));
    print::answer(&lines.collect::<String>())
}

/// The sessions whose end is awaited.
struct Waiting {
    left: Vec<Left>,
    kept: Vec<(SessionId, Failure)>,
}

/// One session whose end is awaited.
struct Left {
    id: SessionId,
    /// What had gone wrong with it before; that isn't about its end.
    old_failure: Option<Failure>,
    /// Whether it was seen ending, so that every failure after is about that.
    was_ending: bool,
}

impl Waiting {
    fn new(before: &Snapshot, ending: Vec<SessionId>) -> Self {
        let old_failure =
            |id| before.sessions.iter().find(|view| view.id == id).and_then(|view| view.failure.clone());
        let left = ending.into_iter().map(|id| Left { id, old_failure: old_failure(id), was_ending: false });
        Self { left: left.collect(), kept: Vec::new() }
    }

    fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    fn take(&mut self, snapshot: &Snapshot) {
        let kept = &mut self.kept;
        self.left.retain_mut(|left| {
            let Some(view) = snapshot.sessions.iter().find(|view| view.id == left.id) else {
                return false;
            };
            if view.state == SessionState::Ending {
                left.was_ending = true;
                return true;
            }
            match &view.failure {
                Some(failure) if left.was_ending || left.old_failure.as_ref() != Some(failure) => {
                    kept.push((left.id, failure.clone()));
                    false
                }
                Some(_) | None => true,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::testing::session;

    fn present(sessions: Vec<SessionView>) -> Snapshot {
        Snapshot { sessions, ..Snapshot::default() }
    }

    #[test]
    fn without_a_name_the_only_session_is_meant() {
        let off = || Off { role: None, output_profile: None, all: false };
        let active = |id| session(id, SessionState::Active);
        assert_eq!(which(off(), &present(vec![])), Ok(None));
        let one = present(vec![active(1), session(2, SessionState::Failed)]);
        assert_eq!(which(off(), &one), Ok(Some(Which::Session(SessionId(1)))));
        let failure = which(off(), &present(vec![active(1), active(2)])).unwrap_err();
        assert_eq!(failure.code, FailureCode::Usage);
        assert_eq!(failure.happened, "Several sessions are active: Admin (work), Admin (work).");
    }

    #[test]
    fn an_old_failure_is_not_taken_for_a_refused_end() {
        let trouble = |words: &str| Some(Failure::new(FailureCode::File, words, ""));
        let old = SessionView { failure: trouble("No network."), ..session(1, SessionState::Active) };
        let before = present(vec![old.clone()]);
        let mut waiting = Waiting::new(&before, vec![SessionId(1)]);
        waiting.take(&before);
        assert!(!waiting.is_over() && waiting.kept.is_empty());
        waiting.take(&present(vec![SessionView { state: SessionState::Ending, ..old.clone() }]));
        assert!(!waiting.is_over());
        waiting.take(&before);
        assert!(waiting.is_over() && waiting.kept.len() == 1);
    }

    #[test]
    fn who_is_gone_has_ended() {
        let before = present(vec![session(1, SessionState::Active), session(2, SessionState::Active)]);
        let mut waiting = Waiting::new(&before, vec![SessionId(1)]);
        waiting.take(&present(vec![session(2, SessionState::Active)]));
        assert!(waiting.is_over() && waiting.kept.is_empty());
    }
}
