//! A terminal that doesn't show what is typed.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::stdin;

/// What the shell makes of a command that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// As long as this lives, the terminal doesn't show what is typed.
pub(super) struct Hidden(Option<Termios>);

impl Hidden {
    /// Begins; where the terminal doesn't let it, the typing is seen.
    pub(super) fn begin() -> Self {
        let Ok(before) = tcgetattr(stdin()) else { return Self(None) };
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO;
        if tcsetattr(stdin(), OptionalActions::Now, &hidden).is_err() {
            return Self(None);
        }
        let at_interrupt = before.clone();
        // A terminal must not stay mute after Ctrl-C. Asked twice, the first one does it.
        ctrlc::set_handler(move || {
            tcsetattr(stdin(), OptionalActions::Now, &at_interrupt).ok();
            std::process::exit(INTERRUPTED);
        })
        .ok();
        Self(Some(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            tcsetattr(stdin(), OptionalActions::Now, before).ok();
        }
    }
}
