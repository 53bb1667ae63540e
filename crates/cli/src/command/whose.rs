//! `hat whose`.

use super::Manner;
use crate::connect::{client, unexpected};
use crate::print;
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command};
use serde::Serialize;
use std::process::ExitCode;

/// The owner as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    access_key_id: &'a str,
    account_id: &'a str,
    account_name: &'a str,
}

pub(super) fn run(manner: Manner, access_key_id: &str, role: Option<String>) -> Result<ExitCode, Failure> {
    let command =
        Command::KeyOwner { role: role.unwrap_or_default(), access_key_id: access_key_id.to_owned() };
    let Answer::KeyOwner { account_id, account_name } = client(manner.no_agent)?.request(command)? else {
        return Err(unexpected());
    };
    if manner.json {
        print::json(&Told { access_key_id, account_id: &account_id, account_name: &account_name })?;
    } else {
        print::answer(&words(&account_id, &account_name))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(account_id: &str, account_name: &str) -> String {
    let (id, name) = (print::shown(account_id), print::shown(account_name));
    if name.is_empty() || name == id { format!("{id}\n") } else { format!("{id} ({name})\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_a_name_is_its_id() {
        assert_eq!(words("123456789012", "123456789012"), "123456789012\n");
        assert_eq!(words("123456789012", ""), "123456789012\n");
        assert_eq!(words("123456789012", "Shop"), "123456789012 (Shop)\n");
    }
}
