//! The windows: made when they are wanted, gone when they are closed.

use crate::agent::Agent;
use crate::commands;
use crate::follow::{self, Told, TryAgain};
use crate::placement::{self, Placement, Screen};
use crate::present::{Ended, News, Present, Reach, WantedDialog};
use crate::sign_in;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::Allow;
use hatrack_wire::{Capture, Command, Open, Sealed, Update, View, browser};
use std::sync::Arc;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The label of the window with the list.
pub(crate) const MAIN: &str = "main";

/// The label of the dialog's window.
pub(crate) const PROMPT: &str = "prompt";

/// High enough for a refusal of three lines.
const PROMPT_SIZE: (f64, f64) = (360.0, 252.0);

/// How long a page may take before its window is shown all the same: one that stays hidden for ever
/// would be worse than one that is still empty.
const SHOWN_WITHIN: std::time::Duration = std::time::Duration::from_secs(3);

/// Shows a window and runs until the last one is closed; elsewhere than on Linux, until the app is
/// quit.
pub(crate) fn run(agent: Arc<Agent>, first: View) -> Result<(), Box<dyn std::error::Error>> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err("neither WAYLAND_DISPLAY nor DISPLAY is set".into());
    }
    let try_again = Arc::new(TryAgain::default());
    let app = tauri::Builder::default()
        .manage(Arc::clone(&agent))
        .manage(Arc::clone(&try_again))
        .manage(Present::default())
        .manage(sign_in::Shown::default())
        .invoke_handler(tauri::generate_handler![
            commands::activate,
            commands::keys::add_key,
            commands::answer_consent,
            commands::answer_prompt,
            commands::open_console,
            commands::organisations::cancel_listing,
            commands::change_settings,
            commands::deactivate,
            commands::roles::describe,
            commands::dismiss_prompt,
            commands::keys::export_key,
            commands::favourite,
            commands::rules::fitting_rules,
            commands::follow,
            commands::seeds::forget_seed,
            commands::keys::import_key,
            commands::sign_ins::keep_client_secret,
            commands::seeds::keep_seed,
            commands::keys::list_keys,
            commands::organisations::list_organisation,
            commands::vault::lock_vault,
            commands::sign_ins::open_again,
            commands::open_prompt,
            commands::roles::plan,
            commands::keys::remove_key,
            commands::organisations::remove_profiles,
            commands::roles::remove_section,
            commands::keys::rotate_key,
            commands::roles::save_section,
            commands::vault::seal_vault_with_keyring,
            commands::vault::seal_vault_with_passphrase,
            commands::roles::search_roles,
            commands::sign_ins::sign_in,
            commands::sign_ins::sign_out,
            commands::try_again,
            commands::vault::unlock_vault,
            commands::vault::vault_status,
            commands::roles::why,
            commands::organisations::write_profiles,
        ])
        .setup(move |app| {
            #[cfg(not(target_os = "linux"))]
            crate::resident::set_up(app.handle(), &agent)?;
            show(app.handle(), first)?;
            let app = app.handle().clone();
            let told = app.clone();
            agent.listen(move |update| take_in(&told, Told::Update(update)));
            std::thread::Builder::new()
                .name("follow the agent".to_owned())
                .spawn(move || follow::follow(&agent, &try_again, |told| take_in(&app, told)))?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|_app, _event| {
        #[cfg(not(target_os = "linux"))]
        crate::resident::on_run_event(&_event);
    });
    Ok(())
}

/// Shows a window, from whatever thread.
pub(crate) fn show_from_anywhere(app: &AppHandle, view: View) {
    on_main_thread(app, move |app| {
        if let Err(error) = show(app, view) {
            eprintln!("The window can't be opened: {error}. Close other programs and try again.");
        }
    });
}

fn sign_in_from_anywhere(app: &AppHandle, url: Sealed, capture: Capture) {
    on_main_thread(app, move |app| {
        let agent = Arc::clone(app.state::<Arc<Agent>>().inner());
        let prompt = capture.sign_in;
        let take_back = move || {
            std::thread::spawn(move || {
                // One that has ended meanwhile needs no dismissing.
                agent.request(Command::DismissPrompt { prompt }).ok();
            });
        };
        if let Err(error) = sign_in::show(app, &url, &capture, take_back.clone()) {
            eprintln!("The sign-in window can't be opened: {error}. Close other programs and try again.");
            take_back();
        }
    });
}

