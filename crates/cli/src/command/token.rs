//! `hat token`.

use super::Manner;
use crate::arguments::Token;
use crate::connect::{client, unexpected};
use crate::{print, terminal};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, Command, Sealed, TokenWanted};
use jiff::Timestamp;
use serde::Serialize;
use std::process::ExitCode;

/// How many audiences STS takes.
const AUDIENCES: usize = 10;

/// A token as scripts read it: this answer is the one place where it is meant to be seen.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(serialize_with = "Sealed::onto_wire")]
    token: &'a Sealed,
    expiration: Timestamp,
}

pub(super) fn run(manner: Manner, asked: Token) -> Result<ExitCode, Failure> {
    let wanted = wanted(&asked)?;
    let is_credentials = matches!(wanted, TokenWanted::Delegated { .. });
    let Answer::Token { token, expiration } =
        client(manner.no_agent)?.request(Command::Token { role: asked.role, wanted })?
    else {
        return Err(unexpected());
    };
    if manner.json && !is_credentials {
        print::json(&Told { token: &token, expiration })?;
    } else {
        // Credentials are JSON already.
        print::secret(&token)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn wanted(asked: &Token) -> Result<TokenWanted, Failure> {
    if asked.trade_in.is_some() {
        let token = terminal::stdin("a token")?;
        return Ok(TokenWanted::Delegated { trade_in_token: Sealed::new(token.open().trim()) });
    }
    if asked.audience.len() > AUDIENCES {
        let happened =
            format!("AWS takes at most {AUDIENCES} audiences, and these are {}.", asked.audience.len());
        return Err(Failure::new(FailureCode::Usage, happened, "Leave some out."));
    }
    Ok(TokenWanted::WebIdentity {
        audience: asked.audience.clone(),
        signing_algorithm: asked.algorithm.name().to_owned(),
        duration_seconds: asked.duration,
        tags: asked.tag.clone(),
    })
}
