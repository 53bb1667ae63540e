//! `hat use`.

use super::Manner;
use super::status::Session;
use crate::arguments::Use;
use crate::connect::{client, done, unexpected};
use crate::dialogue::{Asking, Dialogue};
use crate::follow::{Outcome, Talk};
use crate::{clock, offer, print, terminal};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::OutputProfile;
use hatrack_core::snapshot::SessionView;
use hatrack_core::view::countdown;
use hatrack_wire::{Activate, Answer, Ask, Command, Face, Sealed};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::{BufRead, Read};
use std::process::ExitCode;

pub(super) fn run(manner: Manner, wanted: Use) -> Result<ExitCode, Failure> {
    let role = offer::role_or_offer(wanted.role.as_deref())?;
    let token_code = wanted.token_code.map(read_code).transpose()?;
    let asking = if terminal::has_person() {
        Asking::OnTerminal
    } else if token_code.is_some() {
        Asking::Nowhere
    } else {
        Asking::InWindow
    };
    let activate = |confirmed| Activate {
        role: role.clone(),
        output_profile: wanted.output_profile.clone(),
        duration_seconds: wanted.duration,
        region: wanted.region.clone(),
        token_code: token_code.clone(),
        confirmed,
        adopt: wanted.adopt,
        renew: wanted.renew,
        held: false,
        ask: match asking {
            Asking::OnTerminal | Asking::Nowhere => Ask::Here,
            Asking::InWindow => Ask::InWindow,
        },
    };
    let mut client = client(manner.no_agent)?;
    done(&client.request(Command::Subscribe { face: Face::Terminal })?)?;
    let mut answer = client.request(Command::Activate(activate(wanted.confirm.clone())));
    if let Err(failure) = &answer
        && failure.code == FailureCode::ConfirmationNeeded
        && asking == Asking::OnTerminal
    {
        let confirmed = terminal::account_to_confirm(failure)?;
        answer = client.request(Command::Activate(activate(Some(confirmed))));
    }
    let Answer::Accepted { session, attempt } = answer? else {
        return Err(unexpected());
    };
    let dialogue = Dialogue::new(session, attempt, wanted.renew, asking);
    let (sender, receiver, early) = client.split();
    match Talk::new(dialogue, sender, receiver, early).follow()? {
        Outcome::Delivered { view, clock_offset } => {
            tell(manner, &view, clock_offset)?;
            Ok(ExitCode::SUCCESS)
        }
        Outcome::Interrupted => Ok(super::interrupted()),
    }
}

/// Reads the code from stdin where `-` stands for it.
fn read_code(given: Sealed) -> Result<Sealed, Failure> {
    if given.open() != "-" {
        return Ok(given);
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().take(100).read_line(&mut line);
    let line = Sealed::new(line);
    match read {
        Ok(_) if !line.open().trim().is_empty() => Ok(Sealed::new(line.open().trim())),
        Ok(_) => {
            Err(Failure::new(FailureCode::Usage, "No code came on stdin.", "Write it to stdin as one line."))
        }
        Err(error) => Err(Failure::new(
            FailureCode::Usage,
            format!("The code can't be read from stdin: {error}."),
            "Write it to stdin as one line.",
        )),
    }
}

/// Tells what was delivered.
fn tell(manner: Manner, view: &SessionView, clock_offset: i64) -> Result<(), Failure> {
    let now = clock::aws_now(clock_offset);
    if let Some(notice) = clock::notice(clock_offset) {
        print::talk(&notice);
    }
    if manner.json {
        print::json(&Session::of(view, now))?;
    } else {
        print::answer(&line(view, now, &TimeZone::system()))?;
    }
    let Some(profile) = view.output_profile.as_ref().map(OutputProfile::as_str) else {
        let role = print::shown(&view.role);
        print::talk(&format!("It stands in no file. To use it here: hat exec {role} -- COMMAND"));
        return Ok(());
    };
    if std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|id| !id.is_empty()) {
        print::talk(
            "AWS_ACCESS_KEY_ID is set in this shell and goes before every profile. Unset it to use the role.",
        );
    }
    if profile != "default" && std::env::var_os("AWS_PROFILE").is_none_or(|chosen| chosen != profile) {
        print::talk(&if cfg!(windows) {
            format!("To use it here: $env:AWS_PROFILE = \"{profile}\"")
        } else {
            format!("To use it here: export AWS_PROFILE={profile}")
        });
    }
    Ok(())
}

fn line(view: &SessionView, now: Timestamp, zone: &TimeZone) -> String {
    let role = print::shown(&view.role);
    let until = view.expiration.map(|end| {
        let left = countdown::words(countdown::left(end, now));
        format!(", until {} ({left})", end.to_zoned_datetime(zone.clone()).strftime("%H:%M"))
    });
    format!("{role} → {}{}\n", view.place(), until.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::testing::session;
    use hatrack_core::snapshot::SessionState;

    #[test]
    fn one_line_tells_what_was_delivered() {
        let now: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let end = Some("2030-01-01T13:00:00Z".parse().unwrap());
        let view = SessionView { expiration: end, ..session(1, SessionState::Active) };
        assert_eq!(line(&view, now, &TimeZone::UTC), "Admin → work, until 13:00 (1 h 0 m)\n");
    }
}
