//! One module for each command.

mod agent;
mod attend;
mod completions;
mod console;
mod consumers;
mod credential_process;
mod doctor;
mod env;
mod exec;
mod key;
mod login;
mod mfa;
mod off;
mod plan;
mod profiles;
mod prompt;
mod provider;
mod role;
mod roles;
mod serve;
mod status;
mod sync;
mod token;
mod use_role;
mod whose;
mod why;

pub(crate) use credential_process::quickly;

use crate::arguments::{Arguments, Verb};
use hatrack_core::failure::Failure;
use std::process::ExitCode;

/// What the shell makes of a command that Ctrl-C ended.
fn interrupted() -> ExitCode {
    ExitCode::from(130)
}

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
        Verb::Profiles { verb: None } => profiles::run(manner),
        Verb::Profiles { verb: Some(verb) } => profiles::shared::run(manner, &verb),
        Verb::Roles { query, limit } => roles::run(manner, &query, limit),
        Verb::CredentialProcess(asked) => credential_process::run(manner, &asked),
        Verb::Env(asked) => env::run(manner, &asked),
        Verb::Exec(asked) => exec::run(manner, &asked),
        Verb::Console(asked) => console::run(manner, &asked),
        Verb::Serve(asked) => serve::run(manner, &asked),
        Verb::Use(wanted) => use_role::run(manner, wanted),
        Verb::Off(which) => off::run(manner, which),
        Verb::Status { consumers: true, all: _ } => consumers::run(manner),
        Verb::Status { consumers: false, all } => status::run(manner, all),
        Verb::Prompt => prompt::run(),
        Verb::Attend => attend::run(manner),
        Verb::Plan { role, duration } => plan::run(manner, role, duration),
        Verb::Why { role } => why::run(manner, role),
        Verb::Role { verb } => role::run(manner, verb),
        Verb::Key { verb } => key::run(manner, verb),
        Verb::Mfa { verb } => mfa::run(manner, verb),
        Verb::Provider { verb } => provider::run(manner, verb),
        Verb::Login { provider, device_code, no_browser } => {
            login::run(manner, provider, login::Wanted { device_code, no_browser })
        }
        Verb::Logout { provider } => login::out(manner, provider),
        Verb::Sync { organisation, all } => sync::run(manner, organisation, all),
        Verb::Token(asked) => token::run(manner, asked),
        Verb::Whose { access_key_id, role } => whose::run(manner, &access_key_id, role),
        Verb::Agent { verb } => agent::run(manner, verb),
        Verb::Completions { shell } => completions::run(shell),
        Verb::Doctor => doctor::run(manner),
    }
}
