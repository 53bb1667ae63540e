//! Sign-ins at identity providers. What becomes of one is in the snapshots and the news.

use super::{Asked, done, request, unexpected};
use hatrack_core::failure::Failure;
use hatrack_core::name::PromptId;
use hatrack_wire::{Answer, Command};

/// Begins a sign-in at a provider.
#[tauri::command]
pub(crate) async fn sign_in(agent: Asked<'_>, provider: String) -> Result<PromptId, Failure> {
    match request(&agent, Command::SignIn { provider }).await? {
        Answer::SignIn(id) => Ok(id),
        other => Err(unexpected(&other)),
    }
}

/// Forgets a sign-in and what would renew it.
#[tauri::command]
pub(crate) async fn sign_out(agent: Asked<'_>, provider: String) -> Result<(), Failure> {
    done(&agent, Command::SignOut { provider }).await
}
