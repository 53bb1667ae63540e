//! The rows of organisations of Identity Center: who is signed in where, what is known, and how
//! far a listing is.
//!
//! Counts stand in texts alone, so that a listing retitles rows and never moves them.

use super::compose::{action, click, label};
use super::{MenuAction, Row, Sign};
use crate::name::shown;
use crate::snapshot::{Organisation, Progress, SignInStanding, Snapshot};
use crate::view::{count, countdown};
use jiff::{SignedDuration, Timestamp};

/// The organisations, those first that want a person.
pub(super) fn organisations(snapshot: &Snapshot, now: Timestamp) -> Vec<Row> {
    let mut organisations: Vec<&Organisation> = snapshot.organisations.iter().collect();
    organisations.sort_by_key(|organisation| rank(organisation));
    organisations.into_iter().map(|organisation| row(organisation, now)).collect()
}

/// When the texts of organisations change by the passing of time: the ends of sign-ins that a
/// person must renew.
pub(super) fn ends(snapshot: &Snapshot) -> impl Iterator<Item = Timestamp> {
    snapshot.organisations.iter().filter_map(|organisation| match organisation.sign_in {
        SignInStanding::SignedIn { until, renews: false } => Some(until),
        SignInStanding::SignedIn { renews: true, .. }
        | SignInStanding::SigningIn { .. }
        | SignInStanding::Ended
        | SignInStanding::SignedOut => None,
    })
}

fn rank(organisation: &Organisation) -> u8 {
    match organisation.sign_in {
        SignInStanding::SigningIn { .. } => 0,
        SignInStanding::Ended => 1,
        SignInStanding::SignedOut if organisation.waits => 1,
        SignInStanding::SignedIn { .. } => 2,
        SignInStanding::SignedOut => 3,
    }
}

/// One organisation: a click signs in where nobody is; a level below has the rest.
fn row(organisation: &Organisation, now: Timestamp) -> Row {
    let name = called(organisation);
    let sign_in = |text: String, sign| {
        let portal = organisation.name.clone();
        action(text, MenuAction::SignIn { portal }, true, false, sign)
    };
    match organisation.sign_in {
        SignInStanding::SigningIn { sign_in } => {
            let text = format!("{name} · signing in…");
            action(text, MenuAction::OpenAgain { sign_in }, true, false, Some(Sign::Waiting))
        }
        SignInStanding::Ended | SignInStanding::SignedOut if organisation.waits => {
            sign_in(format!("{name} · sign in to list its roles…"), Some(Sign::Waiting))
        }
        SignInStanding::Ended => sign_in(format!("{name} · sign-in ended, sign in…"), Some(Sign::Trouble)),
        SignInStanding::SignedOut => sign_in(format!("{name} · sign in…"), None),
        SignInStanding::SignedIn { until, renews } => {
            let trouble = organisation.failure.is_some() || organisation.failed_total > 0;
            let state = match organisation.progress {
                Some(progress) => listing(progress),
                None if !renews && until <= now => "sign-in ended".to_owned(),
                None if trouble => "signed in, not all is listed".to_owned(),
                None => "signed in".to_owned(),
            };
            let sign = (trouble && organisation.progress.is_none()).then_some(Sign::Trouble);
            let text = format!("{name} · {state}");
            Row::Submenu { text, sign, rows: signed_in(organisation, until, renews, now) }
        }
    }
}

/// What is below an organisation where somebody is signed in.
fn signed_in(organisation: &Organisation, until: Timestamp, renews: bool, now: Timestamp) -> Vec<Row> {
    let portal = || organisation.name.clone();
    let mut rows = vec![label(&standing(until, renews, now)), label(&known(organisation))];
    rows.extend(change(organisation).map(|text| label(&text)));
    if organisation.failed_total > 0 {
        let text = format!("{} can't be listed…", count::of(organisation.failed_total, "account"));
        rows.push(action(text, MenuAction::ShowMain, true, false, Some(Sign::Trouble)));
    }
    rows.extend(organisation.failure.as_ref().map(|failure| label(&shown(&failure.happened))));
    rows.push(Row::Separator);
    rows.push(match organisation.progress {
        Some(_) => click("Stop listing its roles", MenuAction::CancelListing { portal: portal() }),
        None => click("List its roles again", MenuAction::List { portal: portal() }),
    });
    rows.push(click("Sign out", MenuAction::SignOut { portal: portal() }));
    rows
}

fn standing(until: Timestamp, renews: bool, now: Timestamp) -> String {
    let left = countdown::left(until, now);
    if renews {
        "Signed in, renewed without you".to_owned()
    } else if left.is_positive() {
        format!("Signed in for {}", countdown::words_in_minutes(left))
    } else {
        "The sign-in has ended".to_owned()
    }
}

fn known(organisation: &Organisation) -> String {
    match organisation.roles {
        0 if organisation.listed.is_none() => "Its roles aren't known yet".to_owned(),
        roles => {
            format!("{} in {}", count::of(roles, "role"), count::of(organisation.accounts, "account"))
        }
    }
}

/// What the last listing found to be different.
fn change(organisation: &Organisation) -> Option<String> {
    let (gained, lost) = (organisation.gained_total, organisation.lost_total);
    match (gained, lost) {
        (0, 0) => None,
        (gained, 0) => Some(format!("{} gained", count::of(gained, "role"))),
        (0, lost) => Some(format!("{} lost", count::of(lost, "role"))),
        (gained, lost) => Some(format!("{} gained, {} lost", count::of(gained, "role"), count::number(lost))),
    }
}

/// How far a listing is: `listing 120 of 1,000 accounts, 2 m left`.
fn listing(progress: Progress) -> String {
    let Some(total) = progress.total else { return "listing its accounts…".to_owned() };
    let far = format!("listing {} of {}", count::number(progress.done), count::of(total, "account"));
    match progress.seconds_left {
        None => format!("{far}…"),
        Some(seconds) => {
            // A second more: a listing that is about to end hasn't yet.
            let left = SignedDuration::from_secs(i64::from(seconds) + 1);
            format!("{far}, {} left", countdown::words_in_minutes(left))
        }
    }
}

/// What people call it.
fn called(organisation: &Organisation) -> String {
    [&organisation.name, &organisation.start_url]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .map_or_else(|| "An organisation without a name".to_owned(), |name| shown(name))
}

#[cfg(test)]
mod tests;
