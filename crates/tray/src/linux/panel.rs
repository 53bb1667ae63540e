//! Whether the desktop is light or dark, as its settings portal tells.

use futures_util::StreamExt;
use tokio::sync::watch;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Value};

const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

/// What the icon stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Panel {
    /// A light panel: the icon is dark.
    Light,
    /// A dark panel: the icon is light.
    Dark,
    /// Nobody says: the icon is light with a dark edge, to be seen on both.
    #[default]
    Unknown,
}

/// Follows the desktop's colour scheme.
pub(crate) fn follow(bus: zbus::Connection) -> watch::Receiver<Panel> {
    let (tell, told) = watch::channel(Panel::default());
    tokio::spawn(async move {
        // Without a portal there is nothing to follow, and nobody to tell.
        listen(&bus, &tell).await.ok();
        tell.closed().await;
    });
    told
}

async fn listen(bus: &zbus::Connection, tell: &watch::Sender<Panel>) -> zbus::Result<()> {
    let portal: zbus::Proxy<'_> = zbus::proxy::Builder::new(bus)
        .destination("org.freedesktop.portal.Desktop")?
        .path("/org/freedesktop/portal/desktop")?
        .interface("org.freedesktop.portal.Settings")?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut changes = portal.receive_signal_with_args("SettingChanged", &[(0, NAMESPACE), (1, KEY)]).await?;
    // `Read` wraps the value once more; portals of every age have it.
    let present: OwnedValue = portal.call("Read", &(NAMESPACE, KEY)).await?;
    set(tell, panel(&present));
    while let Some(change) = changes.next().await {
        if let Ok((_, _, value)) = change.body().deserialize::<(String, String, OwnedValue)>() {
            set(tell, panel(&value));
        }
    }
    Ok(())
}

fn set(tell: &watch::Sender<Panel>, panel: Panel) {
    tell.send_if_modified(|present| std::mem::replace(present, panel) != panel);
}

/// 0 is no preference, 1 dark, 2 light; anything else says nothing either.
fn panel(value: &Value<'_>) -> Panel {
    match value {
        Value::Value(inner) => panel(inner),
        Value::U32(1) => Panel::Dark,
        Value::U32(2) => Panel::Light,
        _ => Panel::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wish_is_a_wish() {
        for (value, expected) in [
            (Value::U32(0), Panel::Unknown),
            (Value::U32(1), Panel::Dark),
            (Value::U32(2), Panel::Light),
            (Value::Value(Box::new(Value::U32(2))), Panel::Light),
            (Value::Value(Box::new(Value::Value(Box::new(Value::U32(1))))), Panel::Dark),
            (Value::from("light"), Panel::Unknown),
        ] {
            assert_eq!(panel(&value), expected, "{value:?}");
        }
    }
}
