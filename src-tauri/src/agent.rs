//! The connections to the agent: one that follows, one for commands.

use crate::link::Link;
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Client, Command, Environment, Places, Update, start};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Who is told what the agent sends beside answers to who asked for something.
type Listener = Arc<dyn Fn(Update) + Send + Sync>;

/// The agent, as seen from this process. It is started where none runs.
pub(crate) struct Agent {
    places: Result<Places, Failure>,
    environment: Environment,
    commands: Mutex<Option<Link>>,
    listener: OnceLock<Listener>,
}

impl Agent {
    /// The agent of the person and environment that this process runs in.
    pub(crate) fn of_this_process() -> Self {
        Self {
            places: Places::here().map_err(Failure::from),
            environment: Environment::here(),
            commands: Mutex::new(None),
            listener: OnceLock::new(),
        }
    }

    /// Where Hatrack keeps its own things.
    pub(crate) fn places(&self) -> Result<&Places, Failure> {
        self.places.as_ref().map_err(Clone::clone)
    }

    /// Has this told from now on what comes of the commands of this process.
    pub(crate) fn listen(&self, listener: impl Fn(Update) + Send + Sync + 'static) {
        // There is one set of windows in a process, and the first call is theirs.
        self.listener.set(Arc::new(listener)).ok();
    }

    /// Opens a connection of its own.
    pub(crate) fn connect(&self) -> Result<Client, Failure> {
        start::agent_client(self.places()?, &self.environment)
    }

    /// Sends a command and waits until it is answered. Others may be sent meanwhile.
    pub(crate) fn request(&self, command: Command) -> Result<Answer, Failure> {
        let answer = {
            let mut commands = self.commands();
            if commands.as_ref().is_some_and(Link::is_broken) {
                *commands = None;
            }
            let link = match &mut *commands {
                Some(link) => link,
                none => none.insert(self.link()?),
            };
            link.send(command)
        };
        answer?.wait()
    }

    /// Drops the connection for commands after the agent was seen to end, so that the next command
    /// goes to its successor.
    pub(crate) fn forget_connection(&self) {
        *self.commands() = None;
    }

    fn link(&self) -> Result<Link, Failure> {
        let listener = self.listener.get().cloned();
        Link::new(self.connect()?, move |update| {
            if let Some(listener) = &listener {
                listener(update);
            }
        })
    }

    fn commands(&self) -> MutexGuard<'_, Option<Link>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent").field("places", &self.places).finish_non_exhaustive()
    }
}
