//! Every operation against everything that can come back from the wire in place of an answer.
//!
//! Deliberately absent: what each refusal of AWS's own is told as, which [`crate::refusals`] has.

use crate::operation::Operation;
use crate::stage::{Act, Stage, answer, bundle, certificate, refusal, world};
use hatrack_agent::sts::{Caller, Patience};
use hatrack_core::failure::FailureCode;
use std::time::Duration;
use tokio::task::JoinSet;

/// What comes back.
#[derive(Clone)]
enum Wire {
    Plain(Act),
    /// A certificate that nobody here vouches for, before anything is sent.
    Untrusted,
}

/// What comes back, and what comes of it.
#[derive(Clone)]
struct Fault {
    name: &'static str,
    wire: Wire,
    code: FailureCode,
    words: &'static str,
    /// How often a call that may be repeated is sent; `None`: until time is up.
    tries: Option<usize>,
    /// Whether a code that was sent may have been used up.
    spends_codes: bool,
}

fn faults() -> Vec<Fault> {
    let fault = |name, act, words, tries, spends_codes| Fault {
        name,
        wire: Wire::Plain(act),
        code: FailureCode::Unreachable,
        words,
        tries: Some(tries),
        spends_codes,
    };
    let bare = |status| Act::Answer(answer(status, "", ""));
    let page = |status| {
        let page = "<html><body>Sign in to the network</body></html>";
        Act::Answer(answer(status, "content-type: text/html\r\n", page))
    };
    let elsewhere = Act::Answer(answer(302, "location: https://elsewhere.example/\r\n", ""));
    let half = b"HTTP/1.1 200 X\r\ncontent-length: 900\r\n\r\n<Response>".to_vec();
    let strange = "not as AWS does";
    let too_often = "AWS is being asked too often";
    vec![
        fault("400 alone", bare(400), strange, 1, false),
        fault("403 alone", bare(403), strange, 1, false),
        Fault {
            code: FailureCode::Refused,
            ..fault("400 refused", refusal(400, "SomethingNew", "No"), "(SomethingNew): No.", 1, false)
        },
        Fault {
            code: FailureCode::Refused,
            ..fault("403 refused", refusal(403, "AccessDenied", "Never"), ": Never.", 1, false)
        },
        fault("429 alone", bare(429), too_often, 5, true),
        fault("429 as a page", page(429), too_often, 5, true),
        fault("429 throttled", refusal(429, "ThrottlingException", "Rate exceeded"), too_often, 5, true),
        fault("500 alone", bare(500), "trouble of its own (status 500)", 5, true),
        fault("500", refusal(500, "InternalFailure", "x"), "trouble of its own (status 500)", 5, true),
        fault("503 alone", bare(503), "trouble of its own (status 503)", 5, true),
        fault("reset", Act::Close(Vec::new()), "broke off before the answer came", 5, true),
        fault("half an answer", Act::Close(half), "The answer of 127.0.0.1 broke off", 5, true),
        fault("10 MB", Act::Flood(10_000_000), "far too long to be one of AWS's", 1, true),
        fault("a page", page(200), "not as AWS does, but with a web page", 1, false),
        fault("a redirect", elsewhere, "sent the call elsewhere (to elsewhere.example)", 1, false),
        Fault {
            tries: None,
            ..fault("a byte a second", Act::Drip(answer(200, "", "<Response/>")), "in time", 0, true)
        },
        Fault {
            wire: Wire::Untrusted,
            ..fault("a bad certificate", Act::Stall, "\u{201c}Corporate Inspection CA\u{201d}", 0, false)
        },
    ]
}

/// More than any of this takes, however busy the machine is.
const LONG: Patience = Patience {
    connect: Duration::from_secs(60),
    attempt: Duration::from_secs(60),
    total: Duration::from_secs(300),
};

/// Less than an answer takes that comes by a byte a second.
const SHORT: Patience = Patience {
    connect: Duration::from_millis(500),
    attempt: Duration::from_millis(400),
    total: Duration::from_millis(1200),
};

/// Makes one call to one fault, and looks at what came of it.
async fn cross(operation: Operation, fault: Fault) {
    let Fault { name, wire, code, words, tries, spends_codes } = fault;
    let (stage, world, _folder) = match wire {
        Wire::Plain(act) => {
            let stage = Stage::plain(move |_, _| act.clone()).await;
            let world = stage.world();
            (stage, world, None)
        }
        Wire::Untrusted => {
            let (config, _) = certificate("localhost");
            let stage = Stage::tls(config, |_, _| Act::Stall).await;
            let (bundle, folder) = bundle(&certificate("localhost").1);
            let url = format!("https://localhost:{}", stage.port);
            let world =
                world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", &bundle), ("AWS_REGION", "eu-west-1")]);
            (stage, world, Some(folder))
        }
    };
    let caller = Caller::with_patience(if tries.is_some() { LONG } else { SHORT });
    let failure = operation.fail(&caller, &world).await;
    let heard = stage.heard();
    let what = format!("{operation:?}, {name}: {failure} after {} tries", heard.len());

    assert_eq!(failure.code, code, "{what}");
    assert!(failure.happened.contains(words) && failure.happened.ends_with('.'), "{what}");
    assert!(failure.remedy.ends_with('.'), "{what}");
    let asks_for_another = failure.remedy.contains("next code");
    assert_eq!(asks_for_another, operation.carries_a_code() && spends_codes, "{what}");
    match tries {
        Some(tries) if operation.goes_once() => assert_eq!(heard.len(), tries.min(1), "{what}"),
        Some(tries) => assert_eq!(heard.len(), tries, "{what}"),
        None => assert!(heard.len() <= if operation.goes_once() { 1 } else { 5 }, "{what}"),
    }
    for heard in &heard {
        assert!(heard.body.starts_with(&format!("Action={}&", operation.name())), "{what}");
    }
    let codes = heard.iter().filter(|heard| heard.body.contains("TokenCode=")).count();
    assert!(codes <= 1, "a code is never sent twice: {what}");
}

#[tokio::test]
async fn every_operation_ends_in_words_and_in_few_tries_whatever_comes_back() {
    let mut all = JoinSet::new();
    for fault in faults() {
        for operation in Operation::ALL {
            all.spawn(cross(operation, fault.clone()));
        }
    }
    assert_eq!(all.len(), Operation::ALL.len() * faults().len());
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

#[test]
fn people_wait_a_quarter_of_a_minute_at_most() {
    assert_eq!(Patience::default().total, Duration::from_secs(15));
}
