//! Sign-ins in the browser: `hat login`, and roles that begin with one.

use crate::person::interrupt;
use crate::world::{Say, Told, World, answer, done, nothing, present, session};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::snapshot::{SessionState, SignIn, Snapshot};
use hatrack_wire::{Answer, Capture, Command, Open, Sealed, Update};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;

const URL: &str = "https://id.example/authorize?state=a&code_challenge=b%20c";

#[test]
fn a_sign_in_is_opened_in_the_browser_and_its_roles_are_told() {
    let world = World::new();
    let opened = world.path("opened");
    let _agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { provider, device_code } => {
            assert_eq!((provider.as_deref(), device_code), (Some("company"), false));
            vec![
                waiting(Vec::new()),
                answer(Answer::SignIn(PromptId(9))),
                open(),
                ended(Ok(vec!["arn:aws:iam::123456789012:role/Dev".to_owned()])),
            ]
        }
        other => panic!("{other:?}"),
    });
    let mut hat = world.hat(&["login", "company"]);
    let told = Told::from(hat.env("BROWSER", browser("notes.sh")).output().unwrap());
    assert_eq!(told.exit, 0, "{told:?}");
    assert_eq!(told.stdout, "Signed in at company.\n  arn:aws:iam::123456789012:role/Dev\n");
    assert_eq!(told.stderr, "Sign in at company in the browser; this waits for it.\n");
    while !opened.exists() {
        std::thread::yield_now();
    }
    assert_eq!(std::fs::read_to_string(opened).unwrap(), URL);
}

#[test]
fn a_refused_sign_in_ends_in_words() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { .. } => {
            let failure = Failure::new(FailureCode::Refused, "The provider says no.", "Ask its owner.");
            vec![answer(Answer::SignIn(PromptId(9))), ended(Err(failure))]
        }
        other => panic!("{other:?}"),
    });
    let stderr = "hat: The provider says no. Ask its owner.\n".to_owned();
    assert_eq!(world.run(&["login", "company"]), Told { exit: 1, stdout: String::new(), stderr });
}

#[test]
fn where_no_browser_can_be_shown_a_person_is_needed_and_it_is_taken_back() {
    for browser in ["", "/bin/false"] {
        let world = World::new();
        let (tell, told) = mpsc::channel();
        let agent = world.agent(move |command| match command {
            Command::Subscribe { .. } => vec![done(), nothing()],
            Command::SignIn { .. } => vec![answer(Answer::SignIn(PromptId(9))), open()],
            other => {
                tell.send(format!("{other:?}")).unwrap();
                vec![done()]
            }
        });
        let output = Told::from(world.hat(&["login", "company"]).env("BROWSER", browser).output().unwrap());
        assert_eq!(output.exit, 3, "{output:?}");
        assert!(!output.stderr.contains("id.example"), "a log is no place for it: {output:?}");
        agent.join().unwrap();
        assert_eq!(told.recv().unwrap(), "DismissPrompt { prompt: PromptId(9) }");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_without_a_display_the_address_is_told() {
    use crate::person::{at_terminal, read_until};
    let world = World::new();
    let (go, wait) = mpsc::channel::<()>();
    let _agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { .. } => vec![answer(Answer::SignIn(PromptId(9))), open()],
        other => {
            go.send(()).unwrap();
            assert!(matches!(other, Command::DismissPrompt { prompt: PromptId(9) }));
            vec![done()]
        }
    });
    let (mut terminal, mut hat) = at_terminal(&mut world.hat(&["login", "company"]));
    read_until(&mut terminal, &format!("Open this address in a browser of this computer:\r\n{URL}\r\n"));
    interrupt(&hat);
    assert_eq!(hat.wait().unwrap().code(), Some(130));
    wait.recv().unwrap();
}

#[test]
fn an_address_that_is_none_is_not_opened() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { .. } => {
            let url = Sealed::new("file:///etc/passwd");
            vec![answer(Answer::SignIn(PromptId(9))), Say::Update(Update::Open(Open { url, window: None }))]
        }
        _ => vec![done()],
    });
    let mut hat = world.hat(&["login", "company"]);
    let told = Told::from(hat.env("BROWSER", browser("notes.sh")).output().unwrap());
    assert_eq!(told.exit, 1, "{told:?}");
    assert!(!world.path("opened").exists());
}

