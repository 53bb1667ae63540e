//! `hat serve`.

use super::Manner;
use crate::arguments::Serve;
use crate::connect::unexpected;
use crate::events::Event;
use crate::given::{Given, Line, Wanted};
use crate::shell::Shell;
use crate::{print, variables};
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::Way;
use hatrack_wire::{Answer, Command, Serving};
use std::collections::BTreeMap;
use std::process::ExitCode;
use zeroize::Zeroizing;

pub(super) fn run(manner: Manner, asked: &Serve) -> Result<ExitCode, Failure> {
    let mut line = Line::open(manner.no_agent)?;
    let mut all = Vec::with_capacity(asked.roles.len());
    for role in &asked.roles {
        let wanted = Wanted {
            role,
            way: Way::Endpoint,
            program: None,
            duration_seconds: None,
            region: None,
            wait_seconds: None,
        };
        let (later, given) = line.ask(&wanted, |it| Command::Serve(Box::new(it)))?;
        line = later;
        match given {
            Given::Answer(Answer::Serving(serving)) => all.push(*serving),
            Given::Answer(_) => return Err(unexpected()),
            Given::Interrupted => return Ok(super::interrupted()),
        }
    }
    tell(manner, asked, &all)?;
    print::talk("Serving until Ctrl-C.");
    let (sender, events) = line.into_parts();
    loop {
        match events.next(None) {
            Some(Event::Interrupt) | None => break,
            Some(Event::FromAgent(Err(failure))) => return Err(failure),
            Some(Event::FromAgent(Ok(_)) | Event::Line(_) | Event::NoBrowser(_)) => {}
        }
    }
    drop(sender);
    Ok(ExitCode::SUCCESS)
}

/// Prints the variables of each role.
fn tell(manner: Manner, asked: &Serve, all: &[Serving]) -> Result<(), Failure> {
    if manner.json || asked.shell == Some(Shell::Json) {
        let told = all.iter().map(|serving| (serving.role.as_str(), endpoint(serving)));
        return print::json(&told.collect::<BTreeMap<_, _>>());
    }
    let shell = asked.shell.unwrap_or_else(Shell::here);
    for serving in all {
        let mut lines = Zeroizing::new(String::with_capacity(2048));
        if all.len() > 1 {
            lines.push_str(&shell.remark(&serving.role));
        }
        lines.push_str(&shell.lines(&variables::of_endpoint(serving))?);
        print::secret_lines(&lines)?;
    }
    Ok(())
}

fn endpoint(serving: &Serving) -> BTreeMap<&str, &str> {
    [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", serving.url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", serving.token.open()),
    ]
    .into()
}
