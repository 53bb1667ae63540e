//! The client's end: one connection to the agent, blocking.
//!
//! Deliberately absent: starting an agent where none answers; that is [`crate::start`].

use crate::frame::{self, FrameError, LIMIT_FROM_AGENT, LIMIT_TO_AGENT};
use crate::place::{PlaceError, Places};
use crate::start::PrivateAgent;
use crate::transport::Stream;
use crate::{Answer, Command, Environment, FromAgent, Hello, PROTOCOL, Request, Update, Welcome};
use hatrack_core::failure::{Failure, FailureCode};
use std::collections::VecDeque;
use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the agent may take to say [`Welcome`].
const WELCOME_WITHIN: Duration = Duration::from_secs(5);

/// A connection to the agent.
///
/// It follows one thing at a time; who wants to send while another thread waits for updates
/// [splits](Client::split) it, or opens two.
#[derive(Debug)]
pub struct Client {
    sender: Sender,
    receiver: Receiver,
    updates: VecDeque<Update>,
}

/// The half of a connection that sends commands. The connection ends when it is dropped.
#[derive(Debug)]
pub struct Sender {
    stream: Stream,
    last_id: u64,
    agent_version: String,
    private: Option<PrivateAgent>,
}

/// The half of a connection that receives answers and updates.
#[derive(Debug)]
pub struct Receiver {
    stream: Stream,
    reader: frame::Reader,
}

/// Why there is no connection to the agent.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No agent listens.
    #[error("no agent is running")]
    NotRunning,
    /// Another user's process listens where ours should.
    #[error("the socket {path} is held by another user")]
    NotYours {
        /// The socket's path.
        path: String,
    },
    /// The agent is of another version that speaks otherwise.
    #[error("the agent speaks protocol {protocol} ({version}), this program speaks {PROTOCOL}")]
    OtherProtocol {
        /// The agent's protocol.
        protocol: u32,
        /// The agent's version.
        version: String,
        /// The agent's process, where the system tells it.
        pid: Option<u32>,
    },
    /// The socket can't be used.
    #[error("{path}: {source}")]
    Socket {
        /// The socket's path.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The agent listens, but doesn't answer as it should.
    #[error("the agent didn't answer as it should: {error}")]
    Handshake {
        /// What is wrong with its answer.
        error: FrameError,
        /// The agent's process, where the system tells it.
        pid: Option<u32>,
    },
    /// The socket's place can't be told.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let unreachable = |happened, remedy: &str| Self::new(FailureCode::Unreachable, happened, remedy);
        match error {
            ConnectError::NotRunning => {
                unreachable("No agent is running.".to_owned(), "Start it: hat agent start.")
            }
            ConnectError::NotYours { path } => Self::new(
                FailureCode::Refused,
                format!("Another user's process listens at {path}, where your agent should."),
                "Set XDG_RUNTIME_DIR or HATRACK_HOME to a folder of yours.",
            ),
            ConnectError::OtherProtocol { protocol, version, pid: _ } => unreachable(
                format!("The running agent is of another version ({}).", version.escape_debug()),
                if protocol < PROTOCOL {
                    "Run hat agent stop and try again."
                } else {
                    "Update this program, or run hat agent stop and try again."
                },
            ),
            ConnectError::Socket { path, source } => Self::new(
                FailureCode::File,
                format!("The agent's socket {path} can't be used: {source}."),
                "Look at the permissions of its folder.",
            ),
            ConnectError::Handshake { error, pid: _ } => unreachable(
                format!("The agent doesn't answer as it should: {error}."),
                "Run hat agent stop and try again.",
            ),
            ConnectError::Place(error) => error.into(),
        }
    }
}

impl Client {
    /// Connects to the running agent, makes sure that it is the caller's own, and greets it.
    pub fn connect(places: &Places, environment: &Environment) -> Result<Self, ConnectError> {
        let (stream, pid) = Self::reach(places)?;
        Self::greet(stream, environment, None, pid)
    }

