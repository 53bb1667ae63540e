//! The terminal's side of an activation.
//!
//! Deliberately absent: what it means; that is [`crate::dialogue`].

use crate::dialogue::{Dialogue, Next};
use crate::events::{self, Event, Events};
use crate::{clock, print};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::snapshot::{SessionView, Snapshot};
use hatrack_core::view::countdown;
use hatrack_wire::client::{Receiver, Sender};
use hatrack_wire::{Answer, Command, FromAgent, Open, Sealed, Update};
use jiff::Timestamp;
use std::io::IsTerminal;
use std::time::Duration;

/// How long the agent may take to hear that the activation is taken back.
const TAKEN_BACK_WITHIN: Duration = Duration::from_secs(1);

/// How an activation ended that didn't fail.
pub(crate) enum Outcome {
    /// The session is active.
    Delivered {
        /// The session.
        view: Box<SessionView>,
        /// How far AWS's clock is from this computer's.
        clock_offset: i64,
    },
    /// The person pressed Ctrl-C; it was taken back.
    Interrupted,
}

/// What stands in the last line of the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing.
    Free,
    /// A question, behind which the person types.
    Question,
    /// A countdown to this time, drawn over as it goes on.
    CountDown(Timestamp),
}

/// The talk with agent and person.
pub(crate) struct Talk {
    dialogue: Dialogue,
    sender: Sender,
    events: Events,
    sent: Option<u64>,
    line: Line,
    /// The latest snapshot that came while nobody followed anything.
    last: Option<Box<Snapshot>>,
    /// What is next because of it.
    early: Option<Next>,
}

impl Talk {
    /// A talk that begins with what the agent has told so far.
    pub(crate) fn new(
        dialogue: Dialogue,
        sender: Sender,
        receiver: Receiver,
        early: impl IntoIterator<Item = Update>,
    ) -> Self {
        let events = Events::of(receiver, early);
        Self { dialogue, sender, events, sent: None, line: Line::Free, last: None, early: None }
    }

