//! The words of `hat token`.

use super::role::pair;
use crate::duration;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The role, which must be active.
    pub(crate) role: String,
    /// Who is to accept the token; may be said up to ten times.
    #[arg(long, value_name = "AUDIENCE", required_unless_present = "trade_in")]
    pub(crate) audience: Vec<String>,
    /// How the token is signed.
    #[arg(long, value_name = "RS256|ES384", default_value = "RS256", conflicts_with = "trade_in")]
    pub(crate) algorithm: Algorithm,
    /// How long the token lives: 60 seconds to 1h.
    #[arg(long, value_parser = duration::token_seconds, conflicts_with = "trade_in")]
    pub(crate) duration: Option<u32>,
    /// A tag to stand in the token; may be said again.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, conflicts_with = "trade_in")]
    pub(crate) tag: Vec<(String, String)>,
    /// Trade a token that was given to you in for credentials: - reads it from stdin.
    #[arg(long, value_name = "-", value_parser = dash, conflicts_with = "audience")]
    pub(crate) trade_in: Option<()>,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// RSA with SHA-256.
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
    /// ECDSA with P-384 and SHA-384.
    #[value(name = "ES384", alias = "es384")]
    Es384,
}

impl Algorithm {
    /// Its name at STS.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es384 => "ES384",
        }
    }
}

/// Arguments can be seen by other processes, so a token is none.
fn dash(text: &str) -> Result<(), String> {
    if text == "-" { Ok(()) } else { Err("write the token to stdin, and - here".to_owned()) }
}
