//! The command line's words.

use crate::duration;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use hatrack_core::name::OutputProfile;
use hatrack_wire::Sealed;
use std::convert::Infallible;

/// Switch AWS roles: pick one, answer the MFA prompt, and work.
#[derive(Debug, Parser)]
#[command(name = "hat", version, arg_required_else_help = true, after_help = "Example:\n  hat use Admin")]
pub(crate) struct Arguments {
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Work with a private agent that ends with the command.
    #[arg(long, global = true)]
    pub(crate) no_agent: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what the shared AWS files hold, as AWS tools read it.
    #[command(after_help = "Example:\n  hat profiles --json | jq '.profiles | keys'")]
    Profiles,
    /// List the roles that can be activated.
    #[command(after_help = "Example:\n  hat roles prod admin")]
    Roles {
        /// Show only the roles that have all these words in name, account, id, role or tags.
        query: Vec<String>,
    },
    /// Activate a role: get credentials and deliver them into the credentials file.
    #[command(
        after_help = "Examples:\n  hat use Admin\n  hat use Admin --as work --duration 4h\n  totp | hat use Admin --token-code -"
    )]
    Use(Use),
    /// End sessions and remove what they wrote.
    #[command(after_help = "Examples:\n  hat off Admin\n  hat off --all")]
    Off(Off),
    /// Show the active sessions and the time that is left.
    #[command(after_help = "Example:\n  hat status --json | jq '.[].seconds_left'")]
    Status {
        /// Show those that failed or expired, too.
        #[arg(long)]
        all: bool,
    },
    /// Start or stop the process that acts, or tell about it.
    #[command(after_help = "Example:\n  hat agent status")]
    Agent {
        #[command(subcommand)]
        verb: Option<AgentVerb>,
    },
    /// Print the completions for a shell.
    #[command(
        after_help = "Example:\n  hat completions bash > ~/.local/share/bash-completion/completions/hat"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Look for what is in the way of work, and say what to do about it.
    #[command(after_help = "Example:\n  hat doctor")]
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct Use {
    /// The role: its name, its id, or words that only one role has.
    pub(crate) role: String,
    /// The profile of the credentials file to deliver into.
    #[arg(long = "as", value_name = "PROFILE", value_parser = OutputProfile::parse)]
    pub(crate) output_profile: Option<OutputProfile>,
    /// How long the credentials are to live: 1h, 90m, 3600; 15 minutes to 12 hours.
    #[arg(long, value_parser = duration::seconds)]
    pub(crate) duration: Option<u32>,
    /// The MFA code; - reads it from stdin, where other processes can't see it.
    #[arg(long, value_name = "CODE|-", value_parser = sealed)]
    pub(crate) token_code: Option<Sealed>,
    /// The region to go with the role.
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<String>,
    /// Take the profile over if it isn't Hatrack's; hat off puts back what was there.
    #[arg(long)]
    pub(crate) adopt: bool,
    /// Get new credentials even if live ones are delivered.
    #[arg(long)]
    pub(crate) renew: bool,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Off {
    /// The role: its name, its id, or words that only one role has.
    pub(crate) role: Option<String>,
    /// The profile of the credentials file that it was delivered into.
    #[arg(long = "as", value_name = "PROFILE", value_parser = OutputProfile::parse)]
    pub(crate) output_profile: Option<OutputProfile>,
    /// End all sessions.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum AgentVerb {
    /// Start it, if it isn't running.
    #[command(after_help = "Example:\n  hat agent start")]
    Start,
    /// Stop it; what it delivered stays.
    #[command(after_help = "Example:\n  hat agent stop")]
    Stop,
    /// Tell whether it runs.
    #[command(after_help = "Example:\n  hat agent status --json")]
    Status,
}

fn sealed(text: &str) -> Result<Sealed, Infallible> {
    Ok(Sealed::new(text))
}

fn region(text: &str) -> Result<String, String> {
    let is_one = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_one { Ok(text.to_owned()) } else { Err("a region looks like eu-central-1".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_no_fault() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn each_command_has_an_example() {
        let all = Arguments::command();
        let agent = all.find_subcommand("agent").unwrap();
        for command in all.get_subcommands().chain(agent.get_subcommands()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("\n  ") && help.contains("hat "), "{}", command.get_name());
        }
    }

    #[test]
    fn debug_shows_no_code() {
        let arguments = Arguments::try_parse_from(["hat", "use", "Admin", "--token-code", "123456"]).unwrap();
        assert!(!format!("{arguments:?}").contains("123456"));
    }

    #[test]
    fn a_refused_value_is_wrong_usage() {
        for line in [
            &["hat", "use", "Admin", "--duration", "13h"][..],
            &["hat", "use", "Admin", "--as", "two words"],
            &["hat", "use", "Admin", "--region", "eu central"],
            &["hat", "off", "Admin", "--all"],
            &["hat", "use"],
        ] {
            assert_eq!(Arguments::try_parse_from(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
