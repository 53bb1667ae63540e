//! What the tray does about everything that happens to it, as a machine without a world: events
//! go in, deeds come out. Time is an argument.

mod deed;
mod pace;

pub use deed::{Address, Deed};

use crate::draw::Notification;
use crate::errand::Errand;
use hatrack_core::catalogue::Outline;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::PromptId;
use hatrack_core::snapshot::Snapshot;
use hatrack_core::view::icon::{self, Icon};
use hatrack_core::view::menu::{self, Change, Menu, MenuAction};
use hatrack_core::view::notice::{self, NoticeSubject, Seen};
use hatrack_wire::{Answer, Console, Open, Update, View};
use jiff::{SignedDuration, Timestamp};
use pace::Pace;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long to wait before each new try to reach an agent that was lost.
const PATIENCE: [Duration; 3] = [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(5)];

/// A connection that lived so long was a good one: the next loss is met with new patience.
const GOOD: SignedDuration = SignedDuration::from_secs(60);

/// Everything that can happen to the tray.
#[derive(Debug)]
pub enum Event {
    /// The agent publishes to us from now on.
    Connected,
    /// The agent published something.
    Update(Update),
    /// The agent can't be reached, or not any more.
    Lost(Failure),
    /// A person clicked a row of the menu, or a notification's button.
    Clicked(MenuAction),
    /// A person clicked the icon.
    Activated,
    /// The menu is about to be looked at.
    Looked,
    /// The agent answered.
    Answered(Errand, Result<Answer, Failure>),
    /// No tray is shown on this desktop, so that a window must stand in for it.
    NoHost,
    /// The time that [`Face::deadline`] told has passed.
    TimeWent,
}

/// The tray's state.
#[derive(Debug)]
pub struct Face {
    link: Link,
    /// How often the agent was lost in a row.
    losses: usize,
    /// Whether the agent told the present.
    known: bool,
    snapshot: Snapshot,
    /// The outline that the menu is made of.
    outline: Outline,
    /// A newer one, whose time hasn't come.
    next_outline: Option<Outline>,
    pace: Pace,
    seen: Seen,
    /// Since when notices are news, until the agent told what its clock says.
    unseen_since: Option<Timestamp>,
    /// For how many sessions of each prompt a window was asked for.
    asked: BTreeMap<PromptId, usize>,
    /// The sign-ins that were asked for here and have not ended, with their portals.
    sign_ins: BTreeMap<PromptId, String>,
    menu: Menu,
    icon: Icon,
    tooltip: String,
}

/// How the tray stands with the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// A try is under way, or will be soon.
    Connecting,
    /// The agent publishes to us.
    Connected(Timestamp),
    /// Nothing is tried until a person acts.
    GivenUp,
    /// A person quit.
    Quitting,
}

impl Face {
    /// A tray that knows nothing yet, with what it does first.
    pub fn start(now: Timestamp) -> (Self, Vec<Deed>) {
        let face = Self {
            link: Link::Connecting,
            losses: 0,
            known: false,
            snapshot: Snapshot::default(),
            outline: Outline::default(),
            next_outline: None,
            pace: Pace::default(),
            seen: Seen::since(now),
            unseen_since: Some(now),
            asked: BTreeMap::new(),
            sign_ins: BTreeMap::new(),
            menu: menu::unconnected(),
            icon: Icon::default(),
            tooltip: icon::tooltip(&Snapshot::default(), now),
        };
        let deeds = vec![
            Deed::Menu(Change::Rebuild),
            Deed::Icon(face.icon),
            Deed::Tooltip(face.tooltip.clone()),
            Deed::Connect(Duration::ZERO),
        ];
        (face, deeds)
    }

    /// The menu as it is to be drawn.
    pub fn menu(&self) -> &Menu {
        &self.menu
    }

