//! `hat credential-process`: the one command that AWS tools run at every turn, so nothing stands between
//! its start and the agent's answer: one round trip, no subscription, no question on the pipe.

use super::Manner;
use crate::arguments::CredentialProcess;
use crate::connect::{client, unexpected};
use crate::print;
use clap::Parser;
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::Way;
use hatrack_wire::client::ConnectError;
use hatrack_wire::{Answer, Ask, Client, Command, Environment, HandOut, Places};
use std::process::ExitCode;

/// The word that names the command.
const NAME: &str = "credential-process";

/// The same words as in the whole of `hat`, without the rest of it.
#[derive(Parser)]
#[command(
    name = "hat credential-process",
    about = "Print a role's credentials as AWS tools take them from a credential_process"
)]
struct Alone {
    #[command(flatten)]
    asked: CredentialProcess,
    #[arg(long)]
    no_agent: bool,
    #[arg(long, hide = true)]
    json: bool,
}

/// Carries the command out if it is this one, or the shell prompt's; reading all of `hat`'s words would
/// take longer than all the rest.
pub(crate) fn quickly() -> Option<Result<ExitCode, Failure>> {
    let mut words = std::env::args_os().skip(1);
    let first = words.next()?;
    if first == "prompt" && words.len() == 0 {
        return Some(super::prompt::run());
    }
    if first != NAME {
        return None;
    }
    let Alone { asked, no_agent, json } = Alone::parse_from(std::iter::once(NAME.into()).chain(words));
    Some(run(Manner { json, no_agent }, &asked))
}

pub(super) fn run(manner: Manner, asked: &CredentialProcess) -> Result<ExitCode, Failure> {
    let hand_out = || HandOut {
        role: asked.role.clone(),
        way: Way::CredentialProcess,
        program: None,
        duration_seconds: asked.duration,
        region: None,
        confirmed: None,
        ask: Ask::InWindow,
        wait_seconds: asked.wait,
    };
    match answer(manner, || Command::HandOut(Box::new(hand_out())))? {
        Answer::HandedOut(given) => {
            print::secret(&given.process_answer().ok_or_else(unexpected)?)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(unexpected()),
    }
}

/// Asks the running agent in one round trip; starts one where none is there.
fn answer(manner: Manner, command: impl Fn() -> Command) -> Result<Answer, Failure> {
    if !manner.no_agent {
        match Client::ask_once(&Places::here()?, &Environment::here(), command()) {
            Ok(answer) => return answer,
            Err(ConnectError::NotRunning) => {}
            Err(error) => return Err(error.into()),
        }
    }
    client(manner.no_agent)?.request(command())
}
