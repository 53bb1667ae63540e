//! The tray on macOS and Windows, where it must live in the app's own process. On Linux it is a
//! process of its own, `hatrack-tray`.
//!
//! Deliberately absent: everything that the tray says or does; that is `hatrack_tray`'s and core's.

use crate::agent::Agent;
use crate::windows;
use hatrack_core::view::icon::Icon;
use hatrack_core::view::menu::{Change, Menu, MenuAction, Row, Title};
use hatrack_tray::{Draw, Event, Mailbox, Notification};
use hatrack_wire::{Environment, View};
use std::sync::Arc;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu as TauriMenu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, RunEvent, Wry};

/// Puts the icon into the tray and keeps it true for as long as the app runs.
pub(crate) fn set_up(app: &AppHandle, agent: &Arc<Agent>) -> Result<(), Box<dyn std::error::Error>> {
    let places = agent.places()?.clone();
    let (mailbox, inbox) = hatrack_tray::mailbox();
    let mut strokes = Strokes { app: app.clone(), tray: put_up(app, &mailbox)?, rows: Vec::new() };
    let app = app.clone();
    std::thread::Builder::new().name("tray".to_owned()).spawn(move || {
        let agent = hatrack_tray::Agent::new(places, Environment::here());
        hatrack_tray::run(&inbox, &mut strokes, &agent);
        app.exit(0);
    })?;
    Ok(())
}

/// Keeps the app running when its last window closes: only the tray quits it.
pub(crate) fn on_run_event(event: &RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
    }
}

fn put_up(app: &AppHandle, mailbox: &Mailbox) -> tauri::Result<TrayIcon> {
    let (on_menu, on_icon) = (mailbox.clone(), mailbox.clone());
    TrayIconBuilder::with_id("hatrack")
        .icon(picture(Icon::Plain))
        .icon_as_template(cfg!(target_os = "macos"))
        // On macOS an icon is there for its menu; on Windows a left click opens the window.
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(move |_, event| {
            if let Some(action) = MenuAction::from_id(event.id().as_ref()) {
                on_menu.post(Event::Clicked(action));
            }
        })
        .on_tray_icon_event(move |_, event| match event {
            TrayIconEvent::Click {
                button: MouseButton::Left, button_state: MouseButtonState::Up, ..
            } if cfg!(target_os = "windows") => on_icon.post(Event::Activated),
            TrayIconEvent::Enter { .. } => on_icon.post(Event::Looked),
            _ => {}
        })
        .build(app)
}

/// Who draws.
struct Strokes {
    app: AppHandle,
    tray: TrayIcon,
    rows: Vec<Drawn>,
}

/// A row as the toolkit has it, so that it can be given another text in place.
enum Drawn {
    Item(MenuItem<Wry>),
    Check(CheckMenuItem<Wry>),
    Submenu(Submenu<Wry>, Vec<Self>),
    Separator(PredefinedMenuItem<Wry>),
}

impl Draw for Strokes {
    fn menu(&mut self, menu: &Menu, change: &Change) {
        tell(match change {
            Change::Nothing => Ok(()),
            Change::Retitle(titles) => titles.iter().try_for_each(|title| retitle(&self.rows, title)),
            Change::Rebuild => self.rebuild(menu),
        });
    }

    fn icon(&mut self, icon: Icon) {
        let as_template = cfg!(target_os = "macos");
        tell(self.tray.set_icon_with_as_template(Some(picture(icon)), as_template));
    }

    fn tooltip(&mut self, text: &str) {
        tell(self.tray.set_tooltip(Some(text)));
    }

    fn notify(&mut self, notification: Notification) {
        // The system's notification centre may take its time.
        std::thread::spawn(move || {
            if let Err(error) = hatrack_tray::system_notice::show(&notification.text) {
                eprintln!("A notification can't be shown: {error}. Allow Hatrack's notifications.");
            }
        });
    }

    fn open(&mut self, view: View) {
        windows::show_from_anywhere(&self.app, view);
    }
}

impl Strokes {
    fn rebuild(&mut self, menu: &Menu) -> tauri::Result<()> {
        let rows = drawn(&self.app, &menu.rows)?;
        let whole = TauriMenu::new(&self.app)?;
        rows.iter().try_for_each(|row| whole.append(row.item()))?;
        self.tray.set_menu(Some(whole))?;
        self.rows = rows;
        Ok(())
    }
}

impl Drawn {
    fn item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Item(item) => item,
            Self::Check(item) => item,
            Self::Submenu(item, _) => item,
            Self::Separator(item) => item,
        }
    }
}

fn drawn(app: &AppHandle, rows: &[Row]) -> tauri::Result<Vec<Drawn>> {
    let one = |row: &Row| {
        Ok(match row {
            Row::Label { text } => Drawn::Item(MenuItem::new(app, plain(text), false, None::<&str>)?),
            Row::Action { text, action, enabled, checked: true, sign: _ } => Drawn::Check(
                CheckMenuItem::with_id(app, action.id(), plain(text), *enabled, true, None::<&str>)?,
            ),
            Row::Action { text, action, enabled, checked: false, sign: _ } => {
                Drawn::Item(MenuItem::with_id(app, action.id(), plain(text), *enabled, None::<&str>)?)
            }
            Row::Submenu { text, sign: _, rows } => {
                let (submenu, below) = (Submenu::new(app, plain(text), true)?, drawn(app, rows)?);
                below.iter().try_for_each(|row| submenu.append(row.item()))?;
                Drawn::Submenu(submenu, below)
            }
            Row::Separator => Drawn::Separator(PredefinedMenuItem::separator(app)?),
        })
    };
    rows.iter().map(one).collect()
}

fn retitle(rows: &[Drawn], title: &Title) -> tauri::Result<()> {
    let mut rows = rows;
    let mut row = None;
    for position in &title.path {
        row = rows.get(*position);
        rows = match row {
            Some(Drawn::Submenu(_, below)) => below,
            Some(Drawn::Item(_) | Drawn::Check(_) | Drawn::Separator(_)) | None => &[],
        };
    }
    match row {
        Some(Drawn::Item(item)) => item.set_text(plain(&title.text)),
        Some(Drawn::Check(item)) => item.set_text(plain(&title.text)),
        Some(Drawn::Submenu(item, _)) => item.set_text(plain(&title.text)),
        Some(Drawn::Separator(_)) | None => Ok(()),
    }
}

/// A single `&` would be swallowed and underline the next letter.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(target_os = "macos")]
fn picture(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Plain => tauri::include_image!("../icons/tray/template/plain-36.png"),
        Icon::Active => tauri::include_image!("../icons/tray/template/active-36.png"),
        Icon::Attention => tauri::include_image!("../icons/tray/template/attention-36.png"),
        Icon::Danger => tauri::include_image!("../icons/tray/template/danger-36.png"),
    }
}

#[cfg(not(target_os = "macos"))]
fn picture(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Plain => tauri::include_image!("../icons/tray/light/plain-32.png"),
        Icon::Active => tauri::include_image!("../icons/tray/light/active-32.png"),
        Icon::Attention => tauri::include_image!("../icons/tray/light/attention-32.png"),
        Icon::Danger => tauri::include_image!("../icons/tray/light/danger-32.png"),
    }
}

fn tell(drawn: tauri::Result<()>) {
    if let Err(error) = drawn {
        eprintln!("The tray can't be drawn: {error}. Start Hatrack again.");
    }
}
