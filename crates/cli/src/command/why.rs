//! `hat why`.

use super::Manner;
use crate::connect::{client, unexpected};
use crate::{clock, duration, print};
use anstyle::Style;
use hatrack_core::failure::Failure;
use hatrack_core::memory::Failed;
use hatrack_core::picks::{Picks, Shadowed};
use hatrack_wire::{Answer, Command};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::process::ExitCode;

const BOLD: Style = Style::new().bold();

/// The answer as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    failed: Option<&'a Failed>,
    picks: Option<&'a Picks>,
}

pub(super) fn run(manner: Manner, role: String) -> Result<ExitCode, Failure> {
    let Answer::Why { failed, picks } = client(manner.no_agent)?.request(Command::Why { role })? else {
        return Err(unexpected());
    };
    let (failed, picks) = (failed.as_ref(), picks.as_deref());
    if manner.json {
        print::json(&Told { failed, picks })?;
    } else {
        print::answer(&rendered(failed, picks, clock::now(), &TimeZone::system()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(failed: Option<&Failed>, picks: Option<&Picks>, now: Timestamp, zone: &TimeZone) -> String {
    let mut text = match failed {
        Some(Failed { at, failure }) => {
            let when = at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M");
            let ago = duration::ago(*at, now);
            format!(
                "{BOLD}It failed last on {when} ({ago}):{BOLD:#}\n  {}\n",
                print::words(failure).replace('\n', "\n  ")
            )
        }
        None => "No failure of it is remembered.\n".to_owned(),
    };
    let Some(picks) = picks else { return text };
    text.push_str(&title("Which credentials AWS's tools use for it"));
    for (_, pick) in &picks.by_sdk {
        text.extend(["  ", &print::sentence(&pick.words), "\n"]);
    }
    if !picks.disagreements.is_empty() {
        text.push_str(&title("They differ"));
        for words in &picks.disagreements {
            text.extend(["  ", &print::sentence(words), "\n"]);
        }
    }
    if !picks.shadowed.is_empty() {
        text.push_str(&title("What shadows what"));
        for it in &picks.shadowed {
            text.extend(["  ", &shadow(it), "\n"]);
        }
    }
    text
}

fn title(words: &str) -> String {
    format!("\n{BOLD}{words}:{BOLD:#}\n")
}

fn shadow(it: &Shadowed) -> String {
    let sdks: Vec<String> = it.sdks.iter().map(ToString::to_string).collect();
    let (what, by) = (print::sentence(&it.what), print::sentence(&it.by));
    format!("{by} shadows {what}, for {}.", sdks.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::failure::FailureCode;
    use hatrack_core::picks::{Pick, Sdk, Source};

    #[test]
    fn the_failure_stands_before_what_the_tools_pick() {
        let at: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let now = "2030-01-01T12:05:00Z".parse().unwrap();
        let failure = Failure::new(FailureCode::Refused, "AWS says no.", "Ask the account's owner.")
            .with_aws_code(Some("AccessDenied"))
            .with_request_id(Some("1b2c"));
        let pick = Pick {
            source: Source::EnvironmentKeys,
            words: "AWS CLI: the keys in the environment.".to_owned(),
        };
        let picks = Picks {
            by_sdk: vec![(Sdk::AwsCli, pick)],
            shadowed: vec![Shadowed {
                what: "the role x".to_owned(),
                by: "the keys in the environment".to_owned(),
                at: None,
                sdks: vec![Sdk::AwsCli, Sdk::Go],
            }],
            disagreements: vec!["The SDK for Go uses nothing.".to_owned()],
        };
        let text = rendered(Some(&Failed { at, failure }), Some(&picks), now, &TimeZone::UTC);
        let expected = "\
It failed last on 2030-01-01 12:00 (5 m ago):
  AWS says no. Ask the account's owner.
  AWS: AccessDenied, request 1b2c

Which credentials AWS's tools use for it:
  AWS CLI: the keys in the environment.

They differ:
  The SDK for Go uses nothing.

What shadows what:
  the keys in the environment shadows the role x, for AWS CLI, SDK for Go.
";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }

    #[test]
    fn without_a_failure_it_says_so() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(rendered(None, None, now, &TimeZone::UTC), "No failure of it is remembered.\n");
    }
}
