//! The desktop around the agent: its session bus, and somebody who shows tray icons.

use hatrack_wire::Finding;

#[cfg(target_os = "linux")]
pub(super) async fn look() -> Vec<Finding> {
    linux::look().await
}

/// Tray and notifications are always there on the other platforms.
#[cfg(not(target_os = "linux"))]
pub(super) async fn look() -> Vec<Finding> {
    Vec::new()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::super::{TIME_LIMIT, good, warning};
    use crate::text::plain;
    use hatrack_wire::Finding;
    use zbus::zvariant::OwnedValue;

    const BUS: &str = "session bus";
    const TRAY: &str = "tray";
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    pub(super) async fn look() -> Vec<Finding> {
        let host = async {
            let bus = zbus::Connection::session().await?;
            Ok::<_, zbus::Error>(tray_host(&bus).await)
        };
        let silent = || {
            warning(
                BUS,
                "There is no answer from the session bus, so there is no tray and no notification.",
                "Log in to a desktop session; on a server nothing needs to be done.",
            )
        };
        match tokio::time::timeout(TIME_LIMIT, host).await {
            Err(_elapsed) => vec![silent()],
            Ok(Err(error)) => {
                let found = format!(
                    "There is no session bus, so there is no tray and no notification: {}.",
                    plain(error.to_string().trim_end_matches('.'), 200)
                );
                vec![warning(
                    BUS,
                    found,
                    "Log in to a desktop session; on a server nothing needs to be done.",
                )]
            }
            Ok(Ok(host)) => vec![good(BUS, "The session bus answers."), tray(host)],
        }
    }

    /// Whether somebody shows tray icons: first whether anybody keeps their list, so that asking
    /// starts no program.
    async fn tray_host(bus: &zbus::Connection) -> zbus::Result<bool> {
        let there: bool = bus
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "NameHasOwner",
                &(WATCHER,),
            )
            .await?
            .body()
            .deserialize()?;
        if !there {
            return Ok(false);
        }
        let host: OwnedValue = bus
            .call_method(
                Some(WATCHER),
                "/StatusNotifierWatcher",
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &(WATCHER, "IsStatusNotifierHostRegistered"),
            )
            .await?
            .body()
            .deserialize()?;
        Ok(bool::try_from(host)?)
    }

    fn tray(host: zbus::Result<bool>) -> Finding {
        match host {
            Ok(true) => good(TRAY, "The desktop shows tray icons."),
            Ok(false) => warning(
                TRAY,
                "The desktop shows no tray icons.",
                "On GNOME, turn on the extension AppIndicator and KStatusNotifierItem Support; the window works without.",
            ),
            Err(error) => warning(
                TRAY,
                format!(
                    "It could not be found out whether the desktop shows tray icons: {}.",
                    plain(error.to_string().trim_end_matches('.'), 200)
                ),
                "Look whether the panel runs; the window works without.",
            ),
        }
    }
}
