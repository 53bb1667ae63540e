//! Starting the agent as a child of a Unix process.

use super::{End, PrivateAgent, cannot_start, command};
use crate::client::Client;
use crate::{Environment, transport};
use hatrack_core::failure::Failure;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Gives the child a session of its own, so that it outlives the terminal.
pub(super) fn detach(command: &mut Command) {
    #[expect(unsafe_code, reason = "a new session can only be made in the child, before it runs")]
    // SAFETY: setsid is async-signal-safe, and the closure allocates nothing.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(drop).map_err(Into::into));
    }
}

pub(super) fn private_client(program: &Path, environment: &Environment) -> Result<Client, Failure> {
    let (stream, theirs) = transport::pair().map_err(|error| cannot_start(program, &error))?;
    let child = command(program)
        .arg("--private")
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::null())
        // Ctrl-C is for the command, which then ends its agent in good order.
        .process_group(0)
        .spawn()
        .map_err(|error| cannot_start(program, &error))?;
    let pid = Some(child.id());
    Ok(Client::greet(stream, environment, Some(PrivateAgent(child)), pid)?)
}

/// Sends the signal that ends a process.
pub(super) fn end_process(pid: u32, how: End) -> bool {
    let signal = match how {
        End::InGoodOrder => Signal::TERM,
        End::AtOnce => Signal::KILL,
    };
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, signal).is_ok())
}
