//! `hat key vault`, `hat key unlock` and `hat key lock`.

use crate::arguments::Vault;
use crate::command::Manner;
use crate::connect::{client, unexpected};
use crate::{print, terminal};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, Command, KeptBy, Sealed, VaultCommand, VaultView};
use std::io::IsTerminal;
use std::process::ExitCode;

pub(super) fn run(manner: Manner, wanted: Vault) -> Result<ExitCode, Failure> {
    let command = if wanted.passphrase {
        VaultCommand::SealWithPassphrase { passphrase: new_passphrase()? }
    } else if wanted.keyring {
        VaultCommand::SealWithKeyring
    } else {
        VaultCommand::Status
    };
    tell(manner, command)
}

/// Has the agent do this with the vault, and tells how it is after that.
pub(super) fn tell(manner: Manner, command: VaultCommand) -> Result<ExitCode, Failure> {
    let Answer::Vault(view) = client(manner.no_agent)?.request(Command::Vault(command))? else {
        return Err(unexpected());
    };
    if manner.json {
        print::json(&view)?;
    } else {
        print::answer(words(view))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(view: VaultView) -> &'static str {
    match (view.kept_by, view.open) {
        (KeptBy::Nothing, _) => "Nothing is in the vault yet.\n",
        (KeptBy::Keyring, true) => "The vault is sealed with a key in the system's keyring, and open.\n",
        (KeptBy::Keyring, false) => "The vault is sealed with a key in the system's keyring, and closed.\n",
        (KeptBy::Passphrase, true) => "The vault is sealed with a passphrase, and open.\n",
        (KeptBy::Passphrase, false) => {
            "The vault is sealed with a passphrase, and closed. Open it with hat key unlock.\n"
        }
    }
}

/// Takes a new passphrase; typed, it is typed twice.
fn new_passphrase() -> Result<Sealed, Failure> {
    let passphrase = terminal::secret("New passphrase of the vault: ", "the passphrase")?;
    if std::io::stdin().is_terminal() {
        let again = terminal::secret("The same again: ", "the passphrase")?;
        if again.open() != passphrase.open() {
            let happened = "The two passphrases differ; nothing was changed.";
            return Err(Failure::new(FailureCode::Usage, happened, "Try again."));
        }
    }
    Ok(passphrase)
}
