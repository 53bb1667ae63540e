//! `hat console`.

use super::Manner;
use crate::arguments::Console as Asked;
use crate::connect::unexpected;
use crate::events;
use crate::given::{Given, Line, Wanted};
use crate::{offer, print};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::Way;
use hatrack_core::snapshot::SessionView;
use hatrack_wire::{Answer, Command, OpenConsole, browser};
use std::process::ExitCode;

pub(super) fn run(manner: Manner, asked: &Asked) -> Result<ExitCode, Failure> {
    let mut line = Line::open(manner.no_agent)?;
    let role = match &asked.role {
        Some(role) => role.clone(),
        None => match (active(&mut line), offer::here()) {
            (Ok(role), _) => role,
            // Nothing is active, or too much: what the folder offers, if a person takes it.
            (Err(_), Some(_)) => offer::role_or_offer(None)?,
            (Err(failure), None) => return Err(failure),
        },
    };
    let wanted = Wanted {
        role: &role,
        way: Way::Console,
        program: None,
        duration_seconds: None,
        region: asked.region.clone(),
        wait_seconds: None,
    };
    let open = |role| {
        Command::OpenConsole(Box::new(OpenConsole {
            role,
            page: asked.page.page(),
            session_seconds: asked.duration,
            by_portal: !asked.by_credentials,
            link: asked.print,
        }))
    };
    let (line, given) = line.ask(&wanted, open)?;
    let console = match given {
        Given::Answer(Answer::Console(console)) => console,
        Given::Answer(_) => return Err(unexpected()),
        Given::Interrupted => return Ok(super::interrupted()),
    };
    if asked.print {
        print::secret(&console.url)?;
        return Ok(ExitCode::SUCCESS);
    }
    browser::check(console.url.open())?;
    let opened = browser::open_with(&console.browser, console.url.open(), || ());
    if !opened {
        events::tell(&console.url)?;
    }
    print::talk(&format!("The console of {} opens in your browser.", print::shown(&console.role)));
    if let Some(hint) = &console.hint {
        print::talk(&print::sentence(hint));
    }
    if manner.no_agent && console.url.open().starts_with("http://127.0.0.1:") {
        // A private agent leads the browser on, and must not end before it came.
        let (sender, events) = line.into_parts();
        events.next(Some(std::time::Duration::from_secs(30)));
        drop(sender);
    }
    Ok(ExitCode::SUCCESS)
}

/// The role of `AWS_PROFILE`, else of `default`, else the only one that is active.
fn active(line: &mut Line) -> Result<String, Failure> {
    let Answer::Sessions { sessions, .. } = line.request(Command::Sessions)? else {
        return Err(unexpected());
    };
    let live: Vec<&SessionView> = sessions.iter().filter(|it| it.state.is_delivered()).collect();
    let profile = std::env::var("AWS_PROFILE").ok().filter(|profile| !profile.is_empty());
    let profile = profile.as_deref().unwrap_or("default");
    let of_profile =
        live.iter().find(|it| it.output_profile.as_ref().is_some_and(|name| name.as_str() == profile));
    match (of_profile, live.as_slice()) {
        (Some(view), _) | (None, [view]) => Ok(view.role_id.0.clone()),
        (None, []) => {
            Err(Failure::new(FailureCode::Usage, "No role is active.", "Name one: hat console ROLE."))
        }
        (None, several) => {
            let names: Vec<String> = several.iter().map(|view| print::shown(&view.role)).collect();
            let happened = format!("Several roles are active: {}.", names.join(", "));
            Err(Failure::new(FailureCode::Usage, happened, "Name one: hat console ROLE."))
        }
    }
}
