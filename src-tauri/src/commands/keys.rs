//! The long-term access keys in the vault. A secret only ever travels towards the agent.

use super::{Asked, unexpected};
use crate::commands::{done, request};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, KeyCommand, KeyView, Sealed};
use serde::Deserialize;

/// A key that a person typed.
///
/// The secret goes to the agent in one piece and is wiped here when it is sent. What can't be wiped
/// is what the web engine keeps of a field that was typed into, and of the message that brought it
/// here: its strings live until it collects them. The page empties the field at once.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct NewKey {
    /// Its name, which is a profile's.
    name: String,
    /// The access key's id.
    access_key_id: String,
    /// The secret access key.
    #[cfg_attr(test, ts(type = "string"))]
    secret_access_key: Sealed,
    /// The MFA device of the user.
    mfa_serial: Option<String>,
}

/// A profile whose plain key is to go from the credentials file into the vault.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KeyImport {
    /// The profile.
    profile: String,
    /// Whether it is done, or only shown.
    really: bool,
}

/// Tells the keys, never their secrets.
#[tauri::command]
pub(crate) async fn list_keys(agent: Asked<'_>) -> Result<Vec<KeyView>, Failure> {
    keys(&agent, KeyCommand::List).await
}

/// Puts a key into the vault.
#[tauri::command]
pub(crate) async fn add_key(agent: Asked<'_>, key: NewKey) -> Result<Vec<KeyView>, Failure> {
    let NewKey { name, access_key_id, secret_access_key, mfa_serial } = key;
    keys(&agent, KeyCommand::Add { name, access_key_id, secret_access_key, mfa_serial }).await
}

/// Takes a profile's plain key into the vault, or shows what that does to the credentials file.
#[tauri::command]
pub(crate) async fn import_key(agent: Asked<'_>, wish: KeyImport) -> Result<String, Failure> {
    let KeyImport { profile, really } = wish;
    match request(&agent, Command::Key(KeyCommand::Import { profile, really })).await? {
        Answer::Diff(diff) => Ok(diff),
        other => Err(unexpected(&other)),
    }
}

/// Writes a key back into the credentials file.
#[tauri::command]
pub(crate) async fn export_key(agent: Asked<'_>, name: String) -> Result<(), Failure> {
    done(&agent, Command::Key(KeyCommand::Export { name })).await
}

/// Makes a new key in place of one; its steps are told as news.
#[tauri::command]
pub(crate) async fn rotate_key(agent: Asked<'_>, name: String) -> Result<Vec<KeyView>, Failure> {
    keys(&agent, KeyCommand::Rotate { name }).await
}

/// Removes a key from the vault.
#[tauri::command]
pub(crate) async fn remove_key(agent: Asked<'_>, name: String) -> Result<Vec<KeyView>, Failure> {
    keys(&agent, KeyCommand::Remove { name }).await
}

async fn keys(agent: &Asked<'_>, command: KeyCommand) -> Result<Vec<KeyView>, Failure> {
    match request(agent, Command::Key(command)).await? {
        Answer::Keys(keys) => Ok(keys),
        other => Err(unexpected(&other)),
    }
}
