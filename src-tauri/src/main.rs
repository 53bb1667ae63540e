//! `hatrack`: the windows. The list of roles and sessions, and the dialog that asks for MFA codes.
//!
//! It draws what the agent publishes and forwards what a person asks for. Deliberately absent: a
//! credential, the shared AWS files, a decision about a session, and every plugin of the framework
//! (shell, files, network, clipboard). On Linux the process ends with its last window, and the tray
//! is a process of its own; elsewhere the tray lives here.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod agent;
mod arguments;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod bindings;
#[cfg(test)]
mod command_names;
mod commands;
mod dialog;
mod follow;
mod link;
mod only_one;
mod placement;
mod present;
#[cfg(not(target_os = "linux"))]
mod resident;
mod sign_in;
#[cfg(target_os = "linux")]
mod tray_process;
mod windows;

use agent::Agent;
use arguments::Arguments;
use only_one::Turn;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args().skip(1)) {
        Ok(Arguments::Help) => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Arguments::Version) => {
            println!("hatrack {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Ok(Arguments::Show(show)) => show,
        Err(failure) => {
            eprintln!("{failure}");
            return ExitCode::from(failure.code.exit_code());
        }
    };
    #[cfg(target_os = "linux")]
    if arguments.with_tray {
        tray_process::start();
    }
    let agent = Arc::new(Agent::of_this_process());
    let turn = match only_one::take_turn(&agent, arguments.view) {
        Turn::Ours(turn) => turn,
        Turn::ShownByAnother => return ExitCode::SUCCESS,
    };
    let outcome = windows::run(agent, arguments.view);
    drop(turn);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The windows can't be opened: {error}. Start Hatrack in a graphical session.");
            ExitCode::FAILURE
        }
    }
}
