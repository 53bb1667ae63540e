//! How often the menu may change: a listing finds accounts and counts many times a second, and
//! nobody can click what moves under the pointer.
//!
//! Deliberately absent: what a person did or waits for. A session, a prompt and a sign-in are drawn
//! at once, whatever is listed meanwhile.

use jiff::{SignedDuration, Timestamp};

/// How far apart new outlines, and the counts of a listing, are drawn.
const APART: SignedDuration = SignedDuration::from_secs(1);

/// How long a menu that was opened is taken to be open, as hosts don't tell when it closes.
const OPEN: SignedDuration = SignedDuration::from_secs(10);

/// When what was drawn last.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The last new outline.
    outline: Option<Timestamp>,
    /// When the menu was opened; `None`: it is closed since.
    looked: Option<Timestamp>,
    /// The last change of the menu.
    menu: Option<Timestamp>,
    /// Whether texts wait for their time.
    titles_wait: bool,
}

impl Pace {
    /// The menu is about to be looked at.
    pub(super) fn looked(&mut self, now: Timestamp) {
        self.looked = Some(now);
    }

    /// A click closed the menu.
    pub(super) fn clicked(&mut self) {
        self.looked = None;
    }

    /// An outline is what the menu is made of from now on.
    pub(super) fn outline_taken(&mut self, now: Timestamp) {
        self.outline = Some(now);
    }

    /// The menu was drawn.
    pub(super) fn drawn(&mut self, now: Timestamp) {
        self.menu = Some(now);
        self.titles_wait = false;
    }

    /// What is drawn is the present.
    pub(super) fn drawn_is_present(&mut self) {
        self.titles_wait = false;
    }

    /// Whether new texts may be drawn; otherwise they wait.
    pub(super) fn may_retitle(&mut self, now: Timestamp) -> bool {
        let may = left(self.menu, APART, now).is_zero();
        self.titles_wait = !may;
        may
    }

    /// After how long texts that wait may be drawn; `None`: none wait.
    pub(super) fn until_title(&self, now: Timestamp) -> Option<SignedDuration> {
        self.titles_wait.then(|| left(self.menu, APART, now))
    }

    /// After how long a new outline may be taken.
    pub(super) fn until_outline(&self, now: Timestamp) -> SignedDuration {
        left(self.outline, APART, now).max(left(self.looked, OPEN, now))
    }
}

/// What is left of a span of time that began then. A clock that was set back has no hold on it.
fn left(began: Option<Timestamp>, span: SignedDuration, now: Timestamp) -> SignedDuration {
    let Some(began) = began.filter(|began| *began <= now) else { return SignedDuration::ZERO };
    (span - now.duration_since(began)).max(SignedDuration::ZERO)
}
