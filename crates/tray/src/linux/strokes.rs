//! What the tray's loop draws, handed to the thread that talks to the desktop.

use hatrack_core::view::icon::Icon;
use hatrack_core::view::menu::{Change, Menu};
use hatrack_tray::{Draw, Notification, window};
use hatrack_wire::View;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// How the tray looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    pub(crate) menu: Arc<Menu>,
    pub(crate) icon: Icon,
    pub(crate) tooltip: String,
}

/// Hands on what is drawn. What is drawn twice before it can be shown is shown once.
#[derive(Debug)]
pub(crate) struct Strokes {
    look: watch::Sender<Look>,
    notices: mpsc::UnboundedSender<Notification>,
}

impl Strokes {
    /// The hand that draws, and where it is seen.
    pub(crate) fn new() -> (Self, watch::Receiver<Look>, mpsc::UnboundedReceiver<Notification>) {
        let (look, seen) = watch::channel(Look::default());
        let (notices, shown) = mpsc::unbounded_channel();
        (Self { look, notices }, seen, shown)
    }
}

impl Draw for Strokes {
    /// ksni finds out by itself what changed.
    fn menu(&mut self, menu: &Menu, _change: &Change) {
        self.look.send_modify(|look| look.menu = Arc::new(menu.clone()));
    }

    fn icon(&mut self, icon: Icon) {
        self.look.send_modify(|look| look.icon = icon);
    }

    fn tooltip(&mut self, text: &str) {
        self.look.send_modify(|look| text.clone_into(&mut look.tooltip));
    }

    fn notify(&mut self, notification: Notification) {
        // Nobody shows it any more when the desktop session is ending.
        self.notices.send(notification).ok();
    }

    fn open(&mut self, view: View) {
        if let Err(error) = window::start(view) {
            eprintln!("hatrack-tray: the window can't be opened: {error}");
        }
    }
}
