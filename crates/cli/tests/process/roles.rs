//! `hat plan`, `why`, `role`, `provider`, `token` and `whose`: what is asked, and what is told.

use crate::world::{Say, Told, World, answer, done};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::Failed;
use hatrack_core::plan::{PlanStep, PlanView, Renewal};
use hatrack_wire::{Answer, Command, Described, OwnSection, Sealed, SectionKind, TokenWanted};
use std::collections::BTreeMap;
use std::sync::mpsc;

const ARN: &str = "arn:aws:iam::123456789012:role/Deploy";

#[test]
fn a_plan_is_told_for_people_and_for_scripts() {
    for json in [false, true] {
        let world = World::new();
        let _agent = world.agent(|command| {
            let Command::Plan { role, duration_seconds } = command else { panic!("{command:?}") };
            assert_eq!((role, duration_seconds), (Described::Role("Deploy".to_owned()), Some(129_600)));
            vec![plan()]
        });
        let line = ["plan", "Deploy", "--duration", "36h", "--json"];
        let told = world.run(if json { &line } else { &line[..4] });
        assert_eq!(told.exit, 0, "{told:?}");
        if json {
            let value: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
            assert_eq!((&value["steps"][0]["subject"], &value["renewal"]), (&ARN.into(), &"silent".into()));
        } else {
            let expected = format!("1. AssumeRole {ARN}, for 1 h 0 m\n   It is so.\nIt renews silently.\n");
            assert_eq!(told.stdout, expected);
        }
    }
}

#[test]
fn the_last_failure_is_told_with_what_aws_said() {
    for json in [false, true] {
        let world = World::new();
        let _agent = world.agent(|command| {
            assert!(matches!(command, Command::Why { role } if role == "Deploy"));
            let failure = refusal();
            let failed = Some(Failed { at: "2000-01-01T12:00:00Z".parse().unwrap(), failure });
            vec![answer(Answer::Why { failed, picks: None })]
        });
        let told = world.run(if json { &["why", "Deploy", "--json"] } else { &["why", "Deploy"] });
        if json {
            let value: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
            assert_eq!(value["failed"]["failure"]["request_id"], "1b2c");
            assert!(value["picks"].is_null());
        } else {
            assert!(told.stdout.starts_with("It failed last on 2000-01-01 12:00 ("), "{told:?}");
            let words = "  AWS says no. Ask the account's owner.\n  AWS: AccessDenied, request 1b2c\n";
            assert!(told.stdout.ends_with(words), "{told:?}");
        }
    }
}

#[test]
fn what_aws_said_is_one_quiet_line_below_a_failure() {
    let world = World::new();
    let _agent = world.agent(|_| vec![Say::Answer(Err(refusal()))]);
    let stderr = "hat: AWS says no. Ask the account's owner.\nAWS: AccessDenied, request 1b2c\n".to_owned();
    assert_eq!(world.run(&["plan", "Deploy"]), Told { exit: 1, stdout: String::new(), stderr });
}

#[test]
fn a_role_is_described_saved_and_planned() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    std::fs::write(&policy, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}\n").unwrap();
    let add =
        ["role", "add", "deploy", "--arn", ARN, "--from", "work", "--tag", "team=web", "--tag", "env=a b"];
    let line: Vec<&str> = add.into_iter().chain(["--policy", policy.to_str().unwrap()]).collect();
    let (told, saved) = describing(&line, &[], &[]);
    assert_eq!((told.exit, told.stderr.as_str()), (0, "deploy is saved.\n"), "{told:?}");
    assert!(told.stdout.starts_with("1. AssumeRole "), "{told:?}");
    let expected = settings(&[
        ("role_arn", ARN),
        ("source_profile", "work"),
        ("session_tags", "team=web,env=a b"),
        ("policy", r#"{"Version":"2012-10-17","Statement":[]}"#),
    ]);
    assert_eq!(saved, [section("deploy", expected)]);
}

