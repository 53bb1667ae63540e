//! Children that are killed: this test binary again, told by variables what to do.

use super::*;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};

pub(super) const HOME: &str = "HATRACK_TEST_HOME";
const STOP: &str = "HATRACK_TEST_STOP";

/// In the child: its home, if it is one.
pub(super) fn home() -> Option<std::ffi::OsString> {
    std::env::var_os(HOME)
}

/// In the child: waits at the step where it is to be killed, if there is one.
pub(super) fn stop_where_told(dir: &mut AwsDir) -> bool {
    let Ok(stop) = std::env::var(STOP) else { return false };
    dir.between = Arc::new(move |step, _| {
        if format!("{step:?}") == stop {
            println!("there");
            loop {
                std::thread::park();
            }
        }
    });
    true
}

/// The command that runs a test of this binary as a child.
pub(super) fn of(home: &Home, test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(HOME, home.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Runs it up to a step, and kills it there.
pub(super) fn run_and_kill_at(step: Step, command: &mut Command) {
    let mut child = command.env(STOP, format!("{step:?}")).spawn().unwrap();
    let mut there = Vec::new();
    let mut out = child.stdout.take().unwrap();
    while !there.ends_with(b"there\n") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        there.push(byte[0]);
    }
    kill(child);
}

pub(super) fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}
