//! Hand-outs: which program was given a role's credentials, by which way, and who said it may.
//!
//! Deliberately absent: credentials; asking the system about processes (the agent does).

mod consent;
mod record;

pub use consent::{Allow, Consent, Consents, Standing};
pub use record::{Record, most_kept};

use crate::name::RoleId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The way by which credentials reach a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The program runs `hat credential-process`.
    CredentialProcess,
    /// `hat env` printed them for a shell.
    Environment,
    /// `hat exec` started the program with them.
    Exec,
    /// The program asks the container endpoint of `hat exec` or `hat serve`.
    Endpoint,
    /// They were turned into a sign-in of the console.
    Console,
}

/// A program, as far as the system tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Program {
    /// Its process.
    pub process: Option<u32>,
    /// Its executable's path.
    pub executable: Option<String>,
    /// Its working folder.
    pub folder: Option<String>,
}

/// Who was given a role's credentials, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Consumer {
    /// The role.
    pub role_id: RoleId,
    /// What people call the role.
    pub role: String,
    /// The account's name.
    pub account_name: String,
    /// By which way.
    pub way: Way,
    /// The program.
    pub program: Program,
    /// When it was given them for the first time.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub first: Timestamp,
    /// When it was given them for the last time.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub last: Timestamp,
    /// How often.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub count: u64,
    /// Whether it can still ask: its endpoint is open.
    pub open: bool,
}
