//! Being in the tray whenever there is one: the host's watcher may come late, go and come back.

use super::item::Item;
use super::panel::Panel;
use super::strokes::Look;
use futures_util::{FutureExt, StreamExt};
use hatrack_tray::{Event, Mailbox};
use ksni::TrayMethods;
use tokio::sync::watch;
use zbus::fdo::{DBusProxy, NameOwnerChangedStream, PropertiesProxy};
use zbus::names::BusName;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Keeps the item in the tray until the session bus ends.
pub(crate) async fn keep(
    bus: zbus::Connection,
    mut look: watch::Receiver<Look>,
    mut panel: watch::Receiver<Panel>,
    mailbox: Mailbox,
    hidden: bool,
) -> zbus::Result<()> {
    let dbus = DBusProxy::new(&bus).await?;
    let mut owners = dbus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    if !hidden && !is_host_there(&bus, &dbus).await {
        mailbox.post(Event::NoHost);
    }
    let present = |look: &mut watch::Receiver<Look>, panel: &mut watch::Receiver<Panel>| {
        (look.borrow_and_update().clone(), *panel.borrow_and_update())
    };
    let handle = loop {
        if dbus.name_has_owner(BusName::try_from(WATCHER)?).await? {
            let (look, panel) = present(&mut look, &mut panel);
            // A watcher without a host takes the item, too, and shows it when one comes.
            match Item::new(look, panel, mailbox.clone()).assume_sni_available(true).spawn().await {
                Ok(handle) => {
                    // ksni registers first and listens for a new watcher only then: one that came in
                    // between has not heard of the item. The call brings in what was sent before it.
                    dbus.name_has_owner(BusName::try_from(WATCHER)?).await?;
                    if owners.next().now_or_never().is_none() {
                        break handle;
                    }
                    handle.shutdown().await;
                    continue;
                }
                Err(error) => eprintln!("hatrack-tray: the tray didn't take the icon: {error}"),
            }
        }
        if owners.next().await.is_none() {
            return Ok(());
        }
    };
    // From here on ksni registers anew by itself.
    while something_changed(&mut look, &mut panel, &mut owners).await {
        let (look, panel) = present(&mut look, &mut panel);
        if handle.update(|item| item.show(look, panel)).await.is_none() {
            break;
        }
    }
    Ok(())
}

/// Waits until there is something to draw; false when there never will be again.
async fn something_changed(
    look: &mut watch::Receiver<Look>,
    panel: &mut watch::Receiver<Panel>,
    owners: &mut NameOwnerChangedStream,
) -> bool {
    loop {
        tokio::select! {
            changed = look.changed() => return changed.is_ok(),
            changed = panel.changed() => return changed.is_ok(),
            owner = owners.next() => if owner.is_none() { return false },
        }
    }
}

/// Whether a tray is shown on this desktop.
async fn is_host_there(bus: &zbus::Connection, dbus: &DBusProxy<'_>) -> bool {
    let ask = async {
        if !dbus.name_has_owner(BusName::try_from(WATCHER)?).await? {
            return Ok(false);
        }
        let properties = PropertiesProxy::builder(bus)
            .destination(WATCHER)?
            .path("/StatusNotifierWatcher")?
            .build()
            .await?;
        let answer = properties.get(WATCHER.try_into()?, "IsStatusNotifierHostRegistered").await?;
        Ok::<bool, zbus::Error>(bool::try_from(answer)?)
    };
    ask.await.unwrap_or(false)
}
