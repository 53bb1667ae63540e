//! How `hat use` asks a person, and how it is taken back.

#[cfg(target_os = "linux")]
use crate::person::at_terminal;
use crate::person::{interrupt, read_until};
use crate::world::{Say, Told, World, done, nothing, present};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::{PromptState, SessionState};
use hatrack_wire::{Answer, Ask, Command};
use std::io::Write;
use std::process::Stdio;
use std::sync::mpsc;

const QUESTION: &str = "Code of arn:aws:iam::123456789012:mfa/eve for Admin in Shop: ";

#[test]
fn a_code_from_stdin_that_is_refused_ends_in_words_and_is_taken_back() {
    let world = World::new();
    let (tell, told) = mpsc::channel();
    let agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(wanted) => {
            assert_eq!(wanted.ask, Ask::Here);
            assert_eq!(wanted.token_code.unwrap().open(), "123 456");
            vec![accepted(), asking(Some(wrong()))]
        }
        other => {
            tell.send(format!("{other:?}")).unwrap();
            vec![done()]
        }
    });
    let mut hat = world.hat(&["use", "Admin", "--token-code", "-"]);
    let mut hat = hat.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    hat.stdin.take().unwrap().write_all(b"123 456\n").unwrap();
    let stderr = "hat: The code was wrong. Type the next one.\n".to_owned();
    let expected = Told { exit: 1, stdout: String::new(), stderr };
    assert_eq!(Told::from(hat.wait_with_output().unwrap()), expected);
    agent.join().unwrap();
    assert_eq!(told.recv().unwrap(), "DismissPrompt { prompt: PromptId(9) }");
}

#[test]
fn no_code_on_stdin_is_wrong_usage() {
    assert_eq!(World::new().run(&["use", "Admin", "--token-code", "-"]).exit, 2);
}

#[test]
fn a_device_that_no_code_was_given_for_needs_a_person() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Activate(_) => vec![accepted(), asking(None)],
        Command::Subscribe { .. } => vec![done(), nothing()],
        _ => vec![done()],
    });
    let told = world.run(&["use", "Admin", "--token-code", "123456"]);
    assert_eq!(told.exit, 3, "{told:?}");
}

#[test]
fn ctrl_c_takes_the_activation_back() {
    let world = World::new();
    let (tell, told) = mpsc::channel();
    let agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(_) => {
            tell.send("activate".to_owned()).unwrap();
            vec![accepted(), asking(None)]
        }
        other => {
            tell.send(format!("{other:?}")).unwrap();
            vec![done()]
        }
    });
    let mut hat = world.hat(&["use", "Admin"]);
    let mut hat = hat.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert_eq!(told.recv().unwrap(), "activate");
    // The words come when the question is there, and so the handler.
    read_until(&mut hat.stderr.as_mut().unwrap(), "Hatrack's window asks for the MFA code.");
    interrupt(&hat);
    assert_eq!(hat.wait().unwrap().code(), Some(130));
    agent.join().unwrap();
    assert_eq!(told.recv().unwrap(), "DismissPrompt { prompt: PromptId(9) }");
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_a_wrong_code_is_told_and_asked_again() {
    let world = World::new();
    let mut codes = Vec::new();
    let _agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(wanted) => {
            assert_eq!(wanted.ask, Ask::Here);
            vec![accepted(), asking(None)]
        }
        Command::AnswerPrompt { code, .. } => {
            codes.push(code.open().to_owned());
            let sending = present(SessionState::Authenticating, Some((PromptState::Sending, None)));
            match codes.len() {
                1 => vec![done(), sending, asking(Some(wrong()))],
                _ => {
                    assert_eq!(codes, ["111111", "222222"]);
                    vec![done(), sending, present(SessionState::Active, None)]
                }
            }
        }
        other => panic!("{other:?}"),
    });
    let (mut terminal, hat) = at_terminal(&mut world.hat(&["use", "Admin"]));
    read_until(&mut terminal, QUESTION);
    terminal.write_all(b"111111\n").unwrap();
    read_until(&mut terminal, &format!("The code was wrong. Type the next one.\r\n{QUESTION}"));
    terminal.write_all(b"222 222\n").unwrap();
    let told = hat.wait_with_output().unwrap();
    assert!(told.status.success());
    assert!(String::from_utf8(told.stdout).unwrap().starts_with("Admin → work, until "));
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_an_empty_line_takes_it_back() {
    let world = World::new();
    let agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(_) => vec![accepted(), asking(None)],
        Command::DismissPrompt { .. } => vec![done()],
        other => panic!("{other:?}"),
    });
    let (mut terminal, mut hat) = at_terminal(&mut world.hat(&["use", "Admin"]));
    read_until(&mut terminal, QUESTION);
    terminal.write_all(b"\n").unwrap();
    read_until(&mut terminal, "hat: The activation was taken back.");
    assert_eq!(hat.wait().unwrap().code(), Some(1));
    agent.join().unwrap();
}

