//! The door: reads a request whole, lets the service answer, and does to the answer what a fault says.

use crate::answer::AwsError;
use crate::aws::{Aws, Call};
use crate::fault::Fault;
use crate::line::{Line, Manner};
use crate::query::{Malformed, Params};
use crate::services::{Answer, perform, refusal, throttled};
use crate::sigv4;
use crate::{console, identity_center, ids, signin};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, header};
use futures_util::stream::{self, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::task::yield_now;
use tokio::time::sleep;

/// The longest body that is read. STS's longest parameter has 100,000 characters, escaped three times that.
const BODY_LIMIT: usize = 1 << 20;

/// Parameters whose values are nobody's business, not even a test's log.
const SECRET_PARAMS: [&str; 4] = ["TokenCode", "SAMLAssertion", "WebIdentityToken", "TradeInToken"];

/// What a hotel's network answers instead of whoever was asked.
const CAPTIVE_PAGE: &str = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Sign in to use this \
                            network</h1><form action=\"/login\"><input name=\"room\"></form></body></html>";

/// Every path and method leads here.
pub(crate) fn router(aws: Arc<Aws>) -> Router {
    Router::new().fallback(entry).with_state(aws)
}

async fn entry(
    State(aws): State<Arc<Aws>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let request_id = ids::request_id();
    let fault = aws.take_fault();
    if let Some(Fault::Delay(pause)) = &fault {
        sleep(*pause).await;
    }
    let body = to_bytes(body, BODY_LIMIT).await.ok();
    // AWS takes the parameters of a GET from the query.
    let form =
        if parts.method == Method::GET { parts.uri.query().map(str::as_bytes) } else { body.as_deref() };
    let params = Params::parse(form.unwrap_or_default());
    let request = Incoming { parts, body, params };
    let (answer, manner) = match fault {
        Some(fault) => faulty(&aws, &request, fault, &request_id).await,
        None => (Some(request.perform(&aws, &request_id).await), Manner::Plain),
    };
    aws.log(request.call(&aws, answer.as_ref()));
    line.set(manner);
    // What is answered to a reset never arrives.
    let answer = answer.unwrap_or(Answer { status: 500, ..Answer::default() });
    respond(&aws, answer, &request_id)
}

/// A request, read whole.
struct Incoming {
    parts: Parts,
    body: Option<Bytes>,
    params: Result<Params, Malformed>,
}

/// What is answered in spite of, or because of, a fault; nothing if the connection is reset.
async fn faulty(aws: &Aws, request: &Incoming, fault: Fault, request_id: &str) -> (Option<Answer>, Manner) {
    let refusal = |error: &AwsError| refusal(aws, &request.parts, error, request_id);
    let performed = request.perform(aws, request_id);
    let (answer, manner) = match fault {
        Fault::Status { status, body } => (Answer { status, body, ..Answer::default() }, Manner::Plain),
        Fault::Error { status, code, message } => {
            (refusal(&AwsError::new(status, code, message)), Manner::Plain)
        }
        Fault::Throttle => (refusal(&throttled(&request.parts)), Manner::Plain),
        Fault::CaptivePage => {
            let page =
                Answer { body: CAPTIVE_PAGE.to_owned(), content_type: "text/html", ..Answer::default() };
            (page, Manner::Plain)
        }
        Fault::Redirect(address) => {
            (Answer { status: 302, location: Some(address), ..Answer::default() }, Manner::Plain)
        }
        Fault::Long(bytes) => {
            let body = format!("<Response><Padding>{}", "x".repeat(bytes));
            (Answer { body, ..Answer::default() }, Manner::Plain)
        }
        Fault::BadXml => {
            let answer = performed.await;
            let body = answer.body.replacen("</", "<<", 1);
            (Answer { body, ..answer }, Manner::Plain)
        }
        Fault::BadJson => {
            let answer = performed.await;
            let body = answer.body.replacen(':', ";", 1);
            (Answer { body, ..answer }, Manner::Plain)
        }
        Fault::WrongLength(more) => {
            let answer = performed.await;
            let length = i64::try_from(answer.body.len()).unwrap_or(i64::MAX).saturating_add(more);
            (Answer { length: u64::try_from(length).ok(), ..answer }, Manner::Plain)
        }
        Fault::Reset => return (None, Manner::Reset),
        Fault::Half => {
            let answer = performed.await;
            let kept = answer.body.len().div_ceil(2);
            (answer, Manner::AllBut(kept))
        }
        Fault::Slow(pause) => (performed.await, Manner::Slow(pause)),
        Fault::Delay(_) => (performed.await, Manner::Plain),
    };
    (Some(answer), manner)
}

impl Incoming {
    async fn perform(&self, aws: &Aws, request_id: &str) -> Answer {
        perform(aws, &self.parts, self.body.as_deref(), self.params.as_ref(), request_id).await
    }

    fn call(&self, aws: &Aws, answer: Option<&Answer>) -> Call {
        let hide = |(name, value): (&String, &String)| {
            let secret = SECRET_PARAMS.contains(&name.as_str());
            (name.clone(), if secret { "***".to_owned() } else { value.clone() })
        };
        // A body that is no form is one parameter with a long name; it may be a secret.
        let is_form = matches!(self.parts.uri.path(), "/" | "");
        let params = self.params.iter().filter(|_| is_form).flat_map(Params::iter);
        let told = identity_center::operation(&self.parts).map(|operation| {
            (operation.name(), identity_center::told(operation, &self.parts, self.body.as_deref()))
        });
        let signer = sigv4::authorization(&self.parts.headers).ok();
        let action = match &self.params {
            Ok(params) if is_form => params.get("Action").unwrap_or_default(),
            Ok(_) | Err(Malformed) if self.parts.uri.path() == signin::PATH => signin::ACTION,
            Ok(_) | Err(Malformed) if self.parts.uri.path() == console::PATH => {
                console::action(&self.parts, self.body.as_deref())
            }
            Ok(_) | Err(Malformed) => "",
        };
        let params =
            params.filter(|(name, _)| !["Action", "Version"].contains(&name.as_str())).map(hide).collect();
        let (action, params) = told.unwrap_or((action, params));
        Call {
            action: action.to_owned(),
            params,
            access_key_id: signer.map(|it| it.access_key_id.to_owned()),
            status: answer.map(|answer| answer.status),
            error: answer.and_then(|answer| answer.error).map(str::to_owned),
            at: aws.clock.now(),
        }
    }
}

fn respond(aws: &Aws, answer: Answer, request_id: &str) -> Response<Body> {
    let date = aws.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let body = match answer.length {
        None => Body::from(answer.body),
        // A body that doesn't know its own length: the header's counts. Where less comes than that
        // says, the connection is cut; the pause lets what there is go out before.
        Some(_) => {
            Body::from_stream(stream::iter([Ok::<_, Infallible>(answer.body)]).chain(stream::once(async {
                yield_now().await;
                Ok(String::new())
            })))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status.try_into().unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    let length = answer.length.map(|length| length.to_string());
    for (name, value) in [
        ("x-amzn-requestid", Some(request_id)),
        ("date", Some(&date)),
        // In JSON's protocols the error's name stands in a header; in the query protocol it does no harm.
        ("x-amzn-errortype", answer.error),
        ("location", answer.location.as_deref()),
        ("content-length", length.as_deref()),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}
