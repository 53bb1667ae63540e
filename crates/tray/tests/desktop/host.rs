//! A tray host: the watcher that items register with, and a reader of their menus.

use super::desktop::{soon, until};
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A row as dbusmenu describes it: its id, its properties, the rows below.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// A tray host on the bus.
pub(crate) struct Host {
    bus: Connection,
    items: mpsc::UnboundedReceiver<String>,
}

/// An item that registered with it.
pub(crate) struct Item {
    bus: Connection,
    name: String,
}

/// A menu, flattened: ids and labels from top to bottom.
#[derive(Debug)]
pub(crate) struct Menu {
    /// Counts how often rows came or went.
    pub(crate) revision: u32,
    rows: Vec<(i32, String)>,
}

struct Watcher {
    items: mpsc::UnboundedSender<String>,
    is_host_there: bool,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, name: String) {
        self.items.send(name).ok();
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.is_host_there
    }
}

impl Host {
    /// Comes onto the bus.
    pub(crate) async fn new(bus: Connection, is_host_there: bool) -> Self {
        let (tell, items) = mpsc::unbounded_channel();
        let watcher = Watcher { items: tell, is_host_there };
        bus.object_server().at("/StatusNotifierWatcher", watcher).await.unwrap();
        bus.request_name(WATCHER).await.unwrap();
        Self { bus, items }
    }

    /// The next item that registers.
    pub(crate) async fn registered(&mut self) -> Item {
        let name = soon("an item", self.items.recv()).await.unwrap();
        Item { bus: self.bus.clone(), name }
    }

    /// Waits until the item that registered last has a row with this label, and tells it. A tray
    /// that comes while watchers come and go may register twice, and the first item ends then.
    pub(crate) async fn item_with(&mut self, label: &str) -> Item {
        let mut item = self.registered().await;
        loop {
            tokio::select! {
                biased;
                Some(name) = self.items.recv() => item = Item { bus: self.bus.clone(), name },
                () = item.has(label) => return item,
            }
        }
    }

    /// Leaves the bus.
    pub(crate) async fn go_away(self) {
        self.bus.release_name(WATCHER).await.unwrap();
    }
}

impl Item {
    /// Waits until the menu has a row with this label, and reads it whole.
    pub(crate) async fn menu_with(&self, label: &str) -> Menu {
        until(label, async || {
            self.menu().await.ok().filter(|menu| menu.rows.iter().any(|(_, text)| text == label))
        })
        .await
    }

    async fn has(&self, label: &str) {
        self.menu_with(label).await;
    }

    async fn menu(&self) -> zbus::Result<Menu> {
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu").await;
        let (revision, root): (u32, Layout) = menu.call("GetLayout", &(0, -1, Vec::<String>::new())).await?;
        let mut rows = Vec::new();
        for child in root.2 {
            flatten(child.into(), &mut rows);
        }
        Ok(Menu { revision, rows })
    }

    /// Clicks a row, having looked at the menu as a host does.
    pub(crate) async fn click(&self, id: i32) {
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu").await;
        menu.call::<_, _, bool>("AboutToShow", &(0,)).await.unwrap();
        menu.call::<_, _, ()>("Event", &(id, "clicked", Value::I32(0), 0_u32)).await.unwrap();
    }

    /// Clicks the icon.
    pub(crate) async fn activate(&self) {
        self.item().await.call::<_, _, ()>("Activate", &(0, 0)).await.unwrap();
    }

    /// Waits until the item's status is this one.
    pub(crate) async fn wait_for_status(&self, status: &str) {
        let item = self.item().await;
        until(status, async || {
            (item.get_property::<String>("Status").await.unwrap() == status).then_some(())
        })
        .await;
    }

    /// The sizes of the icon, and the pixels of the first.
    pub(crate) async fn pixmap_sizes_and_first(&self) -> (Vec<i32>, Vec<u8>) {
        let pixmaps: Vec<(i32, i32, Vec<u8>)> = {
            let value: OwnedValue = self.item().await.get_property("IconPixmap").await.unwrap();
            value.try_into().unwrap()
        };
        (pixmaps.iter().map(|pixmap| pixmap.0).collect(), pixmaps[0].2.clone())
    }

    /// The tooltip's title.
    pub(crate) async fn tooltip(&self) -> String {
        let value: OwnedValue = self.item().await.get_property("ToolTip").await.unwrap();
        let tooltip = Structure::try_from(Value::from(value)).unwrap();
        String::try_from(tooltip.fields()[2].try_clone().unwrap()).unwrap()
    }

    async fn item(&self) -> Proxy<'_> {
        self.proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem").await
    }

    async fn proxy<'a>(&'a self, path: &'a str, interface: &'a str) -> Proxy<'a> {
        let builder = zbus::proxy::Builder::new(&self.bus).destination(self.name.as_str()).unwrap();
        let builder = builder.path(path).unwrap().interface(interface).unwrap();
        builder.cache_properties(zbus::proxy::CacheProperties::No).build().await.unwrap()
    }
}

impl Menu {
    /// The id of the first row with this label.
    pub(crate) fn id_of(&self, label: &str) -> i32 {
        self.rows.iter().find(|(_, text)| text == label).unwrap_or_else(|| panic!("{label} in {self:?}")).0
    }

    /// The label of the first row that begins so.
    pub(crate) fn row_that_begins_with(&self, start: &str) -> &str {
        let row = self.rows.iter().find(|(_, text)| text.starts_with(start));
        &row.unwrap_or_else(|| panic!("{start} in {self:?}")).1
    }
}

fn flatten(row: Value<'_>, rows: &mut Vec<(i32, String)>) {
    let row = match row {
        Value::Value(inner) => *inner,
        row => row,
    };
    let (id, properties, children) = Layout::try_from(Structure::try_from(row).unwrap()).unwrap();
    let label = properties.get("label").map(|label| String::try_from(label.try_clone().unwrap()).unwrap());
    rows.push((id, label.unwrap_or_default()));
    for child in children {
        flatten(child.into(), rows);
    }
}
