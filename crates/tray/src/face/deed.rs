//! What the tray does.

use crate::draw::Notification;
use crate::errand::Errand;
use hatrack_core::view::icon::Icon;
use hatrack_core::view::menu::Change;
use hatrack_wire::{Sealed, View};
use std::time::Duration;

/// Everything that the tray does.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// Draws the menu that [`Face::menu`](super::Face::menu) tells.
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
    /// Shows an address in a browser.
    Browse(Address),
    /// Ends.
    End,
}

/// An address for a browser. It may carry what makes a sign-in this person's own.
#[derive(Debug)]
pub struct Address {
    /// The address.
    pub url: Sealed,
    /// The command lines that start the wanted browser, the best first; none: the system's.
    pub browser: Vec<Vec<String>>,
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.url.open() == other.url.open() && self.browser == other.browser
    }
}

impl Eq for Address {}
