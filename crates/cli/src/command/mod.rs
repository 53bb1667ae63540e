//! One module for each command.

mod agent;
mod completions;
mod doctor;
mod off;
mod profiles;
mod roles;
mod status;
mod use_role;

use crate::arguments::{Arguments, Verb};
use hatrack_core::failure::Failure;
use std::process::ExitCode;

/// How every command is to be carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Answers are JSON.
    pub(crate) json: bool,
    /// The agent is a private one.
    pub(crate) no_agent: bool,
}

/// Carries the command out.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let manner = Manner { json: arguments.json, no_agent: arguments.no_agent };
    match arguments.verb {
        Verb::Profiles => profiles::run(manner),
        Verb::Roles { query } => roles::run(manner, &query),
        Verb::Use(wanted) => use_role::run(manner, wanted),
        Verb::Off(which) => off::run(manner, which),
        Verb::Status { all } => status::run(manner, all),
        Verb::Agent { verb } => agent::run(manner, verb),
        Verb::Completions { shell } => completions::run(shell),
        Verb::Doctor => doctor::run(manner),
    }
}