#[test]
fn an_edit_keeps_what_it_does_not_name() {
    let (told, saved) = describing(
        &["role", "edit", "deploy", "--mfa", "", "--region", "", "--duration", "4h"],
        &[("region", "eu-west-1"), ("external_id", "x")],
        &[("role_arn", ARN), ("mfa_serial", "eve")],
    );
    assert_eq!(told.exit, 0, "{told:?}");
    let expected = settings(&[("duration_seconds", "14400"), ("external_id", "x"), ("mfa_serial", "")]);
    assert_eq!(saved, [section("deploy", expected)]);
}

#[test]
fn a_role_that_is_there_is_not_added_and_one_that_is_not_is_not_edited() {
    for (line, own, exit) in [
        (&["role", "add", "deploy", "--arn", ARN][..], &[("region", "x")][..], 2),
        (&["role", "add", "deploy"], &[], 2),
        (&["role", "edit", "deploy"], &[("region", "x")], 2),
        (&["role", "edit", "deploy", "--arn", ARN], &[], 4),
        (&["role", "show", "deploy"], &[], 4),
        (&["role", "add", "deploy", "--policy", "/nowhere/policy.json"], &[], 5),
    ] {
        let (told, saved) = describing(line, own, &[]);
        assert_eq!((told.exit, saved.len()), (exit, 0), "{line:?} {told:?}");
    }
}

#[test]
fn a_role_is_shown_and_removed() {
    let (told, _) = describing(&["role", "show", "deploy"], &[("region", "x")], &[("role_arn", ARN)]);
    let expected = format!("Hatrack's own file\n  region = x\nThe shared files\n  role_arn = {ARN}\n");
    assert_eq!(told.stdout, expected);
    let world = World::new();
    let _agent = world.agent(|command| {
        let Command::RemoveSection { kind: SectionKind::Profile, name } = command else {
            panic!("{command:?}")
        };
        assert_eq!(name, "deploy");
        vec![done()]
    });
    assert_eq!(world.run(&["role", "remove", "deploy"]).exit, 0);
}

#[test]
fn providers_are_added_listed_and_removed() {
    let line = ["provider", "add", "oidc", "google", "--issuer", "https://id.example", "--client-id", "c"];
    let (told, saved) = describing(&line, &[], &[]);
    assert_eq!(told.exit, 0, "{told:?}");
    let expected = settings(&[("issuer", "https://id.example"), ("client_id", "c")]);
    assert_eq!(saved, [OwnSection { kind: SectionKind::Oidc, ..section("google", expected) }]);

    let again = ["provider", "add", "saml", "company", "--sign-in-url", "https://sso.example"];
    let (told, saved) = describing(&again, &[], &[]);
    assert_eq!((told.exit, saved.len()), (2, 0), "{told:?}");

    let (told, _) = describing(&["provider", "list"], &[], &[]);
    assert_eq!(told.stdout, "NAME     KIND\ncompany  saml\n");
}

#[test]
fn a_token_stands_alone_on_stdout() {
    for (json, expected) in [
        (false, "eyJhbGciOi.x.y\n".to_owned()),
        (
            true,
            "{\n  \"token\": \"eyJhbGciOi.x.y\",\n  \"expiration\": \"2030-01-01T12:00:00Z\"\n}\n".to_owned(),
        ),
    ] {
        let world = World::new();
        let _agent = world.agent(|command| {
            let Command::Token { role, wanted } = command else { panic!("{command:?}") };
            let TokenWanted::WebIdentity { audience, signing_algorithm, duration_seconds, tags } = wanted
            else {
                panic!("{wanted:?}")
            };
            assert_eq!((role.as_str(), audience), ("Deploy", vec!["a".to_owned(), "b".to_owned()]));
            assert_eq!((signing_algorithm.as_str(), duration_seconds), ("ES384", Some(300)));
            assert_eq!(tags, [("team".to_owned(), "web=1".to_owned())]);
            vec![token("eyJhbGciOi.x.y")]
        });
        let line = ["token", "Deploy", "--audience", "a", "--audience", "b", "--algorithm", "ES384"];
        let more = ["--duration", "5m", "--tag", "team=web=1", "--json"];
        let line: Vec<&str> = line.iter().chain(&more[..if json { 5 } else { 4 }]).copied().collect();
        assert_eq!(world.run(&line), Told { exit: 0, stdout: expected, stderr: String::new() });
    }
}

