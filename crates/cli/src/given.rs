//! A connection on which credentials are asked for, with the person at this terminal if there is one.

use crate::connect::{client, done};
use crate::dialogue::{Asking, Dialogue};
use crate::events::Events;
use crate::follow::{Outcome, Talk};
use crate::terminal;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::Way;
use hatrack_wire::client::Sender;
use hatrack_wire::{Answer, Ask, Client, Command, Face, HandOut};

/// The connection.
pub(crate) enum Line {
    /// As it was opened.
    Fresh(Client),
    /// After a talk with the person.
    Talked(Box<Talk>),
}

/// What is asked for, without a word on how.
pub(crate) struct Wanted<'a> {
    pub(crate) role: &'a str,
    pub(crate) way: Way,
    pub(crate) program: Option<String>,
    pub(crate) duration_seconds: Option<u32>,
    pub(crate) region: Option<String>,
    /// How long a person in the app is waited for.
    pub(crate) wait_seconds: Option<u32>,
}

impl Wanted<'_> {
    /// The words that go to the agent.
    pub(crate) fn hand_out(&self, confirmed: Option<String>) -> HandOut {
        HandOut {
            role: self.role.to_owned(),
            way: self.way,
            program: self.program.clone(),
            duration_seconds: self.duration_seconds,
            region: self.region.clone(),
            confirmed,
            ask: if terminal::has_person() { Ask::Here } else { Ask::InWindow },
            wait_seconds: self.wait_seconds,
        }
    }
}

/// What came of asking.
pub(crate) enum Given {
    /// The agent's answer.
    Answer(Answer),
    /// The person pressed Ctrl-C; the activation was taken back.
    Interrupted,
}

impl Line {
    /// Connects to the agent that the command is meant for.
    pub(crate) fn open(no_agent: bool) -> Result<Self, Failure> {
        client(no_agent).map(Self::Fresh)
    }

    /// Asks for credentials; where the role isn't active yet, the person here is asked what it needs.
    pub(crate) fn ask(
        mut self,
        wanted: &Wanted<'_>,
        command: impl Fn(HandOut) -> Command,
    ) -> Result<(Self, Given), Failure> {
        let mut confirmed = None;
        let mut answer = self.request(command(wanted.hand_out(None)));
        if let Err(failure) = &answer
            && failure.code == FailureCode::ConfirmationNeeded
            && terminal::has_person()
        {
            confirmed = Some(terminal::account_to_confirm(failure)?);
            answer = self.request(command(wanted.hand_out(confirmed.clone())));
        }
        let answer = answer?;
        let Answer::Accepted { session, attempt } = answer else { return Ok((self, Given::Answer(answer))) };
        let dialogue = Dialogue::new(session, attempt, false, Asking::OnTerminal);
        let mut talk = match self {
            Self::Fresh(mut client) => {
                done(&client.request(Command::Subscribe { face: Face::Terminal })?)?;
                let (sender, receiver, early) = client.split();
                Box::new(Talk::new(dialogue, sender, receiver, early))
            }
            Self::Talked(talk) => Box::new(talk.about(dialogue)),
        };
        if let Outcome::Interrupted = talk.follow()? {
            return Ok((Self::Talked(talk), Given::Interrupted));
        }
        let answer = talk.request(command(wanted.hand_out(confirmed)))?;
        Ok((Self::Talked(talk), Given::Answer(answer)))
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn request(&mut self, command: Command) -> Result<Answer, Failure> {
        match self {
            Self::Fresh(client) => client.request(command),
            Self::Talked(talk) => talk.request(command),
        }
    }

    /// Says that nothing more will be asked, and gives what keeps the connection open.
    #[cfg(unix)]
    pub(crate) fn hold_open(mut self) -> Result<Sender, Failure> {
        done(&self.request(Command::HoldOpen)?)?;
        Ok(match self {
            Self::Fresh(client) => client.split().0,
            Self::Talked(talk) => talk.into_parts().0,
        })
    }

    /// The halves of the connection, to wait for its end.
    pub(crate) fn into_parts(self) -> (Sender, Events) {
        match self {
            Self::Fresh(client) => {
                let (sender, receiver, early) = client.split();
                (sender, Events::of(receiver, early))
            }
            Self::Talked(talk) => talk.into_parts(),
        }
    }
}
