//! The thread that follows the agent.
//!
//! When the agent ends it is started again at once; when that fails, again after growing pauses,
//! or as soon as a person asks.

use crate::agent::Agent;
use crate::present::Reach;
use hatrack_core::failure::Failure;
use hatrack_wire::{Client, Command, Face, Update};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the thread tells.
#[derive(Debug)]
pub(crate) enum Told {
    /// The connection came or went.
    Reach(Reach),
    /// The agent has something new.
    Update(Update),
}

/// Ends a pause between two tries.
#[derive(Debug, Default)]
pub(crate) struct TryAgain {
    asked: Mutex<bool>,
    bell: Condvar,
}

impl TryAgain {
    /// Asks for a try now.
    pub(crate) fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    fn wait(&self, pause: Duration) {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(asked, pause, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Follows the agent for as long as the process lives.
pub(crate) fn follow(agent: &Agent, try_again: &TryAgain, tell: impl Fn(Told)) -> ! {
    let mut pause = FIRST_PAUSE;
    loop {
        match subscribed(agent) {
            Ok(client) => {
                pause = FIRST_PAUSE;
                tell(Told::Reach(Reach::Connected));
                pass_on(client, &tell);
                agent.forget_connection();
                tell(Told::Reach(Reach::Connecting));
            }
            Err(failure) => {
                tell(Told::Reach(Reach::Lost { failure }));
                try_again.wait(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn subscribed(agent: &Agent) -> Result<Client, Failure> {
    let mut client = agent.connect()?;
    client.request(Command::Subscribe { face: Face::Windows })?;
    Ok(client)
}

fn pass_on(mut client: Client, tell: &impl Fn(Told)) {
    while let Ok(update) = client.next_update() {
        tell(Told::Update(update));
    }
}
