//! What happens at agent, keyboard, browser and Ctrl-C while a command waits, in one queue.

use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::client::Receiver;
use hatrack_wire::{FromAgent, Sealed, Update, browser};
use std::io::{BufRead, IsTerminal};
use std::sync::mpsc;
use std::time::Duration;

/// What can happen while something is awaited.
pub(crate) enum Event {
    /// The agent said something, or the connection broke.
    FromAgent(Result<FromAgent, Failure>),
    /// The person typed a line; `None`: the end of input.
    Line(Option<Sealed>),
    /// Ctrl-C.
    Interrupt,
    /// The browser that was started could not show this address.
    NoBrowser(Sealed),
}

/// Everything that happens, in one queue.
pub(crate) struct Events {
    queue: mpsc::Receiver<Event>,
    feed: mpsc::Sender<Event>,
    reads_lines: bool,
}

impl Events {
    /// Begins to listen, with what the agent has told so far.
    pub(crate) fn of(mut receiver: Receiver, early: impl IntoIterator<Item = Update>) -> Self {
        let (feed, queue) = mpsc::channel();
        for update in early {
            feed.send(Event::FromAgent(Ok(FromAgent::Update(update)))).ok();
        }
        let from_agent = feed.clone();
        std::thread::spawn(move || {
            loop {
                let message = receiver.wait();
                let is_end = message.is_err();
                if from_agent.send(Event::FromAgent(message)).is_err() || is_end {
                    return;
                }
            }
        });
        let interrupts = feed.clone();
        // Without a handler Ctrl-C ends the command all the same, only less politely.
        ctrlc::set_handler(move || drop(interrupts.send(Event::Interrupt))).ok();
        Self { queue, feed, reads_lines: false }
    }

    /// Begins to read the terminal, once.
    pub(crate) fn read_lines(&mut self) {
        if std::mem::replace(&mut self.reads_lines, true) {
            return;
        }
        let feed = self.feed.clone();
        std::thread::spawn(move || {
            loop {
                let mut line = String::new();
                let is_end = !matches!(std::io::stdin().lock().read_line(&mut line), Ok(1..));
                let line = if is_end { None } else { Some(Sealed::new(line)) };
                if feed.send(Event::Line(line)).is_err() || is_end {
                    return;
                }
            }
        });
    }

    /// The next event, or `None` after so long.
    pub(crate) fn next(&self, limit: Option<Duration>) -> Option<Event> {
        match limit {
            Some(limit) => self.queue.recv_timeout(limit).ok(),
            None => self.queue.recv().ok(),
        }
    }

    /// Opens an address in the system's browser; where none can show it the person is told it.
    pub(crate) fn open(&self, url: &Sealed) -> Result<(), Failure> {
        browser::check(url.open())?;
        let (feed, again) = (self.feed.clone(), url.clone());
        if browser::open(url.open(), move || drop(feed.send(Event::NoBrowser(again)))) {
            return Ok(());
        }
        tell(url)
    }
}

/// Tells an address to the person who opens it.
pub(crate) fn tell(url: &Sealed) -> Result<(), Failure> {
    if std::io::stderr().is_terminal() {
        print::talk(&format!("Open this address in a browser of this computer:\n{}", url.open()));
        return Ok(());
    }
    Err(Failure::new(
        FailureCode::PersonNeeded,
        "A sign-in in a browser is needed, and none can be opened here.",
        "Run hat on a terminal of your desktop, or set BROWSER.",
    ))
}
