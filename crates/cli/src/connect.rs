//! The connection of a command to the agent.

use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::{Answer, Client, Command, Environment, Face, FromAgent, Places, Update, start};

/// Connects to the agent that the command is meant for, and starts it where needed.
pub(crate) fn client(no_agent: bool) -> Result<Client, Failure> {
    let environment = Environment::here();
    if no_agent {
        start::private_client(&environment)
    } else {
        start::agent_client(&Places::here()?, &environment)
    }
}

/// Subscribes, and waits for the present.
pub(crate) fn subscribe(client: &mut Client) -> Result<Snapshot, Failure> {
    done(&client.request(Command::Subscribe { face: Face::Terminal })?)?;
    next_snapshot(client)
}

/// Waits for the next snapshot.
pub(crate) fn next_snapshot(client: &mut Client) -> Result<Snapshot, Failure> {
    loop {
        if let Update::Snapshot(snapshot) = client.next_update()? {
            return Ok(*snapshot);
        }
    }
}

/// Sends a command whose work is long, and tells each step of it as it is done.
pub(crate) fn request_told(client: Client, command: Command) -> Result<Answer, Failure> {
    let (mut sender, mut receiver, _) = client.split();
    let sent = sender.send(command)?;
    loop {
        match receiver.wait()? {
            FromAgent::Answer { id, answer } if id == sent => return answer,
            FromAgent::Answer { .. } => return Err(unexpected()),
            FromAgent::Update(Update::Progress(words)) => print::talk(&print::sentence(&words)),
            FromAgent::Update(
                Update::Snapshot(_)
                | Update::Outline(_)
                | Update::Open(_)
                | Update::SignedIn { .. }
                | Update::Show(_),
            ) => {}
        }
    }
}

/// Takes the answer that tells nothing.
pub(crate) fn done(answer: &Answer) -> Result<(), Failure> {
    if matches!(answer, Answer::Done) { Ok(()) } else { Err(unexpected()) }
}

/// The failure of an agent whose answer doesn't fit the command.
pub(crate) fn unexpected() -> Failure {
    let happened = "The agent gave an answer that doesn't fit the command.";
    Failure::new(FailureCode::Unreachable, happened, "Run hat agent stop and try again.")
}
