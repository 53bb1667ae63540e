//! What is sent again, and what never is.

use crate::stage::{Act, Stage, answer, call, caller, granted, keys, refusal};
use hatrack_agent::sts::{AssumeRole, Caller, Granted, Patience};
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use std::time::Duration;

async fn assume(stage: &Stage, caller: &Caller, call: &AssumeRole) -> Result<Granted, Failure> {
    caller.assume_role(&stage.world(), &ProfileEndpoint::default(), &keys(), call).await
}

fn stumbles() -> Vec<(&'static str, Act)> {
    vec![
        ("500", refusal(500, "InternalFailure", "oops")),
        ("503 without a word", Act::Answer(answer(503, "", ""))),
        ("503 as a page", Act::Answer(answer(503, "content-type: text/html\r\n", "<html>busy</html>"))),
        ("throttled", refusal(400, "Throttling", "Rate exceeded")),
        ("closed without an answer", Act::Close(Vec::new())),
        ("half an answer", Act::Close(b"HTTP/1.1 200 X\r\ncontent-length: 900\r\n\r\n<AssumeRole".to_vec())),
    ]
}

#[tokio::test]
async fn what_stumbles_once_is_tried_again() {
    for (name, act) in stumbles() {
        let stage = Stage::plain(move |number, _| if number == 0 { act.clone() } else { granted() }).await;
        let granted = assume(&stage, &caller(), &call(None)).await;
        assert!(granted.is_ok(), "{name}: {granted:?}");
        assert_eq!(stage.heard().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_code_is_never_sent_twice() {
    for (name, act) in stumbles() {
        let stage = Stage::plain(move |number, _| if number == 0 { act.clone() } else { granted() }).await;
        let failure = assume(&stage, &caller(), &call(Some("123456"))).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable, "{name}: {failure}");
        assert_eq!(stage.heard().len(), 1, "{name}");
        assert!(stage.heard()[0].body.contains("TokenCode=123456"));
        if name != "throttled" {
            assert!(failure.remedy.contains("next code"), "{name}: {failure}");
        }
    }
}

#[tokio::test]
async fn five_tries_are_enough() {
    let stage = Stage::plain(|_, _| refusal(500, "InternalFailure", "oops")).await;
    let failure = assume(&stage, &caller(), &call(None)).await.unwrap_err();
    assert!(failure.happened.contains("trouble of its own (status 500)"), "{failure}");
    assert_eq!(failure.request_id.as_deref(), Some("0f1e2d3c-request"));
    assert_eq!(stage.heard().len(), 5);
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    let patience = Patience {
        connect: Duration::from_secs(1),
        attempt: Duration::from_millis(300),
        total: Duration::from_millis(900),
    };
    for code in [None, Some("123456")] {
        let stage = Stage::plain(|_, _| Act::Stall).await;
        let failure = assume(&stage, &Caller::with_patience(patience), &call(code)).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        assert!(failure.happened.contains("127.0.0.1 did not answer in time"), "{failure}");
        let times = stage.heard().len();
        assert!(if code.is_some() { times == 1 } else { times <= 5 }, "{times}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let mut flood = b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n".to_vec();
    flood.resize(1024 * 1024, b'x');
    let stage = Stage::plain(move |_, _| Act::Close(flood.clone())).await;
    let failure = assume(&stage, &caller(), &call(None)).await.unwrap_err();
    assert!(failure.happened.contains("far too long"), "{failure}");
    assert_eq!(stage.heard().len(), 1);
}

#[tokio::test]
async fn one_connection_is_kept_warm() {
    let stage = Stage::plain(|_, _| granted()).await;
    let caller = caller();
    for code in [None, Some("123456"), None] {
        let granted = assume(&stage, &caller, &call(code)).await.unwrap();
        assert_eq!(granted.credentials.access_key_id, "ASIAGRANTED");
        assert_eq!(granted.credentials.secret_access_key.open(), "granted-secret");
        assert_eq!(granted.credentials.session_token.unwrap().open(), "granted-token");
        assert_eq!(granted.credentials.expiration.unwrap().to_string(), "2099-01-01T00:00:00Z");
        assert_eq!(granted.arn.as_deref(), Some("arn:aws:sts::222222222222:assumed-role/Admin/ada@desk"));
        assert_eq!(granted.assumed_role_id.as_deref(), Some("AROAX:ada@desk"));
        assert_eq!(granted.request_id.as_deref(), Some("c2e971c2-request"));
    }
    assert_eq!((stage.heard().len(), stage.connections()), (3, 1));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_costs_nothing() {
    // Every answer is followed by a close that the client learns of only when it calls again.
    let stage = Stage::plain(|_, _| match granted() {
        Act::Answer(bytes) => Act::Close(bytes),
        other => other,
    })
    .await;
    let caller = caller();
    for _ in 0..3 {
        assume(&stage, &caller, &call(Some("123456"))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stage.heard().len(), 3);
}

#[tokio::test]
async fn a_call_can_be_dropped_at_any_time() {
    let stage = Stage::plain(|_, _| Act::Stall).await;
    let (caller, call) = (caller(), call(None));
    for wait in [0, 1, 30] {
        let dropped = tokio::time::timeout(Duration::from_millis(wait), assume(&stage, &caller, &call)).await;
        assert!(dropped.is_err());
    }
}

#[test]
fn the_futures_can_move_between_threads() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let (caller, world) = (caller(), crate::stage::world(&[]));
    let (keys, call, profile) = (keys(), call(None), ProfileEndpoint::default());
    drop(send(caller.assume_role(&world, &profile, &keys, &call)));
    drop(send(caller.get_caller_identity(&world, &profile, &keys)));
    drop(send(hatrack_agent::origin::load(&world, &hatrack_core::chain::Origin::Environment, |_| None)));
}
