//! Codes of MFA devices that nobody types: from a command, or from a YubiKey.
//!
//! `mfa_process` is given to the system's shell, as aws-vault does: people who have it there write
//! pipes and substitutions in it. It stands in the person's own file, and nothing from outside is
//! ever put into it. Deliberately absent: TOTP seeds, which the vault keeps, and asking a person.

mod ykman;

use crate::origin::{Fault, Line, run_command};
use crate::world::World;
use hatrack_core::code_source::CodeSource;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use std::time::Duration;

pub use ykman::{TOUCH, account_of};

/// How long a command may take, with a person who touches a key.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Obtains a code. A seed in the vault isn't looked at here: that source is refused.
pub async fn obtain(world: &World, source: &CodeSource) -> Result<Sealed, Failure> {
    obtain_within(world, source, TIME_LIMIT).await
}

async fn obtain_within(world: &World, source: &CodeSource, limit: Duration) -> Result<Sealed, Failure> {
    match source {
        CodeSource::Process { command } => {
            let out = run_command(world, Line::Shell(command), limit)
                .await
                .map_err(|fault| no_code("The mfa_process", &fault))?;
            code(&out).ok_or_else(|| {
                no_code(
                    "The mfa_process",
                    &Fault { why: "what it printed is not one code of six digits".to_owned(), remedy: PRINT },
                )
            })
        }
        CodeSource::Ykman { account } => ykman::obtain(world, account, limit).await,
        CodeSource::Vault => Err(Failure::new(
            FailureCode::Refused,
            "The code of this device comes from the vault, which wasn't asked.",
            "Type the code, or try again.",
        )),
    }
}

const PRINT: &str = "It must print the code and nothing else; what is for people belongs on stderr.";

fn no_code(who: &str, fault: &Fault) -> Failure {
    Failure::new(FailureCode::Refused, format!("{who} gave no code: {}.", fault.why), fault.remedy)
}

/// The six digits that were printed, alone but for white space around them.
fn code(out: &[u8]) -> Option<Sealed> {
    let digits = out.trim_ascii();
    let is_code = digits.len() == 6 && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| is_code).map(Sealed::new)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
