//! The way to STS, and what its clock says about ours.

use super::{TIME_LIMIT, bad, failed, good, warning};
use crate::clock;
use crate::text::plain;
use crate::world::{Connector, ProfileEndpoint, Target, World, date_of, explain, off_by};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use hatrack_wire::Finding;
use jiff::SignedDuration;
use std::time::Duration;

const NETWORK: &str = "network";
const CLOCK: &str = "clock";
/// What AWS bears between its clock and a signature's.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);

/// The findings on network and clock.
pub(super) async fn look(world: &World) -> (Finding, Finding) {
    let unknown = || {
        warning(
            CLOCK,
            "The clock could not be compared with AWS's, as AWS could not be reached.",
            "See to the network first.",
        )
    };
    let target = match Target::choose(world, &ProfileEndpoint::default(), "aws").await {
        Ok(target) => target,
        Err(failure) => return (failed(NETWORK, failure), unknown()),
    };
    let host = plain(&target.reach.host, 100);
    let Ok(request) = HttpRequest::get(&target.url) else {
        let found = format!("{} is no address to ask.", plain(&target.url, 200));
        return (bad(NETWORK, found, "Look at AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS."), unknown());
    };
    let connector = Connector::new(target.reach.clone(), Duration::from_secs(3));
    let response = match tokio::time::timeout(TIME_LIMIT, connector.send(request)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            let failure = explain(&error, &target.reach, error.is_timeout());
            return (failed(NETWORK, failure), unknown());
        }
        Err(elapsed) => return (failed(NETWORK, explain(&elapsed, &target.reach, true)), unknown()),
    };
    let by_proxy = target
        .reach
        .proxy
        .as_ref()
        .map_or(String::new(), |proxy| format!(" through the proxy {}", plain(&proxy.shown, 100)));
    let trusting = target
        .reach
        .ca_bundle
        .as_ref()
        .map_or(String::new(), |file| format!(", trusting only {}", file.display()));
    let network = good(NETWORK, format!("{host} answers{by_proxy}{trusting}."));
    (network, clock_finding(response.headers().get("date")))
}

fn clock_finding(date: Option<&str>) -> Finding {
    let Some(theirs) = date.and_then(date_of) else {
        return warning(
            CLOCK,
            "The clock could not be compared with AWS's, as the answer didn't tell the time.",
            "Look whether the endpoint that is set is AWS's.",
        );
    };
    let difference = theirs.duration_since(clock::now());
    let off = difference.abs();
    let found = format!("This computer's clock is {} AWS's.", off_by(difference));
    let remedy = "Set the clock, best by turning time synchronization on.";
    if off >= TOLERATED {
        bad(CLOCK, found, remedy)
    } else if off >= SignedDuration::from_secs(60) {
        warning(CLOCK, found, remedy)
    } else {
        good(CLOCK, "This computer's clock agrees with AWS's.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_wire::Verdict;

    #[test]
    fn the_clock_is_judged_by_what_aws_bears() {
        let verdict = |seconds| {
            let theirs = clock::now() + SignedDuration::from_secs(seconds);
            let date =
                jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs).unwrap();
            clock_finding(Some(&date)).verdict
        };
        assert_eq!(verdict(0), Verdict::Good);
        assert_eq!(verdict(-120), Verdict::Warning);
        assert_eq!(verdict(3600), Verdict::Bad);
        assert_eq!(clock_finding(None).verdict, Verdict::Warning);
    }
}
