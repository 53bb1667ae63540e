//! `hat` as a process, and an agent that does as a test says.

use hatrack_core::failure::Failure;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{Prompt, PromptState, SessionState, SessionView, Snapshot};
use hatrack_wire::frame::{self, LIMIT_FROM_AGENT, LIMIT_TO_AGENT};
use hatrack_wire::{Answer, Command, FromAgent, Hello, PROTOCOL, Places, Request, Update, Welcome};
use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread::JoinHandle;

/// A home of its own for `hat` and its agent.
pub(crate) struct World {
    home: tempfile::TempDir,
}

impl World {
    /// An empty home.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// The path of a file in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The places of this home.
    pub(crate) fn places(&self) -> Places {
        Places::of(|name| (name == "HATRACK_HOME").then(|| self.home.path().into())).unwrap()
    }

    /// The command line, in an environment of this world alone.
    pub(crate) fn hat(&self, line: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hat"));
        command.args(line).env_clear().stdin(Stdio::null());
        command.env("HATRACK_HOME", self.home.path()).env("HATRACK_AGENT", self.path("no-agent"));
        command.env("PATH", "/usr/bin:/bin").env("TZ", "UTC");
        command
    }

    /// The command line, with one of the programs in `agents` for the agent's. They stand in files
    /// of the tree: one that a test has just written may still be open in another test's child.
    pub(crate) fn hat_starting(&self, agent: &str, line: &[&str]) -> std::process::Command {
        let agents = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/process/agents");
        let mut command = self.hat(line);
        command.env("HATRACK_AGENT", agents.join(agent));
        command
    }

    /// Runs the command line to its end, with this on stdin.
    pub(crate) fn run_with(&self, line: &[&str], stdin: &str) -> Told {
        let mut hat = self.hat(line);
        let mut hat =
            hat.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One that refuses its arguments doesn't wait for it.
        hat.stdin.take().unwrap().write_all(stdin.as_bytes()).ok();
        hat.wait_with_output().unwrap().into()
    }

    /// Runs the command line to its end.
    pub(crate) fn run(&self, line: &[&str]) -> Told {
        self.hat(line).output().unwrap().into()
    }

    /// Listens as an agent of this protocol, for one connection, and does this with each command
    /// until the connection ends. Returns the environment that the client brought.
    pub(crate) fn agent_of(
        &self,
        protocol: u32,
        mut act: impl FnMut(Command) -> Vec<Say> + Send + 'static,
    ) -> JoinHandle<Hello> {
        let places = self.places();
        places.prepare().unwrap();
        let listener = UnixListener::bind(places.socket()).unwrap();
        std::thread::spawn(move || serve(&listener.accept().unwrap().0, protocol, &mut act))
    }

    /// Listens as an agent, for one connection.
    pub(crate) fn agent(&self, act: impl FnMut(Command) -> Vec<Say> + Send + 'static) -> JoinHandle<Hello> {
        self.agent_of(PROTOCOL, act)
    }
}

/// What the agent says to a command.
pub(crate) enum Say {
    /// The answer.
    Answer(Result<Answer, Failure>),
    /// A snapshot.
    Present(Box<Snapshot>),
    /// Anything else that is new.
    Update(Update),
}

/// What `hat` told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The exit code.
    pub(crate) exit: i32,
    /// The answer.
    pub(crate) stdout: String,
    /// The talk.
    pub(crate) stderr: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Serves one connection to its end.
pub(crate) fn serve(socket: &UnixStream, protocol: u32, act: &mut impl FnMut(Command) -> Vec<Say>) -> Hello {
    let mut reader = frame::Reader::new(LIMIT_TO_AGENT);
    let hello = reader.next::<Hello>(socket).unwrap();
    send(socket, &Welcome { protocol, version: env!("CARGO_PKG_VERSION").to_owned() });
    while let Ok(Request { id, command }) = reader.next(socket) {
        for say in act(command) {
            match say {
                Say::Answer(answer) => send(socket, &FromAgent::Answer { id, answer }),
                Say::Present(present) => {
                    send(socket, &FromAgent::Update(Update::Snapshot(present)));
                }
                Say::Update(update) => send(socket, &FromAgent::Update(update)),
            }
        }
    }
    hello
}

/// The answer [`Answer::Done`].
pub(crate) fn done() -> Say {
    Say::Answer(Ok(Answer::Done))
}

/// A present with this one session, and this prompt for it.
pub(crate) fn present(state: SessionState, prompt: Option<(PromptState, Option<Failure>)>) -> Say {
    let prompts = prompt.into_iter().map(|(state, refused)| Prompt {
        id: PromptId(9),
        mfa_serial: "arn:aws:iam::123456789012:mfa/eve".to_owned(),
        sessions: vec![SessionId(1)],
        in_window: false,
        state,
        refused,
        fetching: None,
        next_code_at: None,
    });
    Say::Present(Box::new(Snapshot {
        sessions: vec![session(state)],
        prompts: prompts.collect(),
        ..Snapshot::default()
    }))
}

/// This answer.
pub(crate) fn answer(answer: Answer) -> Say {
    Say::Answer(Ok(answer))
}

/// A present with nothing in it.
pub(crate) fn nothing() -> Say {
    Say::Present(Box::default())
}

/// A session that ends far in the future, once it is delivered.
pub(crate) fn session(state: SessionState) -> SessionView {
    SessionView {
        id: SessionId(1),
        attempt: 1,
        role_id: RoleId::of_profile("Admin"),
        role: "Admin".to_owned(),
        role_name: "Admin".to_owned(),
        account_id: "123456789012".to_owned(),
        account_name: "Shop".to_owned(),
        output_profile: Some(OutputProfile::parse("work").unwrap()),
        credentials_file: "/home/eve/.aws/credentials".to_owned(),
        region: None,
        state,
        arn: None,
        verified: false,
        expiration: state.is_delivered().then(|| "2999-01-01T12:00:00Z".parse().unwrap()),
        since: None,
        renews: false,
        failure: None,
    }
}

fn send<T: serde::Serialize>(socket: &UnixStream, message: &T) {
    frame::write(socket, message, LIMIT_FROM_AGENT).unwrap();
}
