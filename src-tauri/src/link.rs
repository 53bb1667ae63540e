//! One connection on which several commands can wait for their answers at the same time: a rotation
//! of a key takes seconds, and nobody else is to wait for it.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::client::{Receiver, Sender};
use hatrack_wire::{Answer, Client, Command, FromAgent, Update};
use std::collections::HashMap;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Outcome = Result<Answer, Failure>;

/// The connection.
#[derive(Debug)]
pub(crate) struct Link {
    sender: Sender,
    waiting: Arc<Waiting>,
}

/// An answer that is on its way.
#[derive(Debug)]
pub(crate) struct Pending(mpsc::Receiver<Outcome>);

impl Pending {
    /// Waits for the answer.
    pub(crate) fn wait(self) -> Outcome {
        // The reading thread answers all that wait before it ends.
        self.0.recv().unwrap_or_else(|_| Err(lost()))
    }
}

impl Link {
    /// Takes over a connection; what comes beside the answers is told by a thread of its own.
    pub(crate) fn new(client: Client, tell: impl Fn(Update) + Send + 'static) -> Result<Self, Failure> {
        let (sender, receiver, early) = client.split();
        let waiting = Arc::new(Waiting::default());
        let shared = Arc::clone(&waiting);
        let read = move || {
            early.into_iter().for_each(&tell);
            shared.read(receiver, &tell);
        };
        let thread = std::thread::Builder::new().name("answers".to_owned()).spawn(read);
        thread.map_err(|error| {
            Failure::new(
                FailureCode::Unreachable,
                format!("No thread could be started: {error}."),
                "Close other programs and try again.",
            )
        })?;
        Ok(Self { sender, waiting })
    }

    /// Whether the agent is gone from the other end.
    pub(crate) fn is_broken(&self) -> bool {
        self.waiting.lock().is_none()
    }

    /// Sends a command.
    pub(crate) fn send(&mut self, command: Command) -> Result<Pending, Failure> {
        let (answer, pending) = mpsc::channel();
        // Held while it is sent: an answer may be quicker than the note of who waits for it.
        let mut waiting = self.waiting.lock();
        let by_id = waiting.as_mut().ok_or_else(lost)?;
        by_id.insert(self.sender.send(command)?, answer);
        Ok(Pending(pending))
    }
}

/// Who waits, by request; `None` once the connection is gone.
#[derive(Debug)]
struct Waiting(Mutex<Option<HashMap<u64, mpsc::Sender<Outcome>>>>);

impl Default for Waiting {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl Waiting {
    fn read(&self, mut receiver: Receiver, tell: &impl Fn(Update)) {
        loop {
            match receiver.wait() {
                Ok(FromAgent::Update(update)) => tell(update),
                Ok(FromAgent::Answer { id, answer }) => {
                    let asked = self.lock().as_mut().and_then(|by_id| by_id.remove(&id));
                    if let Some(asked) = asked {
                        // Who asked may have given up.
                        asked.send(answer).ok();
                    }
                }
                Err(failure) => {
                    for asked in self.lock().take().into_iter().flatten().map(|(_, asked)| asked) {
                        asked.send(Err(failure.clone())).ok();
                    }
                    return;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<u64, mpsc::Sender<Outcome>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost() -> Failure {
    Failure::new(FailureCode::Unreachable, "The agent ended.", "Try again.")
}
