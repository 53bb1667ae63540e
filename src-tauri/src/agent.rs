//! The connections to the agent: one that follows, one for commands.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, Client, Command, Environment, Places, start};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The agent, as seen from this process. It is started where none runs.
#[derive(Debug)]
pub(crate) struct Agent {
    places: Result<Places, Failure>,
    environment: Environment,
    commands: Mutex<Option<Client>>,
}

impl Agent {
    /// The agent of the person and environment that this process runs in.
    pub(crate) fn of_this_process() -> Self {
        Self {
            places: Places::here().map_err(Failure::from),
            environment: Environment::here(),
            commands: Mutex::new(None),
        }
    }

    /// Where Hatrack keeps its own things.
    pub(crate) fn places(&self) -> Result<&Places, Failure> {
        self.places.as_ref().map_err(Clone::clone)
    }

    /// Opens a connection of its own.
    pub(crate) fn connect(&self) -> Result<Client, Failure> {
        start::agent_client(self.places()?, &self.environment)
    }

    /// Sends a command and waits until it is accepted or refused.
    pub(crate) fn request(&self, command: Command) -> Result<Answer, Failure> {
        let mut connection = self.commands();
        let client = match &mut *connection {
            Some(client) => client,
            none => none.insert(self.connect()?),
        };
        let answer = client.request(command);
        if answer.as_ref().is_err_and(|failure| failure.code == FailureCode::Unreachable) {
            *connection = None;
        }
        answer
    }

    /// Drops the connection for commands after the agent was seen to end, so that the next command
    /// goes to its successor.
    pub(crate) fn forget_connection(&self) {
        *self.commands() = None;
    }

    fn commands(&self) -> MutexGuard<'_, Option<Client>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
