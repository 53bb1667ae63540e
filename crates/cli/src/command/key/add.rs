//! `hat key add`.

use super::{keys, list, read};
use crate::command::Manner;
use crate::connect::client;
use crate::terminal;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Command, KeyCommand, Sealed};
use std::io::IsTerminal;
use std::process::ExitCode;

pub(super) fn run(
    manner: Manner,
    name: &str,
    id: Option<&str>,
    mfa_serial: Option<String>,
) -> Result<ExitCode, Failure> {
    let key = if std::io::stdin().is_terminal() {
        let access_key_id = match id {
            Some(id) => id.to_owned(),
            None => terminal::ask("Access key id: ")?,
        };
        let secret_access_key = terminal::secret("Secret access key: ", "the secret access key")?;
        read::Key { access_key_id, secret_access_key: Sealed::new(secret_access_key.open().trim()) }
    } else {
        read::key(terminal::stdin("an access key")?.open(), id).ok_or_else(unreadable)?
    };
    if !read::is_id(&key.access_key_id) {
        return Err(no_id());
    }
    let command = Command::Key(KeyCommand::Add {
        name: name.to_owned(),
        access_key_id: key.access_key_id,
        secret_access_key: key.secret_access_key,
        mfa_serial,
    });
    let keys = keys(client(manner.no_agent)?.request(command)?)?;
    list::tell(manner, keys.iter().filter(|key| key.name == name))?;
    Ok(ExitCode::SUCCESS)
}

fn unreadable() -> Failure {
    Failure::new(
        FailureCode::Usage,
        "What came on stdin isn't an access key.",
        "Write the id and the secret as two lines, or the console's CSV, or what aws iam create-access-key prints.",
    )
}

fn no_id() -> Failure {
    Failure::new(
        FailureCode::Usage,
        "That isn't the id of an access key.",
        "It looks like AKIAIOSFODNN7EXAMPLE; give it with --id.",
    )
}