fn take_in(app: &AppHandle, told: Told) {
    let present = app.state::<Present>();
    match told {
        Told::Reach(reach) => {
            present.set_reach(&reach);
            if matches!(reach, Reach::Lost { .. }) {
                on_main_thread(app, |app| end_without_windows(app, false));
            }
        }
        Told::Update(Update::Outline(outline)) => present.set_outline(outline),
        Told::Update(Update::Show(view)) => show_from_anywhere(app, view),
        Told::Update(Update::Open(Open { url, window: Some(capture) })) => {
            sign_in_from_anywhere(app, url, capture);
        }
        Told::Update(Update::Open(Open { url, window: None })) => {
            if let Err(failure) = browse(&url) {
                present.tell_main(&News::Trouble(failure));
            }
        }
        Told::Update(Update::Progress(step)) => present.tell_main(&News::Progress(step)),
        Told::Update(Update::SignedIn { sign_in, result }) => {
            let (roles, failure) = match result {
                Ok(roles) => (roles, None),
                Err(failure) => (Vec::new(), Some(failure)),
            };
            present.tell_main(&News::SignedIn(Ended { sign_in, roles, failure }));
            on_main_thread(app, move |app| sign_in::close_for(app, sign_in));
        }
        Told::Update(Update::Snapshot(snapshot)) => {
            let asked = snapshot.sign_ins.len() + snapshot.prompts.len() + snapshot.consents.len();
            let waits = asked > 0;
            match present.set_snapshot(snapshot) {
                WantedDialog::Open => show_from_anywhere(app, View::Prompt),
                WantedDialog::AsItIs => {}
                WantedDialog::Close => on_main_thread(app, |app| destroy(app, PROMPT)),
            }
            on_main_thread(app, move |app| end_without_windows(app, waits));
        }
    }
}

/// Ends a process that was started for a sign-in in the system's browser, for which there is no
/// window whose closing would end it.
fn end_without_windows(app: &AppHandle, waits: bool) {
    if cfg!(target_os = "linux") && !waits && app.webview_windows().is_empty() {
        app.exit(0);
    }
}

fn browse(url: &Sealed) -> Result<(), Failure> {
    browse_with(&[], url)
}

/// Shows an address in the browser that these command lines start, else in the system's.
pub(crate) fn browse_with(command_lines: &[Vec<String>], url: &Sealed) -> Result<(), Failure> {
    browser::check(url.open())?;
    // One that fails later has told why by itself, on the desktop.
    if browser::open_with(command_lines, url.open(), || ()) {
        return Ok(());
    }
    Err(Failure::new(
        FailureCode::Unreachable,
        "No browser could be started.",
        "Choose the system's browser in its settings, then try again.",
    ))
}

/// Shows a window, or raises it.
fn show(app: &AppHandle, view: View) -> tauri::Result<()> {
    let label = match view {
        View::Main => MAIN,
        View::Prompt => PROMPT,
        View::SignIn => sign_in::LABEL,
    };
    if let Some(window) = app.get_webview_window(label) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    match view {
        View::Main => open_main(app)?,
        View::Prompt => open_prompt(app)?,
        // Only the agent knows what it is to show; it opens when the agent tells.
        View::SignIn => return Ok(()),
    }
    show_in_any_case(app, label);
    Ok(())
}

fn show_in_any_case(app: &AppHandle, label: &'static str) {
    let app = app.clone();
    std::thread::spawn(move || {
        std::thread::sleep(SHOWN_WITHIN);
        on_main_thread(&app, move |app| {
            if let Some(window) = app.get_webview_window(label)
                && window.is_visible().is_ok_and(|visible| !visible)
            {
                // Where it can't be shown, nothing else is left to try.
                window.show().ok();
            }
        });
    });
}

fn open_main(app: &AppHandle) -> tauri::Result<()> {
    let builder = window(app, MAIN, "index.html")
        .title("Hatrack")
        .inner_size(placement::FIRST_SIZE.0, placement::FIRST_SIZE.1)
        .min_inner_size(placement::LEAST_SIZE.0, placement::LEAST_SIZE.1);
    let agent = Arc::clone(app.state::<Arc<Agent>>().inner());
    let place = agent.places().ok().and_then(Placement::remembered);
    let builder = match place {
        Some(place) => builder.inner_size(place.width, place.height).maximized(place.maximized),
        None => builder,
    };
    let window = builder.center().build()?;
    if let Some(place) = place
        && place.is_reachable_on(&screens(&window))
    {
        window.set_position(tauri::PhysicalPosition::new(place.x, place.y))?;
    }
    let watched = window.clone();
    let last = std::sync::Mutex::new(place);
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } | WindowEvent::Focused(false) = event {
            remember_place(&watched, &agent, &last);
        }
    });
    Ok(())
}

