//! The Secret Service of the session bus.

use super::Found;
use crate::text::plain;
use keyring_core::api::CredentialStoreApi;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus_secret_service_keyring_store::Store;

const SERVICE: &str = "org.freedesktop.secrets";

/// Blocks the thread; it may block for long where the service asks a person.
pub(super) fn look() -> Result<Found, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| said(&error))?;
    // Locked or not is asked beforehand: putting something into a locked keyring brings up a dialog.
    let state = runtime.block_on(state()).map_err(|error| said(&error))?;
    drop(runtime);
    match state {
        Found::Ready => round_trip().map_err(|error| said(&error)),
        Found::Locked | Found::NotCreated | Found::NotLookedAt => Ok(state),
    }
}

async fn state() -> zbus::Result<Found> {
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
        return Ok(Found::NotCreated);
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
    Ok(if bool::try_from(locked)? { Found::Locked } else { Found::Ready })
}

/// Puts something in, reads it back and takes it out.
fn round_trip() -> keyring_core::Result<Found> {
    let entry = Store::new()?.build("hatrack", "check of the keyring", None)?;
    entry.set_secret(b"check")?;
    let back = entry.get_secret();
    entry.delete_credential()?;
    match back?.as_slice() {
        b"check" => Ok(Found::Ready),
        _ => Err(keyring_core::Error::BadStoreFormat("it gave back something else".to_owned())),
    }
}

fn said(error: &dyn std::error::Error) -> String {
    plain(error.to_string().trim_end_matches('.'), 200)
}