    /// After how long something changes by the passing of time alone; `None`: never.
    pub fn deadline(&self, now: Timestamp) -> Option<SignedDuration> {
        let outline = self.next_outline.as_ref().map(|_| self.pace.until_outline(now));
        [
            menu::next_change(&self.snapshot, self.on_the_clock_of_aws(now)),
            outline,
            self.pace.until_title(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The time that AWS's clock shows, which every time in the snapshot is of.
    fn on_the_clock_of_aws(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_secs(self.snapshot.clock_offset)).unwrap_or(now)
    }

    /// Takes an event and tells what is to be done.
    pub fn step(&mut self, event: Event, now: Timestamp) -> Vec<Deed> {
        let mut deeds = match event {
            Event::Connected => {
                self.link = Link::Connected(now);
                Vec::new()
            }
            Event::Update(update) => self.update(update, now),
            Event::Lost(_) => self.lost(now),
            Event::Clicked(action) => {
                self.pace.clicked();
                self.clicked(action)
            }
            Event::Activated | Event::NoHost => self.clicked(MenuAction::ShowMain),
            Event::Looked => {
                self.take_outline(now);
                self.pace.looked(now);
                Vec::new()
            }
            Event::TimeWent => Vec::new(),
            Event::Answered(errand, answer) => self.answered(errand, answer),
        };
        if self.pace.until_outline(now).is_zero() {
            self.take_outline(now);
        }
        self.draw(now, &mut deeds);
        deeds
    }

    fn update(&mut self, update: Update, now: Timestamp) -> Vec<Deed> {
        match update {
            Update::Outline(outline) => {
                self.next_outline = Some(*outline);
                if !self.known {
                    // Of an agent that has just come there is no older one to keep.
                    self.take_outline(now);
                }
                Vec::new()
            }
            Update::Snapshot(snapshot) => {
                self.snapshot = *snapshot;
                self.known = true;
                let now = self.on_the_clock_of_aws(now);
                if let Some(since) = self.unseen_since.take() {
                    self.seen.with_new_agent(self.on_the_clock_of_aws(since));
                }
                let news = notice::announcements(&mut self.seen, &self.snapshot, now).into_iter();
                let notify = |it: notice::Announcement| Notification { about: Some(it.about), text: it.text };
                let mut deeds: Vec<Deed> = news.map(|it| Deed::Notify(notify(it))).collect();
                if self.window_is_wanted() {
                    deeds.push(Deed::Run(Errand::Show(View::Prompt)));
                }
                deeds
            }
            // A tray is told where no process with windows is there.
            Update::Show(view) => vec![Deed::Open(view)],
            Update::Open(Open { url, window: None }) => {
                vec![Deed::Browse(Address { url, browser: Vec::new() })]
            }
            Update::SignedIn { sign_in, result } => self.signed_in(sign_in, result.err()),
            // A window of ours is for the process with windows; steps are for who waits on a terminal.
            Update::Open(Open { window: Some(_), .. }) | Update::Progress(_) => Vec::new(),
        }
    }

    /// A sign-in ended. Where it came to nothing the person who clicked is told, unless a role that
    /// waited for it tells that already.
    fn signed_in(&mut self, sign_in: PromptId, failure: Option<Failure>) -> Vec<Deed> {
        let (Some(portal), Some(failure)) = (self.sign_ins.remove(&sign_in), failure) else {
            return Vec::new();
        };
        let told_by_a_role =
            self.snapshot.sign_ins.iter().any(|it| it.id == sign_in && !it.sessions.is_empty());
        if failure.code == FailureCode::Cancelled || told_by_a_role {
            return Vec::new();
        }
        let text = notice::sign_in_failed(&portal, &failure);
        vec![Deed::Notify(Notification { about: Some(NoticeSubject::Organisation(portal)), text })]
    }

    /// Whether a prompt wants a window that none was asked for yet: a new one, or one that another
    /// role waits for since.
    fn window_is_wanted(&mut self) -> bool {
        let prompts = self.snapshot.prompts.iter().filter(|prompt| prompt.in_window);
        let consents = self.snapshot.consents.iter().map(|consent| (consent.id, 1));
        let wanted: BTreeMap<PromptId, usize> =
            prompts.map(|prompt| (prompt.id, prompt.sessions.len())).chain(consents).collect();
        let is_new =
            |(id, sessions): (&PromptId, &usize)| self.asked.get(id).is_none_or(|asked| asked < sessions);
        let any = wanted.iter().any(is_new);
        self.asked = wanted;
        any
    }

    fn lost(&mut self, now: Timestamp) -> Vec<Deed> {
        match self.link {
            Link::Quitting | Link::GivenUp => return Vec::new(),
            Link::Connected(since) => {
                self.unseen_since = Some(now);
                self.asked.clear();
                self.sign_ins.clear();
                if now.duration_since(since) >= GOOD {
                    self.losses = 0;
                }
            }
            Link::Connecting => {}
        }
        if let Some(pause) = PATIENCE.get(self.losses) {
            self.losses += 1;
            self.link = Link::Connecting;
            return vec![Deed::Connect(*pause)];
        }
        self.link = Link::GivenUp;
        self.known = false;
        self.snapshot = Snapshot::default();
        self.outline = Outline::default();
        self.next_outline = None;
        Vec::new()
    }

    fn clicked(&mut self, action: MenuAction) -> Vec<Deed> {
        let errand = Errand::of(action);
        if errand == Some(Errand::Quit) {
            self.link = Link::Quitting;
        }
        let mut deeds: Vec<Deed> = errand.map(Deed::Run).into_iter().collect();
        if self.link == Link::GivenUp {
            self.link = Link::Connecting;
            self.losses = 0;
            deeds.push(Deed::Connect(Duration::ZERO));
        }
        deeds
    }

    fn take_outline(&mut self, now: Timestamp) {
        if let Some(outline) = self.next_outline.take() {
            self.outline = outline;
            self.pace.outline_taken(now);
        }
    }

    /// Whether a listing is under way, whose counts change many times a second.
    fn is_listing(&self) -> bool {
        self.snapshot.organisations.iter().any(|organisation| organisation.progress.is_some())
    }

    /// Adds what must be drawn anew.
    fn draw(&mut self, clock: Timestamp, deeds: &mut Vec<Deed>) {
        let now = self.on_the_clock_of_aws(clock);
        let next =
            if self.known { menu::menu(&self.snapshot, &self.outline, now) } else { menu::unconnected() };
        match self.menu.change_to(&next) {
            Change::Nothing => self.pace.drawn_is_present(),
            Change::Retitle(_) if self.is_listing() && !self.pace.may_retitle(clock) => {}
            change @ (Change::Retitle(_) | Change::Rebuild) => {
                self.menu = next;
                self.pace.drawn(clock);
                deeds.push(Deed::Menu(change));
            }
        }
        // It warns of production, and must not wait for the menu's pace.
        let outline = self.next_outline.as_ref().unwrap_or(&self.outline);
        let icon = icon::icon(&self.snapshot, outline);
        if icon != self.icon {
            self.icon = icon;
            deeds.push(Deed::Icon(icon));
        }
        let tooltip = match self.link {
            Link::GivenUp => "Hatrack — not connected".to_owned(),
            Link::Connecting | Link::Connected(_) | Link::Quitting => icon::tooltip(&self.snapshot, now),
        };
        if tooltip != self.tooltip {
            self.tooltip.clone_from(&tooltip);
            deeds.push(Deed::Tooltip(tooltip));
        }
    }

    fn answered(&mut self, errand: Errand, answer: Result<Answer, Failure>) -> Vec<Deed> {
        match (errand, answer) {
            (Errand::Quit, _) => vec![Deed::End],
            (Errand::Show(view), Ok(Answer::Shown(false)) | Err(_)) => vec![Deed::Open(view)],
            (Errand::SignIn { portal }, Ok(Answer::SignIn(sign_in))) => {
                self.sign_ins.insert(sign_in, portal);
                Vec::new()
            }
            (Errand::CancelSignIn(sign_in), Ok(_)) => {
                self.sign_ins.remove(&sign_in);
                Vec::new()
            }
            (Errand::OpenConsole { .. }, Ok(Answer::Console(console))) => {
                let Console { url, role, browser, hint } = *console;
                let mut deeds = vec![Deed::Browse(Address { url, browser })];
                if let Some(hint) = hint {
                    let text = notice::hint(&role, &hint);
                    deeds.push(Deed::Notify(Notification { about: None, text }));
                }
                deeds
            }
            (
                Errand::Activate { .. }
                | Errand::OpenConsole { .. }
                | Errand::Deactivate(_)
                | Errand::DeactivateAll
                | Errand::SignIn { .. }
                | Errand::SignOut { .. }
                | Errand::OpenAgain(_)
                | Errand::CancelSignIn(_)
                | Errand::List { .. }
                | Errand::CancelListing { .. },
                Err(failure),
            ) => {
                vec![Deed::Notify(Notification { about: None, text: notice::refused(&failure) })]
            }
            (
                Errand::Activate { .. }
                | Errand::OpenConsole { .. }
                | Errand::Deactivate(_)
                | Errand::DeactivateAll
                | Errand::SignIn { .. }
                | Errand::SignOut { .. }
                | Errand::OpenAgain(_)
                | Errand::List { .. }
                | Errand::CancelListing { .. }
                | Errand::Show(_),
                Ok(_),
            ) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