#[test]
fn what_is_meant_for_the_isolated_window_is_not_opened_here() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { .. } => {
            let window = Capture {
                name: "company".to_owned(),
                endpoints: Vec::new(),
                post_to: Sealed::new("http://127.0.0.1:1/"),
                sign_in: PromptId(9),
            };
            let open = Open { url: Sealed::new(URL), window: Some(window) };
            vec![answer(Answer::SignIn(PromptId(9))), Say::Update(Update::Open(open)), ended(Ok(Vec::new()))]
        }
        other => panic!("{other:?}"),
    });
    let told = Told::from(world.hat(&["login", "company"]).output().unwrap());
    assert_eq!((told.exit, told.stdout.as_str()), (0, "Signed in at company.\n"));
}

#[test]
fn a_sign_in_that_another_face_takes_back_ends_the_wait() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::SignIn { .. } => vec![answer(Answer::SignIn(PromptId(9))), waiting(Vec::new()), nothing()],
        other => panic!("{other:?}"),
    });
    let told = world.run(&["login", "company"]);
    assert_eq!(told.exit, 1);
    assert!(told.stderr.ends_with("hat: The sign-in was taken back.\n"), "{told:?}");
}

#[test]
fn a_role_that_begins_with_a_sign_in_waits_for_it() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(_) => {
            let accepted = Answer::Accepted { session: SessionId(1), attempt: 1 };
            let active = present(SessionState::Active, None);
            vec![answer(accepted), waiting(vec![SessionId(1)]), open(), waiting(vec![SessionId(1)]), active]
        }
        other => panic!("{other:?}"),
    });
    let mut hat = world.hat(&["use", "Admin"]);
    let told =
        Told::from(hat.env("BROWSER", browser("notes.sh")).env("AWS_PROFILE", "work").output().unwrap());
    assert_eq!(told.stderr, "Sign in at company in the browser; this waits for it.\n");
    assert_eq!(told.exit, 0, "{told:?}");
}

#[test]
fn ctrl_c_takes_a_sign_in_back() {
    let world = World::new();
    let (tell, told) = mpsc::channel();
    let agent = world.agent(move |command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Activate(_) => {
            let accepted = Answer::Accepted { session: SessionId(1), attempt: 1 };
            vec![answer(accepted), waiting(vec![SessionId(1)])]
        }
        other => {
            tell.send(format!("{other:?}")).unwrap();
            vec![done()]
        }
    });
    let mut hat = world.hat(&["use", "Admin"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = hat.stderr.take().unwrap();
    let mut begun = [0; 1];
    std::io::Read::read_exact(&mut stderr, &mut begun).unwrap();
    interrupt(&hat);
    assert_eq!(hat.wait().unwrap().code(), Some(130));
    agent.join().unwrap();
    assert_eq!(told.recv().unwrap(), "DismissPrompt { prompt: PromptId(9) }");
}

#[test]
fn signing_out_is_one_command() {
    let world = World::new();
    let _agent = world.agent(|command| {
        assert!(matches!(command, Command::SignOut { provider } if provider.as_deref() == Some("company")));
        vec![done()]
    });
    let stderr = "Signed out of company.\n".to_owned();
    assert_eq!(world.run(&["logout", "company"]), Told { exit: 0, stdout: String::new(), stderr });
}

fn open() -> Say {
    Say::Update(Update::Open(Open { url: Sealed::new(URL), window: None }))
}

fn ended(result: Result<Vec<String>, Failure>) -> Say {
    Say::Update(Update::SignedIn { sign_in: PromptId(9), result })
}

/// A present in which a sign-in waits, and these sessions for it.
fn waiting(sessions: Vec<SessionId>) -> Say {
    let views = sessions.iter().map(|_| session(SessionState::AwaitingBrowser)).collect();
    let provider = Provider::Saml("company".to_owned());
    let sign_in = SignIn { id: PromptId(9), provider, sessions, device: None };
    Say::Present(Box::new(Snapshot { sessions: views, sign_ins: vec![sign_in], ..Snapshot::default() }))
}

fn browser(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/process/browsers").join(name)
}
