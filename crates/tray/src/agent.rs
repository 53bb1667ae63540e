//! The ways to the agent: one connection that follows what it publishes and carries errands, so
//! that an address which the agent wants shown finds the tray there; and, while there is none, one
//! for each errand.

use crate::errand::Errand;
use crate::face::Event;
use crate::run::Mailbox;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::client::{Receiver, Sender};
use hatrack_wire::start::agent_client;
use hatrack_wire::{Answer, Client, Command, Environment, Face, FromAgent, Places, Update};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Where the agent is, and the world that the tray's errands are meant for.
#[derive(Clone, Debug)]
pub struct Agent(Arc<Way>);

#[derive(Debug)]
struct Way {
    places: Places,
    environment: Environment,
    /// The connection that follows the agent, while there is one.
    line: Mutex<Option<Line>>,
}

/// The half of a connection on which errands go out.
#[derive(Debug)]
struct Line {
    sender: Sender,
    /// The errands that are not answered yet.
    asked: HashMap<u64, Errand>,
}

impl Agent {
    /// The agent of these places. It is started where none answers.
    pub fn new(places: Places, environment: Environment) -> Self {
        Self(Arc::new(Way { places, environment, line: Mutex::new(None) }))
    }

    /// Follows the agent after so long, on a thread of its own, which ends with the connection.
    pub(crate) fn follow(&self, after: Duration, mailbox: &Mailbox) {
        let (agent, to) = (self.clone(), mailbox.clone());
        let follow = move || {
            thread::sleep(after);
            let failure = agent.pass_on(&to);
            to.post(Event::Lost(failure));
        };
        if let Err(failure) = spawn("updates", follow) {
            mailbox.post(Event::Lost(failure));
        }
    }

    /// Runs an errand on a thread of its own; the answer comes as an event.
    pub(crate) fn run(&self, errand: &Errand, mailbox: &Mailbox) {
        let (agent, to, mine) = (self.clone(), mailbox.clone(), errand.clone());
        let run = move || {
            if !agent.send(&mine)
                && let Err(failure) = agent.run_by_itself(&mine, &to)
            {
                to.post(Event::Answered(mine, Err(failure)));
            }
        };
        if let Err(failure) = spawn("errand", run) {
            mailbox.post(Event::Answered(errand.clone(), Err(failure)));
        }
    }

    /// Passes on what the agent publishes and answers, until the connection fails.
    fn pass_on(&self, to: &Mailbox) -> Failure {
        let mut receiver = match self.subscribe(to) {
            Ok(receiver) => receiver,
            Err(failure) => return failure,
        };
        let failure = loop {
            match receiver.wait() {
                Ok(FromAgent::Update(update)) => to.post(Event::Update(update)),
                Ok(FromAgent::Answer { id, answer }) => {
                    let errand = self.line().as_mut().and_then(|line| line.asked.remove(&id));
                    if let Some(errand) = errand {
                        to.post(Event::Answered(errand, answer));
                    }
                }
                Err(failure) => break failure,
            }
        };
        let unanswered = self.line().take().map(|line| line.asked).unwrap_or_default();
        for errand in unanswered.into_values() {
            to.post(Event::Answered(errand, Err(failure.clone())));
        }
        failure
    }

    fn subscribe(&self, to: &Mailbox) -> Result<Receiver, Failure> {
        let mut client = self.client()?;
        client.request(Command::Subscribe { face: Face::Tray })?;
        let (sender, receiver, updates) = client.split();
        *self.line() = Some(Line { sender, asked: HashMap::new() });
        to.post(Event::Connected);
        for update in updates {
            to.post(Event::Update(update));
        }
        Ok(receiver)
    }

    /// Sends an errand to the agent that is followed; tells whether there is one.
    fn send(&self, errand: &Errand) -> bool {
        // Held until the errand is noted, so that its answer finds it.
        let mut line = self.line();
        let Some(line) = line.as_mut() else { return false };
        let Ok(id) = line.sender.send(errand.command()) else { return false };
        line.asked.insert(id, errand.clone());
        true
    }

    /// Runs an errand on a connection of its own, which stays until a sign-in that it began ends:
    /// the address that the browser is to show comes on it.
    fn run_by_itself(&self, errand: &Errand, to: &Mailbox) -> Result<(), Failure> {
        let mut client = self.client()?;
        let answer = client.request(errand.command())?;
        let signs_in = matches!(answer, Answer::SignIn(_));
        to.post(Event::Answered(errand.clone(), Ok(answer)));
        let (sender, mut receiver, updates) = client.split();
        for update in updates {
            to.post(Event::Update(update));
        }
        while signs_in && let Ok(FromAgent::Update(update)) = receiver.wait() {
            let ended = matches!(update, Update::SignedIn { .. });
            to.post(Event::Update(update));
            if ended {
                break;
            }
        }
        drop(sender);
        Ok(())
    }

    fn client(&self) -> Result<Client, Failure> {
        agent_client(&self.0.places, &self.0.environment)
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spawn(name: &str, does: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    thread::Builder::new().name(name.to_owned()).spawn(does).map(drop).map_err(|error| {
        let happened = format!("No thread could be started: {error}.");
        Failure::new(FailureCode::Unreachable, happened, "Close other programs and try again.")
    })
}
