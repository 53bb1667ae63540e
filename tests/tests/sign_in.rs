//! The isolated sign-in window, at a SAML provider that others wrote: typed into as people do, looked at from outside.

#![cfg(target_os = "linux")]

use acceptance::desktop::Desktop;
use acceptance::menu;
use acceptance::place::run;
use acceptance::program::{root, system_program};
use acceptance::{Place, Running, program, until};
use hatrack_sandbox::{Account, Role, SamlProvider, World};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use x11rb::CURRENT_TIME;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};
use x11rb::rust_connection::RustConnection;

/// The provider as IAM knows it.
const COMPANY: &str = "arn:aws:iam::444455556666:saml-provider/Company";

/// A role that the provider offers to Ada.
const DEVELOPER: &str = "arn:aws:iam::444455556666:role/Developer";

/// A provider that runs, and what its pages found.
struct Provider {
    /// Where the sign-in begins.
    url: String,
    found: Receiver<Value>,
    /// What was told before somebody asked.
    kept: RefCell<Vec<Value>>,
    _process: Running,
}

impl Provider {
    fn start() -> Self {
        let script = root().join("tests/providers/saml/provider.mjs");
        let mut node = Command::new(system_program("node"));
        let mut process = Running::start(node.arg(script).stdin(Stdio::null()).stdout(Stdio::piped()));
        let mut lines = BufReader::new(process.child().stdout.take().expect("it is piped")).lines();
        let url = lines.next().expect("it tells where it is").expect("its output can be read");
        let (tell, found) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The test may have seen enough.
                tell.send(serde_json::from_str(&line).expect("pages tell JSON")).ok();
            }
        });
        Self { url, found, kept: RefCell::default(), _process: process }
    }

    /// The certificate of its key.
    fn certificate(&self) -> String {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).expect("it listens");
        write!(stream, "GET /certificate HTTP/1.0\r\nHost: {host}\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.split_once("\r\n\r\n").expect("an answer has a body").1.to_owned()
    }

    /// What a page tells under this name.
    #[track_caller]
    fn told(&self, name: &str) -> Value {
        until(name, || {
            let mut kept = self.kept.borrow_mut();
            kept.extend(self.found.recv_timeout(Duration::from_millis(100)));
            let at = kept.iter().position(|found| found.get(name).is_some())?;
            Some(kept.remove(at))
        })
    }
}

/// A home in which the company's provider is described, in a world that trusts it.
fn place(provider: &Provider, path: &str) -> Place {
    let role = |name: &str| {
        let role = Role::new(name).trusts_saml(COMPANY).with_tags().with_source_identity();
        role.max_session_duration(43_200)
    };
    let account = Account::new("444455556666", "production").role(role("Developer")).role(role("Admin"));
    let saml = SamlProvider::new(COMPANY, "https://idp.example.com/metadata", provider.certificate());
    let config = format!(
        "[profile dev]\nrole_arn = {DEVELOPER}\nprincipal_arn = {COMPANY}\nsaml = company\nregion = eu-central-1\n"
    );
    let place = Place::new(World::default().account(account).saml_provider(saml), &config, "");
    let url = format!("{}{path}", provider.url);
    place.hat(&["provider", "add", "saml", "company", "--sign-in-url", &url]).succeeded();
    place
}

/// A person at a desktop, who wants to be signed in.
struct Person<'a> {
    desktop: &'a Desktop,
    provider: &'a Provider,
    /// Held all the while: a screen whose last client leaves starts over, and turns away who is just coming.
    screen: RustConnection,
}

impl<'a> Person<'a> {
    fn at(desktop: &'a Desktop, provider: &'a Provider) -> Self {
        let command = desktop.place.command(system_program("xdotool"));
        let display = command.get_envs().find(|(name, _)| *name == "DISPLAY").and_then(|(_, value)| value);
        let (screen, _) = x11rb::connect(display.and_then(OsStr::to_str)).expect("the screen is there");
        Self { desktop, provider, screen }
    }

    /// Asks for the sign-in; it goes on beside the test.
    fn asks(&self, arguments: &[&str]) -> std::thread::JoinHandle<acceptance::place::Ran> {
        let mut hat = self.desktop.place.command(program("hat"));
        hat.args(arguments);
        std::thread::spawn(move || run(&mut hat, ""))
    }

    /// Waits until the page takes what is typed.
    #[track_caller]
    fn sees_the_page(&self) {
        let origin = self.provider.url.trim_end_matches('/');
        let title = format!("{origin} – signing in for company – Hatrack");
        until("the window", || (self.desktop.visible_windows(&title) == 1).then_some(()));
        // Without a window manager nobody else gives it the keys.
        let window = self.window();
        self.xdotool(&["windowfocus", "--sync", &window]);
        self.provider.told("ready");
    }

    fn signs_in_as(&self, name: &str) {
        self.xdotool(&["type", "--delay", "20", name]);
        self.xdotool(&["key", "Tab"]);
        self.xdotool(&["type", "--delay", "20", "correct horse"]);
        self.desktop.picture("sign-in");
        self.xdotool(&["key", "Return"]);
    }

