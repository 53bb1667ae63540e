//! The window in which a company's identity provider is shown.
//!
//! Its pages are strangers: no capability names this window, so that none of its pages can call a
//! command, the program's own pages are withheld from them, and what it stores is forgotten with it. A form for AWS's SAML endpoints goes to the
//! agent's listener on this machine instead. Deliberately absent: reading what is posted, further
//! windows, downloads, and any address but the web's.

use hatrack_core::name::PromptId;
use hatrack_wire::{Capture, Sealed};
use serde_json::json;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::http::{Response, StatusCode};
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The label of the window. No capability may ever name it.
pub(crate) const LABEL: &str = "sign-in";

/// The titles of the listener's pages that end a sign-in, well or not. After any other the person
/// can try again.
const ENDS: [&str; 2] = ["Hatrack has the sign-in", "Not signed in"];

/// Lets the script carry a response that the page's policy turned away from the listener.
const TURNED_AWAY: &str = r#"window.dispatchEvent(new Event("hatrack:turned-away"))"#;

/// Whose sign-in the window shows.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<Option<PromptId>>);

impl Shown {
    fn is(&self, sign_in: PromptId) -> bool {
        *self.lock() == Some(sign_in)
    }

    fn set(&self, sign_in: PromptId) {
        *self.lock() = Some(sign_in);
    }

    fn lock(&self) -> MutexGuard<'_, Option<PromptId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the window, instead of the one for an earlier sign-in. Tells when a person closed it before
/// the sign-in had ended. To be called on the main thread.
pub(crate) fn show(
    app: &AppHandle,
    url: &Sealed,
    capture: &Capture,
    cancelled: impl FnOnce() + Send + 'static,
) -> Result<(), Box<dyn std::error::Error>> {
    let url = Url::parse(url.open()).map_err(|_| "its address can't be read")?;
    if !is_web(&url) {
        return Err("its address is no web address".into());
    }
    let post_to = Url::parse(capture.post_to.open()).map_err(|_| "the agent's address can't be read")?;
    close(app);
    app.state::<Shown>().set(capture.sign_in);
    let name = hatrack_core::name::shown(&capture.name);
    let script = format!(
        "({})({}, {});",
        include_str!("sign_in/capture.js"),
        json!(capture.endpoints),
        json!(post_to.as_str())
    );
    let is_over = Arc::new(AtomicBool::new(false));
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(url.clone()))
        .title(title(&url, &name))
        .inner_size(520.0, 720.0)
        .min_inner_size(360.0, 400.0)
        .center()
        .focused(true)
        .incognito(true)
        .devtools(false)
        .initialization_script_for_all_frames(script)
        .on_navigation({
            let (app, post_to, endpoints) = (app.clone(), post_to.clone(), capture.endpoints.clone());
            move |to| match step(to, &post_to, &endpoints) {
                Step::Go => true,
                Step::Stay => false,
                Step::Carry => {
                    carry(&app);
                    false
                }
            }
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_web_resource_request(|_, response| withhold(response))
        .on_page_load(move |window, payload| match payload.event() {
            // The page is there from now on: whatever it is called, the title says whose it is.
            PageLoadEvent::Started => rename(&window, &title(payload.url(), &name)),
            PageLoadEvent::Finished => {}
        })
        .on_document_title_changed({
            let is_over = Arc::clone(&is_over);
            move |window, said| {
                let at = window.url().ok();
                if ENDS.contains(&said.as_str()) && at.is_some_and(|at| is_same(&at, &post_to)) {
                    is_over.store(true, Ordering::SeqCst);
                    close(window.app_handle());
                }
            }
        })
        .build()?;
    let cancelled = Mutex::new(Some(cancelled));
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::CloseRequested { .. })
            && !is_over.load(Ordering::SeqCst)
            && let Some(cancelled) = cancelled.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            cancelled();
        }
    });
    Ok(())
}

