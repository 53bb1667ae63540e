//! The vault itself: how it is kept, and whether it is open.

use super::{Asked, request, unexpected};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, Sealed, VaultCommand, VaultView};
use serde::Deserialize;

/// What a person typed to open or to seal the vault. It is wiped here when it is sent; what the web
/// engine keeps of a field can't be.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Passphrase(#[cfg_attr(test, ts(type = "string"))] Sealed);

/// Tells how the vault is kept and whether it is open.
#[tauri::command]
pub(crate) async fn vault_status(agent: Asked<'_>) -> Result<VaultView, Failure> {
    vault(&agent, VaultCommand::Status).await
}

/// Opens a vault that is sealed with a passphrase.
#[tauri::command]
pub(crate) async fn unlock_vault(agent: Asked<'_>, passphrase: Passphrase) -> Result<VaultView, Failure> {
    vault(&agent, VaultCommand::Unlock { passphrase: passphrase.0 }).await
}

/// Closes the vault.
#[tauri::command]
pub(crate) async fn lock_vault(agent: Asked<'_>) -> Result<VaultView, Failure> {
    vault(&agent, VaultCommand::Lock).await
}

/// Seals the vault with a passphrase from now on.
#[tauri::command]
pub(crate) async fn seal_vault_with_passphrase(
    agent: Asked<'_>,
    passphrase: Passphrase,
) -> Result<VaultView, Failure> {
    vault(&agent, VaultCommand::SealWithPassphrase { passphrase: passphrase.0 }).await
}

/// Seals the vault with a key in the system's keyring from now on.
#[tauri::command]
pub(crate) async fn seal_vault_with_keyring(agent: Asked<'_>) -> Result<VaultView, Failure> {
    vault(&agent, VaultCommand::SealWithKeyring).await
}

async fn vault(agent: &Asked<'_>, command: VaultCommand) -> Result<VaultView, Failure> {
    match request(agent, Command::Vault(command)).await? {
        Answer::Vault(view) => Ok(view),
        other => Err(unexpected(&other)),
    }
}
