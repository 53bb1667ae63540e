//! Windows: the command is waited for; Ctrl-C is its own business.

use crate::given::Line;
use hatrack_core::failure::Failure;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};

pub(super) fn run(
    mut command: Command,
    _name: &OsStr,
    line: Option<Line>,
) -> Result<std::io::Result<ExitCode>, Failure> {
    // The console tells Ctrl-C to both; the command decides what it means. Where the handler is set
    // already, it does no more than to note it.
    ctrlc::set_handler(|| ()).ok();
    let status = command.status();
    drop(line);
    Ok(status.map(|status| status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1).into()))
}

pub(super) fn is_program(_path: &Path) -> bool {
    true
}
