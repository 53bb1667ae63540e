//! `hat status`, and a session as every command shows it.

use super::Manner;
use crate::connect::{client, subscribe};
use crate::table::table;
use crate::{clock, print};
use hatrack_core::failure::Failure;
use hatrack_core::name::OutputProfile;
use hatrack_core::snapshot::{Organisation, SessionState, SessionView, SignInStanding};
use hatrack_core::view::countdown;
use jiff::Timestamp;
use serde::Serialize;
use std::process::ExitCode;

/// A session as scripts read it.
#[derive(Debug, Serialize)]
pub(super) struct Session<'a> {
    role_id: &'a str,
    role: &'a str,
    role_name: &'a str,
    account_id: &'a str,
    account_name: &'a str,
    output_profile: Option<&'a str>,
    credentials_file: &'a str,
    region: Option<&'a str>,
    arn: Option<&'a str>,
    verified: bool,
    expiration: Option<Timestamp>,
    seconds_left: Option<i64>,
    renews: bool,
    state: SessionState,
    failure: Option<&'a Failure>,
}

impl<'a> Session<'a> {
    pub(super) fn of(view: &'a SessionView, now: Timestamp) -> Self {
        Self {
            role_id: &view.role_id.0,
            role: &view.role,
            role_name: &view.role_name,
            account_id: &view.account_id,
            account_name: &view.account_name,
            output_profile: view.output_profile.as_ref().map(OutputProfile::as_str),
            credentials_file: &view.credentials_file,
            region: view.region.as_deref(),
            arn: view.arn.as_deref(),
            verified: view.verified,
            expiration: view.expiration,
            seconds_left: view.expiration.map(|end| end.duration_since(now).as_secs().max(0)),
            renews: view.renews,
            state: view.state,
            failure: view.failure.as_ref(),
        }
    }
}

pub(super) fn run(manner: Manner, all: bool) -> Result<ExitCode, Failure> {
    let snapshot = subscribe(&mut client(manner.no_agent)?)?;
    let now = clock::aws_now(snapshot.clock_offset);
    if let Some(notice) = clock::notice(snapshot.clock_offset) {
        print::talk(&notice);
    }
    let sessions: Vec<&SessionView> =
        snapshot.sessions.iter().filter(|view| all || is_alive(view.state)).collect();
    if manner.json {
        print::json(&sessions.iter().map(|view| Session::of(view, now)).collect::<Vec<_>>())?;
    } else {
        if sessions.is_empty() {
            print::talk("Nothing is active.");
        } else {
            print::answer(&rendered(&sessions, now))?;
        }
        for organisation in &snapshot.organisations {
            print::talk(&standing(organisation, now));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a session is delivered or on its way there.
pub(super) fn is_alive(state: SessionState) -> bool {
    match state {
        SessionState::AwaitingMfa
        | SessionState::AwaitingBrowser
        | SessionState::Authenticating
        | SessionState::Active
        | SessionState::Renewing
        | SessionState::Ending => true,
        SessionState::Expired | SessionState::Failed => false,
    }
}

fn rendered(sessions: &[&SessionView], now: Timestamp) -> String {
    let rows = sessions.iter().map(|view| {
        let left = match view.expiration {
            Some(end) if view.state.is_delivered() => countdown::words(countdown::left(end, now)),
            Some(_) | None => String::new(),
        };
        let account = view.account_name.clone();
        [view.role.clone(), account, view.place().to_owned(), left, word(view)]
    });
    table(["ROLE", "ACCOUNT", "PROFILE", "LEFT", "STATE"], rows)
}

/// Whether somebody is signed in at an organisation.
fn standing(organisation: &Organisation, now: Timestamp) -> String {
    let name = print::shown(&organisation.name);
    match organisation.sign_in {
        SignInStanding::SignedIn { renews: true, .. } => format!("Signed in at {name}; that renews itself."),
        SignInStanding::SignedIn { until, renews: false } => {
            format!("Signed in at {name} for {}.", countdown::words(countdown::left(until, now)))
        }
        SignInStanding::SigningIn { .. } => format!("Waits for a sign-in at {name} in the browser."),
        SignInStanding::Ended => format!("The sign-in at {name} has ended: hat login {name}."),
        SignInStanding::SignedOut => format!("Not signed in at {name}: hat login {name}."),
    }
}

fn word(view: &SessionView) -> String {
    match view.state {
        SessionState::AwaitingMfa => "waits for its MFA code",
        SessionState::AwaitingBrowser => "waits for a sign-in in the browser",
        SessionState::Authenticating => "being activated",
        SessionState::Active if view.renews => "active, renews",
        SessionState::Active => "active",
        SessionState::Renewing => "active, being renewed",
        SessionState::Ending => "being ended",
        SessionState::Expired => "expired",
        SessionState::Failed => {
            return view.failure.as_ref().map_or_else(|| "failed".to_owned(), |f| f.happened.clone());
        }
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::testing::session;

    #[test]
    fn the_listing_counts_down_what_is_delivered() {
        let now: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let end = Some("2030-01-01T12:42:30Z".parse().unwrap());
        let active = SessionView { expiration: end, ..session(1, SessionState::Active) };
        let waiting = session(2, SessionState::AwaitingMfa);
        let text = anstream::adapter::strip_str(&rendered(&[&active, &waiting], now)).to_string();
        let expected = "\
ROLE   ACCOUNT  PROFILE  LEFT  STATE
Admin  Shop     work     42 m  active
Admin  Shop     work           waits for its MFA code
";
        assert_eq!(text, expected);
    }

    #[test]
    fn json_has_the_promised_keys() {
        let now: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let view = SessionView { expiration: Some(now), ..session(1, SessionState::AwaitingMfa) };
        let value = serde_json::to_value(Session::of(&view, now)).unwrap();
        for (key, expected) in [
            ("role_id", serde_json::json!("profile:Admin")),
            ("output_profile", "work".into()),
            ("account_id", "123456789012".into()),
            ("arn", serde_json::Value::Null),
            ("expiration", "2030-01-01T12:00:00Z".into()),
            ("seconds_left", 0.into()),
            ("renews", false.into()),
            ("state", "awaiting-mfa".into()),
        ] {
            assert_eq!(value.get(key), Some(&expected), "{key}");
        }
    }
}
