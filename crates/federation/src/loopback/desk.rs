//! Answers each request, and keeps the outcome until its page is on its way.

use super::page::Page;
use super::{Fields, Verdict, Wanted};
use hatrack_core::failure::{Failure, FailureCode};
use http::header::{CONTENT_TYPE, HOST, HeaderMap};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

/// What a form may weigh: an assertion has 100,000 characters at most, and escaping adds to them.
const LARGEST_FORM: usize = 200_000;
/// How many answers with a wrong state are borne.
const STRANGERS: u32 = 10;

/// The one place where requests end up.
pub(super) struct Desk<T, J> {
    path: String,
    hosts: [String; 2],
    wanted: Wanted,
    judge: J,
    state: Mutex<State<T>>,
}

struct State<T> {
    strangers: u32,
    /// Whether an outcome was there; nothing changes it any more.
    settled: bool,
    outcome: Option<Result<T, Failure>>,
}

impl<T, J: Fn(Fields) -> Verdict<T>> Desk<T, J> {
    pub(super) fn new(path: &str, port: u16, wanted: Wanted, judge: J) -> Self {
        Self {
            path: path.to_owned(),
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            wanted,
            judge,
            state: Mutex::new(State { strangers: 0, settled: false, outcome: None }),
        }
    }

    /// The outcome, once.
    pub(super) fn take_outcome(&self) -> Option<Result<T, Failure>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).outcome.take()
    }

    /// Answers one request.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let page = match self.read(request).await {
            Ok(fields) => self.settle(fields),
            Err(page) => page,
        };
        Ok(page.response())
    }

    async fn read(&self, request: Request<Incoming>) -> Result<Fields, Page> {
        // A page elsewhere may have made its name point here: only our own names are answered.
        if request.uri().authority().is_some() || !self.is_for_us(request.headers()) {
            return Err(Page::Bad);
        }
        if request.uri().path() != self.path {
            return Err(Page::NotFound);
        }
        let (method, name) = match self.wanted {
            Wanted::Query => (Method::GET, "GET"),
            Wanted::Form => (Method::POST, "POST"),
        };
        if *request.method() != method {
            return Err(Page::Method(name));
        }
        if !is_navigation(request.headers()) {
            return Err(Page::Bad);
        }
        match self.wanted {
            Wanted::Query => {
                Fields::parse(request.uri().query().unwrap_or_default().as_bytes()).ok_or(Page::Bad)
            }
            Wanted::Form if request.uri().query().is_some() || !is_form(request.headers()) => Err(Page::Bad),
            Wanted::Form => {
                let body = Limited::new(request.into_body(), LARGEST_FORM).collect().await;
                let body =
                    body.map_err(
                        |error| if error.is::<LengthLimitError>() { Page::TooLarge } else { Page::Bad },
                    )?;
                Fields::parse(&body.to_bytes()).ok_or(Page::Bad)
            }
        }
    }

    fn is_for_us(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter();
        let (host, more) = (hosts.next(), hosts.next());
        more.is_none() && host.is_some_and(|host| self.hosts.iter().any(|ours| host == ours.as_str()))
    }

    fn settle(&self, fields: Fields) -> Page {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.settled {
            return Page::Stranger;
        }
        let (outcome, page) = match (self.judge)(fields) {
            Verdict::Done(value) => (Ok(value), Page::Done),
            Verdict::Failed(failure) => (Err(failure), Page::Failed),
            Verdict::Stranger => {
                state.strangers += 1;
                if state.strangers < STRANGERS {
                    return Page::Stranger;
                }
                (Err(too_many_strangers()), Page::Stranger)
            }
        };
        state.settled = true;
        state.outcome = Some(outcome);
        page
    }
}

/// Whether a person's browser shows the answer as a page. What a page elsewhere fetches in its
/// background can't use up the wrong answers that are borne; old browsers don't say.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
        && headers.get("sec-fetch-dest").is_none_or(|destination| destination == "document")
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn too_many_strangers() -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!(
            "{STRANGERS} answers came back from the browser that belong to no sign-in that was begun here."
        ),
        "Start the sign-in again, in one tab; if it recurs, another program may be trying to interfere.",
    )
}
