//! Which service answers a request: IAM Identity Center goes by its paths, STS and IAM share path and protocol.

use crate::answer::AwsError;
use crate::aws::Aws;
use crate::query::{Malformed, Params};
use crate::sigv4::{self, Signed};
use crate::{console, iam, identity_center, signin, sts, token_keys};
use axum::http::request::Parts;

/// An answer before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) content_type: &'static str,
    /// The code of the error that it tells.
    pub(crate) error: Option<&'static str>,
    /// Where the client is sent.
    pub(crate) location: Option<String>,
    /// The length that is told instead of the body's.
    pub(crate) length: Option<u64>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            body: String::new(),
            content_type: "text/xml",
            error: None,
            location: None,
            length: None,
        }
    }
}

impl Answer {
    /// A refusal in the query protocol.
    pub(crate) fn error(aws: &Aws, error: &AwsError, namespace: &str, request_id: &str) -> Self {
        let message = error.context.as_deref().and_then(|context| aws.encode(context));
        let words =
            message.map(|it| format!("{} Encoded authorization failure message: {it}", error.message));
        let told = words.map(|message| AwsError { message, ..error.clone() });
        let body = told.as_ref().unwrap_or(error).to_xml(namespace, request_id);
        Self { status: error.status, body, error: Some(error.code), ..Self::default() }
    }
}

/// The refusal of a service that is asked too often.
pub(crate) fn throttled(parts: &Parts) -> AwsError {
    match identity_center::operation(parts) {
        Some(operation) => identity_center::throttled(operation),
        None => AwsError::new(400, "Throttling", "Rate exceeded"),
    }
}

/// A refusal in the protocol of the service that the request is for.
pub(crate) fn refusal(aws: &Aws, parts: &Parts, error: &AwsError, request_id: &str) -> Answer {
    match identity_center::operation(parts) {
        Some(operation) => identity_center::refusal(operation, error),
        None => Answer::error(aws, error, sts::NAMESPACE, request_id),
    }
}

/// Lets the service answer that the request is for.
pub(crate) async fn perform(
    aws: &Aws,
    parts: &Parts,
    body: Option<&[u8]>,
    params: Result<&Params, &Malformed>,
    request_id: &str,
) -> Answer {
    if let Some(operation) = identity_center::operation(parts) {
        return identity_center::answer(aws, operation, parts, body).await;
    }
    if parts.uri.path() == console::PATH {
        return console::answer(aws, parts, body);
    }
    if parts.uri.path() == signin::PATH {
        return signin::answer(aws, parts, body);
    }
    if let Some(path) = parts.uri.path().strip_prefix(token_keys::PATH)
        && let Some(document) = aws.token_keys.document(&aws.token_issuer(), path)
    {
        let body = document.to_string();
        return Answer { body, content_type: "application/json", ..Answer::default() };
    }
    // The scope of the signature and the version tell STS and IAM apart.
    let for_iam = params.is_ok_and(|params| params.get("Version") == Some(iam::VERSION))
        && sigv4::authorization(&parts.headers).is_ok_and(|it| it.service == iam::SERVICE);
    let namespace = if for_iam { iam::NAMESPACE } else { sts::NAMESPACE };
    let answer = async {
        let body = body.ok_or_else(|| AwsError::new(413, "RequestEntityTooLarge", ""))?;
        let params = params.map_err(|Malformed| AwsError::malformed_input())?;
        let path_and_query = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        let request = Signed { method: &parts.method, path_and_query, headers: &parts.headers, body };
        match parts.uri.path() {
            "/" | "" if for_iam => iam::answer(aws, &request, params, request_id),
            "/" | "" => sts::answer(aws, &request, params, request_id).await,
            _ => Err(AwsError::new(404, "UnknownOperationException", "")),
        }
    };
    match answer.await {
        Ok(body) => Answer { body, ..Answer::default() },
        Err(error) => Answer::error(aws, &error, namespace, request_id),
    }
}
