//! Finding the agent, and starting it where none answers.
//!
//! What `hatrack-agent` does for its part: it takes [`Places::lock_file`] to be the only one,
//! listens, and prints the line `ready`; or ends with 0 where another one holds the lock, or
//! prints one line that says why it can't and ends otherwise. Nothing else goes to its stdout.
//! `hatrack-agent --private` serves the one connection that it is given and ends with it.

use crate::Environment;
use crate::client::{Client, ConnectError};
use crate::frame::FrameError;
use crate::place::Places;
use hatrack_core::failure::{Failure, FailureCode};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long an agent may take to be there.
const THERE_WITHIN: Duration = Duration::from_secs(5);

/// How long to wait before looking again for an agent that another process started.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How long a private agent may take to end by itself.
const GONE_WITHIN: Duration = Duration::from_secs(2);

/// The agent of one command: it ends with the connection, and is waited for.
#[derive(Debug)]
pub(crate) struct PrivateAgent(Child);

/// Connects to the agent, and starts it where none answers.
pub fn agent_client(places: &Places, environment: &Environment) -> Result<Client, Failure> {
    let end = Instant::now() + THERE_WITHIN;
    loop {
        match Client::connect(places, environment) {
            Ok(client) => return Ok(client),
            // An agent that is just ending accepts, and is gone before it answers.
            Err(ConnectError::NotRunning | ConnectError::Handshake { error: FrameError::Closed, .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(not_there("it wasn't there in time"));
        }
        match start_agent(places, left)? {
            Started::Listening => {}
            // The other one may be just starting, or just ending.
            Started::AnotherOneHasTheLock => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

/// Starts an agent of the command's own: it ends when the client is dropped.
pub fn private_client(environment: &Environment) -> Result<Client, Failure> {
    let program = agent_program()?;
    platform::private_client(&program, environment)
}

/// Ends an agent that can't be asked to, as it is of another version or doesn't answer; what it
/// delivered stays. Tells whether there was one to end.
pub fn end_unasked(error: &ConnectError, how: End) -> bool {
    match error {
        ConnectError::OtherProtocol { pid: Some(pid), .. }
        | ConnectError::Handshake { pid: Some(pid), .. } => platform::end_process(*pid, how),
        ConnectError::OtherProtocol { pid: None, .. }
        | ConnectError::Handshake { pid: None, .. }
        | ConnectError::NotRunning
        | ConnectError::NotYours { .. }
        | ConnectError::Socket { .. }
        | ConnectError::Place(_) => false,
    }
}

/// How a process is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It may put its things in order; on Windows there is no such way.
    InGoodOrder,
    /// At once. No file suffers, as each is replaced whole.
    AtOnce,
}

/// What became of starting an agent.
enum Started {
    /// It listens.
    Listening,
    /// It ended, as another one is there.
    AnotherOneHasTheLock,
}

fn start_agent(places: &Places, within: Duration) -> Result<Started, Failure> {
    let program = agent_program()?;
    places.prepare()?;
    let mut command = command(&program);
    if let Some(home) = places.home() {
        // A relative one would mean another folder where the agent works.
        command.env("HATRACK_HOME", home);
    }
    command.current_dir(places.run()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    platform::detach(&mut command);
    let mut child = command.spawn().map_err(|error| cannot_start(&program, &error))?;
    let first_line = first_line(&mut child, within);
    if first_line.as_deref() == Some("ready") {
        reap_when_it_ends(child);
        return Ok(Started::Listening);
    }
    let Some(said) = first_line else {
        reap_when_it_ends(child);
        return Err(not_there("it wasn't there in time"));
    };
    match child.wait() {
        Ok(status) if status.success() => Ok(Started::AnotherOneHasTheLock),
        Ok(status) if said.is_empty() => Err(not_there(&format!("it ended with {status}"))),
        Ok(_) => Err(not_there(&said.escape_debug().to_string())),
        Err(error) => Err(not_there(&error.to_string())),
    }
}

/// Reads the first line that a child prints: empty when it closes its output without one, `None`
/// when neither happens in time.
fn first_line(child: &mut Child, within: Duration) -> Option<String> {
    let output = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(std::io::Read::take(output, 1000)).read_line(&mut line);
        // Nobody listens any more when the time is over.
        tell.send(read.map(|_| line.trim().to_owned()).unwrap_or_default()).ok();
    });
    told.recv_timeout(within).ok()
}

/// A process that stays must not leave the agent's remains in the process table.
fn reap_when_it_ends(mut child: Child) {
    let waiting = std::thread::Builder::new().name("agent's end".to_owned()).stack_size(64 << 10);
    waiting.spawn(move || child.wait()).ok();
}

/// The agent's command line, without the caller's `AWS_*`: those go to it with each connection,
/// and must not stay in the environment of a process that outlives the caller.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
}

/// The agent stands beside the program that wants it. `HATRACK_AGENT` names another one.
fn agent_program() -> Result<PathBuf, Failure> {
    if let Some(program) = std::env::var_os("HATRACK_AGENT").filter(|program| !program.is_empty()) {
        return Ok(program.into());
    }
    let here = std::env::current_exe().and_then(|program| program.canonicalize()).map_err(|error| {
        not_there(&format!("the program that looks for it can't tell where it stands itself: {error}"))
    })?;
    Ok(here.with_file_name(format!("hatrack-agent{}", std::env::consts::EXE_SUFFIX)))
}

fn cannot_start(program: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        format!("The agent {} can't be started: {error}.", program.display()),
        "Install Hatrack again, so that hatrack-agent stands beside the other programs.",
    )
}

fn not_there(why: &str) -> Failure {
    let happened = format!("The agent didn't start: {}.", why.trim_end_matches('.'));
    Failure::new(FailureCode::Unreachable, happened, "Run hatrack-agent by itself to see what it says.")
}

impl Drop for PrivateAgent {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let end = Instant::now() + GONE_WITHIN;
        while matches!(self.0.try_wait(), Ok(None)) {
            if Instant::now() >= end {
                // It may have ended between the two calls.
                self.0.kill().and_then(|()| self.0.wait()).ok();
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;
