//! `hat key import`.

use crate::command::Manner;
use crate::connect::{client, unexpected};
use crate::{diff, print, terminal};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Client, Command, KeyCommand};
use serde::Serialize;
use std::process::ExitCode;

/// The change as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    profile: &'a str,
    diff: &'a str,
}

pub(super) fn run(manner: Manner, profile: &str, yes: bool) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    let change = import(&mut client, profile, false)?;
    if !manner.json {
        print::answer(&diff::rendered(&change))?;
    }
    let shown = print::shown(profile);
    terminal::confirm(yes, &format!("The key of {shown} goes into the vault."))?;
    let change = import(&mut client, profile, true)?;
    if manner.json {
        print::json(&Told { profile, diff: &change })?;
    }
    print::talk(&format!("Its way back is hat key export {shown}."));
    Ok(ExitCode::SUCCESS)
}

fn import(client: &mut Client, profile: &str, really: bool) -> Result<String, Failure> {
    let command = KeyCommand::Import { profile: profile.to_owned(), really };
    let Answer::Diff(diff) = client.request(Command::Key(command))? else {
        return Err(unexpected());
    };
    Ok(diff)
}
