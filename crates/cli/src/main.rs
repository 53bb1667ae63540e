//! `hat`, the command line of Hatrack.
//!
//! stdout carries the answer, stderr the talk. Deliberately absent: anything heavy, so that it
//! starts in about a millisecond; a decision about a session, which is the agent's to make; a
//! question where there is no terminal.

mod arguments;
mod clock;
mod command;
mod complete;
mod connect;
mod dialogue;
mod diff;
mod duration;
mod events;
mod follow;
mod given;
mod offer;
mod print;
mod shell;
mod table;
mod terminal;
mod variables;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    complete::answer();
    let ran = command::quickly().unwrap_or_else(|| command::run(arguments::Arguments::parse()));
    match ran {
        Ok(exit) => exit,
        Err(failure) => {
            print::talk(&format!("hat: {}", print::words(&failure)));
            ExitCode::from(failure.code.exit_code())
        }
    }
}
