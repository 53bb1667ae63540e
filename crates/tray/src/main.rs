//! `hatrack-tray`: the tray on Linux. On macOS and Windows it is a part of `hatrack`.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("On this system the tray is a part of hatrack. Start hatrack.");
    ExitCode::from(2)
}
