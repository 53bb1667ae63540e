//! `hat completions`: what has a shell ask `hat` itself at each Tab, so that roles' names are fresh.

use crate::complete::VARIABLE;
use crate::print;
use clap_complete::Shell;
use clap_complete::env::Shells;
use hatrack_core::failure::{Failure, FailureCode};
use std::process::ExitCode;

pub(super) fn run(shell: Shell) -> Result<ExitCode, Failure> {
    let name = shell.to_string();
    let unknown = || {
        Failure::new(FailureCode::Usage, format!("Nothing is known of {name}."), "See hat completions -h.")
    };
    let shells = Shells::builtins();
    let completer = shells.completer(&name).ok_or_else(unknown)?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "hat", "hat", "hat", &mut script).map_err(|_| unknown())?;
    print::answer(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
