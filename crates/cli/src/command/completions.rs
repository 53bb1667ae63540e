//! `hat completions`.

use crate::arguments::Arguments;
use crate::print;
use clap::CommandFactory;
use clap_complete::Shell;
use hatrack_core::failure::Failure;
use std::process::ExitCode;

pub(super) fn run(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "hat", &mut script);
    print::answer(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