fn remember_place(window: &WebviewWindow, agent: &Agent, last: &std::sync::Mutex<Option<Placement>>) {
    let (Ok(places), Some(place)) = (agent.places(), placement_of(window)) else { return };
    let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // A maximized window keeps the size that it goes back to.
    let place = match *last {
        Some(before) if place.maximized => Placement { maximized: true, ..before },
        Some(_) | None => place,
    };
    if *last != Some(place) {
        place.remember(places);
        *last = Some(place);
    }
}

fn placement_of(window: &WebviewWindow) -> Option<Placement> {
    if window.is_minimized().ok()? {
        return None;
    }
    let position = window.outer_position().ok()?;
    let size = window.inner_size().ok()?.to_logical::<f64>(window.scale_factor().ok()?);
    Some(Placement {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
        maximized: window.is_maximized().ok()?,
    })
}

fn screens(window: &WebviewWindow) -> Vec<Screen> {
    let monitors = window.available_monitors().unwrap_or_default();
    let screen = |monitor: &tauri::Monitor| Screen {
        x: monitor.position().x,
        y: monitor.position().y,
        width: monitor.size().width,
        height: monitor.size().height,
    };
    monitors.iter().map(screen).collect()
}

fn open_prompt(app: &AppHandle) -> tauri::Result<()> {
    let window = window(app, PROMPT, "prompt.html")
        .title("MFA code")
        .inner_size(PROMPT_SIZE.0, PROMPT_SIZE.1)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .center()
        .build()?;
    let app = app.clone();
    let closing = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            // What was asked must not wait for ever for a window that is gone.
            api.prevent_close();
            // One that can't be hidden is seen a moment longer.
            closing.hide().ok();
            let app = app.clone();
            std::thread::spawn(move || dismiss_all(&app));
        }
    });
    Ok(())
}

fn dismiss_all(app: &AppHandle) {
    let agent = Arc::clone(app.state::<Arc<Agent>>().inner());
    for prompt in app.state::<Present>().questions_in_window() {
        // One that is gone meanwhile needs no dismissing, and without an agent nothing waits.
        agent.request(Command::DismissPrompt { prompt }).ok();
    }
    for consent in app.state::<Present>().consents() {
        agent.request(Command::AnswerConsent { consent, allow: Allow::Refuse }).ok();
    }
    on_main_thread(app, |app| destroy(app, PROMPT));
}

/// What all windows have in common: only our own pages, and nothing is shown before it is drawn.
fn window<'a>(
    app: &'a AppHandle,
    label: &str,
    page: &str,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .visible(false)
        .focused(true)
        .devtools(cfg!(debug_assertions))
        .general_autofill_enabled(false)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, payload| match payload.event() {
            PageLoadEvent::Started => {}
            PageLoadEvent::Finished => {
                if let Err(error) = window.show().and_then(|()| window.set_focus()) {
                    eprintln!("The window can't be shown: {error}. Start Hatrack again.");
                }
            }
        });
    // What the web engine writes is worth nothing tomorrow.
    match app.state::<Arc<Agent>>().places() {
        Ok(places) => builder.data_directory(places.run().join("webview")),
        Err(_) => builder.incognito(true),
    }
}

/// Whether an address is one of our own pages.
fn is_ours(address: &Url) -> bool {
    match address.scheme() {
        "tauri" => address.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && address.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn destroy(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
        eprintln!("The window can't be closed: {error}. Close it yourself.");
    }
}

fn on_main_thread(app: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let on = app.clone();
    // It fails only when the process is ending.
    app.run_on_main_thread(move || act(&on)).ok();
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_gone_to() {
        assert!(is_ours(&Url::parse("tauri://localhost/prompt.html").unwrap()));
        for address in [
            "https://example.com/",
            "http://localhost/",
            "https://tauri.localhost.example.com/",
            "tauri://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "javascript:0",
        ] {
            assert!(!is_ours(&Url::parse(address).unwrap()), "{address}");
        }
    }
}
