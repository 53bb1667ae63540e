//! `hat prompt`: a few signs for a shell's prompt, at every prompt, so in one round trip; starts no agent
//! and says nothing where there is nothing to say. A role that the folder only offers has a question mark.
//!
//! Deliberately absent: anything that a shell could take for more than text.

use crate::{clock, offer};
use hatrack_core::failure::Failure;
use hatrack_core::snapshot::SessionView;
use hatrack_core::view::countdown;
use hatrack_wire::{Answer, Client, Command, Environment, Places};
use jiff::Timestamp;
use std::io::Write;
use std::process::ExitCode;

/// How long the segment's role is at most.
const LONGEST: usize = 40;

pub(super) fn run() -> Result<ExitCode, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let segment = match (variable("HATRACK_ROLE"), variable("AWS_CREDENTIAL_EXPIRATION")) {
        (Some(role), Some(end)) if variable("AWS_ACCESS_KEY_ID").is_some() => {
            end.parse().ok().map(|end| segment(&role, end, clock::now()))
        }
        (Some(role), None) if variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").is_some() => Some(plain(&role)),
        _ => {
            let profile = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
            let active = of_agent(profile.as_deref().unwrap_or("default"));
            active.or_else(|| offer::here().map(|offer| format!("{}?", plain(&offer.role))))
        }
    };
    if let Some(segment) = segment {
        let mut stdout = std::io::stdout().lock();
        // A prompt that can't be written is nobody's to read.
        writeln!(stdout, "{segment}").ok();
    }
    Ok(ExitCode::SUCCESS)
}

/// What is delivered into a profile, as a running agent tells it.
fn of_agent(profile: &str) -> Option<String> {
    let asked = Client::ask_once(&Places::here().ok()?, &Environment::here(), Command::Sessions);
    let Ok(Ok(Answer::Sessions { sessions, clock_offset })) = asked else { return None };
    let fits = |view: &&SessionView| {
        view.state.is_delivered() && view.output_profile.as_ref().is_some_and(|it| it.as_str() == profile)
    };
    let view = sessions.iter().find(fits)?;
    Some(segment(&view.role, view.expiration?, clock::aws_now(clock_offset)))
}

fn segment(role: &str, end: Timestamp, now: Timestamp) -> String {
    let left = countdown::left(end, now);
    if left.is_positive() {
        format!("{} {}", plain(role), countdown::words_in_minutes(left))
    } else {
        format!("{} ended", plain(role))
    }
}

/// A name with nothing in it that any shell expands in a prompt.
fn plain(role: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_./@:+= ".contains(c) { c } else { '?' };
    role.chars().take(LONGEST).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_and_the_minutes_that_are_left() {
        let now: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let end = |minutes: i64| now + jiff::SignedDuration::from_mins(minutes);
        assert_eq!(segment("Admin", end(42), now), "Admin 42 m");
        assert_eq!(segment("Admin", end(0), now), "Admin ended");
    }

    #[test]
    fn no_shell_finds_anything_to_expand() {
        let hostile = plain("$(id)`id`%n\\[\u{1b}!\u{202e}{x}~");
        assert!(
            !hostile.contains(['$', '`', '%', '\\', '\u{1b}', '!', '(', '{', '~', '\u{202e}']),
            "{hostile}"
        );
        assert_eq!(plain("Prod/Admin@acme"), "Prod/Admin@acme");
    }
}
