//! Sees to it that the tray runs. It stands beside this program and ends by itself if one runs.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Starts `hatrack-tray --hidden`, as a window is there already; `HATRACK_TRAY` names another
/// program. Without a tray the windows work
/// all the same, so a failure is told on the terminal and no more.
pub(crate) fn start() {
    let program = match program() {
        Ok(program) => program,
        Err(error) => {
            eprintln!("The tray can't be started: where this program stands can't be told: {error}.");
            return;
        }
    };
    let child = Command::new(&program)
        .arg("--hidden")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C on the terminal is for the windows.
        .process_group(0)
        .spawn();
    match child {
        Ok(mut child) => {
            // One that finds another one running ends at once and must not stay in the process table.
            std::thread::spawn(move || child.wait());
        }
        Err(error) => eprintln!(
            "The tray {} can't be started: {error}. Install Hatrack again, so that hatrack-tray stands \
             beside hatrack.",
            program.display()
        ),
    }
}

fn program() -> std::io::Result<PathBuf> {
    if let Some(program) = std::env::var_os("HATRACK_TRAY").filter(|program| !program.is_empty()) {
        return Ok(program.into());
    }
    Ok(std::env::current_exe()?.canonicalize()?.with_file_name("hatrack-tray"))
}
