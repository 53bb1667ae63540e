//! The door: reads a request whole, lets the service answer, and does to the answer what a fault says.

use crate::answer::AwsError;
use crate::aws::{Aws, Call};
use crate::fault::Fault;
use crate::line::{Line, Manner};
use crate::query::{Malformed, Params};
use crate::sigv4::{self, Signed};
use crate::{iam, ids, sts};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, header};
use std::sync::Arc;
use tokio::time::sleep;

/// The longest body that is read. STS's longest parameter has 100,000 characters, escaped three times that.
const BODY_LIMIT: usize = 1 << 20;

/// Parameters whose values are nobody's business, not even a test's log.
const SECRET_PARAMS: [&str; 1] = ["TokenCode"];

/// An answer before it is sent.
struct Answer {
    status: u16,
    body: String,
    error: Option<&'static str>,
}

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
    let (answer, manner) = match fault {
        Some(Fault::Status { status, body }) => (Some(Answer { status, body, error: None }), Manner::Plain),
        Some(Fault::Throttle) => {
            let error = AwsError::new(400, "Throttling", "Rate exceeded");
            (Some(Answer::error(&error, sts::NAMESPACE, &request_id)), Manner::Plain)
        }
        Some(Fault::Reset) => (None, Manner::Reset),
        Some(Fault::Half) => {
            let answer = perform(&aws, &parts, body.as_deref(), params.as_ref(), &request_id);
            let kept = answer.body.len().div_ceil(2);
            (Some(answer), Manner::AllBut(kept))
        }
        Some(Fault::Slow(pause)) => {
            (Some(perform(&aws, &parts, body.as_deref(), params.as_ref(), &request_id)), Manner::Slow(pause))
        }
        Some(Fault::Delay(_)) | None => {
            (Some(perform(&aws, &parts, body.as_deref(), params.as_ref(), &request_id)), Manner::Plain)
        }
    };
    aws.log(call(&aws, &parts, &params.unwrap_or_default(), answer.as_ref()));
    line.set(manner);
    // What is answered to a reset never arrives.
    let answer = answer.unwrap_or(Answer { status: 500, body: String::new(), error: None });
    respond(&aws, answer, &request_id)
}

fn perform(
    aws: &Aws,
    parts: &Parts,
    body: Option<&[u8]>,
    params: Result<&Params, &Malformed>,
    request_id: &str,
) -> Answer {
    // STS and IAM share path and protocol; the signature's scope and the version tell them apart.
    let for_iam = params.is_ok_and(|params| params.get("Version") == Some(iam::VERSION))
        && sigv4::authorization(&parts.headers).is_ok_and(|it| it.service == iam::SERVICE);
    let namespace = if for_iam { iam::NAMESPACE } else { sts::NAMESPACE };
    let answer = || {
        let Some(body) = body else {
            return Err(AwsError::new(413, "RequestEntityTooLarge", ""));
        };
        let params = params.map_err(|Malformed| AwsError::malformed_input())?;
        let path_and_query = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        let request = Signed { method: &parts.method, path_and_query, headers: &parts.headers, body };
        // One arm for each service that shares this address.
        match parts.uri.path() {
            "/" | "" if namespace == iam::NAMESPACE => iam::answer(aws, &request, params, request_id),
            "/" | "" => sts::answer(aws, &request, params, request_id),
            _ => Err(AwsError::new(404, "UnknownOperationException", "")),
        }
    };
    match answer() {
        Ok(body) => Answer { status: 200, body, error: None },
        Err(error) => Answer::error(&error, namespace, request_id),
    }
}

impl Answer {
    fn error(error: &AwsError, namespace: &str, request_id: &str) -> Self {
        let body = error.to_xml(namespace, request_id);
        Self { status: error.status, body, error: Some(error.code) }
    }
}

fn call(aws: &Aws, parts: &Parts, params: &Params, answer: Option<&Answer>) -> Call {
    let hide = |(name, value): (&String, &String)| {
        let secret = SECRET_PARAMS.contains(&name.as_str());
        (name.clone(), if secret { "***".to_owned() } else { value.clone() })
    };
    Call {
        action: params.get("Action").unwrap_or_default().to_owned(),
        params: params
            .iter()
            .filter(|(name, _)| !["Action", "Version"].contains(&name.as_str()))
            .map(hide)
            .collect(),
        access_key_id: sigv4::authorization(&parts.headers).ok().map(|it| it.access_key_id.to_owned()),
        status: answer.map(|answer| answer.status),
        error: answer.and_then(|answer| answer.error).map(str::to_owned),
        at: aws.clock.now(),
    }
}

fn respond(aws: &Aws, answer: Answer, request_id: &str) -> Response<Body> {
    let date = aws.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status.try_into().unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    for (name, value) in [("x-amzn-requestid", request_id), ("date", &date)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
