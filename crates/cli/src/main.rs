//! `hat`, the command line of Hatrack.
//!
//! stdout carries the answer, stderr the talk. Deliberately absent: anything heavy, so that it
//! starts in about a millisecond; a decision about a session, which is the agent's to make; a
//! question where there is no terminal.

mod arguments;
mod clock;
mod command;
mod connect;
mod dialogue;
mod diff;
mod duration;
mod events;
mod follow;
mod print;
mod table;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match command::run(arguments) {
        Ok(exit) => exit,
        Err(failure) => {
            print::talk(&format!("hat: {}", print::words(&failure)));
            ExitCode::from(failure.code.exit_code())
        }
    }
}
