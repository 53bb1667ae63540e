//! Answers that AWS didn't write, or that it wrote in trouble, and no answers at all.

use super::{Asked, body, failed};
use crate::text::plain;
use crate::world::{self, Target};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use hatrack_core::failure::{Failure, FailureCode};
use std::error::Error;

const NEXT_CODE: &str = "Try again with the device's next code: this one may have been used up.";

/// The failure of an answer without an error code of AWS's.
pub(crate) fn answer(raw: &HttpResponse, asked: &Asked<'_>) -> Failure {
    let status = raw.status().as_u16();
    let host = plain(&asked.target.reach.host, 100);
    match status {
        500.. => trouble(asked, status),
        429 => throttled(asked),
        300..400 => failed(
            format!("{host} answered not as AWS does, but sent the call elsewhere{}.", whither(raw)),
            "Open a page in a browser: this network probably wants a sign-in first.",
        ),
        _ if is_page(raw) => failed(
            format!("{host} answered not as AWS does, but with a web page."),
            "Open a page in a browser: this network probably wants a sign-in first.",
        ),
        _ => nonsense(asked.target, None),
    }
}

/// Where a redirect leads to: nothing is sent there, least of all credentials.
fn whither(raw: &HttpResponse) -> String {
    let host = raw.headers().get("location").and_then(|place| {
        let uri: http::Uri = place.parse().ok()?;
        uri.host().map(|host| plain(host, 100))
    });
    host.map_or(String::new(), |host| format!(" (to {host})"))
}

fn is_page(raw: &HttpResponse) -> bool {
    let says = raw.headers().get("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    says || body(raw).is_some_and(|text| {
        let start: String = text.trim_start().chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        start.starts_with("<html") || start.starts_with("<!doctype html")
    })
}

/// The failure of an answer that isn't AWS's.
pub(crate) fn nonsense(target: &Target, request_id: Option<&str>) -> Failure {
    failed(
        format!("{} answered, but not as AWS does.", plain(&target.reach.host, 100)),
        "Look whether this network wants a sign-in first, and at the endpoint and proxy that are set.",
    )
    .with_request_id(request_id.map(|id| plain(id, 100)).as_deref())
}

pub(crate) fn unreachable(error: &(dyn Error + 'static), asked: &Asked<'_>, timed_out: bool) -> Failure {
    let mut failure = world::explain(error, &asked.target.reach, timed_out);
    let may_have_arrived = failure.code == FailureCode::Unreachable && !world::never_connected(error);
    if asked.device.is_some() && may_have_arrived {
        NEXT_CODE.clone_into(&mut failure.remedy);
    }
    failure
}

/// AWS, or what stands before it, is asked too often.
pub(super) fn throttled(asked: &Asked<'_>) -> Failure {
    failed(
        "AWS is being asked too often by this account.",
        if asked.device.is_some() {
            "Wait a minute, and try again with the device's next code."
        } else {
            "Wait a minute, and try again."
        },
    )
}

pub(crate) fn trouble(asked: &Asked<'_>, status: u16) -> Failure {
    let remedy = if asked.device.is_some() { NEXT_CODE } else { "Try again in a minute." };
    failed(
        format!("{} has trouble of its own (status {status}).", plain(&asked.target.reach.host, 100)),
        remedy,
    )
}
