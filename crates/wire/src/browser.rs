//! The system's browser, for sign-ins at other people's pages.
//!
//! Deliberately absent: a shell, so that no address can be read as a command; and the choice of a
//! browser, which is the settings' ([`open_with`]) or the system's ([`open`]).

#[cfg(target_os = "macos")]
#[path = "browser/macos.rs"]
mod platform;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "browser/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "browser/windows.rs"]
mod platform;

use hatrack_core::failure::{Failure, FailureCode};
use std::process::Stdio;

/// How long an address may be; Windows ends a command line at 32,767 characters.
const LIMIT: usize = 16_000;

/// Checks that an address is one of the web, so that it can be shown and handed to a program.
pub fn check(url: &str) -> Result<(), Failure> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if is_web && url.len() <= LIMIT && url.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Failure::new(
        FailureCode::Refused,
        "The provider's address isn't one that a browser can be given.",
        "Look at the provider's settings with hat provider list.",
    ))
}

/// Opens an address. Tells whether a browser was started; one that fails later is told by `failed`,
/// on a thread of its own.
pub fn open(url: &str, failed: impl FnOnce() + Send + 'static) -> bool {
    for mut command in platform::commands(url) {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Ok(mut child) = command.spawn() {
            std::thread::spawn(move || {
                if !child.wait().is_ok_and(|status| status.success()) {
                    failed();
                }
            });
            return true;
        }
    }
    false
}

/// Opens an address with the first of these command lines that can be started, in which the address
/// stands for [`crate::ADDRESS`]; without any, or where none can be started, as [`open`] does.
pub fn open_with(command_lines: &[Vec<String>], url: &str, failed: impl FnOnce() + Send + 'static) -> bool {
    for line in command_lines {
        let Some((program, arguments)) = line.split_first() else { continue };
        let arguments = arguments.iter().map(|argument| argument.replace(crate::ADDRESS, url));
        let mut command = std::process::Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Ok(mut child) = command.spawn() {
            // A browser may stay as long as its window; what it ends with says nothing.
            std::thread::spawn(move || child.wait());
            return true;
        }
    }
    open(url, failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_opened() {
        for url in ["https://id.example/authorize?a=b&c=d%20e#f", "http://127.0.0.1:8080/"] {
            assert!(check(url).is_ok(), "{url}");
        }
        let long = format!("https://{}", "x".repeat(LIMIT));
        for url in
            ["file:///etc/passwd", "-a Calculator", "https://a b", "https://x\n", "https://ä", &long, ""]
        {
            assert_eq!(check(url).unwrap_err().code, FailureCode::Refused, "{url}");
        }
    }
}
