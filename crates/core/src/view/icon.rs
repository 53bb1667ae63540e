//! The icon and the tooltip that tell the state at one glance.

use crate::catalogue::Outline;
use crate::name::{SessionId, shown};
use crate::snapshot::{SignInStanding, Snapshot};
use crate::view::{count, countdown};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which of the tray's icons is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Icon {
    /// Nothing is active.
    #[default]
    Plain,
    /// Something is active.
    Active,
    /// A person is needed.
    Attention,
    /// A production role is active.
    Danger,
}

/// Chooses the icon of the present. That a person is needed goes before all else, as it passes.
///
/// A sign-in that is under way needs a person: somebody asked for it, roles may wait for it, its page
/// may be lost behind other windows, and it ends by itself within minutes. One that has ended does
/// not: what is active stays so, it may stay ended for days, and an icon that calls for days is not
/// looked at any more. The tooltip and the menu tell of that one.
pub fn icon(snapshot: &Snapshot, outline: &Outline) -> Icon {
    let mut delivered = snapshot.sessions.iter().filter(|session| session.state.is_delivered()).peekable();
    if !snapshot.prompts.is_empty() || !snapshot.sign_ins.is_empty() {
        Icon::Attention
    } else if delivered.peek().is_none() {
        Icon::Plain
    } else if delivered
        .any(|session| outline.get(&session.role_id).is_some_and(crate::catalogue::Role::is_production))
    {
        Icon::Danger
    } else {
        Icon::Active
    }
}

/// Words the present: `Hatrack — 2 active, next ends in 12 m`. It says something else whenever
/// [`crate::view::menu::next_change`] says so, and no earlier.
pub fn tooltip(snapshot: &Snapshot, now: Timestamp) -> String {
    let delivered = || snapshot.sessions.iter().filter(|session| session.state.is_delivered());
    let next = delivered().filter_map(|session| session.expiration).min();
    let active = match (delivered().count(), next) {
        (0, _) => None,
        (active, None) => Some(format!("{active} active")),
        (active, Some(next)) => {
            let which = if active == 1 { "ends" } else { "next ends" };
            let left = countdown::words_in_minutes(countdown::left(next, now));
            match countdown::urgency(countdown::left(next, now)) {
                countdown::Urgency::Over => Some(format!("{active} active")),
                countdown::Urgency::Calm | countdown::Urgency::Soon | countdown::Urgency::Last => {
                    Some(format!("{active} active, {which} in {left}"))
                }
            }
        }
    };
    let parts: Vec<String> = waiting(snapshot).into_iter().chain(active).chain(ended(snapshot)).collect();
    if parts.is_empty() { "Hatrack".to_owned() } else { format!("Hatrack — {}", parts.join(", ")) }
}

/// What waits for a person.
fn waiting(snapshot: &Snapshot) -> Option<String> {
    let role_of = |sessions: &[SessionId]| {
        let role = |id| snapshot.sessions.iter().find(|session| session.id == id);
        sessions.iter().copied().find_map(role).map(|session| shown(&session.role))
    };
    if let Some(prompt) = snapshot.prompts.first() {
        return Some(match role_of(&prompt.sessions) {
            Some(role) => format!("{role} waits for a code"),
            None => "a code is asked for".to_owned(),
        });
    }
    let sign_in = snapshot.sign_ins.first()?;
    let provider = shown(sign_in.provider.name());
    Some(match role_of(&sign_in.sessions) {
        Some(role) => format!("{role} waits for the sign-in at {provider}"),
        None => format!("signing in to {provider}"),
    })
}

/// The sign-ins that have ended.
fn ended(snapshot: &Snapshot) -> Option<String> {
    let mut ended = snapshot.organisations.iter().filter(|it| it.sign_in == SignInStanding::Ended);
    let first = ended.next()?;
    Some(match ended.count() {
        0 => format!("sign-in at {} ended", shown(&first.name)),
        others => format!("{} ended", count::of(others + 1, "sign-in")),
    })
}

#[cfg(test)]
mod tests;
