//! What there is to know of a role, and Hatrack's own settings of it.

use super::{Asked, done, request, unexpected};
use hatrack_core::catalogue::Page;
use hatrack_core::chain::Provider;
use hatrack_core::failure::Failure;
use hatrack_core::memory::Failed;
use hatrack_core::picks::Picks;
use hatrack_core::plan::PlanView;
use hatrack_wire::{Answer, Command, Described, OwnSection, SectionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Some of the roles that are looked for.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Search {
    /// Words to find roles by; empty: all.
    query: String,
    /// The position of the first that is wanted.
    from: usize,
    /// How many are wanted.
    count: usize,
}

/// A role to plan for.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PlanWish {
    /// The role, saved or not.
    role: Described,
    /// The wanted life in seconds; null: as its profile says.
    duration_seconds: Option<u32>,
}

/// Why a role failed last, and what AWS's own tools would use.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Reasons {
    /// The last failure, if there was one.
    failed: Option<Failed>,
    /// Which credentials each SDK would use; null for a role that no profile describes.
    picks: Option<Box<Picks>>,
}

/// What is said of a profile.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Description {
    /// The settings of Hatrack's own file.
    own: BTreeMap<String, String>,
    /// Those of the shared files, never a secret.
    shared: BTreeMap<String, String>,
    /// The providers that there are.
    providers: Vec<Provider>,
}

/// A section of Hatrack's own file.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SectionName {
    /// What it describes.
    kind: SectionKind,
    /// The name.
    name: String,
}

/// Tells some of the roles that a query finds.
#[tauri::command]
pub(crate) async fn search_roles(agent: Asked<'_>, wish: Search) -> Result<Page, Failure> {
    let Search { query, from, count } = wish;
    match request(&agent, Command::Roles { query, from, count }).await? {
        Answer::Roles(page) => Ok(page),
        other => Err(unexpected(&other)),
    }
}

/// Tells the way to a role, and calls nothing.
#[tauri::command]
pub(crate) async fn plan(agent: Asked<'_>, wish: PlanWish) -> Result<PlanView, Failure> {
    let PlanWish { role, duration_seconds } = wish;
    match request(&agent, Command::Plan { role, duration_seconds }).await? {
        Answer::Plan(plan) => Ok(*plan),
        other => Err(unexpected(&other)),
    }
}

/// Tells why a role failed last, and which credentials AWS's tools would use for it.
#[tauri::command]
pub(crate) async fn why(agent: Asked<'_>, role: String) -> Result<Reasons, Failure> {
    match request(&agent, Command::Why { role }).await? {
        Answer::Why { failed, picks } => Ok(Reasons { failed, picks }),
        other => Err(unexpected(&other)),
    }
}

/// Tells what Hatrack's own file and the shared files say of a profile.
#[tauri::command]
pub(crate) async fn describe(agent: Asked<'_>, profile: String) -> Result<Description, Failure> {
    match request(&agent, Command::Describe { profile }).await? {
        Answer::Description { own, shared, providers } => Ok(Description { own, shared, providers }),
        other => Err(unexpected(&other)),
    }
}

/// Writes a section of Hatrack's own file.
#[tauri::command]
pub(crate) async fn save_section(agent: Asked<'_>, section: OwnSection) -> Result<(), Failure> {
    done(&agent, Command::SaveSection(section)).await
}

/// Removes a section of Hatrack's own file.
#[tauri::command]
pub(crate) async fn remove_section(agent: Asked<'_>, section: SectionName) -> Result<(), Failure> {
    done(&agent, Command::RemoveSection { kind: section.kind, name: section.name }).await
}
