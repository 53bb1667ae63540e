//! The item in the tray, and its menu, as ksni hands them to the host.

use super::panel::Panel;
use super::pixmaps::pixmaps;
use super::strokes::Look;
use hatrack_core::view::icon::Icon;
use hatrack_core::view::menu::{MenuAction, Row, Sign};
use hatrack_tray::{Event, Mailbox};
use ksni::menu::{CheckmarkItem, MenuItem, StandardItem, SubMenu};

/// What stands in the tray.
#[derive(Debug)]
pub(crate) struct Item {
    look: Look,
    panel: Panel,
    pixmaps: Vec<ksni::Icon>,
    mailbox: Mailbox,
}

impl Item {
    /// An item that looks so.
    pub(crate) fn new(look: Look, panel: Panel, mailbox: Mailbox) -> Self {
        let pixmaps = pixmaps(look.icon, panel);
        Self { look, panel, pixmaps, mailbox }
    }

    /// Changes how it looks.
    pub(crate) fn show(&mut self, look: Look, panel: Panel) {
        if (look.icon, panel) != (self.look.icon, self.panel) {
            self.pixmaps = pixmaps(look.icon, panel);
        }
        self.look = look;
        self.panel = panel;
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "hatrack".to_owned()
    }

    fn title(&self) -> String {
        "Hatrack".to_owned()
    }

    fn status(&self) -> ksni::Status {
        match self.look.icon {
            Icon::Plain | Icon::Active | Icon::Danger => ksni::Status::Active,
            Icon::Attention => ksni::Status::NeedsAttention,
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pixmaps.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        match self.look.icon {
            Icon::Attention => self.pixmaps.clone(),
            Icon::Plain | Icon::Active | Icon::Danger => Vec::new(),
        }
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: self.look.tooltip.clone(), ..ksni::ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.mailbox.post(Event::Activated);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.look.menu.rows.iter().map(item).collect()
    }

    /// The loop draws anew what is out of date, after a sleep for instance; the host gets it while
    /// the menu is open already.
    fn menu_about_to_show(&mut self) {
        self.mailbox.post(Event::Looked);
    }

    fn watcher_offline(&self, _reason: ksni::OfflineReason) -> bool {
        true
    }
}

fn item(row: &Row) -> MenuItem<Item> {
    match row {
        Row::Label { text } => {
            StandardItem { label: label(text), enabled: false, ..StandardItem::default() }.into()
        }
        Row::Action { text, action, enabled, checked: false, sign } => StandardItem {
            label: label(text),
            enabled: *enabled,
            icon_name: icon_name(*sign),
            activate: click(action),
            ..StandardItem::default()
        }
        .into(),
        Row::Action { text, action, enabled, checked: true, sign } => CheckmarkItem {
            label: label(text),
            enabled: *enabled,
            checked: true,
            icon_name: icon_name(*sign),
            activate: click(action),
            ..CheckmarkItem::default()
        }
        .into(),
        Row::Submenu { text, sign, rows } => SubMenu {
            label: label(text),
            icon_name: icon_name(*sign),
            submenu: rows.iter().map(item).collect(),
            ..SubMenu::default()
        }
        .into(),
        Row::Separator => MenuItem::Separator,
    }
}

fn click(action: &MenuAction) -> Box<dyn Fn(&mut Item) + Send> {
    let action = action.clone();
    Box::new(move |item| item.mailbox.post(Event::Clicked(action.clone())))
}

/// A single underscore would make the next letter an access key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

/// Names of the freedesktop icon naming specification; a theme without them shows none.
fn icon_name(sign: Option<Sign>) -> String {
    let name = match sign {
        None => "",
        Some(Sign::Active) => "emblem-default",
        Some(Sign::Waiting) => "dialog-password",
        Some(Sign::Trouble) => "dialog-warning",
        Some(Sign::Production) => "emblem-important",
    };
    name.to_owned()
}
