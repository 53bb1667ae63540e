//! Programs that are run on the caller's behalf, and what they print.
//!
//! Deliberately absent: a terminal, the agent's own `AWS_*` variables, and any meaning of what is
//! printed.

use crate::text::plain;
use crate::world::World;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

/// What a program may print.
const MOST: u64 = 64 * 1024;

/// What is run.
#[derive(Clone, Copy)]
pub(crate) enum Line<'a> {
    /// A program and its arguments, at least the program.
    Words(&'a [String]),
    /// A line for the system's shell, which its author meant for one.
    Shell(&'a str),
}

/// Why a program gave nothing: the second half of a sentence, and what to do.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) why: String,
    pub(crate) remedy: &'static str,
}

impl Fault {
    fn new(why: impl Into<String>, remedy: &'static str) -> Self {
        Self { why: why.into(), remedy }
    }
}

/// Runs a program to its good end and returns what it printed.
pub(crate) async fn run(
    world: &World,
    line: Line<'_>,
    time_limit: Duration,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut child = Running::start(world, line).map_err(|error| {
        Fault::new(
            format!("{} could not be started ({error})", plain(line.program(), 200)),
            line.not_started(),
        )
    })?;
    let Ok(ended) = tokio::time::timeout(time_limit, child.end()).await else {
        return Err(Fault::new(
            format!("it took longer than {} seconds", time_limit.as_secs()),
            "Run the command by hand and look what it waits for: it has no terminal here.",
        ));
    };
    let (status, out, err) =
        ended.map_err(|error| Fault::new(format!("it could not be read ({error})"), "Try again."))?;
    if !status.success() {
        let err = String::from_utf8_lossy(&err);
        let said = line.said(&err);
        let said = if said.is_empty() { "it said nothing".to_owned() } else { format!("it said: {said}") };
        return Err(Fault::new(
            format!("it ended with {}; {}", ending(status), said.trim_end_matches('.')),
            "Run the command by hand to see more.",
        ));
    }
    if out.len() as u64 > MOST {
        return Err(Fault::new("it printed more than 64 KiB", "It must print one thing and nothing else."));
    }
    Ok(out)
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "a signal".to_owned(),
    }
}

impl Line<'_> {
    fn program(&self) -> &str {
        match self {
            Self::Words(words) => words.first().map(String::as_str).unwrap_or_default(),
            Self::Shell(_) => SHELL,
        }
    }

    fn not_started(self) -> &'static str {
        match self {
            Self::Words(_) => {
                "Look at the command: it runs without a shell, and is looked for in the caller's PATH."
            }
            Self::Shell(_) => "Look whether this system has a shell.",
        }
    }

    /// What a program said before it failed: all of it in short, or its first line where a pipe of
    /// several may have said more.
    fn said(self, err: &str) -> String {
        match self {
            Self::Words(_) => plain(err, 300),
            Self::Shell(_) => {
                plain(err.lines().find(|line| !line.trim().is_empty()).unwrap_or_default(), 300)
            }
        }
    }

    fn command(self, world: &World) -> Command {
        match self {
            Self::Words(words) => {
                let mut command = Command::new(program(world, self.program()));
                command.args(words.iter().skip(1));
                command
            }
            Self::Shell(line) => shell(line),
        }
    }
}

#[cfg(unix)]
const SHELL: &str = "/bin/sh";

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut command = Command::new(SHELL);
    command.args(["-c", line]);
    command
}

#[cfg(windows)]
const SHELL: &str = "cmd.exe";

#[cfg(windows)]
fn shell(line: &str) -> Command {
    let mut command = Command::new(SHELL);
    // The shell reads the rest of its command line by rules of its own.
    command.raw_arg("/D /S /C \"").raw_arg(line).raw_arg("\"");
    command
}

/// The program while it runs; it and what it started end with it when it is dropped.
struct Running {
    child: Child,
}

impl Running {
    fn start(world: &World, line: Line<'_>) -> std::io::Result<Self> {
        let mut command = line.command(world);
        command
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
