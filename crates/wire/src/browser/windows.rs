//! Windows' own handler of addresses; `start` would need a shell, which reads `&` as its own.

use std::path::PathBuf;
use std::process::Command;

/// The command that opens an address.
pub(super) fn commands(url: &str) -> Vec<Command> {
    let root = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    let mut command = Command::new(root.join("System32").join("rundll32.exe"));
    command.arg("url.dll,FileProtocolHandler").arg(url);
    vec![command]
}
