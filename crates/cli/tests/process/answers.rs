//! What `hat` answers, and with which exit code, where an agent listens.

use crate::world::{Say, Told, World, done, nothing, present};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::SessionState;
use hatrack_wire::{Answer, Ask, Command, Finding, Verdict};

const ACCEPTED: Answer = Answer::Accepted { session: SessionId(1), attempt: 1 };

#[test]
fn every_kind_of_failure_has_its_exit_code_and_two_sentences() {
    for (code, exit) in [
        (FailureCode::Refused, 1),
        (FailureCode::NotOurs, 1),
        (FailureCode::Usage, 2),
        (FailureCode::PersonNeeded, 3),
        (FailureCode::NotFound, 4),
        (FailureCode::File, 5),
    ] {
        let world = World::new();
        let _agent =
            world.agent(move |_| vec![Say::Answer(Err(Failure::new(code, "It is so.", "Do that.")))]);
        let stderr = "hat: It is so. Do that.\n".to_owned();
        assert_eq!(world.run(&["use", "Admin"]), Told { exit, stdout: String::new(), stderr });
    }
}

#[test]
fn wrong_usage_is_exit_2_before_any_agent_is_asked() {
    for line in [&["use"][..], &["use", "Admin", "--duration", "37h"], &["of"], &[], &["--no-agent", "agent"]]
    {
        assert_eq!(World::new().run(line).exit, 2, "{line:?}");
    }
}

#[test]
fn a_delivered_role_is_one_line_and_a_hint() {
    let world = World::new();
    let _agent = world.agent(activated);
    let told = world.run(&["use", "Admin", "--as", "work", "--duration", "1h"]);
    assert_eq!(told.exit, 0);
    assert!(told.stdout.starts_with("Admin → work, until 12:00 ("), "{told:?}");
    assert_eq!(told.stderr, "To use it here: export AWS_PROFILE=work\n");
}

#[test]
fn a_delivered_role_as_json_is_the_session() {
    let world = World::new();
    let agent = world.agent(activated);
    let mut hat = world.hat(&["use", "Admin", "--as", "work", "--duration", "1h", "--json"]);
    let told = Told::from(hat.env("AWS_PROFILE", "work").env("MY_OWN", "x").output().unwrap());
    let session: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((&session["output_profile"], &session["state"]), (&"work".into(), &"active".into()));
    assert_eq!(told.stderr, "");
    let hello = agent.join().unwrap();
    assert_eq!((hello.environment.get("AWS_PROFILE"), hello.environment.get("MY_OWN")), (Some("work"), None));
}

#[test]
fn status_tells_what_is_alive() {
    for (all, count) in [(false, 0), (true, 1)] {
        let world = World::new();
        let _agent = world.agent(|_| vec![done(), present(SessionState::Failed, None)]);
        let line: &[&str] = if all { &["status", "--json", "--all"] } else { &["status", "--json"] };
        let told: serde_json::Value = serde_json::from_str(&world.run(line).stdout).unwrap();
        assert_eq!(told.as_array().unwrap().len(), count);
    }
    let world = World::new();
    let _agent = world.agent(|_| vec![done(), nothing()]);
    let stderr = "Nothing is active.\n".to_owned();
    assert_eq!(world.run(&["status"]), Told { exit: 0, stdout: String::new(), stderr });
}

#[test]
fn a_wrong_clock_is_told_and_counted_with() {
    let world = World::new();
    let _agent = world.agent(|_| {
        let Say::Present(mut snapshot) = present(SessionState::Active, None) else { unreachable!() };
        snapshot.clock_offset = 86_400 * 365_000;
        vec![done(), Say::Present(snapshot)]
    });
    let told = world.run(&["status", "--json"]);
    let sessions: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(sessions[0]["seconds_left"], 0, "a thousand years from now it is over");
    assert!(told.stderr.contains(" behind AWS's; Hatrack counts with AWS's."), "{told:?}");
}

#[test]
fn off_returns_when_the_section_is_gone() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), present(SessionState::Active, None)],
        Command::Deactivate(_) => {
            let ending = Say::Answer(Ok(Answer::Ending(vec![SessionId(1)])));
            vec![present(SessionState::Active, None), ending, present(SessionState::Ending, None), nothing()]
        }
        other => panic!("{other:?}"),
    });
    let stdout = "Admin ended (work)\n".to_owned();
    assert_eq!(world.run(&["off"]), Told { exit: 0, stdout, stderr: String::new() });
}

#[test]
fn off_with_nothing_active_is_a_failure_only_for_a_named_role() {
    for (line, exit) in
        [(&["off", "--all"][..], 0), (&["off"], 0), (&["off", "Admin"], 4), (&["off", "--as", "work"], 4)]
    {
        let world = World::new();
        let _agent = world.agent(|command| match command {
            Command::Subscribe { .. } => vec![done(), nothing()],
            Command::Deactivate(_) => vec![Say::Answer(Ok(Answer::Ending(Vec::new())))],
            other => panic!("{other:?}"),
        });
        assert_eq!(world.run(line).exit, exit, "{line:?}");
    }
}

#[test]
fn the_doctor_says_no_when_something_is_bad_and_a_pipe_has_no_colour() {
    let world = World::new();
    let _agent = world.agent(|command| {
        let finding = Finding {
            subject: "keyring".to_owned(),
            verdict: Verdict::Bad,
            found: "It is locked.".to_owned(),
            remedy: "Unlock it.".to_owned(),
        };
        let status =
            hatrack_wire::AgentStatus { pid: 1, version: "9.9".to_owned(), active_sessions: 0, faces: 0 };
        match command {
            Command::Agent => vec![Say::Answer(Ok(Answer::Agent(status)))],
            Command::Doctor => vec![Say::Answer(Ok(Answer::Findings(vec![finding])))],
            other => panic!("{other:?}"),
        }
    });
    let told = world.run(&["doctor"]);
    assert_eq!(told.exit, 1);
    assert!(told.stdout.ends_with("✗ bad      keyring: It is locked.\n           Unlock it.\n"), "{told:?}");
    assert!(!told.stdout.contains('\u{1b}'));
}

#[test]
fn completions_need_no_agent() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let told = World::new().run(&["completions", shell]);
        assert!(told.exit == 0 && told.stdout.contains("HATRACK_COMPLETE"), "{shell}");
    }
}

/// An agent that delivers what it is asked for, as it is expected to be asked.
fn activated(command: Command) -> Vec<Say> {
    match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(wanted) => {
            assert_eq!(
                (wanted.role.as_str(), wanted.duration_seconds, wanted.ask),
                ("Admin", Some(3600), Ask::InWindow)
            );
            let later =
                [SessionState::Authenticating, SessionState::Active].map(|state| present(state, None));
            [Say::Answer(Ok(ACCEPTED))].into_iter().chain(later).collect()
        }
        other => panic!("{other:?}"),
    }
}
