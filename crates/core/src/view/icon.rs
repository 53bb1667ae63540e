//! The icon and the tooltip that tell the state at one glance.

use crate::catalogue::Outline;
use crate::name::shown;
use crate::snapshot::Snapshot;
use crate::view::countdown;
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
pub fn icon(snapshot: &Snapshot, outline: &Outline) -> Icon {
    let mut delivered = snapshot.sessions.iter().filter(|session| session.state.is_delivered()).peekable();
    if !snapshot.prompts.is_empty() {
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
        (count, None) => Some(format!("{count} active")),
        (count, Some(next)) => {
            let which = if count == 1 { "ends" } else { "next ends" };
            let left = countdown::words_in_minutes(countdown::left(next, now));
            match countdown::urgency(countdown::left(next, now)) {
                countdown::Urgency::Over => Some(format!("{count} active")),
                countdown::Urgency::Calm | countdown::Urgency::Soon | countdown::Urgency::Last => {
                    Some(format!("{count} active, {which} in {left}"))
                }
            }
        }
    };
    let waiting = snapshot.prompts.first().map(|prompt| {
        let waits = |id| snapshot.sessions.iter().find(|session| session.id == id);
        match prompt.sessions.iter().copied().find_map(waits) {
            Some(session) => format!("{} waits for a code", shown(&session.role)),
            None => "a code is asked for".to_owned(),
        }
    });
    let parts: Vec<String> = waiting.into_iter().chain(active).collect();
    if parts.is_empty() { "Hatrack".to_owned() } else { format!("Hatrack — {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests;
