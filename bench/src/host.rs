//! A tray host: the watcher that items register with, and a reader of their menus.

use crate::Outcome;
use crate::process::AT_MOST;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// How long to wait before a menu is looked at again.
const LOOK_AGAIN: Duration = Duration::from_micros(500);

/// A tray host on a bus.
pub(crate) struct Host {
    runtime: Runtime,
    bus: Connection,
    items: mpsc::UnboundedReceiver<Registered>,
}

/// An item that registered, and when.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) name: String,
    pub(crate) at: Instant,
}

/// A row of a menu.
#[derive(Debug)]
pub(crate) struct MenuRow {
    pub(crate) id: i32,
    pub(crate) label: String,
}

type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));

struct Watcher {
    items: mpsc::UnboundedSender<Registered>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, name: String) {
        self.items.send(Registered { name, at: Instant::now() }).ok();
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

impl Host {
    /// Comes onto the bus.
    pub(crate) fn new(address: &str) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (tell, items) = mpsc::unbounded_channel();
        let bus = runtime.block_on(async {
            let builder = zbus::connection::Builder::address(address)?;
            builder.serve_at("/StatusNotifierWatcher", Watcher { items: tell })?.name(WATCHER)?.build().await
        })?;
        Ok(Self { runtime, bus, items })
    }

    /// The next item that registers.
    pub(crate) fn registered(&mut self) -> Outcome<Registered> {
        let items = &mut self.items;
        soon(&self.runtime, "an item in the tray", async {
            items.recv().await.ok_or_else(|| "the watcher ended".into())
        })
    }

    /// The whole menu, as soon as it has so many rows at its top.
    pub(crate) fn menu_with(&self, item: &Registered, rows: usize) -> Outcome<Vec<MenuRow>> {
        soon(&self.runtime, "the menu", async {
            let menu = self.proxy(&item.name).await?;
            loop {
                let (_, top): Layout = menu.call("GetLayout", &(0, 1, Vec::<String>::new())).await?;
                if top.2.len() >= rows {
                    break;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            let (_, root): Layout = menu.call("GetLayout", &(0, -1, Vec::<String>::new())).await?;
            let mut rows = Vec::new();
            for child in root.2 {
                flatten(child.into(), &mut rows)?;
            }
            Ok(rows)
        })
    }

    /// Clicks a row.
    pub(crate) fn click(&self, item: &Registered, id: i32) -> Outcome<()> {
        soon(&self.runtime, "an answer to the click", async {
            let menu = self.proxy(&item.name).await?;
            Ok(menu.call("Event", &(id, "clicked", Value::I32(0), 0_u32)).await?)
        })
    }

    async fn proxy<'a>(&'a self, name: &'a str) -> zbus::Result<Proxy<'a>> {
        let builder = zbus::proxy::Builder::new(&self.bus).destination(name)?;
        let builder = builder.path("/MenuBar")?.interface("com.canonical.dbusmenu")?;
        builder.cache_properties(zbus::proxy::CacheProperties::No).build().await
    }
}

fn soon<T>(runtime: &Runtime, what: &str, coming: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    runtime.block_on(async {
        match tokio::time::timeout(AT_MOST, coming).await {
            Ok(come) => come,
            Err(_) => Err(format!("{what} never came").into()),
        }
    })
}

fn flatten(row: Value<'_>, rows: &mut Vec<MenuRow>) -> Outcome<()> {
    let row = match row {
        Value::Value(inner) => *inner,
        row => row,
    };
    let (id, properties, children) =
        <(i32, HashMap<String, OwnedValue>, Vec<OwnedValue>)>::try_from(Structure::try_from(row)?)?;
    let label = match properties.get("label") {
        Some(label) => String::try_from(label.try_clone()?)?,
        None => String::new(),
    };
    rows.push(MenuRow { id, label });
    children.into_iter().try_for_each(|child| flatten(child.into(), rows))
}
