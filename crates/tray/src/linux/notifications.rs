//! Desktop notifications over D-Bus, on the connection that is there anyway and without a thread
//! that waits for buttons.
//!
//! The server is asked what it can do each time, as it may be replaced while the tray runs.

use futures_util::StreamExt;
use hatrack_core::view::menu::MenuAction;
use hatrack_core::view::notice::{NoticeSubject, NoticeText, Weight};
use hatrack_tray::{Event, Mailbox, Notification};
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::proxy::CacheProperties;
use zbus::zvariant::Value;

/// The action that the specification names for a click on the notification itself.
const CLICK: &str = "default";

/// Shows notifications and passes on what their buttons do. Where there is no server, nothing is
/// shown, and that is said once.
pub(crate) async fn show(
    bus: zbus::Connection,
    mut notices: mpsc::UnboundedReceiver<Notification>,
    mailbox: Mailbox,
) {
    if let Err(error) = serve(&bus, &mut notices, &mailbox).await {
        eprintln!("hatrack-tray: notifications can't be shown: {error}");
    }
}

async fn serve(
    bus: &zbus::Connection,
    notices: &mut mpsc::UnboundedReceiver<Notification>,
    mailbox: &Mailbox,
) -> zbus::Result<()> {
    let server: zbus::Proxy<'_> = zbus::proxy::Builder::new(bus)
        .destination("org.freedesktop.Notifications")?
        .path("/org/freedesktop/Notifications")?
        .interface("org.freedesktop.Notifications")?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut pressed = server.receive_signal("ActionInvoked").await?;
    let mut closed = server.receive_signal("NotificationClosed").await?;
    let mut shown: HashMap<Option<NoticeSubject>, u32> = HashMap::new();
    let mut complained = false;
    loop {
        tokio::select! {
            // A pressed button closes its notification: the button's signal must be taken first.
            biased;
            Some(signal) = pressed.next() => {
                let Ok((id, key)) = signal.body().deserialize::<(u32, String)>() else { continue };
                let action = if key == CLICK { Some(MenuAction::ShowMain) } else { MenuAction::from_id(&key) };
                if let Some(action) = action.filter(|_| shown.values().any(|ours| *ours == id)) {
                    mailbox.post(Event::Clicked(action));
                }
            }
            Some(signal) = closed.next() => {
                let Ok((id, _)) = signal.body().deserialize::<(u32, u32)>() else { continue };
                shown.retain(|_, ours| *ours != id);
            }
            notification = notices.recv() => {
                let Some(Notification { about, text }) = notification else { return Ok(()) };
                let replaced = shown.get(&about).copied().unwrap_or(0);
                match notify(&server, &text, replaced).await {
                    Ok(id) => {
                        shown.insert(about, id);
                    }
                    Err(error) if !complained => {
                        complained = true;
                        eprintln!("hatrack-tray: a notification can't be shown: {error}");
                    }
                    Err(_) => {}
                }
            }
        }
    }
}

async fn notify(server: &zbus::Proxy<'_>, text: &NoticeText, replaced: u32) -> zbus::Result<u32> {
    let abilities: Vec<String> = server.call("GetCapabilities", &()).await?;
    let can = |what: &str| abilities.iter().any(|ability| ability == what);
    let body = if can("body-markup") { escaped(&text.body) } else { text.body.clone() };
    let mut actions = Vec::new();
    if can("actions") {
        actions.extend([CLICK.to_owned(), "Show".to_owned()]);
        actions.extend(text.buttons.iter().flat_map(|button| [button.action.id(), button.label.clone()]));
    }
    let urgency: u8 = match text.weight {
        Weight::Quiet => 0,
        Weight::Normal => 1,
    };
    let hints = HashMap::from([("urgency", Value::U8(urgency)), ("desktop-entry", Value::from("hatrack"))]);
    let lasting_as_the_server_likes = -1_i32;
    server
        .call(
            "Notify",
            &("Hatrack", replaced, "hatrack", &text.title, body, actions, hints, lasting_as_the_server_likes),
        )
        .await
}

/// Names come from outside and must not become markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
