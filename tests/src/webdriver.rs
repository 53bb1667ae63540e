//! A WebDriver client, as small as the tests need it: the protocol is a handful of JSON requests
//! over plain HTTP on loopback, so no crate is worth its dependencies.

use crate::desktop::Desktop;
use crate::program::system_program;
use crate::{Running, until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver, and the program with web views that it started. Both end with it.
#[derive(Debug)]
pub struct WebDriver {
    port: u16,
    session: String,
    _driver: Running,
}

/// An element of the page.
#[derive(Debug)]
pub struct Element<'a> {
    driver: &'a WebDriver,
    id: String,
}

impl WebDriver {
    /// Starts a program with web views on this desktop, and waits for its first window.
    #[track_caller]
    pub fn start(desktop: &Desktop, program: &Path, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = desktop.place.command(system_program("WebKitWebDriver"));
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Running::start(&mut command);
        until("the WebDriver", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        let mut this = Self { port, session: String::new(), _driver: driver };
        let options = json!({"binary": program, "args": []});
        let wanted = json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}});
        let session = this.ask("POST", "/session", &wanted).expect("a session begins");
        this.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        this
    }

    /// The windows.
    pub fn windows(&self) -> Vec<String> {
        let handles = self.get("/window/handles").unwrap_or_default();
        handles.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Waits for the window whose address ends so, and turns to it.
    #[track_caller]
    pub fn turn_to(&self, page: &str) {
        until(&format!("the window {page}"), || self.has_window(page).then_some(()));
    }

    /// Whether there is a window whose address ends so; turns to it.
    pub fn has_window(&self, page: &str) -> bool {
        self.windows().into_iter().any(|window| {
            self.post("/window", &json!({"handle": window})).is_ok()
                && self.get("/url").is_ok_and(|url| {
                    url.as_str().is_some_and(|url| url.trim_end_matches('/').ends_with(page))
                })
        })
    }

    /// Closes the window that it is turned to.
    #[track_caller]
    pub fn close_window(&self) {
        self.ask("DELETE", &format!("/session/{}/window", self.session), &Value::Null).expect("it closes");
    }

    /// What a script answers; `null` while there is no page.
    pub fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []})).unwrap_or_default()
    }

    /// Waits until what the page shows is drawn; a hidden window draws nothing.
    #[track_caller]
    pub fn wait_for_paint(&self) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))";
        let drawn = self.post("/execute/async", &json!({"script": script, "args": []}));
        assert!(drawn.is_ok(), "the page isn't drawn: {drawn:?}");
    }

    /// Everything that can be read on the page.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// Waits for an element.
    #[track_caller]
    pub fn element(&self, css: &str) -> Element<'_> {
        let wanted = json!({"using": "css selector", "value": css});
        let id = until(css, || {
            let found = self.post("/element", &wanted).ok()?;
            found[ELEMENT].as_str().map(str::to_owned)
        });
        Element { driver: self, id }
    }

    fn get(&self, path: &str) -> Result<Value, Value> {
        self.ask("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Value> {
        self.ask("POST", &format!("/session/{}{path}", self.session), body)
    }

    /// The value of an answer; the protocol's own error otherwise.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        let (status, body) =
            exchange(self.port, method, path, body).map_err(|error| Value::String(error.to_string()))?;
        let value = body["value"].clone();
        if status == 200 { Ok(value) } else { Err(value) }
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        // Ends the program, if its last window hasn't.
        self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null).ok();
    }
}

impl Element<'_> {
    /// Types into it.
    #[track_caller]
    pub fn type_keys(&self, text: &str) {
        self.post("value", &json!({"text": text}));
    }

    /// Clicks it.
    #[track_caller]
    pub fn click(&self) {
        self.post("click", &json!({}));
    }

    /// A window that is only just coming up takes nothing yet; any other error is one.
    #[track_caller]
    fn post(&self, what: &str, body: &Value) {
        let path = format!("/element/{}/{what}", self.id);
        until(what, || match self.driver.post(&path, body) {
            Ok(_) => Some(()),
            Err(error) if error["error"] == "element not interactable" => None,
            Err(error) => panic!("{what}: {error}"),
        });
    }
}

/// A port that is free now; the driver can't be asked to choose one itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address").port()
}

fn exchange(port: u16, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut answer = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut answer)?;
    Ok((status, serde_json::from_slice(&answer).unwrap_or_default()))
}
