//! Processes: timed from start to end, or running until they are dropped.

use crate::Outcome;
use crate::figures::Run;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take that must come. Nothing is measured by it.
pub(crate) const AT_MOST: Duration = Duration::from_secs(60);

/// The folder of this program, where the release programs are too.
pub(crate) fn own_folder() -> Outcome<PathBuf> {
    let here = std::env::current_exe()?;
    here.parent().map(Path::to_owned).ok_or_else(|| "the bench stands in no folder".into())
}

/// A program of this workspace.
pub(crate) fn program(name: &str) -> Outcome<PathBuf> {
    existing(own_folder()?.join(name), "run make bench")
}

/// The Python of the checkout's own environment, with boto3.
pub(crate) fn python() -> Outcome<PathBuf> {
    existing(checkout().join(".cache/venv/bin/python"), "run scripts/setup python")
}

/// A Python script of the bench.
pub(crate) fn script(name: &str) -> PathBuf {
    checkout().join("bench/python").join(name)
}

/// A program of the system's, not of whatever else PATH begins with.
pub(crate) fn system_program(name: &str) -> Outcome<PathBuf> {
    let folders = ["/usr/bin", "/bin", "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1"];
    let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    found.ok_or_else(|| format!("{name} isn't installed: run scripts/setup bench").into())
}

fn existing(path: PathBuf, remedy: &str) -> Outcome<PathBuf> {
    if path.is_file() { Ok(path) } else { Err(format!("{} isn't there: {remedy}", path.display()).into()) }
}

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Runs a command to its end, which must be a good one.
pub(crate) fn timed(command: &mut Command) -> Outcome<Run> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let child = command.spawn().map_err(|error| format!("{command:?} can't be started: {error}"))?;
    let (status, cpu) = wait(child.id())?;
    let wall = begin.elapsed();
    if status == 0 {
        Ok(Run { wall, cpu: Some(cpu) })
    } else {
        Err(format!("{command:?} ended with wait status {status}").into())
    }
}

/// Waits for a child; tells its wait status and the CPU time that it took.
fn wait(pid: u32) -> Outcome<(i32, Duration)> {
    let pid = i32::try_from(pid)?;
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    #[expect(unsafe_code, reason = "only the system's own call tells the CPU time of one child")]
    let (ended, usage) = unsafe {
        let ended = libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr());
        (ended, usage.assume_init())
    };
    if ended != pid {
        return Err(std::io::Error::last_os_error().into());
    }
    let time = |time: libc::timeval| {
        Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0))
            + Duration::from_micros(u64::try_from(time.tv_usec).unwrap_or(0))
    };
    Ok((status, time(usage.ru_utime) + time(usage.ru_stime)))
}

/// Runs a command to its end and gives what it printed.
pub(crate) fn printed(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{command:?} can't be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} failed: {}", said.trim().escape_debug()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A process that is ended, and waited for, when it is dropped.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let child = command.spawn().map_err(|error| format!("{command:?} can't be started: {error}"))?;
        Ok(Self(child))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

/// Looks every so often until there is something to see.
pub(crate) fn until<T>(
    what: &str,
    pause: Duration,
    mut look: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let end = Instant::now() + AT_MOST;
    loop {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        if Instant::now() >= end {
            return Err(format!("{what} never came").into());
        }
        std::thread::sleep(pause);
    }
}
