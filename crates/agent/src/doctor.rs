//! A look at everything that stands around the agent, each finding with its remedy.
//!
//! Deliberately absent: repairing anything, and what only a face can see.

mod desktop;
mod files;
mod network;

use crate::world::World;
use hatrack_core::failure::Failure;
use hatrack_vault::keyring::{self, Condition, SystemKeyring};
use hatrack_wire::{Finding, Verdict};
use std::sync::Arc;
use std::time::Duration;

/// How long any one look may take.
const TIME_LIMIT: Duration = Duration::from_secs(4);

/// Looks at a caller's files, endpoint and clock, at the keyring and at the desktop, all at once
/// and within five seconds.
pub async fn look(world: &World) -> Vec<Finding> {
    let (files, (network, clock), keyring, desktop) =
        tokio::join!(files::look(world), network::look(world), keyring_finding(), desktop::look());
    files.into_iter().chain([clock, network, keyring]).chain(desktop).collect()
}

async fn keyring_finding() -> Finding {
    const SUBJECT: &str = "keyring";
    match keyring::examine(Arc::new(SystemKeyring), keyring::TIME_LIMIT).await {
        Ok(Condition::Ready) => good(SUBJECT, "The keyring is there, unlocked and writable."),
        Ok(Condition::Locked) => warning(
            SUBJECT,
            "The keyring is locked.",
            "Unlock it, for instance by logging in with your password.",
        ),
        Ok(Condition::NotCreated) => warning(
            SUBJECT,
            "There is a keyring service, but no keyring has been created in it.",
            "Create one in the desktop's password program, and make it the default.",
        ),
        // A passphrase seals the vault as well, and who keeps no keys needs neither.
        Err(failure) => finding(SUBJECT, Verdict::Warning, failure.happened, failure.remedy),
    }
}

fn finding(subject: &str, verdict: Verdict, found: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { subject: subject.to_owned(), verdict, found: found.into(), remedy: remedy.into() }
}

fn good(subject: &str, found: impl Into<String>) -> Finding {
    finding(subject, Verdict::Good, found, "")
}

fn warning(subject: &str, found: impl Into<String>, remedy: impl Into<String>) -> Finding {
    finding(subject, Verdict::Warning, found, remedy)
}

fn bad(subject: &str, found: impl Into<String>, remedy: impl Into<String>) -> Finding {
    finding(subject, Verdict::Bad, found, remedy)
}

fn failed(subject: &str, failure: Failure) -> Finding {
    finding(subject, Verdict::Bad, failure.happened, failure.remedy)
}

#[cfg(test)]
mod tests;