    /// Asks the running agent one thing, in one round trip: the greeting and the question go together.
    pub fn ask_once(
        places: &Places,
        environment: &Environment,
        command: Command,
    ) -> Result<Result<Answer, Failure>, ConnectError> {
        let path = || places.socket().display().to_string();
        let (stream, pid) = Self::reach(places)?;
        let unfit = |error| ConnectError::Handshake { error, pid };
        let hello = Hello {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            environment: environment.clone(),
        };
        let mut bytes = frame::encode(&hello, LIMIT_TO_AGENT).map_err(unfit)?;
        let request = frame::encode(&Request { id: 1, command }, LIMIT_TO_AGENT).map_err(unfit)?;
        let mut both = Zeroizing::new(Vec::with_capacity(bytes.len() + request.len()));
        both.append(&mut bytes);
        both.extend_from_slice(&request);
        let socket = |source| ConnectError::Socket { path: path(), source };
        (&stream).write_all(&both).map_err(socket)?;
        let mut receiver = Receiver { stream, reader: frame::Reader::new(LIMIT_FROM_AGENT) };
        let welcome: Welcome = receiver.next_within(WELCOME_WITHIN).map_err(unfit)?;
        if welcome.protocol != PROTOCOL {
            let (protocol, version) = (welcome.protocol, welcome.version);
            return Err(ConnectError::OtherProtocol { protocol, version, pid });
        }
        Ok(loop {
            match receiver.wait() {
                Ok(FromAgent::Answer { id: 1, answer }) => break answer,
                Ok(FromAgent::Answer { .. }) => break Err(out_of_turn()),
                Ok(FromAgent::Update(_)) => {}
                Err(failure) => break Err(failure),
            }
        })
    }

    /// Connects to the running agent, and makes sure that it is the caller's own.
    fn reach(places: &Places) -> Result<(Stream, Option<u32>), ConnectError> {
        let path = || places.socket().display().to_string();
        let stream = Stream::connect(places.socket()).map_err(|source| match source.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => ConnectError::NotRunning,
            _ => ConnectError::Socket { path: path(), source },
        })?;
        let peer = stream.peer().map_err(|source| ConnectError::Socket { path: path(), source })?;
        if !peer.is_mine {
            return Err(ConnectError::NotYours { path: path() });
        }
        Ok((stream, peer.pid))
    }

    /// Greets the agent at the other end of a stream.
    pub(crate) fn greet(
        stream: Stream,
        environment: &Environment,
        private: Option<PrivateAgent>,
        pid: Option<u32>,
    ) -> Result<Self, ConnectError> {
        let unfit = |error| ConnectError::Handshake { error, pid };
        let other_half = stream.try_clone().map_err(|error| unfit(FrameError::Io(error)))?;
        let mut sender = Sender { stream, last_id: 0, agent_version: String::new(), private };
        let mut receiver = Receiver { stream: other_half, reader: frame::Reader::new(LIMIT_FROM_AGENT) };
        let environment = environment.clone();
        let hello = Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned(), environment };
        frame::write(&sender.stream, &hello, LIMIT_TO_AGENT).map_err(unfit)?;
        let welcome: Welcome = receiver.next_within(WELCOME_WITHIN).map_err(unfit)?;
        if welcome.protocol != PROTOCOL {
            let (protocol, version) = (welcome.protocol, welcome.version);
            return Err(ConnectError::OtherProtocol { protocol, version, pid });
        }
        sender.agent_version = welcome.version;
        Ok(Self { sender, receiver, updates: VecDeque::new() })
    }

    /// Sends a command and waits for its answer; updates that come meanwhile are kept.
    pub fn request(&mut self, command: Command) -> Result<Answer, Failure> {
        let sent = self.sender.send(command)?;
        loop {
            match self.receiver.wait()? {
                FromAgent::Answer { id, answer } if id == sent => return answer,
                FromAgent::Answer { .. } => return Err(out_of_turn()),
                FromAgent::Update(update) => self.updates.push_back(update),
            }
        }
    }

    /// Waits for the next update.
    pub fn next_update(&mut self) -> Result<Update, Failure> {
        if let Some(update) = self.updates.pop_front() {
            return Ok(update);
        }
        match self.receiver.wait()? {
            FromAgent::Update(update) => Ok(update),
            FromAgent::Answer { .. } => Err(out_of_turn()),
        }
    }

    /// Waits for the next update, so long at most; `None` when none came.
    pub fn next_update_within(&mut self, limit: Duration) -> Result<Option<Update>, Failure> {
        if let Some(update) = self.updates.pop_front() {
            return Ok(Some(update));
        }
        match self.receiver.next_within(limit) {
            Ok(FromAgent::Update(update)) => Ok(Some(update)),
            Ok(FromAgent::Answer { .. }) => Err(out_of_turn()),
            Err(FrameError::TimedOut) => Ok(None),
            Err(error) => Err(broken(&error)),
        }
    }

    /// The agent's version, for people.
    pub fn agent_version(&self) -> &str {
        &self.sender.agent_version
    }

    /// Parts the connection, so that one thread can wait while another one sends. Updates that
    /// were kept are handed out beside the halves.
    pub fn split(self) -> (Sender, Receiver, VecDeque<Update>) {
        (self.sender, self.receiver, self.updates)
    }
}

