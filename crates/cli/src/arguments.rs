//! The command line's words.

mod console;
mod hand_out;
mod key;
mod mfa;
mod profiles;
mod provider;
mod role;
mod token;

pub(crate) use console::Console;
pub(crate) use hand_out::{CredentialProcess, Env, Exec, Serve};
pub(crate) use key::{KeyVerb, Vault};
pub(crate) use mfa::{MfaVerb, Source};
pub(crate) use profiles::{ProfilesVerb, RemoveProfiles, WriteProfiles};
pub(crate) use provider::{Added, Browser, Oidc, Portal, ProviderVerb, Saml};
pub(crate) use role::{Edit, Options, RoleVerb};
pub(crate) use token::Token;

use crate::{complete, duration};
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
    Profiles {
        #[command(subcommand)]
        verb: Option<ProfilesVerb>,
    },
    /// List the roles that can be activated.
    #[command(after_help = "Example:\n  hat roles prod admin")]
    Roles {
        /// Show only the roles that have all these words, or their letters in this order, in account,
        /// id, e-mail, role, profile or tags; the best first.
        query: Vec<String>,
        /// Show so many at most.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Activate a role: get credentials and deliver them into the credentials file.
    #[command(
        after_help = "Examples:\n  hat use Admin\n  hat use Admin --as work --duration 4h\n  totp | hat use Admin --token-code -"
    )]
    Use(Use),
    /// Print a role's credentials as AWS tools take them from a credential_process.
    #[command(
        after_help = "Example, in ~/.aws/config:\n  [profile work]\n  credential_process = hat credential-process Admin"
    )]
    CredentialProcess(CredentialProcess),
    /// Print the variables that give a role's credentials to a shell.
    #[command(after_help = "Example:\n  eval \"$(hat env Admin)\"")]
    Env(Env),
    /// Run a command with a role's credentials, and nothing of them in a file.
    #[command(
        after_help = "Examples:\n  hat exec Admin -- aws s3 ls\n  hat exec Admin --endpoint -- terraform apply"
    )]
    Exec(Exec),
    /// Open AWS's console in the browser with a role, activated first where it isn't yet.
    #[command(
        after_help = "Examples:\n  hat console Admin\n  hat console Admin --service s3\n  hat console --arn arn:aws:s3:::my-bucket"
    )]
    Console(Console),
    /// Serve roles' credentials on a container endpoint of this machine, until Ctrl-C.
    #[command(after_help = "Example:\n  hat serve Admin")]
    Serve(Serve),
    /// End sessions and remove what they wrote.
    #[command(after_help = "Examples:\n  hat off Admin\n  hat off --all")]
    Off(Off),
    /// Show the active sessions and the time that is left.
    #[command(after_help = "Example:\n  hat status --json | jq '.[].seconds_left'")]
    Status {
        /// Show those that failed or expired, too.
        #[arg(long)]
        all: bool,
        /// Show the programs that were given credentials instead.
        #[arg(long, conflicts_with = "all")]
        consumers: bool,
    },
    /// Print a few signs for a shell's prompt: the role of AWS_PROFILE and the minutes that are left.
    #[command(after_help = "Example, in ~/.bashrc:\n  PROMPT_COMMAND='PS1=\"$(hat prompt) \\$ \"'")]
    Prompt,
    /// Answer here what programs wait for, where no app runs.
    #[command(after_help = "Example:\n  hat attend")]
    Attend,
    /// Tell the way to a role: which calls, in which order, with which questions, and why.
    #[command(after_help = "Example:\n  hat plan Admin --duration 4h")]
    Plan {
        /// The role: its name, its id, or words that only one role has.
        #[arg(add = complete::role())]
        role: String,
        /// How long the credentials are to live.
        #[arg(long, value_parser = duration::seconds)]
        duration: Option<u32>,
    },
    /// Tell why a role failed last, and which credentials AWS's tools use for a profile.
    #[command(after_help = "Example:\n  hat why Admin")]
    Why {
        /// The role or the profile.
        role: String,
    },
    /// Describe roles by hand, and change the options of those that there are.
    #[command(
        after_help = "Example:\n  hat role add deploy --arn arn:aws:iam::123456789012:role/Deploy --from work"
    )]
    Role {
        #[command(subcommand)]
        verb: RoleVerb,
    },
    /// Keep long-term access keys in the vault.
    #[command(after_help = "Example:\n  hat key list")]
    Key {
        #[command(subcommand)]
        verb: KeyVerb,
    },
    /// Find MFA devices, and say where their codes come from.
    #[command(after_help = "Example:\n  hat mfa devices Admin")]
    Mfa {
        #[command(subcommand)]
        verb: MfaVerb,
    },
    /// Describe identity providers at which to sign in.
    #[command(after_help = "Example:\n  hat provider list")]
    Provider {
        #[command(subcommand)]
        verb: ProviderVerb,
    },
    /// Sign in at your organisation (IAM Identity Center) or at another identity provider.
    #[command(after_help = "Examples:\n  hat login\n  hat login acme --device-code\n  hat login google")]
    Login {
        /// The sso-session or start URL of the organisation, or the provider; not needed where there is
        /// one organisation alone.
        provider: Option<String>,
        /// Show a code to type in on any device, in place of signing in with the browser here.
        #[arg(long)]
        device_code: bool,
        /// Open no browser for the code's page.
        #[arg(long, requires = "device_code")]
        no_browser: bool,
    },
    /// Forget a sign-in, here and at the organisation or provider.
    #[command(after_help = "Example:\n  hat logout acme")]
    Logout {
        /// The organisation or the provider; not needed where there is one organisation alone.
        provider: Option<String>,
    },
    /// List the accounts and roles of organisations anew.
    #[command(after_help = "Example:\n  hat sync acme")]
    Sync {
        /// The organisation; else all that are known.
        organisation: Option<String>,
        /// List all accounts, not only those that are due.
        #[arg(long)]
        all: bool,
    },
    /// Get a token that tells others who a role is, or trade one in for credentials.
    #[command(
        after_help = "Examples:\n  hat token Admin --audience https://api.example\n  hat token Admin --trade-in - < token"
    )]
    Token(Token),
    /// Tell which account an access key belongs to.
    #[command(after_help = "Example:\n  hat whose AKIAIOSFODNN7EXAMPLE")]
    Whose {
        /// The access key's id.
        access_key_id: String,
        /// The role to ask with; else the first that is active.
        #[arg(long = "with", value_name = "ROLE")]
        role: Option<String>,
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
    /// The role: its name, its id, or words that only one role has; else the one that this folder offers.
    #[arg(add = complete::role())]
    pub(crate) role: Option<String>,
    /// The profile of the credentials file to deliver into.
    #[arg(long = "as", value_name = "PROFILE", value_parser = OutputProfile::parse)]
    pub(crate) output_profile: Option<OutputProfile>,
    /// How long the credentials are to live: 1h, 90m, 3600; 15 minutes to 36 hours, as the role allows.
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
    /// The account's id, for a role that wants to be confirmed.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) confirm: Option<String>,
    /// Get new credentials even if live ones are delivered.
    #[arg(long)]
    pub(crate) renew: bool,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Off {
    /// The role: its name, its id, or words that only one role has.
    #[arg(add = complete::role())]
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
        fn look(command: &clap::Command, way: &str) {
            for command in command.get_subcommands() {
                let way = format!("{way} {}", command.get_name());
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("\n  ") && help.contains(&way), "{way}");
                look(command, &way);
            }
        }
        look(&Arguments::command(), "hat");
    }

    #[test]
    fn debug_shows_no_code() {
        let arguments = Arguments::try_parse_from(["hat", "use", "Admin", "--token-code", "123456"]).unwrap();
        assert!(!format!("{arguments:?}").contains("123456"));
    }

    #[test]
    fn a_refused_value_is_wrong_usage() {
        for line in [
            &["hat", "use", "Admin", "--duration", "37h"][..],
            &["hat", "use", "Admin", "--as", "two words"],
            &["hat", "use", "Admin", "--region", "eu central"],
            &["hat", "off", "Admin", "--all"],
            &["hat", "token", "Admin"],
            &["hat", "token", "Admin", "--trade-in", "eyJhbGciOi"],
            &["hat", "token", "Admin", "--audience", "a", "--trade-in", "-"],
            &["hat", "token", "Admin", "--audience", "a", "--algorithm", "HS256"],
            &["hat", "key", "vault", "--passphrase", "--keyring"],
            &["hat", "mfa", "source", "x", "--none", "--ykman", "y"],
            &["hat", "provider", "add", "oidc", "x", "--client-id", "y"],
            &["hat", "provider", "add", "oidc", "x", "--client-id", "y", "--provider-id", "z"],
            &["hat", "role", "add", "x", "--tag", "team"],
        ] {
            assert_eq!(Arguments::try_parse_from(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
