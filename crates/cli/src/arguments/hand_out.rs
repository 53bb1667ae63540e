//! The words of the commands that hand credentials out.

use super::region;
use crate::shell::Shell;
use crate::{complete, duration};
use clap::Args;
use std::ffi::OsString;

/// Words of `hat credential-process`.
#[derive(Debug, Args)]
pub(crate) struct CredentialProcess {
    /// The role: its name, its id, or words that only one role has.
    #[arg(add = complete::role())]
    pub(crate) role: String,
    /// How long to wait for a person, if one is needed: 60s, 5m; at most an hour.
    #[arg(long, value_parser = duration::wait)]
    pub(crate) wait: Option<u32>,
    /// How long the credentials are to live, where the role isn't active yet.
    #[arg(long, value_parser = duration::seconds)]
    pub(crate) duration: Option<u32>,
}

/// What any hand-out can be told of the role.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    /// How long the credentials are to live, where the role isn't active yet.
    #[arg(long, value_parser = duration::seconds)]
    pub(crate) duration: Option<u32>,
    /// The region to go with the role, where it isn't active yet.
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Env {
    /// The role: its name, its id, or words that only one role has; else the one that this folder offers.
    #[arg(add = complete::role())]
    pub(crate) role: Option<String>,
    /// The shell that will read it; else the one that SHELL names.
    #[arg(long)]
    pub(crate) shell: Option<Shell>,
    #[command(flatten)]
    pub(crate) wish: Wish,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// The role: its name, its id, or words that only one role has; else the one that this folder offers.
    #[arg(add = complete::role())]
    pub(crate) role: Option<String>,
    /// Give the command a container endpoint, which renews the credentials under a long job, in place
    /// of variables that end.
    #[arg(long)]
    pub(crate) endpoint: bool,
    #[command(flatten)]
    pub(crate) wish: Wish,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The roles: names, ids, or words that only one role has.
    #[arg(required = true, value_name = "ROLE", add = complete::role())]
    pub(crate) roles: Vec<String>,
    /// The shell that will read it; else the one that SHELL names.
    #[arg(long)]
    pub(crate) shell: Option<Shell>,
}
