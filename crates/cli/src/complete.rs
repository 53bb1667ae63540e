//! Completion in a shell, with the names of roles from the running agent.
//!
//! Deliberately absent: starting an agent for a key that was pressed; and names with signs that a shell
//! could take for more than text.

use crate::arguments::Arguments;
use clap::CommandFactory;
use clap_complete::{ArgValueCompleter, CompleteEnv, CompletionCandidate};
use hatrack_wire::{Answer, Client, Command, Environment, Places};
use std::ffi::OsStr;

/// What a shell sets where it asks.
pub(crate) const VARIABLE: &str = "HATRACK_COMPLETE";

/// Answers a shell that asks, and ends the process then.
pub(crate) fn answer() {
    if std::env::var_os(VARIABLE).is_some() {
        CompleteEnv::with_factory(Arguments::command).var(VARIABLE).complete();
    }
}

/// How many names are offered at most.
const MOST: usize = 50;

/// Completes the name of a role.
pub(crate) fn role() -> ArgValueCompleter {
    ArgValueCompleter::new(roles)
}

fn roles(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let names = asked(typed).unwrap_or_default();
    names.into_iter().filter(|name| fits(name, typed)).map(CompletionCandidate::new).collect()
}

/// The roles that a running agent finds.
fn asked(typed: &str) -> Option<Vec<String>> {
    let command = Command::Roles { query: typed.to_owned(), from: 0, count: MOST };
    let asked = Client::ask_once(&Places::here().ok()?, &Environment::here(), command);
    let Ok(Ok(Answer::Roles(page))) = asked else { return None };
    Some(page.roles.into_iter().map(|role| role.name).collect())
}

/// Whether a name goes on from what was typed, and is plain in every shell.
fn fits(name: &str, typed: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@:+=".contains(c);
    name.starts_with(typed) && name.chars().all(is_plain) && !name.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_that_go_on_are_offered() {
        assert!(fits("prod/Admin@acme", "prod/"));
        for (name, typed) in [
            ("Admin", "adm"),
            ("$(id)", ""),
            ("two words", ""),
            ("a;b", "a"),
            ("-rf", ""),
            ("a'b", "a"),
            ("a\nb", "a"),
        ] {
            assert!(!fits(name, typed), "{name}");
        }
    }
}
