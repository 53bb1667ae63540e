//! Sign-ins at identity providers. What becomes of one is in the snapshots and the news.

use super::{Asked, done, request, unexpected};
use hatrack_core::failure::Failure;
use hatrack_core::name::PromptId;
use hatrack_wire::{Answer, Command, Sealed};
use serde::Deserialize;

/// The secret by which a provider knows this client. It is wiped here when it is sent; what the web
/// engine keeps of a field can't be.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ClientSecret {
    /// The name of the provider.
    provider: String,
    /// The secret.
    #[cfg_attr(test, ts(type = "string"))]
    secret: Sealed,
}

/// A sign-in that is wanted.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SignInWish {
    /// The name of a provider, or of an organisation's portal.
    provider: String,
    /// Whether a code is shown that is typed in on any device, in place of the browser here.
    device_code: bool,
}

/// Keeps the secret by which a provider knows this client, in the vault.
#[tauri::command]
pub(crate) async fn keep_client_secret(agent: Asked<'_>, wish: ClientSecret) -> Result<(), Failure> {
    done(&agent, Command::KeepClientSecret { provider: wish.provider, secret: wish.secret }).await
}

/// Begins a sign-in at a provider.
#[tauri::command]
pub(crate) async fn sign_in(agent: Asked<'_>, wish: SignInWish) -> Result<PromptId, Failure> {
    let SignInWish { provider, device_code } = wish;
    match request(&agent, Command::SignIn { provider: Some(provider), device_code }).await? {
        Answer::SignIn(id) => Ok(id),
        other => Err(unexpected(&other)),
    }
}

/// Forgets a sign-in and what would renew it.
#[tauri::command]
pub(crate) async fn sign_out(agent: Asked<'_>, provider: String) -> Result<(), Failure> {
    done(&agent, Command::SignOut { provider: Some(provider) }).await
}

/// Has the browser show again what a sign-in waits for.
#[tauri::command]
pub(crate) async fn open_again(agent: Asked<'_>, sign_in: PromptId) -> Result<(), Failure> {
    done(&agent, Command::OpenAgain { sign_in }).await
}
