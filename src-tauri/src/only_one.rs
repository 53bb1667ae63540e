//! One process with windows for each person: a second start has the first one show its window.

use crate::agent::Agent;
use hatrack_wire::{Answer, Command, View};
use std::fs::{File, OpenOptions, TryLockError};
use std::time::{Duration, Instant};

/// How long a process that holds the turn may take to be reachable through the agent.
const REACHABLE_WITHIN: Duration = Duration::from_secs(3);

const LOOK_AGAIN: Duration = Duration::from_millis(30);

/// Whose turn it is to show windows.
#[derive(Debug)]
pub(crate) enum Turn {
    /// This process's, for as long as the value lives.
    Ours(Option<File>),
    /// Another process's, and it shows the wanted window.
    ShownByAnother,
}

/// Takes the turn, or has the process that has it show the window. When neither can be done, two
/// windows are better than none.
pub(crate) fn take_turn(agent: &Agent, view: View) -> Turn {
    let Some(file) = lock_file(agent) else { return Turn::Ours(None) };
    let end = Instant::now() + REACHABLE_WITHIN;
    loop {
        match file.try_lock() {
            Ok(()) => return Turn::Ours(Some(file)),
            Err(TryLockError::Error(_)) => return Turn::Ours(None),
            Err(TryLockError::WouldBlock) => {}
        }
        if matches!(agent.request(Command::Show(view)), Ok(Answer::Shown(true))) {
            return Turn::ShownByAnother;
        }
        if Instant::now() >= end {
            return Turn::Ours(None);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn lock_file(agent: &Agent) -> Option<File> {
    let places = agent.places().ok()?;
    places.prepare().ok()?;
    OpenOptions::new().create(true).truncate(false).write(true).open(places.run().join("windows.lock")).ok()
}
