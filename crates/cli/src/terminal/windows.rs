//! A console that doesn't show what is typed.

use std::io::stdin;
use std::os::windows::io::AsRawHandle;
use windows_sys::Win32::System::Console::{ENABLE_ECHO_INPUT, GetConsoleMode, SetConsoleMode};

/// As long as this lives, the console doesn't show what is typed.
pub(super) struct Hidden(Option<u32>);

impl Hidden {
    /// Begins; where the console doesn't let it, the typing is seen.
    pub(super) fn begin() -> Self {
        let Some(before) = mode() else { return Self(None) };
        if !set(before & !ENABLE_ECHO_INPUT) {
            return Self(None);
        }
        // A console must not stay mute after Ctrl-C. Asked twice, the first one does it.
        ctrlc::set_handler(move || {
            set(before);
            std::process::exit(130);
        })
        .ok();
        Self(Some(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            set(before);
        }
    }
}

fn mode() -> Option<u32> {
    let mut mode = 0;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the handle is this process's own stdin, and the pointer is to a live variable.
    let known = unsafe { GetConsoleMode(stdin().as_raw_handle(), &raw mut mode) };
    (known != 0).then_some(mode)
}

fn set(mode: u32) -> bool {
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the handle is this process's own stdin; the mode is a plain value.
    let done = unsafe { SetConsoleMode(stdin().as_raw_handle(), mode) };
    done != 0
}
