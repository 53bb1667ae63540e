//! macOS's own `open`.

use std::process::Command;

/// The command that opens an address.
pub(super) fn commands(url: &str) -> Vec<Command> {
    let mut command = Command::new("/usr/bin/open");
    command.arg(url);
    vec![command]
}
