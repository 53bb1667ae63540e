//! How `hat use` asks a person, and how it is taken back.

use crate::world::{Say, Told, World, done, nothing, present};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::{PromptState, SessionState};
use hatrack_wire::{Answer, Ask, Command};
use std::fs::File;
use std::io::{Read, Write};
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
    let kill = std::process::Command::new("kill").args(["-INT", &hat.id().to_string()]).status().unwrap();
    assert!(kill.success());
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
    let (mut terminal, theirs) = terminal();
    let stderr = theirs.try_clone().unwrap();
    let mut hat = world.hat(&["use", "Admin"]);
    let hat = hat.stdin(theirs).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
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
    let (mut terminal, theirs) = terminal();
    let stderr = theirs.try_clone().unwrap();
    let mut hat = world.hat(&["use", "Admin"]).stdin(theirs).stderr(stderr).spawn().unwrap();
    read_until(&mut terminal, QUESTION);
    terminal.write_all(b"\n").unwrap();
    read_until(&mut terminal, "hat: The activation was taken back.");
    assert_eq!(hat.wait().unwrap().code(), Some(1));
    agent.join().unwrap();
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

fn read_until(from: &mut impl Read, expected: &str) {
    let (mut seen, mut buffer) = (Vec::new(), [0; 256]);
    while !String::from_utf8_lossy(&seen).contains(expected) {
        let count = from.read(&mut buffer).unwrap_or(0);
        assert!(count > 0, "{expected:?} never came after {:?}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..count]);
    }
}

/// A terminal: the person's end, and the program's.
#[cfg(target_os = "linux")]
fn terminal() -> (File, File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::os::unix::fs::OpenOptionsExt;
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let flags = i32::try_from(OpenptFlags::NOCTTY.bits()).unwrap();
    let program = File::options().read(true).write(true).custom_flags(flags).open(name).unwrap();
    (File::from(person), program)
}
