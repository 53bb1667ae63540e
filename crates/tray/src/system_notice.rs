//! Desktop notifications on macOS and Windows, through the system's own.
//!
//! Deliberately absent: buttons, which these systems give only to installed, signed programs; and
//! replacing an older notification.

use hatrack_core::view::notice::NoticeText;
use notify_rust::Notification;

/// Shows a notification.
pub fn show(text: &NoticeText) -> notify_rust::error::Result<()> {
    Notification::new().appname("Hatrack").summary(&text.title).body(&text.body).show().map(drop)
}
