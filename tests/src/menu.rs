//! The tray's menu as a host has it: read and clicked over com.canonical.dbusmenu.

use crate::desktop::Desktop;
use crate::until;
use std::collections::HashMap;
use zbus::zvariant::{OwnedValue, Structure, Value};

/// One row, with the level below it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number.
    pub id: i32,
    /// Its text, without the access keys.
    pub text: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// The level below.
    pub rows: Vec<Self>,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

const INTERFACE: &str = "com.canonical.dbusmenu";
const PATH: &str = "/MenuBar";

/// Waits until a panel has taken the item, and tells its bus name.
#[track_caller]
pub fn item(desktop: &Desktop) -> String {
    until("the item in the tray", || desktop.tray_items().into_iter().next())
}

/// Reads the menu of an item, if it is there.
pub fn read(desktop: &Desktop, item: &str) -> Option<Row> {
    let layout: Option<(u32, Layout)> =
        desktop.bus.call(item, PATH, INTERFACE, "GetLayout", &(0, -1, Vec::<String>::new()));
    row(layout?.1)
}

/// Waits until the menu has a row that begins so, at whatever level, and tells both.
#[track_caller]
pub fn with(desktop: &Desktop, item: &str, start: &str) -> (Row, Row) {
    until(&format!("the menu's row {start:?}"), || {
        let menu = read(desktop, item)?;
        let found = menu.find(start)?.clone();
        Some((menu, found))
    })
}

/// Clicks a row that begins so, having looked at the menu as a host does. Where the menu changed
/// between the look and the click, the click isn't taken, and the menu is looked at again.
#[track_caller]
pub fn click(desktop: &Desktop, item: &str, start: &str) {
    until(&format!("a click on {start:?}"), || {
        let (_, row) = with(desktop, item, start);
        assert!(row.enabled, "{row:?} can't be clicked");
        desktop.bus.call::<_, bool>(item, PATH, INTERFACE, "AboutToShow", &0);
        let event = (row.id, "clicked", Value::I32(0), 0_u32);
        desktop.bus.call::<_, ()>(item, PATH, INTERFACE, "Event", &event)
    });
}

impl Row {
    /// The first row that begins so, from top to bottom and inwards.
    pub fn find(&self, start: &str) -> Option<&Self> {
        self.rows.iter().find_map(|row| if row.text.starts_with(start) { Some(row) } else { row.find(start) })
    }

    /// The number of rows of the longest level.
    pub fn longest_level(&self) -> usize {
        self.rows.iter().map(Self::longest_level).fold(self.rows.len(), usize::max)
    }
}

fn row((id, properties, below): Layout) -> Option<Row> {
    let text = properties.get("label").and_then(|text| String::try_from(text.try_clone().ok()?).ok());
    let enabled = properties.get("enabled").and_then(|enabled| bool::try_from(enabled).ok());
    let rows = below.into_iter().map(|below| {
        let below = match Value::from(below) {
            Value::Value(inner) => *inner,
            value => value,
        };
        row(Layout::try_from(Structure::try_from(below).ok()?).ok()?)
    });
    Some(Row {
        id,
        text: text.unwrap_or_default().replace("__", "_"),
        enabled: enabled.unwrap_or(true),
        rows: rows.collect::<Option<_>>()?,
    })
}
