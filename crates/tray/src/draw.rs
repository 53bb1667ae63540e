//! The seam between what is to be seen and who draws it.

use hatrack_core::view::icon::Icon;
use hatrack_core::view::menu::{Change, Menu};
use hatrack_core::view::notice::{NoticeSubject, NoticeText};
use hatrack_wire::View;

/// Who draws the tray. Everything is drawn once at the start, then only what changed; no call may
/// wait for a person.
pub trait Draw {
    /// Draws the menu. `change` leads to it from the menu of the call before; it is never
    /// [`Change::Nothing`].
    fn menu(&mut self, menu: &Menu, change: &Change);
    /// Draws the icon.
    fn icon(&mut self, icon: Icon);
    /// Sets the tooltip.
    fn tooltip(&mut self, text: &str);
    /// Shows a desktop notification; a pressed button comes back as an
    /// [`Event::Clicked`](crate::Event::Clicked).
    fn notify(&mut self, notification: Notification);
    /// Opens a window, as no process with windows is there to do it.
    fn open(&mut self, view: View);
}

/// A desktop notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it is about; it replaces the one before that was about the same.
    pub about: Option<NoticeSubject>,
    /// What it says.
    pub text: NoticeText,
}
