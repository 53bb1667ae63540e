//! Starting the agent as a child of a Windows process.

use super::{End, LOOK_AGAIN, PrivateAgent, THERE_WITHIN, cannot_start, command, not_there};
use crate::Environment;
use crate::client::Client;
use crate::transport::{Handle, Stream};
use hatrack_core::failure::Failure;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW, DETACHED_PROCESS, OpenProcess, PROCESS_TERMINATE,
    TerminateProcess,
};

/// Cuts the child off from the console, so that it outlives it.
pub(super) fn detach(command: &mut Command) {
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

/// Has the child listen on a pipe of a name that nobody can guess in time, and makes sure that it
/// is the child who does. The child ends when its stdin closes.
pub(super) fn private_client(program: &Path, environment: &Environment) -> Result<Client, Failure> {
    let salt = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
    let pipe = PathBuf::from(format!(r"\\.\pipe\hatrack-private-{}-{salt:016x}", std::process::id()));
    let mut child = command(program)
        .arg("--private")
        .arg(&pipe)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        // Ctrl-C is for the command, which then ends its agent in good order.
        .creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW)
        .spawn()
        .map_err(|error| cannot_start(program, &error))?;
    let end = Instant::now() + THERE_WITHIN;
    let stream = loop {
        match Stream::connect(&pipe) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() >= end || !matches!(child.try_wait(), Ok(None)) => {
                drop(PrivateAgent(child));
                return Err(not_there(&error.to_string()));
            }
            Err(_) => std::thread::sleep(LOOK_AGAIN),
        }
    };
    let pid = stream.peer().ok().and_then(|peer| peer.pid);
    if pid != Some(child.id()) {
        return Err(not_there("another program answered in its place"));
    }
    Ok(Client::greet(stream, environment, Some(PrivateAgent(child)), pid)?)
}

/// Ends a process at once: there is no way to ask one that has no console.
pub(super) fn end_process(pid: u32, _how: End) -> bool {
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the call takes plain values; a handle that it returns is owned by the wrapper.
    let Some(process) = Handle::new(unsafe { OpenProcess(PROCESS_TERMINATE, 0, pid) }) else {
        return false;
    };
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the handle is open.
    let ended = unsafe { TerminateProcess(process.raw(), 0) };
    ended != 0
}