    /// The window's number. A search that another window leaves meanwhile fails, and is made again.
    #[track_caller]
    fn window(&self) -> String {
        until("the window's number", || {
            let mut search = self.desktop.place.command(system_program("xdotool"));
            let found = run(search.args(["search", "--onlyvisible", "--name", WINDOW]), "");
            let one = found.answer.trim();
            (found.code == 0 && one.parse::<u32>().is_ok()).then(|| one.to_owned())
        })
    }

    /// Presses the cross that a window manager draws.
    #[track_caller]
    fn closes_the_window(&self) {
        let window = self.window().parse().expect("a window has a number");
        let x = &self.screen;
        let atom = |name: &str| {
            let asked = x.intern_atom(false, name.as_bytes()).expect("the screen is there");
            asked.reply().expect("it has names for what windows do").atom
        };
        let close = [atom("WM_DELETE_WINDOW"), CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS"), close);
        let sent = x.send_event(false, window, EventMask::NO_EVENT, message).expect("the screen is there");
        sent.check().expect("the window is there");
    }

    #[track_caller]
    fn sees_no_window(&self) {
        until("the window's end", || (self.desktop.visible_windows(WINDOW) == 0).then_some(()));
    }

    #[track_caller]
    fn xdotool(&self, arguments: &[&str]) {
        run(self.desktop.place.command(system_program("xdotool")).args(arguments), "").succeeded();
    }
}

/// The title of the window, from whatever origin its page is.
const WINDOW: &str = ".*signing in for company – Hatrack";

#[test]
fn a_person_signs_in_and_has_the_role_and_no_page_gets_anything_from_the_program() {
    let provider = Provider::start();
    let desktop = Desktop::new(place(&provider, "nosy"));
    let person = Person::at(&desktop, &provider);
    let _tray = desktop.hatrack("hatrack-tray", &["--hidden"]);
    menu::item(&desktop);
    // What a page kept is forgotten with the window: it finds nothing the second time either.
    for _ in 0..2 {
        let asked = person.asks(&["login", "company", "--json"]);
        person.sees_the_page();
        let found = provider.told("answers");
        assert_eq!(found["kept"], "", "{found}");
        assert_eq!(found["opened"], false, "{found}");
        let answers = found["answers"].as_object().expect("the page tried");
        assert_eq!(answers.len(), 8);
        for (tried, answer) in answers {
            let answer = answer.as_str().unwrap_or_default();
            assert!(answer.starts_with("refused: ") || answer == "no answer", "{tried}: {answer}");
        }
        // It is there to be called, and the window has no leave to.
        assert!(answers["follow"].as_str().is_some_and(|why| why.contains("not allowed")), "{found}");
        person.signs_in_as("ada");
        let told = asked.join().expect("hat runs").succeeded();
        let roles = json!([DEVELOPER, "arn:aws:iam::444455556666:role/Admin"]);
        assert_eq!(told.json(), json!({"provider": "company", "roles": roles}));
        person.sees_no_window();
    }
    desktop.place.hat(&["use", "dev"]).succeeded();
    let calls = desktop.place.sandbox.requests();
    let call = calls.iter().find(|call| call.action == "AssumeRoleWithSAML").expect("it was called");
    assert_eq!((call.error.as_deref(), call.access_key_id.as_deref()), (None, None));
    assert_eq!(call.params["RoleArn"], DEVELOPER);
    assert_eq!(call.params["PrincipalArn"], COMPANY);
    assert_eq!(call.params.get("DurationSeconds").map(String::as_str), Some("7200"));
    let status = desktop.place.json(&["status"]);
    let arn = "arn:aws:sts::444455556666:assumed-role/Developer/ada@example.com";
    assert_eq!(status[0]["arn"], arn, "{status}");
}

#[test]
fn a_page_s_policy_keeps_no_assertion_from_the_agent() {
    for path in ["strict", "upgrade"] {
        let provider = Provider::start();
        let desktop = Desktop::bare(place(&provider, path));
        let person = Person::at(&desktop, &provider);
        let _windows = desktop.hatrack("hatrack", &[]);
        until("the main window", || (desktop.visible_windows("Hatrack") == 1).then_some(()));
        let asked = person.asks(&["use", "dev"]);
        person.sees_the_page();
        person.signs_in_as("ada");
        asked.join().expect("hat runs").succeeded();
        person.sees_no_window();
        assert_eq!(desktop.visible_windows("Hatrack"), 1, "{path}: the others stay");
    }
}

#[test]
fn a_refusal_ends_the_sign_in_and_closing_the_window_takes_it_back() {
    let provider = Provider::start();
    let desktop = Desktop::bare(place(&provider, ""));
    let person = Person::at(&desktop, &provider);
    let _windows = desktop.hatrack("hatrack", &[]);
    until("the main window", || (desktop.visible_windows("Hatrack") == 1).then_some(()));
    for (name, words) in [("denied", "may not</b> use AWS"), ("elsewhere", "https://wiki.example.com/acs")] {
        let asked = person.asks(&["login", "company"]);
        person.sees_the_page();
        person.signs_in_as(name);
        let told = asked.join().expect("hat runs");
        assert!(told.code != 0 && told.talk.contains(words), "{told:?}");
        person.sees_no_window();
    }
    let asked = person.asks(&["login", "company"]);
    person.sees_the_page();
    person.closes_the_window();
    let told = asked.join().expect("hat runs");
    assert!(told.code != 0 && told.talk.contains("taken back"), "{told:?}");
}
