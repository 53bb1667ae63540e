//! The words of `hat profiles`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ProfilesVerb {
    /// Write profiles for roles of IAM Identity Center into the shared config, for other tools.
    #[command(
        after_help = "Example:\n  hat profiles write \"prod admin\" --template '{account}-{role}' --dry-run"
    )]
    Write(WriteProfiles),
    /// Take profiles that Hatrack wrote out of the shared config again.
    #[command(after_help = "Example:\n  hat profiles remove --all")]
    Remove(RemoveProfiles),
}

#[derive(Debug, Args)]
pub(crate) struct WriteProfiles {
    /// The roles: ids, names, or words that find any number of them.
    #[arg(required = true)]
    pub(crate) roles: Vec<String>,
    /// How they are named: {account}, {account_id}, {role} and {organisation} are filled in.
    #[arg(long)]
    pub(crate) template: Option<String>,
    /// Only show what would be written.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it without asking.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveProfiles {
    /// Their names.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) names: Vec<String>,
    /// All that Hatrack wrote.
    #[arg(long)]
    pub(crate) all: bool,
    /// Those too that have settings of your own.
    #[arg(long)]
    pub(crate) force: bool,
    /// Only show what would be removed.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it without asking.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
}