#[test]
fn a_code_that_is_fetched_is_waited_for_where_nobody_can_ask() {
    for line in [&["use", "Admin", "--token-code", "111111"][..], &["use", "Admin"]] {
        let world = World::new();
        let _agent = world.agent(|command| match command {
            Command::Subscribe { .. } => vec![done(), nothing()],
            Command::Activate(_) => {
                vec![accepted(), fetching(None), fetching(None), present(SessionState::Active, None)]
            }
            other => panic!("{other:?}"),
        });
        let mut hat = world.hat(line);
        let told = Told::from(hat.env("AWS_PROFILE", "work").output().unwrap());
        assert_eq!((told.exit, told.stderr.as_str()), (0, "The MFA code is being fetched from the vault.\n"));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_a_person_may_be_quicker_than_what_fetches() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(_) => vec![accepted(), fetching(None)],
        Command::AnswerPrompt { code, .. } => {
            assert_eq!(code.open(), "123456");
            vec![done(), present(SessionState::Active, None)]
        }
        other => panic!("{other:?}"),
    });
    let (mut terminal, hat) = at_terminal(&mut world.hat(&["use", "Admin"]));
    read_until(
        &mut terminal,
        &format!("The code is being fetched from the vault; you may type it, too.\r\n{QUESTION}"),
    );
    terminal.write_all(b"123456\n").unwrap();
    assert!(hat.wait_with_output().unwrap().status.success());
}

#[test]
#[cfg(target_os = "linux")]
fn a_role_that_wants_to_be_confirmed_has_the_account_typed() {
    let world = World::new();
    let _agent = world.agent(confirmed);
    let (mut terminal, hat) = at_terminal(&mut world.hat(&["use", "Admin"]));
    read_until(&mut terminal, "Admin is the root user.\r\nType the account's id to go on: ");
    terminal.write_all(b"123456789012\n").unwrap();
    assert!(hat.wait_with_output().unwrap().status.success());
}

#[test]
fn off_a_terminal_a_confirmation_comes_with_the_command_or_not_at_all() {
    for (line, exit) in [(&["use", "Admin"][..], 3), (&["use", "Admin", "--confirm", "123456789012"], 0)] {
        let world = World::new();
        let _agent = world.agent(confirmed);
        assert_eq!(world.run(line).exit, exit);
    }
}

/// An agent that wants the account's id before it activates.
fn confirmed(command: Command) -> Vec<Say> {
    match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(wanted) if wanted.confirmed.as_deref() == Some("123456789012") => {
            vec![accepted(), present(SessionState::Active, None)]
        }
        Command::Activate(wanted) => {
            assert_eq!(wanted.confirmed, None);
            let failure =
                Failure::new(FailureCode::ConfirmationNeeded, "Admin is the root user.", "Confirm it.");
            vec![Say::Answer(Err(failure))]
        }
        other => panic!("{other:?}"),
    }
}

/// A present whose prompt is answered by the vault, unless something is in the way.
fn fetching(refused: Option<Failure>) -> Say {
    let Say::Present(mut snapshot) = asking(refused) else { unreachable!() };
    for prompt in &mut snapshot.prompts {
        prompt.fetching = Some("the vault".to_owned());
    }
    Say::Present(snapshot)
}

fn accepted() -> Say {
    Say::Answer(Ok(Answer::Accepted { session: SessionId(1), attempt: 1 }))
}

fn asking(refused: Option<Failure>) -> Say {
    present(SessionState::AwaitingMfa, Some((PromptState::Asking, refused)))
}

fn wrong() -> Failure {
    Failure::new(FailureCode::CodeRefused, "The code was wrong.", "Type the next one.")
}
