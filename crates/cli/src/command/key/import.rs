//! `hat key import`.

use crate::command::Manner;
use crate::connect::{client, unexpected};
use crate::{print, terminal};
use anstyle::{AnsiColor, Style};
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
    let diff = import(&mut client, profile, false)?;
    if !manner.json {
        print::answer(&rendered(&diff))?;
    }
    let shown = print::shown(profile);
    terminal::confirm(yes, &format!("The key of {shown} goes into the vault."))?;
    let diff = import(&mut client, profile, true)?;
    if manner.json {
        print::json(&Told { profile, diff: &diff })?;
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

fn rendered(diff: &str) -> String {
    let line = |line: &str| {
        let colour = match line.as_bytes().first() {
            Some(b'+') => Some(AnsiColor::Green.into()),
            Some(b'-') => Some(AnsiColor::Red.into()),
            Some(_) | None => None,
        };
        let style = Style::new().fg_color(colour);
        format!("{style}{}{style:#}\n", print::sentence(line))
    };
    diff.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_keeps_its_lines_and_commands_no_terminal() {
        let text = rendered("--- a\n+++ b\n-aws_access_key_id = AKIA…\u{1b}[2J\n [work]\n");
        let expected = "--- a\n+++ b\n-aws_access_key_id = AKIA…\\u{1b}[2J\n [work]\n";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }
}
