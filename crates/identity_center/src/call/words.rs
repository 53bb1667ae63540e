//! Refusals and odd answers, in words.

use super::Refusal;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;

/// A call that could not even be written.
pub(super) fn unbuilt() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "The call to IAM Identity Center could not be built.",
        "Look at the sso-session's settings; sign in again if it recurs.",
    )
}

/// An answer without a word of AWS's.
pub(super) fn answer(raw: &HttpResponse, host: &str) -> Failure {
    let host = shown(host);
    let status = raw.status().as_u16();
    let sign_in = "Open a page in a browser: this network probably wants a sign-in first.";
    let (happened, remedy) = match status {
        500.. => (format!("{host} has trouble of its own (status {status})."), "Try again in a minute."),
        300..400 => (
            format!("{host} answered not as AWS does, but sent the call elsewhere{}.", whither(raw)),
            sign_in,
        ),
        _ if is_page(raw) => (format!("{host} answered not as AWS does, but with a web page."), sign_in),
        _ => return nonsense(&host),
    };
    Failure::new(FailureCode::Unreachable, happened, remedy)
}

/// An answer that isn't AWS's.
pub(crate) fn nonsense(host: &str) -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        format!("{} answered, but not as AWS does.", shown(host)),
        "Look whether this network wants a sign-in first, and at the endpoint and proxy that are set.",
    )
}

/// Where a redirect leads to: nothing is sent there.
fn whither(raw: &HttpResponse) -> String {
    let host = raw.headers().get("location").and_then(|place| {
        let uri: http::Uri = place.parse().ok()?;
        uri.host().map(shown)
    });
    host.map_or(String::new(), |host| format!(" (to {host})"))
}

fn is_page(raw: &HttpResponse) -> bool {
    let says = raw.headers().get("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let start = raw.body().bytes().unwrap_or_default();
    let start = String::from_utf8_lossy(&start[..start.len().min(64)]).trim_start().to_ascii_lowercase();
    says || start.starts_with("<html") || start.starts_with("<!doctype html")
}

/// What a refusal comes to where nothing better is known; `what` was asked for.
pub(crate) fn refused(refusal: Refusal, what: &str, host: &str) -> Failure {
    let too_often = refusal.is_too_often();
    let (code, message, status, request_id) = match refusal {
        Refusal::Failed { failure, .. } => return failure,
        Refusal::Said { code, message, status, request_id, .. } => (code, message, status, request_id),
    };
    let failure = if too_often || code == "SlowDownException" {
        Failure::new(
            FailureCode::Unreachable,
            "IAM Identity Center is being asked too often.",
            "Wait a minute, and try again; look whether another program lists the same organisation.",
        )
    } else if status >= 500 {
        Failure::new(
            FailureCode::Unreachable,
            format!("{} has trouble of its own (status {status}).", shown(host)),
            "Try again in a minute.",
        )
    } else {
        Failure::new(
            FailureCode::Refused,
            format!("IAM Identity Center refused {what} ({}){}.", shown(&code), said(&message)),
            "Look at the sso-session's start URL, region and scopes, or ask who administers it.",
        )
    };
    failure.with_aws_code(Some(&shown(&code))).with_request_id(request_id.as_deref())
}

/// AWS's explanation, fit to stand in a sentence.
fn said(message: &str) -> String {
    let message = shown(message.trim().trim_end_matches('.'));
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// Only a person can go on from here.
pub(crate) fn sign_in_again(portal: &str, why: &str) -> Failure {
    Failure::new(
        FailureCode::SignInNeeded,
        format!("The sign-in at {} {why}.", shown(portal)),
        "Sign in again.",
    )
}
