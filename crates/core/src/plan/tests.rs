use super::*;
use crate::arn::RoleArn;
use jiff::SignedDuration;
use std::collections::BTreeMap;

mod explained;

const DEVICE: &str = "arn:aws:iam::123456789012:mfa/ann";
const WORLD: WorldId = WorldId(1);

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn hop(name: &str, mfa: bool, seconds: Option<u32>) -> Hop {
    let arn = RoleArn::parse(&format!("arn:aws:iam::123456789012:role/{name}")).unwrap();
    Hop { mfa_serial: mfa.then(|| DEVICE.to_owned()), duration_seconds: seconds, ..Hop::bare(name, arn) }
}

fn chain(hops: Vec<Hop>) -> Chain {
    Chain { origin: Origin::StaticKeys { profile: "base".to_owned() }, hops, ending: Ending::AsItIs }
}

fn live(source: &Source, end: Timestamp) -> Known {
    Known { sources: BTreeMap::from([(source.key(), end)]), ..Known::default() }
}

fn planned(chain: &Chain, wanted: Option<u32>, known: &Known) -> Plan {
    plan(WORLD, chain, wanted, known, now()).unwrap()
}

#[test]
fn a_direct_role_takes_the_code_in_its_call_and_lives_up_to_twelve_hours() {
    let plan = planned(&chain(vec![hop("a", true, Some(900))]), Some(43_200), &Known::default());
    assert_eq!(plan.calls.len(), 1);
    assert_eq!(plan.calls[0].duration_seconds, 43_200);
    assert_eq!(plan.mfa_serial(), Some(DEVICE));
    assert_eq!(plan.calls[0].keep, None);
}

#[test]
fn a_chained_role_gets_the_hour_and_its_station_is_kept() {
    let chain = chain(vec![hop("jump", true, Some(7200)), hop("b", false, Some(43_200))]);
    let plan = planned(&chain, None, &Known::default());
    let seconds: Vec<_> = plan.calls.iter().map(|call| call.duration_seconds).collect();
    assert_eq!(seconds, [7200, 3600]);
    assert!(plan.calls[0].keep.is_some());
}

#[test]
fn more_than_the_hour_of_a_chain_is_refused_before_a_call_is_wasted() {
    let chain = chain(vec![hop("jump", false, None), hop("b", false, None)]);
    let failure = plan(WORLD, &chain, Some(3601), &Known::default(), now()).unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
}

#[test]
fn a_live_station_spares_the_code() {
    let chain = chain(vec![hop("jump", true, None), hop("b", false, None)]);
    let station = planned(&chain, None, &Known::default()).calls[0].keep.clone().unwrap();
    let end = now() + SignedDuration::from_mins(10);
    let plan = planned(&chain, None, &live(&station, end));
    assert_eq!(plan.start, Start::Source(station.clone()));
    assert_eq!(plan.mfa_serial(), None);
    let nearly_over = live(&station, now() + SignedDuration::from_secs(30));
    assert!(planned(&chain, None, &nearly_over).mfa_serial().is_some());
}

#[test]
fn a_session_token_serves_roles_of_an_hour_and_no_longer_ones() {
    let chain = chain(vec![hop("a", true, None)]);
    let wanting = Known { session_token_seconds: Some(43_200), ..Known::default() };
    let source = session_token(WORLD, &chain, None, &wanting).unwrap();
    let sources = Known {
        session_token_seconds: Some(43_200),
        ..live(&source, now() + SignedDuration::from_hours(11))
    };
    assert_eq!(planned(&chain, None, &sources).mfa_serial(), None);
    assert!(planned(&chain, Some(7200), &sources).mfa_serial().is_some());
    let other_world = plan(WorldId(2), &chain, None, &sources, now()).unwrap();
    assert!(other_world.mfa_serial().is_some());
}

#[test]
fn the_first_code_obtains_the_session_that_serves_every_role_behind_the_device() {
    let known = Known { session_token_seconds: Some(129_600), ..Known::default() };
    let plan = planned(&chain(vec![hop("a", true, None)]), None, &known);
    assert_eq!(plan.calls[0].operation, Operation::GetSessionToken);
    assert_eq!(plan.calls[0].duration_seconds, 129_600);
    assert_eq!(plan.mfa_serial(), Some(DEVICE));
    assert_eq!((plan.calls.len(), plan.calls[1].duration_seconds), (2, 3600));
    let longer = planned(&chain(vec![hop("a", true, None)]), Some(7200), &known);
    assert_eq!(longer.calls.len(), 1, "more than the chain's hour takes the code with its own call");
}

#[test]
fn a_refused_duration_is_told_before_a_call_is_wasted_and_forgotten_after_a_week() {
    let chain = chain(vec![hop("a", false, Some(43_200))]);
    let arn = chain.hops[0].role_arn.as_str().to_owned();
    let learnt = MaxSession { granted: 7200, refused: Some((43_200, now())) };
    let known = Known { max_sessions: BTreeMap::from([(arn, learnt)]), ..Known::default() };
    let failure = plan(WORLD, &chain, Some(43_200), &known, now()).unwrap_err();
    assert_eq!(failure.code, FailureCode::DurationRefused);
    assert!(failure.happened.contains("12 h") && failure.happened.contains("2 h"), "{failure}");
    assert_eq!(planned(&chain, None, &known).calls[0].duration_seconds, 7200);
    assert_eq!(planned(&chain, Some(14_400), &known).calls[0].duration_seconds, 14_400, "it may be allowed");
    let later = now() + SignedDuration::from_hours(24 * 8);
    assert!(plan(WORLD, &chain, Some(43_200), &known, later).is_ok());
}

#[test]
fn the_plan_in_words_says_what_renewing_needs() {
    let code = |_: &str| None;
    let long = chain(vec![hop("a", true, None)]);
    let known = Known { session_token_seconds: Some(43_200), ..Known::default() };
    let told = |wanted| explain(WORLD, &long, wanted, &known, code, now()).unwrap();
    let operations =
        |view: &PlanView| -> Vec<_> { view.steps.iter().filter_map(|step| step.operation.clone()).collect() };
    let hour = told(None);
    assert_eq!(operations(&hour), ["GetSessionToken", "AssumeRole"]);
    assert!(matches!(hour.renewal, Renewal::SilentUntil(_)), "{hour:?}");
    assert!(hour.steps[1].prompt.as_ref().unwrap().contains(DEVICE));
    let day = told(Some(43_200));
    assert_eq!(operations(&day), ["AssumeRole"]);
    assert_eq!(day.renewal, Renewal::Code);
    assert!(day.steps[1].why.contains("More than an hour"), "{day:?}");
}
