//! The tray as a StatusNotifierItem, without GTK: one thread for the tray's loop, one for what the
//! agent publishes, and one that talks to the desktop over D-Bus.

mod item;
mod notifications;
mod panel;
mod pixmaps;
mod presence;
mod strokes;

use hatrack_tray::single::Only;
use hatrack_tray::{Agent, Inbox, mailbox, run, window};
use hatrack_wire::{Environment, Places, View};
use std::process::ExitCode;
use std::thread;
use strokes::Strokes;
use tokio::sync::oneshot;

const USAGE: &str = "Usage: hatrack-tray [--hidden]\n\n  --hidden   Opens no window, even where no tray \
                     is shown. For a start at login.";

/// Runs the tray until a person quits or the desktop session ends.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let hidden = match arguments.iter().map(|argument| argument.to_str()).collect::<Vec<_>>()[..] {
        [] => false,
        [Some("--hidden")] => true,
        [Some("--version")] => {
            println!("hatrack-tray {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        [Some("--help" | "-h")] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match start(hidden) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hatrack-tray: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(hidden: bool) -> Result<(), Box<dyn std::error::Error>> {
    let places = Places::here()?;
    let Some(_only) = Only::claim(&places)? else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(until_the_end(&Agent::new(places, Environment::here()), hidden))
}

async fn until_the_end(agent: &Agent, hidden: bool) -> Result<(), Box<dyn std::error::Error>> {
    let bus = match zbus::Connection::session().await {
        Ok(bus) => bus,
        Err(error) => {
            if !hidden {
                window::start(View::Main)?;
            }
            return Err(format!("there is no session bus, so that no tray can be shown: {error}").into());
        }
    };
    let (mailbox, inbox) = mailbox();
    let (strokes, look, notices) = Strokes::new();
    let end = keep_running(inbox, strokes, agent.clone())?;
    tokio::spawn(notifications::show(bus.clone(), notices, mailbox.clone()));
    let panel = panel::follow(bus.clone());
    tokio::select! {
        // Also when the loop has panicked, as its end of the channel is dropped then.
        _ = end => Ok(()),
        shown = presence::keep(bus, look, panel, mailbox, hidden) => Ok(shown?),
    }
}

/// Runs the tray's loop on a thread of its own; the channel tells its end.
fn keep_running(inbox: Inbox, mut strokes: Strokes, agent: Agent) -> std::io::Result<oneshot::Receiver<()>> {
    let (ended, end) = oneshot::channel();
    thread::Builder::new().name("tray".to_owned()).spawn(move || {
        run(&inbox, &mut strokes, &agent);
        // Nobody waits any more where the desktop session ended before.
        ended.send(()).ok();
    })?;
    Ok(end)
}