impl Sender {
    /// Sends a command and returns the id that its answer will carry.
    pub fn send(&mut self, command: Command) -> Result<u64, Failure> {
        self.last_id += 1;
        let request = Request { id: self.last_id, command };
        frame::write(&self.stream, &request, LIMIT_TO_AGENT).map_err(|error| match error {
            FrameError::TooLong { .. } => Failure::new(
                FailureCode::Usage,
                format!("The command is too long for the agent: {error}."),
                "Shorten it.",
            ),
            other => broken(&other),
        })?;
        Ok(self.last_id)
    }
}

impl Sender {
    /// Leaves the connection open to the program that takes this process's place, and to what that
    /// starts: it ends with the last of them. Only what is open for it depends on it, once
    /// [`Command::HoldOpen`] was answered.
    #[cfg(unix)]
    pub fn leave_open(self) -> std::io::Result<()> {
        self.stream.outlive_exec()?;
        // Dropping would end the connection, and the private agent with it.
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.stream.shutdown();
        // Waits for the private agent's end, if there is one.
        drop(self.private.take());
    }
}

impl Receiver {
    /// Waits for the next answer or update.
    pub fn wait(&mut self) -> Result<FromAgent, Failure> {
        let unlimited = self.stream.set_read_timeout(None).map_err(FrameError::Io);
        unlimited.and_then(|()| self.reader.next(&self.stream)).map_err(|error| broken(&error))
    }

    fn next_within<T: serde::de::DeserializeOwned>(&mut self, limit: Duration) -> Result<T, FrameError> {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            self.stream.set_read_timeout(Some(left)).map_err(FrameError::Io)?;
            match self.reader.next(&self.stream) {
                Err(FrameError::TimedOut) if !left.is_zero() => {}
                other => return other,
            }
        }
    }
}

fn broken(error: &FrameError) -> Failure {
    let happened = match error {
        FrameError::Closed | FrameError::Truncated => "The agent ended.".to_owned(),
        FrameError::TimedOut
        | FrameError::TooLong { .. }
        | FrameError::Malformed { .. }
        | FrameError::Io(_) => format!("The connection to the agent broke off: {error}."),
    };
    Failure::new(FailureCode::Unreachable, happened, "Try again.")
}