/// Closes the window of this sign-in, which has ended. One for a later sign-in stays.
pub(crate) fn close_for(app: &AppHandle, sign_in: PromptId) {
    let shown = app.get_webview_window(LABEL);
    if shown.is_some_and(|window| window.state::<Shown>().is(sign_in)) {
        close(app);
    }
}

/// Closes the window, if it is there.
pub(crate) fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.destroy()
    {
        eprintln!("The window can't be closed: {error}. Close it yourself.");
    }
}

/// The program's own pages are served to every window of the framework; to this one they are empty.
fn withhold(response: &mut Response<Cow<'static, [u8]>>) {
    *response.status_mut() = StatusCode::FORBIDDEN;
    *response.body_mut() = Cow::Borrowed(&[]);
}

/// What becomes of a navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Go,
    Stay,
    /// A form for the listener was turned away by the page's policy.
    Carry,
}

fn step(to: &Url, post_to: &Url, endpoints: &[String]) -> Step {
    let mut over_https = post_to.clone();
    // It is an http address with a port, of which both schemes are.
    if over_https.set_scheme("https").is_ok() && is_same(to, &over_https) {
        return Step::Carry;
    }
    let is_for_aws = endpoints.iter().any(|endpoint| {
        let rest = to.as_str().strip_prefix(endpoint.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    });
    if is_for_aws || !(is_web(to) || to.as_str() == "about:blank" || to.as_str() == "about:srcdoc") {
        return Step::Stay;
    }
    Step::Go
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host().is_some()
}

/// Whether both are one address, whatever stands behind a `#`.
fn is_same(one: &Url, other: &Url) -> bool {
    let whole = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    whole(one) == whole(other)
}

/// The title: first of all where the page is from, with a foreign script as it travels.
fn title(at: &Url, name: &str) -> String {
    format!("{} – signing in for {name} – Hatrack", at.origin().ascii_serialization())
}

fn rename(window: &WebviewWindow, title: &str) {
    if let Err(error) = window.set_title(title) {
        // A page whose origin can't be told must not be typed into.
        eprintln!("The sign-in window is closed, because its title can't be changed: {error}.");
        close(window.app_handle());
    }
}

fn carry(app: &AppHandle) {
    let on = app.clone();
    // It fails only when the process is ending.
    app.run_on_main_thread(move || {
        if let Some(window) = on.get_webview_window(LABEL)
            && let Err(error) = window.eval(TURNED_AWAY)
        {
            eprintln!("The sign-in can't go on: {error}. Close its window and sign in again.");
        }
    })
    .ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_the_web_is_gone_to_and_never_aws() {
        let post_to = url("http://127.0.0.1:4000/saml/0a");
        let endpoints = ["https://signin.aws.amazon.com/saml".to_owned()];
        for (to, expected) in [
            ("https://idp.example.com/login?x=y", Step::Go),
            ("http://127.0.0.1:4000/saml/0a", Step::Go),
            ("http://127.0.0.1:4000/saml/0a#response", Step::Go),
            ("https://127.0.0.1:4000/saml/0a", Step::Carry),
            ("https://127.0.0.1:4000/other", Step::Go),
            ("about:blank", Step::Go),
            ("https://signin.aws.amazon.com/saml", Step::Stay),
            ("https://signin.aws.amazon.com/saml/acs/x1", Step::Stay),
            ("https://signin.aws.amazon.com/saml?x", Step::Stay),
            ("file:///etc/passwd", Step::Stay),
            ("tauri://localhost/index.html", Step::Stay),
            ("data:text/html,x", Step::Stay),
            ("javascript:0", Step::Stay),
        ] {
            assert_eq!(step(&url(to), &post_to, &endpoints), expected, "{to}");
        }
    }

    #[test]
    fn the_title_tells_the_origin_as_it_is() {
        assert_eq!(
            title(&url("https://idp.example.com:8443/a?b#c"), "work"),
            "https://idp.example.com:8443 – signing in for work – Hatrack"
        );
        assert!(title(&url("https://аpple.com/"), "x").starts_with("https://xn--"));
        assert!(title(&url("https://bank.example@evil.example/"), "x").starts_with("https://evil.example –"));
    }
}
