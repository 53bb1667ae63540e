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