#[test]
fn a_token_is_traded_in_from_stdin() {
    let credentials = r#"{"AccessKeyId":"ASIA"}"#;
    let world = World::new();
    let _agent = world.agent(move |command| {
        let Command::Token { wanted: TokenWanted::Delegated { trade_in_token }, .. } = command else {
            panic!("{command:?}")
        };
        assert_eq!(trade_in_token.open(), "given");
        vec![token(credentials)]
    });
    let told = world.run_with(&["token", "Deploy", "--trade-in", "-"], "given\n");
    assert_eq!(told, Told { exit: 0, stdout: format!("{credentials}\n"), stderr: String::new() });
}

#[test]
fn the_owner_of_a_key_is_told() {
    let world = World::new();
    let _agent = world.agent(|command| {
        let Command::KeyOwner { role, access_key_id } = command else { panic!("{command:?}") };
        assert_eq!((role.as_str(), access_key_id.as_str()), ("Deploy", "AKIAIOSFODNN7EXAMPLE"));
        let (account_id, account_name) = ("123456789012".to_owned(), "Shop".to_owned());
        vec![answer(Answer::KeyOwner { account_id, account_name })]
    });
    let told = world.run(&["whose", "AKIAIOSFODNN7EXAMPLE", "--with", "Deploy"]);
    assert_eq!(told.stdout, "123456789012 (Shop)\n");
}

/// Runs a command against an agent that has these settings of each profile and one SAML provider.
/// Returns what was saved, too.
fn describing(line: &[&str], own: &[(&str, &str)], shared: &[(&str, &str)]) -> (Told, Vec<OwnSection>) {
    let (own, shared) = (settings(own), settings(shared));
    let world = World::new();
    let (tell, saved) = mpsc::channel();
    let agent = world.agent(move |command| match command {
        Command::Describe { .. } => {
            let providers = vec![Provider::Saml("company".to_owned())];
            vec![answer(Answer::Description { own: own.clone(), shared: shared.clone(), providers })]
        }
        Command::SaveSection(section) => {
            tell.send(section).unwrap();
            vec![done()]
        }
        Command::Plan { role, .. } => {
            assert_eq!(role, Described::Role("profile:deploy".to_owned()));
            vec![plan()]
        }
        other => panic!("{other:?}"),
    });
    let told = world.run(line);
    agent.join().unwrap();
    (told, saved.iter().collect())
}

fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn section(name: &str, settings: BTreeMap<String, String>) -> OwnSection {
    OwnSection { kind: SectionKind::Profile, name: name.to_owned(), settings }
}

fn plan() -> Say {
    let step = PlanStep {
        operation: Some("AssumeRole".to_owned()),
        subject: ARN.to_owned(),
        duration_seconds: Some(3600),
        prompt: None,
        why: "It is so.".to_owned(),
    };
    answer(Answer::Plan(Box::new(PlanView {
        steps: vec![step],
        renewal: Renewal::Silent,
        renewal_words: "It renews silently.".to_owned(),
        notes: Vec::new(),
    })))
}

fn token(text: &str) -> Say {
    let expiration = "2030-01-01T12:00:00Z".parse().unwrap();
    answer(Answer::Token { token: Sealed::new(text), expiration })
}

fn refusal() -> Failure {
    Failure::new(FailureCode::Refused, "AWS says no.", "Ask the account's owner.")
        .with_aws_code(Some("AccessDenied"))
        .with_request_id(Some("1b2c"))
}
