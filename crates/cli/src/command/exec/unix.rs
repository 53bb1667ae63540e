//! Unix: the command takes this process's place.

use crate::given::Line;
use hatrack_core::failure::{Failure, FailureCode};
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Doesn't return where it works. The endpoint stays open as long as the command, or anything that it
/// started, has the connection that it inherits.
pub(super) fn run(
    mut command: Command,
    name: &OsStr,
    line: Option<Line>,
) -> Result<std::io::Result<ExitCode>, Failure> {
    if let Some(line) = line {
        let left = line.hold_open()?.leave_open();
        left.map_err(|error| {
            let happened = format!("The connection to the agent can't be passed on: {error}.");
            Failure::new(FailureCode::Unreachable, happened, "Try it without --endpoint.")
        })?;
    }
    Ok(Err(command.arg0(name).exec()))
}

pub(super) fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}
