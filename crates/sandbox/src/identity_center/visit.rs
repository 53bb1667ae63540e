//! A person at a browser, played from within a test.

use super::page::{CHOICE, DENY, USER};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a page may take to come.
const AT_MOST: Duration = Duration::from_secs(30);

/// What a person does with the page that a sign-in leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Allows, and lets the browser go where it is sent.
    Allow,
    /// Denies, and lets the browser go where it is sent.
    Deny,
    /// Looks at the page, and does nothing.
    Never,
    /// Allows, and loads the address again that the browser is sent to (a device's page: answers twice).
    Twice,
    /// Allows, but what reaches the client has another state (a device's page: another code).
    WrongState,
}

/// A visit that goes on in a thread of its own, as a browser does.
#[derive(Debug)]
pub struct Visit(JoinHandle<Vec<Shown>>);

/// What a browser showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The HTTP status; nothing if nobody answered.
    pub status: Option<u16>,
    /// Where the browser was sent, if it was.
    pub location: Option<String>,
    /// The page.
    pub body: String,
}

impl Visit {
    /// Opens the address of a sign-in at the sandbox, whatever host it names.
    pub(crate) fn begin(authority: String, url: &str, person: &str, choice: Choice) -> Self {
        let (url, person) = (url.to_owned(), person.to_owned());
        Self(std::thread::spawn(move || visit(&authority, &url, &person, choice)))
    }

    /// Waits until nothing more is loaded; what was shown, in its order.
    pub fn end(self) -> Vec<Shown> {
        // A panic in there was printed by the thread.
        self.0.join().unwrap_or_default()
    }
}

fn visit(authority: &str, url: &str, person: &str, choice: Choice) -> Vec<Shown> {
    let path = url.split_once("://").map_or(url, |(_, rest)| &rest[rest.find('/').unwrap_or(rest.len())..]);
    let mut shown = vec![get(authority, path)];
    let answer = match choice {
        Choice::Never => return shown,
        Choice::Allow | Choice::Twice | Choice::WrongState => "allow",
        Choice::Deny => DENY,
    };
    let path = match choice {
        Choice::WrongState => path.replace("user_code=", "user_code=X"),
        Choice::Allow | Choice::Deny | Choice::Never | Choice::Twice => path.to_owned(),
    };
    let fields = [(USER, person), (CHOICE, answer)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let answered = format!("{path}&{query}");
    let page = get(authority, &answered);
    let location = page.location.clone();
    shown.push(page);
    let Some(location) = location else {
        if choice == Choice::Twice {
            shown.push(get(authority, &answered));
        }
        return shown;
    };
    let location = match choice {
        Choice::WrongState => location.replace("state=", "state=X"),
        Choice::Allow | Choice::Deny | Choice::Never | Choice::Twice => location,
    };
    let target = location.strip_prefix("http://").unwrap_or_default();
    let (authority, path) = target.split_at(target.find('/').unwrap_or(target.len()));
    shown.push(get(authority, path));
    if choice == Choice::Twice {
        shown.push(get(authority, path));
    }
    shown
}

/// Loads one page.
fn get(authority: &str, path: &str) -> Shown {
    let Ok(text) = exchange(authority, path) else {
        return Shown { status: None, location: None, body: String::new() };
    };
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Shown { status, location, body: body.to_owned() }
}

fn exchange(authority: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(AT_MOST))?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
