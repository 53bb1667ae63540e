//! `hat key`: the long-term access keys in the vault, and the vault.

mod add;
mod import;
mod list;
mod read;
mod vault;

use super::Manner;
use crate::arguments::KeyVerb;
use crate::connect::{client, done, request_told, subscribe, unexpected};
use crate::{print, terminal};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, KeyCommand, KeyView, VaultCommand};
use std::process::ExitCode;

pub(super) fn run(manner: Manner, verb: KeyVerb) -> Result<ExitCode, Failure> {
    match verb {
        KeyVerb::Add { name, id, mfa } => add::run(manner, &name, id.as_deref(), mfa),
        KeyVerb::List => list::run(manner),
        KeyVerb::Import { profile, yes } => import::run(manner, &profile, yes),
        KeyVerb::Export { name } => {
            let command = Command::Key(KeyCommand::Export { name: name.clone() });
            done(&client(manner.no_agent)?.request(command)?)?;
            print::talk(&format!("The key {} stands in the credentials file, too.", print::shown(&name)));
            Ok(ExitCode::SUCCESS)
        }
        KeyVerb::Rotate { name } => rotate(manner, &name),
        KeyVerb::Remove { name, yes } => {
            let shown = print::shown(&name);
            terminal::confirm(yes, &format!("The secret of {shown} can't be had again from AWS."))?;
            keys(client(manner.no_agent)?.request(Command::Key(KeyCommand::Remove { name }))?)?;
            print::talk(&format!("The key {shown} is gone from the vault; AWS keeps its own."));
            Ok(ExitCode::SUCCESS)
        }
        KeyVerb::Vault(wanted) => vault::run(manner, wanted),
        KeyVerb::Unlock => {
            let passphrase = terminal::secret("Passphrase of the vault: ", "the passphrase")?;
            vault::tell(manner, VaultCommand::Unlock { passphrase })
        }
        KeyVerb::Lock => vault::tell(manner, VaultCommand::Lock),
    }
}

/// Rotates a key; each step is told as it is done, so that nobody is in doubt after a breakage.
fn rotate(manner: Manner, name: &str) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    subscribe(&mut client)?;
    let command = Command::Key(KeyCommand::Rotate { name: name.to_owned() });
    let keys = keys(request_told(client, command)?)?;
    list::tell(manner, keys.iter().filter(|key| key.name == name))?;
    Ok(ExitCode::SUCCESS)
}

fn keys(answer: Answer) -> Result<Vec<KeyView>, Failure> {
    let Answer::Keys(keys) = answer else { return Err(unexpected()) };
    Ok(keys)
}
