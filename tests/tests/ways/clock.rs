//! A machine whose clock is twelve hours off.

use crate::home::calls;
use acceptance::Place;
use hatrack_sandbox::DEMO_MFA_SERIAL;
use jiff::{SignedDuration, Timestamp};

/// Activates roles while AWS's clock shows another time than the machine's.
fn works_when_aws_is_ahead_by(hours: i64, words: &str) {
    let place = Place::demo();
    place.sandbox.set_clock_offset(SignedDuration::from_hours(hours));
    let used = place.hat(&["use", "playground", "--json"]).succeeded();
    assert!(used.talk.contains(words), "{words:?} isn't in {:?}", used.talk);
    let session = used.json();
    let expiration: Timestamp =
        session["expiration"].as_str().expect("as this test made it").parse().expect("as this test made it");
    let left = expiration.duration_since(place.sandbox.now());
    assert!(left > SignedDuration::from_mins(30) && left <= SignedDuration::from_hours(1), "{left:?}");
    let counted = session["seconds_left"].as_i64().expect("as this test made it");
    assert!((1800..=3600).contains(&counted), "{counted}");
    // It stays, and so is told.
    let status = place.hat(&["status", "--json"]).succeeded();
    assert!(status.talk.contains(words), "{}", status.talk);
    assert_eq!(status.json()[0]["state"], "active");
    // What was learnt once is signed with from then on, and a device shows AWS's time.
    let code = place.sandbox.code_now(DEMO_MFA_SERIAL).expect("as this test made it").code;
    let coded = ["use", "production-readonly", "--as", "two", "--token-code", "-"];
    place.hat_reading(&coded, &code).succeeded();
    let made = calls(&place);
    let (first, rest) = made.split_first().expect("as this test made it");
    assert!(first.starts_with("AssumeRole Playground ") && !first.ends_with("Playground "), "{made:?}");
    assert_eq!(rest, ["AssumeRole Playground", "GetSessionToken", "AssumeRole ReadOnly"]);
    let findings = place.hat(&["doctor", "--json"]).json();
    let clock = findings
        .as_array()
        .expect("as this test made it")
        .iter()
        .find(|it| it["subject"] == "clock")
        .expect("as this test made it");
    assert_ne!(clock["verdict"], "good", "{clock}");
}

#[test]
fn a_clock_that_is_behind_aws_s() {
    works_when_aws_is_ahead_by(12, "behind AWS's");
}

#[test]
fn a_clock_that_is_ahead_of_aws_s() {
    works_when_aws_is_ahead_by(-12, "ahead of AWS's");
}
