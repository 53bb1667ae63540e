//! Organisations of IAM Identity Center: the listing of what they assign, and profiles of their roles
//! for other tools. How far a listing is, is in the snapshots.

use super::{Asked, done, request, unexpected};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, ProfilesPlanned};
use serde::Deserialize;

/// Roles that are to be described in the shared config.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ProfilesWish {
    /// The roles: ids, names, or words that find any number of them.
    roles: Vec<String>,
    /// The template of their names; null: `{account}-{role}`.
    template: Option<String>,
    /// Whether it is done, or only shown.
    really: bool,
}

/// Profiles that are to go from the shared config.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ProfilesRemoval {
    /// Their names; empty: all that Hatrack wrote.
    names: Vec<String>,
    /// Whether it is done, or only shown.
    really: bool,
}

/// Lists all accounts and roles of an organisation.
#[tauri::command]
pub(crate) async fn list_organisation(agent: Asked<'_>, portal: String) -> Result<(), Failure> {
    match request(&agent, Command::List { portal: Some(portal), all: true }).await? {
        Answer::Listing(_) => Ok(()),
        other => Err(unexpected(&other)),
    }
}

/// Takes a listing back; what it found stays.
#[tauri::command]
pub(crate) async fn cancel_listing(agent: Asked<'_>, portal: String) -> Result<(), Failure> {
    done(&agent, Command::CancelListing { portal }).await
}

/// Describes roles in the shared config for other tools, or shows what that changes.
#[tauri::command]
pub(crate) async fn write_profiles(agent: Asked<'_>, wish: ProfilesWish) -> Result<ProfilesPlanned, Failure> {
    let ProfilesWish { roles, template, really } = wish;
    planned(&agent, Command::WriteProfiles { roles, template, really }).await
}

/// Removes profiles that were written for other tools, or shows what that changes.
#[tauri::command]
pub(crate) async fn remove_profiles(
    agent: Asked<'_>,
    wish: ProfilesRemoval,
) -> Result<ProfilesPlanned, Failure> {
    let ProfilesRemoval { names, really } = wish;
    planned(&agent, Command::RemoveProfiles { names, force: false, really }).await
}

async fn planned(agent: &Asked<'_>, command: Command) -> Result<ProfilesPlanned, Failure> {
    match request(agent, command).await? {
        Answer::ProfilesPlanned(planned) => Ok(*planned),
        other => Err(unexpected(&other)),
    }
}
