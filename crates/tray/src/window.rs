//! Starting the program with the windows, `hatrack`, which stands beside the tray's own program.
//!
//! `hatrack` shows the main window, `hatrack --prompt` the dialog that asks for codes,
//! `hatrack --sign-in` the window of a sign-in that waits; a second start shows the windows of the first. `HATRACK_WINDOWS` names another program.

use hatrack_wire::View;
use std::io::{Error, Result};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Starts the program with the windows, which outlives the tray.
pub fn start(view: View) -> Result<()> {
    let program = program()?;
    let mut command = Command::new(&program);
    command.args(arguments(view)).stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command
        .spawn()
        .map_err(|error| Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    reap_when_it_ends(child);
    Ok(())
}

fn arguments(view: View) -> &'static [&'static str] {
    match view {
        View::Main => &[],
        View::Prompt => &["--prompt"],
        View::SignIn => &["--sign-in"],
    }
}

fn program() -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("HATRACK_WINDOWS").filter(|program| !program.is_empty()) {
        return Ok(program.into());
    }
    let name = format!("hatrack{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// A process that stays must not leave the window's remains in the process table.
fn reap_when_it_ends(mut child: Child) {
    let waiting = thread::Builder::new().name("window's end".to_owned()).stack_size(64 << 10);
    waiting.spawn(move || child.wait()).ok();
}
