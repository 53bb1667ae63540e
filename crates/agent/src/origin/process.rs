//! `credential_process`: a program that prints credentials.
//!
//! Deliberately absent: a shell.

mod words;

use super::answer::{Dialect, credentials};
use super::command::{self, Line};
use crate::credentials::Credentials;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use std::time::Duration;

/// How long a program may take; some ask a person in a window of their own.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn load(
    world: &World,
    profile: &str,
    command: &str,
    time_limit: Duration,
) -> Result<Credentials, Failure> {
    let refused = |why: String, remedy: &str| {
        Failure::new(
            FailureCode::Refused,
            format!("The credential_process of the profile {profile} gave no credentials: {why}."),
            remedy,
        )
    };
    let words = words::split(command).filter(|words| !words.is_empty()).ok_or_else(|| {
        refused("its command line has an open quote, or is empty".to_owned(), "Correct it.")
    })?;
    let out = command::run(world, Line::Words(&words), time_limit)
        .await
        .map_err(|fault| refused(fault.why, fault.remedy))?;
    credentials(&out, Dialect::Process).map_err(|why| {
        refused(
            format!("as for what it printed, {why}"),
            "It must print what the AWS CLI's documentation of credential_process asks for.",
        )
    })
}

#[cfg(test)]
mod tests;
