//! The Secret Service of the session bus.

use super::{Condition, KeyringError};
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Result};
use std::collections::HashMap;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus_secret_service_keyring_store::Store;

const SERVICE: &str = "org.freedesktop.secrets";

pub(super) fn entry(service: &str, user: &str) -> Result<Entry> {
    Store::new()?.build(service, user, Some(&HashMap::from([("label", "Hatrack: key of the vault")])))
}

/// Asks whether the default keyring is locked; that question never brings up a dialog.
pub(super) fn look() -> std::result::Result<Condition, KeyringError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| KeyringError::Unusable(error.to_string()))?;
    runtime.block_on(condition()).map_err(|error| KeyringError::Unusable(error.to_string()))
}

async fn condition() -> zbus::Result<Condition> {
    let bus = zbus::Connection::session().await?;
    let default: OwnedObjectPath = bus
        .call_method(
            Some(SERVICE),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "ReadAlias",
            &("default",),
        )
        .await?
        .body()
        .deserialize()?;
    if default.as_str() == "/" {
        return Ok(Condition::NotCreated);
    }
    let locked: OwnedValue = bus
        .call_method(
            Some(SERVICE),
            default.as_ref(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.freedesktop.Secret.Collection", "Locked"),
        )
        .await?
        .body()
        .deserialize()?;
    Ok(if bool::try_from(locked)? { Condition::Locked } else { Condition::Ready })
}