fn out_of_turn() -> Failure {
    let happened = "The agent answered something that wasn't asked.";
    Failure::new(FailureCode::Unreachable, happened, "Run hat agent stop and try again.")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::transport::pair;
    use crate::{AgentStatus, View};
    use std::os::unix::net::UnixStream;
    use std::thread;

    const STATUS: AgentStatus = AgentStatus { pid: 1, version: String::new(), active_sessions: 0, faces: 0 };

    #[test]
    fn updates_that_come_before_an_answer_are_kept_in_their_order() {
        let mut client = client_of(PROTOCOL, |socket, reader| {
            let request: Request = reader.next(socket).unwrap();
            let show = |view| FromAgent::Update(Update::Show(view));
            send(socket, &show(View::Main));
            send(socket, &show(View::Prompt));
            send(socket, &FromAgent::Answer { id: request.id, answer: Ok(Answer::Agent(STATUS)) });
        })
        .unwrap();
        assert!(matches!(client.request(Command::Agent), Ok(Answer::Agent(status)) if status == STATUS));
        assert!(matches!(client.next_update(), Ok(Update::Show(View::Main))));
        let second = client.next_update_within(Duration::from_secs(5));
        assert!(matches!(second, Ok(Some(Update::Show(View::Prompt)))));
    }

    #[test]
    fn nothing_new_is_no_failure_and_the_end_is_one() {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let mut client = client_of(PROTOCOL, move |_, _| wait.recv().unwrap_or_default()).unwrap();
        assert!(matches!(client.next_update_within(Duration::from_millis(1)), Ok(None)));
        drop(go);
        let failure = client.next_update().unwrap_err();
        assert_eq!((failure.code, failure.happened.as_str()), (FailureCode::Unreachable, "The agent ended."));
    }

    #[test]
    fn another_protocol_is_told_with_a_remedy() {
        let older = client_of(PROTOCOL - 1, |_, _| ()).unwrap_err();
        assert_eq!(Failure::from(older).remedy, "Run hat agent stop and try again.");
        let newer = client_of(PROTOCOL + 1, |_, _| ()).unwrap_err();
        assert!(matches!(newer, ConnectError::OtherProtocol { .. }));
    }

    #[test]
    fn the_halves_work_on_two_threads() {
        let client = client_of(PROTOCOL, |socket, reader| {
            let request: Request = reader.next(socket).unwrap();
            send(socket, &FromAgent::Answer { id: request.id, answer: Ok(Answer::Done) });
        })
        .unwrap();
        let (mut sender, mut receiver, _) = client.split();
        let waiting = thread::spawn(move || (receiver.wait(), receiver.wait()));
        let id = sender.send(Command::Agent).unwrap();
        let (answer, end) = waiting.join().unwrap();
        assert!(matches!(answer, Ok(FromAgent::Answer { id: i, answer: Ok(Answer::Done) }) if i == id));
        assert!(end.is_err());
    }

    #[test]
    fn dropping_the_sender_ends_a_waiting_receiver() {
        let client = client_of(PROTOCOL, |socket, reader| {
            assert!(matches!(reader.next::<Request>(socket), Err(FrameError::Closed)));
        })
        .unwrap();
        let (sender, mut receiver, _) = client.split();
        let waiting = thread::spawn(move || receiver.wait().is_err());
        drop(sender);
        assert!(waiting.join().unwrap());
    }

    /// A client of a thread that welcomes it and then does this.
    fn client_of(
        protocol: u32,
        agent: impl FnOnce(&UnixStream, &mut frame::Reader) + Send + 'static,
    ) -> Result<Client, ConnectError> {
        let (stream, theirs) = pair().unwrap();
        thread::spawn(move || {
            let (socket, mut reader) = (UnixStream::from(theirs), frame::Reader::new(LIMIT_TO_AGENT));
            reader.next::<Hello>(&socket).unwrap();
            send(&socket, &Welcome { protocol, version: "0.0.1".to_owned() });
            agent(&socket, &mut reader);
        });
        Client::greet(stream, &Environment::default(), None, None)
    }

    fn send<T: serde::Serialize>(socket: &UnixStream, message: &T) {
        frame::write(socket, message, LIMIT_FROM_AGENT).unwrap();
    }
}