    /// The same talk about another activation.
    pub(crate) fn about(mut self, mut dialogue: Dialogue) -> Self {
        self.early = self.last.take().map(|snapshot| dialogue.snapshot(*snapshot));
        Self { dialogue, sent: None, ..self }
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn request(&mut self, command: Command) -> Result<Answer, Failure> {
        let sent = self.sender.send(command)?;
        loop {
            match self.events.next(None) {
                Some(Event::FromAgent(Ok(FromAgent::Answer { id, answer }))) if id == sent => return answer,
                Some(Event::FromAgent(Ok(FromAgent::Update(Update::Snapshot(snapshot))))) => {
                    self.last = Some(snapshot);
                }
                Some(Event::FromAgent(Err(failure))) => return Err(failure),
                Some(Event::Interrupt) | None => {
                    return Err(Failure::new(FailureCode::Cancelled, "It was taken back.", ""));
                }
                Some(Event::FromAgent(Ok(_)) | Event::Line(_) | Event::NoBrowser(_)) => {}
            }
        }
    }

    /// The connection, when the talk is over.
    pub(crate) fn into_parts(self) -> (Sender, Events) {
        (self.sender, self.events)
    }

    /// Goes on until the activation has come to an end.
    pub(crate) fn follow(&mut self) -> Result<Outcome, Failure> {
        let mut early = self.early.take();
        loop {
            if let Some(next) = early.take()
                && let Some(outcome) = self.go_on(next)?
            {
                return Ok(outcome);
            }
            let event = match self.line {
                Line::CountDown(until) => self.events.next(Some(self.draw_countdown(until))),
                Line::Free | Line::Question => self.events.next(None),
            };
            let next = match event {
                None => Next::Wait,
                Some(Event::Interrupt) => {
                    self.free_line();
                    self.take_back();
                    return Ok(Outcome::Interrupted);
                }
                Some(Event::Line(line)) => {
                    // The person's own Enter ended the line; the end of input did not.
                    if line.is_some() && self.line == Line::Question {
                        self.line = Line::Free;
                    }
                    self.dialogue.line(line.as_ref().map(Sealed::open))
                }
                Some(Event::NoBrowser(url)) => self.browser(|_| events::tell(&url)),
                Some(Event::FromAgent(message)) => self.take(message)?,
            };
            if let Some(outcome) = self.go_on(next)? {
                return Ok(outcome);
            }
        }
    }

    /// Does what is next; the outcome, where that was the last.
    fn go_on(&mut self, next: Next) -> Result<Option<Outcome>, Failure> {
        match next {
            Next::Wait => {}
            Next::Say(words) => {
                self.free_line();
                print::talk(&words);
            }
            Next::Ask(words) => {
                self.free_line();
                print::talk_on(&words);
                self.line = Line::Question;
                self.events.read_lines();
            }
            Next::CountDown(until) => {
                if self.line != Line::CountDown(until) {
                    self.free_line();
                    self.line = Line::CountDown(until);
                }
            }
            Next::Send(command) => self.sent = Some(self.sender.send(command)?),
            Next::Delivered(view) => {
                self.free_line();
                let clock_offset = self.dialogue.clock_offset();
                return Ok(Some(Outcome::Delivered { view, clock_offset }));
            }
            Next::Failed(failure) => {
                self.free_line();
                return Err(failure);
            }
            Next::TakeBack(failure) => {
                self.free_line();
                self.take_back();
                return Err(failure);
            }
        }
        Ok(None)
    }

    fn take(&mut self, message: Result<FromAgent, Failure>) -> Result<Next, Failure> {
        match message {
            Err(failure) => {
                self.free_line();
                Err(failure)
            }
            Ok(FromAgent::Answer { id, answer }) if self.sent == Some(id) => {
                self.sent = None;
                Ok(self.dialogue.answered(answer.map(drop)))
            }
            Ok(FromAgent::Update(Update::Snapshot(snapshot))) => {
                let next = self.dialogue.snapshot(*snapshot);
                if matches!(self.line, Line::CountDown(_)) && !matches!(next, Next::CountDown(_)) {
                    self.free_line();
                }
                Ok(next)
            }
            Ok(FromAgent::Update(Update::Open(Open { url, window: None }))) => {
                Ok(self.browser(|events| events.open(&url)))
            }
            Ok(
                FromAgent::Answer { .. }
                | FromAgent::Update(
                    Update::Outline(_)
                    | Update::Open(Open { window: Some(_), .. })
                    | Update::SignedIn { .. }
                    | Update::Progress(_)
                    | Update::Show(_),
                ),
            ) => Ok(Next::Wait),
        }
    }

    /// Shows the person an address; an attempt that can't is taken back.
    fn browser(&mut self, show: impl FnOnce(&Events) -> Result<(), Failure>) -> Next {
        self.free_line();
        match show(&self.events) {
            Ok(()) => Next::Wait,
            Err(failure) => Next::TakeBack(failure),
        }
    }

    /// Has the attempt taken back, and waits until the agent has heard it: a private one ends with
    /// the connection.
    fn take_back(&mut self) {
        let Some(Ok(sent)) = self.dialogue.taking_back().map(|command| self.sender.send(command)) else {
            return;
        };
        loop {
            match self.events.next(Some(TAKEN_BACK_WITHIN)) {
                Some(Event::FromAgent(Ok(FromAgent::Answer { id, .. }))) if id == sent => return,
                Some(Event::FromAgent(Err(_)) | Event::Interrupt) | None => return,
                Some(Event::FromAgent(Ok(_)) | Event::Line(_) | Event::NoBrowser(_)) => {}
            }
        }
    }

    /// Draws the countdown, and tells when it is to be drawn again.
    fn draw_countdown(&self, until: Timestamp) -> Duration {
        let left = countdown::left(until, clock::now());
        let seconds = left.as_secs().max(0) + i64::from(left.subsec_nanos() > 0);
        let words = format!("This code is used up; going on with the next step in {seconds} s.");
        if std::io::stderr().is_terminal() {
            print::talk_on(&format!("\r{words} "));
            let next = countdown::next_change(left).and_then(|next| Duration::try_from(next).ok());
            return next.map_or(Duration::from_secs(60), |next| next.min(Duration::from_secs(1)));
        }
        Duration::from_secs(60)
    }

    /// Ends the line that stands unfinished.
    fn free_line(&mut self) {
        match self.line {
            Line::Question => print::talk(""),
            Line::CountDown(_) if std::io::stderr().is_terminal() => print::talk_on("\r\u{1b}[K"),
            Line::Free | Line::CountDown(_) => {}
        }
        self.line = Line::Free;
    }
}
