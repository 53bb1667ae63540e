//! The tray's one loop: takes events, does the deeds, sleeps until the next of either.

use crate::agent::Agent;
use crate::draw::{Draw, Notification};
use crate::face::{Address, Deed, Event, Face};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::view::notice;
use hatrack_wire::browser;
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Where events are posted from any thread.
#[derive(Clone, Debug)]
pub struct Mailbox(mpsc::Sender<Event>);

/// Where [`run`] takes events from.
#[derive(Debug)]
pub struct Inbox {
    events: mpsc::Receiver<Event>,
    mailbox: Mailbox,
}

/// Makes the tray's mailbox.
pub fn mailbox() -> (Mailbox, Inbox) {
    let (sender, events) = mpsc::channel();
    let mailbox = Mailbox(sender);
    (mailbox.clone(), Inbox { events, mailbox })
}

impl Mailbox {
    /// Posts an event. After the tray's end nobody takes it any more.
    pub fn post(&self, event: Event) {
        self.0.send(event).ok();
    }
}

/// Runs the tray until a person quits. Blocks; it sleeps until something happens, or until a
/// minute that is shown is over.
pub fn run(inbox: &Inbox, draw: &mut impl Draw, agent: &Agent) {
    let (mut face, mut deeds) = Face::start(now());
    while perform(deeds, &face, draw, agent, &inbox.mailbox).is_continue() {
        let event = inbox.next(face.deadline(now()));
        deeds = face.step(event, now());
    }
}

impl Inbox {
    /// Waits for the next event, so long at most.
    fn next(&self, limit: Option<SignedDuration>) -> Event {
        // Our own mailbox keeps the channel open.
        let Some(limit) = limit else { return self.events.recv().unwrap_or(Event::TimeWent) };
        let limit = Duration::try_from(limit).unwrap_or_default();
        match self.events.recv_timeout(limit) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Event::TimeWent,
        }
    }
}

fn perform(
    deeds: Vec<Deed>,
    face: &Face,
    draw: &mut impl Draw,
    agent: &Agent,
    mailbox: &Mailbox,
) -> ControlFlow<()> {
    for deed in deeds {
        match deed {
            Deed::Menu(change) => draw.menu(face.menu(), &change),
            Deed::Icon(icon) => draw.icon(icon),
            Deed::Tooltip(text) => draw.tooltip(&text),
            Deed::Notify(notification) => draw.notify(notification),
            Deed::Connect(after) => agent.follow(after, mailbox),
            Deed::Run(errand) => agent.run(&errand, mailbox),
            Deed::Open(view) => draw.open(view),
            Deed::Browse(address) => {
                if let Err(failure) = browse(&address) {
                    draw.notify(Notification { about: None, text: notice::refused(&failure) });
                }
            }
            Deed::End => return ControlFlow::Break(()),
        }
    }
    ControlFlow::Continue(())
}

fn browse(Address { url, browser }: &Address) -> Result<(), Failure> {
    browser::check(url.open())?;
    // One that fails later has told why by itself, on the desktop.
    if browser::open_with(browser, url.open(), || ()) { Ok(()) } else { Err(no_browser()) }
}

fn no_browser() -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        "No browser could be started.",
        "Choose the system's browser in its settings, then try again.",
    )
}

#[expect(clippy::disallowed_methods, reason = "the tray's clock: it counts down by itself")]
fn now() -> Timestamp {
    Timestamp::now()
}
