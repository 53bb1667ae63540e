//! The ways to the agent: one connection that follows what it publishes, and one for each errand.

use crate::errand::Errand;
use crate::face::Event;
use crate::run::Mailbox;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::start::agent_client;
use hatrack_wire::{Client, Command, Environment, Face, Places};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Where the agent is, and the world that the tray's errands are meant for.
#[derive(Clone, Debug)]
pub struct Agent(Arc<Way>);

#[derive(Debug)]
struct Way {
    places: Places,
    environment: Environment,
}

impl Agent {
    /// The agent of these places. It is started where none answers.
    pub fn new(places: Places, environment: Environment) -> Self {
        Self(Arc::new(Way { places, environment }))
    }

    /// Follows the agent after so long, on a thread of its own, which ends with the connection.
    pub(crate) fn follow(&self, after: Duration, mailbox: &Mailbox) {
        let (agent, to) = (self.clone(), mailbox.clone());
        let follow = move || {
            thread::sleep(after);
            let failure = match agent.subscribe() {
                Ok(client) => pass_on(client, &to),
                Err(failure) => failure,
            };
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
            let answer = agent.client().and_then(|mut client| client.request(mine.command()));
            to.post(Event::Answered(mine, answer));
        };
        if let Err(failure) = spawn("errand", run) {
            mailbox.post(Event::Answered(errand.clone(), Err(failure)));
        }
    }

    fn subscribe(&self) -> Result<Client, Failure> {
        let mut client = self.client()?;
        client.request(Command::Subscribe { face: Face::Tray })?;
        Ok(client)
    }

    fn client(&self) -> Result<Client, Failure> {
        agent_client(&self.0.places, &self.0.environment)
    }
}

/// Passes on what the agent publishes, until the connection fails.
fn pass_on(mut client: Client, to: &Mailbox) -> Failure {
    to.post(Event::Connected);
    loop {
        match client.next_update() {
            Ok(update) => to.post(Event::Update(update)),
            Err(failure) => return failure,
        }
    }
}

fn spawn(name: &str, does: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    thread::Builder::new().name(name.to_owned()).spawn(does).map(drop).map_err(|error| {
        let happened = format!("No thread could be started: {error}.");
        Failure::new(FailureCode::Unreachable, happened, "Close other programs and try again.")
    })
}
