//! What the tray does about everything that happens to it, as a machine without a world: events
//! go in, deeds come out. Time is an argument.

use crate::draw::Notification;
use crate::errand::Errand;
use hatrack_core::catalogue::Outline;
use hatrack_core::failure::Failure;
use hatrack_core::name::PromptId;
use hatrack_core::snapshot::Snapshot;
use hatrack_core::view::icon::{self, Icon};
use hatrack_core::view::menu::{self, Change, Menu, MenuAction};
use hatrack_core::view::notice::{self, Seen};
use hatrack_wire::{Answer, Open, Sealed, Update, View};
use jiff::{SignedDuration, Timestamp};
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

/// Everything that the tray does.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// Draws the menu that [`Face::menu`] tells.
    Menu(Change),
    /// Draws the icon.
    Icon(Icon),
    /// Sets the tooltip.
    Tooltip(String),
    /// Shows a notification.
    Notify(Notification),
    /// Tries to follow the agent, after so long.
    Connect(Duration),
    /// Has the agent do something.
    Run(Errand),
    /// Opens a window.
    Open(View),
    /// Shows an address in the system's browser.
    Browse(Address),
    /// Ends.
    End,
}

/// An address for the system's browser. It may carry what makes a sign-in this person's own.
#[derive(Debug)]
pub struct Address(pub Sealed);

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.0.open() == other.0.open()
    }
}

impl Eq for Address {}

/// The tray's state.
#[derive(Debug)]
pub struct Face {
    link: Link,
    /// How often the agent was lost in a row.
    losses: usize,
    /// Whether the agent told the present.
    known: bool,
    snapshot: Snapshot,
    outline: Outline,
    seen: Seen,
    /// Since when notices are news, until the agent told what its clock says.
    unseen_since: Option<Timestamp>,
    /// For how many sessions of each prompt a window was asked for.
    asked: BTreeMap<PromptId, usize>,
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
            seen: Seen::since(now),
            unseen_since: Some(now),
            asked: BTreeMap::new(),
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
        menu::next_change(&self.snapshot, self.on_the_clock_of_aws(now))
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
            Event::Clicked(action) => self.clicked(action),
            Event::Activated | Event::NoHost => self.clicked(MenuAction::ShowMain),
            Event::Looked | Event::TimeWent => Vec::new(),
            Event::Answered(errand, answer) => answered(&errand, answer),
        };
        self.draw(now, &mut deeds);
        deeds
    }

    fn update(&mut self, update: Update, now: Timestamp) -> Vec<Deed> {
        match update {
            Update::Outline(outline) => {
                self.outline = *outline;
                Vec::new()
            }
            Update::Snapshot(snapshot) => {
                self.snapshot = *snapshot;
                self.known = true;
                let now = self.on_the_clock_of_aws(now);
                if let Some(since) = self.unseen_since.take() {
                    self.seen.with_new_agent(self.on_the_clock_of_aws(since));
                }
                let notices = self.seen.unseen(&self.snapshot).into_iter().map(|unseen| {
                    let text = notice::text(unseen, now);
                    Deed::Notify(Notification { about: Some(unseen.about.subject()), text })
                });
                let mut deeds: Vec<Deed> = notices.collect();
                if self.window_is_wanted() {
                    deeds.push(Deed::Run(Errand::Show(View::Prompt)));
                }
                deeds
            }
            // A tray is told where no process with windows is there.
            Update::Show(view) => vec![Deed::Open(view)],
            Update::Open(Open { url, window: None }) => vec![Deed::Browse(Address(url))],
            // A window of ours is for the process with windows; the rest is for who asked, on the
            // connection of an errand.
            Update::Open(Open { window: Some(_), .. }) | Update::SignedIn { .. } | Update::Progress(_) => {
                Vec::new()
            }
        }
    }

    /// Whether a prompt wants a window that none was asked for yet: a new one, or one that another
    /// role waits for since.
    fn window_is_wanted(&mut self) -> bool {
        let prompts = self.snapshot.prompts.iter().filter(|prompt| prompt.in_window);
        let wanted: BTreeMap<PromptId, usize> =
            prompts.map(|prompt| (prompt.id, prompt.sessions.len())).collect();
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
        Vec::new()
    }

    fn clicked(&mut self, action: MenuAction) -> Vec<Deed> {
        let errand = match action {
            MenuAction::Activate { role, output_profile } => {
                Some(Errand::Activate { role, output_profile, renew: false })
            }
            MenuAction::Renew { role, output_profile } => {
                Some(Errand::Activate { role, output_profile: Some(output_profile), renew: true })
            }
            MenuAction::Deactivate { session } => Some(Errand::Deactivate(session)),
            MenuAction::DeactivateAll => Some(Errand::DeactivateAll),
            MenuAction::SignIn { portal } => Some(Errand::SignIn { portal }),
            MenuAction::SignOut { portal } => Some(Errand::SignOut { portal }),
            MenuAction::List { portal } => Some(Errand::List { portal }),
            MenuAction::ShowMain => Some(Errand::Show(View::Main)),
            MenuAction::ShowPrompt => Some(Errand::Show(View::Prompt)),
            MenuAction::Connect => None,
            MenuAction::Quit => {
                self.link = Link::Quitting;
                Some(Errand::Quit)
            }
        };
        let mut deeds: Vec<Deed> = errand.map(Deed::Run).into_iter().collect();
        if self.link == Link::GivenUp {
            self.link = Link::Connecting;
            self.losses = 0;
            deeds.push(Deed::Connect(Duration::ZERO));
        }
        deeds
    }

    /// Adds what must be drawn anew.
    fn draw(&mut self, now: Timestamp, deeds: &mut Vec<Deed>) {
        let now = self.on_the_clock_of_aws(now);
        let next =
            if self.known { menu::menu(&self.snapshot, &self.outline, now) } else { menu::unconnected() };
        match self.menu.change_to(&next) {
            Change::Nothing => {}
            change @ (Change::Retitle(_) | Change::Rebuild) => {
                self.menu = next;
                deeds.push(Deed::Menu(change));
            }
        }
        let icon = icon::icon(&self.snapshot, &self.outline);
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
}

fn answered(errand: &Errand, answer: Result<Answer, Failure>) -> Vec<Deed> {
    match (errand, answer) {
        (Errand::Quit, _) => vec![Deed::End],
        (Errand::Show(view), Ok(Answer::Shown(false)) | Err(_)) => vec![Deed::Open(*view)],
        (
            Errand::Activate { .. }
            | Errand::Deactivate(_)
            | Errand::DeactivateAll
            | Errand::SignIn { .. }
            | Errand::SignOut { .. }
            | Errand::List { .. },
            Err(failure),
        ) => {
            vec![Deed::Notify(Notification { about: None, text: notice::refused(&failure) })]
        }
        (
            Errand::Activate { .. }
            | Errand::Deactivate(_)
            | Errand::DeactivateAll
            | Errand::SignIn { .. }
            | Errand::SignOut { .. }
            | Errand::List { .. }
            | Errand::Show(_),
            Ok(_),
        ) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
