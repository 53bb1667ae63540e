//! `credential_process`: a program that prints credentials.
//!
//! Deliberately absent: a shell, a terminal, and the agent's own `AWS_*` variables.

mod words;

use super::answer::{Dialect, credentials};
use crate::credentials::Credentials;
use crate::text::plain;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

/// How long a program may take; some ask a person in a window of their own.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(60);
/// What it may print.
const MOST: u64 = 64 * 1024;

pub(super) async fn load(
    world: &World,
    profile: &str,
    command: &str,
    time_limit: Duration,
) -> Result<Credentials, Failure> {
    let refused = |why: String, remedy: &str| {
        Failure::new(
            FailureCode::Refused,
            format!("The credential_process of the profile {profile} gave no credentials: {why}."),
            remedy,
        )
    };
    let words = words::split(command).filter(|words| !words.is_empty()).ok_or_else(|| {
        refused("its command line has an open quote, or is empty".to_owned(), "Correct it.")
    })?;
    let mut child = Running::start(world, &words).map_err(|error| {
        refused(
            format!("{} could not be started ({error})", plain(&words[0], 200)),
            "Look at the command: it runs without a shell, and is looked for in the caller's PATH.",
        )
    })?;
    let Ok(ended) = tokio::time::timeout(time_limit, child.end()).await else {
        return Err(refused(
            format!("it took longer than {} seconds", time_limit.as_secs()),
            "Run the command by hand and look what it waits for: it has no terminal here.",
        ));
    };
    let (status, out, err) =
        ended.map_err(|error| refused(format!("it could not be read ({error})"), "Try again."))?;
    if !status.success() {
        let said = plain(&String::from_utf8_lossy(&err), 300);
        let said = if said.is_empty() { "it said nothing".to_owned() } else { format!("it said: {said}") };
        return Err(refused(
            format!("it ended with {}; {}", ending(status), said.trim_end_matches('.')),
            "Run the command by hand to see more.",
        ));
    }
    if out.len() as u64 > MOST {
        return Err(refused(
            "it printed more than 64 KiB".to_owned(),
            "It must print one JSON object and nothing else.",
        ));
    }
    credentials(&out, Dialect::Process).map_err(|why| {
        refused(
            format!("as for what it printed, {why}"),
            "It must print what the AWS CLI's documentation of credential_process asks for.",
        )
    })
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "a signal".to_owned(),
    }
}

/// The program while it runs; it and what it started end with it when it is dropped.
struct Running {
    child: Child,
}

impl Running {
    fn start(world: &World, words: &[String]) -> std::io::Result<Self> {
        let mut command = Command::new(program(world, &words[0]));
        command
            .args(&words[1..])
            .current_dir(world.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_the_callers) {
                command.env_remove(&name);
            }
        }
        command.envs(world.variables());
        #[cfg(unix)]
        command.process_group(0);
        Ok(Self { child: command.spawn()? })
    }

    async fn end(&mut self) -> std::io::Result<(ExitStatus, Zeroizing<Vec<u8>>, Vec<u8>)> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (out, err) = tokio::try_join!(read(stdout), read(stderr))?;
        let status = self.child.wait().await?;
        Ok((status, out, err.to_vec()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // `kill_on_drop` ends the program; what it started would live on.
        #[cfg(unix)]
        if let Some(group) =
            self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            // The group may be gone already, which is as good.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
    }
}

/// Whether the caller's environment decides about a variable, even by not having it.
fn is_the_callers(name: &str) -> bool {
    name.starts_with("AWS_")
        || ["PATH", "HOME", "USERPROFILE"].contains(&name)
        || ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"]
            .iter()
            .any(|proxy| name.eq_ignore_ascii_case(proxy))
}

/// The program's file, looked for in the caller's PATH and not in the agent's.
fn program(world: &World, name: &str) -> std::path::PathBuf {
    if name.chars().any(std::path::is_separator) {
        return world.folder().join(name);
    }
    let suffixes: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd", ".bat"] } else { &[""] };
    let path = world.variable("PATH").unwrap_or_default();
    std::env::split_paths(path)
        .flat_map(|folder| suffixes.iter().map(move |suffix| folder.join(format!("{name}{suffix}"))))
        .map(|file| world.folder().join(file))
        .find(|file| is_program(file))
        .unwrap_or_else(|| name.into())
}

#[cfg(unix)]
fn is_program(file: &std::path::Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_program(file: &std::path::Path) -> bool {
    file.is_file()
}

/// Reads a little more than what is allowed, into memory that is reserved at once: a buffer that
/// grows leaves copies behind.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let room = usize::try_from(MOST).unwrap_or_default() + 1;
    let mut all = Zeroizing::new(Vec::with_capacity(room));
    if let Some(pipe) = pipe {
        let mut limited = pipe.take(MOST + 1);
        while all.len() < room && limited.read_buf(&mut *all).await? > 0 {}
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
