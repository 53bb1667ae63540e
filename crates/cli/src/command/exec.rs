//! `hat exec`: on Unix the command takes this process's place, so that its process id, signals, exit code,
//! process group and job control are its own and nothing of `hat` stays in memory.

use super::Manner;
use crate::arguments::Exec;
use crate::connect::unexpected;
use crate::given::{Given, Line, Wanted};
use crate::shell::Variable;
use crate::{offer, variables};
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::Way;
use hatrack_wire::{Answer, Command as Asked};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[cfg(unix)]
#[path = "exec/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "exec/windows.rs"]
mod platform;

/// What shells say where a command isn't there.
const NOT_FOUND: u8 = 127;

/// What shells say where a command can't be run.
const NOT_RUN: u8 = 126;

pub(super) fn run(manner: Manner, asked: &Exec) -> Result<ExitCode, Failure> {
    let Some((name, arguments)) = asked.command.split_first() else { return Err(unexpected()) };
    let Some(program) = found(name) else {
        crate::print::talk(&format!(
            "hat: There is no command {}.",
            crate::print::shown(&name.to_string_lossy())
        ));
        return Ok(ExitCode::from(NOT_FOUND));
    };
    let role = offer::role_or_offer(asked.role.as_deref())?;
    let wanted = Wanted {
        role: &role,
        way: Way::Exec,
        program: Some(program.to_string_lossy().into_owned()),
        duration_seconds: asked.wish.duration,
        region: asked.wish.region.clone(),
        wait_seconds: None,
    };
    let endpoint = asked.endpoint;
    let ask = |it| if endpoint { Asked::Serve(Box::new(it)) } else { Asked::HandOut(Box::new(it)) };
    let (line, given) = Line::open(manner.no_agent)?.ask(&wanted, ask)?;
    let mut command = Command::new(&program);
    command.args(arguments);
    let given = match given {
        Given::Answer(given) => given,
        Given::Interrupted => return Ok(super::interrupted()),
    };
    let line = match given {
        Answer::HandedOut(given) => {
            give(&mut command, &variables::of_keys(&given));
            // A private agent ends here: it has given what it had.
            drop(line);
            None
        }
        Answer::Serving(serving) => {
            give(&mut command, &variables::of_endpoint(&serving));
            Some(line)
        }
        _ => return Err(unexpected()),
    };
    let error = match platform::run(command, name, line)? {
        Ok(exit) => return Ok(exit),
        Err(error) => error,
    };
    let name = crate::print::shown(&program.to_string_lossy());
    crate::print::talk(&format!("hat: {name} can't be run: {error}."));
    Ok(ExitCode::from(NOT_RUN))
}

fn give(command: &mut Command, variables: &[Variable]) {
    for Variable { name, value } in variables {
        if value.is_empty() {
            command.env_remove(name);
        } else {
            command.env(name, value.as_str());
        }
    }
}

/// The program that a shell would start.
fn found(name: &OsStr) -> Option<PathBuf> {
    let is_file = |path: &Path| path.is_file();
    let named = Path::new(name);
    if named.components().count() > 1 {
        return is_file(named).then(|| named.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    let endings: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd", ".bat", ".com"] } else { &[""] };
    std::env::split_paths(&path).find_map(|folder| {
        endings.iter().find_map(|ending| {
            let mut file = name.to_owned();
            file.push(ending);
            Some(folder.join(file)).filter(|path| is_file(path) && platform::is_program(path))
        })
    })
}
