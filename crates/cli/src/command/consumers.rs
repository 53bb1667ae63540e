//! `hat status --consumers`: who was given credentials.

use super::Manner;
use crate::connect::{client, subscribe};
use crate::table::table;
use crate::{clock, duration, print};
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::{Consumer, Way};
use jiff::Timestamp;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Told<'a> {
    role_id: &'a str,
    role: &'a str,
    account_name: &'a str,
    way: Way,
    process: Option<u32>,
    executable: Option<&'a str>,
    folder: Option<&'a str>,
    first: Timestamp,
    last: Timestamp,
    count: u64,
    open: bool,
}

impl<'a> Told<'a> {
    fn of(consumer: &'a Consumer) -> Self {
        Self {
            role_id: &consumer.role_id.0,
            role: &consumer.role,
            account_name: &consumer.account_name,
            way: consumer.way,
            process: consumer.program.process,
            executable: consumer.program.executable.as_deref(),
            folder: consumer.program.folder.as_deref(),
            first: consumer.first,
            last: consumer.last,
            count: consumer.count,
            open: consumer.open,
        }
    }
}

pub(super) fn run(manner: Manner) -> Result<ExitCode, Failure> {
    let snapshot = subscribe(&mut client(manner.no_agent)?)?;
    if manner.json {
        print::json(&snapshot.consumers.iter().map(Told::of).collect::<Vec<_>>())?;
    } else if snapshot.consumers.is_empty() {
        print::talk("No program was given credentials since the agent's start.");
    } else {
        print::answer(&rendered(&snapshot.consumers, clock::aws_now(snapshot.clock_offset)))?;
    }
    for consent in &snapshot.consents {
        let program = consent.program.executable.as_deref().unwrap_or("A program");
        let (program, role) = (print::shown(program), print::shown(&consent.role));
        print::talk(&format!("{program} waits for a person's word to get {role}: hat attend."));
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(consumers: &[Consumer], now: Timestamp) -> String {
    let rows = consumers.iter().map(|it| {
        let program = it.program.executable.as_deref().unwrap_or("unknown");
        let process = it.program.process.map(|process| process.to_string()).unwrap_or_default();
        let folder = it.program.folder.clone().unwrap_or_default();
        let last = if it.open { "open".to_owned() } else { duration::ago(it.last, now) };
        [
            it.role.clone(),
            program.to_owned(),
            process,
            way(it.way).to_owned(),
            it.count.to_string(),
            last,
            folder,
        ]
    });
    table(["ROLE", "PROGRAM", "PROCESS", "BY", "TIMES", "LAST", "FOLDER"], rows)
}

/// The word for a way.
pub(super) fn way(way: Way) -> &'static str {
    match way {
        Way::CredentialProcess => "credential_process",
        Way::Environment => "environment",
        Way::Exec => "exec",
        Way::Endpoint => "endpoint",
        Way::Console => "console",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::hand_out::Program;
    use hatrack_core::name::RoleId;

    fn consumer() -> Consumer {
        let at = "2030-01-01T12:00:00Z".parse().unwrap();
        Consumer {
            role_id: RoleId::of_profile("Admin"),
            role: "Admin".to_owned(),
            account_name: "Shop".to_owned(),
            way: Way::CredentialProcess,
            program: Program {
                process: Some(42),
                executable: Some("/usr/bin/aws\u{1b}[2J".to_owned()),
                folder: Some("/home/eve".to_owned()),
            },
            first: at,
            last: at,
            count: 3,
            open: false,
        }
    }

    #[test]
    fn each_has_a_row_and_commands_no_terminal() {
        let text = rendered(&[consumer()], "2030-01-01T12:05:00Z".parse().unwrap());
        let text = anstream::adapter::strip_str(&text).to_string();
        let row = "Admin  /usr/bin/aws\\u{1b}[2J  42       credential_process  3      5 m ago  /home/eve\n";
        assert!(text.ends_with(row), "{text}");
    }

    #[test]
    fn json_has_the_promised_keys() {
        let consumer = consumer();
        let told = serde_json::to_value(Told::of(&consumer)).unwrap();
        for key in ["role_id", "way", "process", "executable", "folder", "first", "last", "count", "open"] {
            assert!(told.get(key).is_some_and(|value| !value.is_null()), "{key}");
        }
        assert_eq!(told["way"], "credential-process");
    }
}
