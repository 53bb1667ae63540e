//! The TOTP seeds in the vault, from which codes of MFA devices come by themselves. A seed only ever
//! travels towards the agent.

use super::{Asked, done};
use hatrack_core::failure::Failure;
use hatrack_wire::{Command, MfaCommand, Sealed};
use serde::Deserialize;

/// A seed that a person typed. It is wiped here when it is sent; what the web engine keeps of a
/// field can't be.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct NewSeed {
    /// The device.
    mfa_serial: String,
    /// The seed, as the QR code or the base32 text has it.
    #[cfg_attr(test, ts(type = "string"))]
    seed: Sealed,
}

/// Keeps a device's seed in the vault and takes codes from there.
#[tauri::command]
pub(crate) async fn keep_seed(agent: Asked<'_>, seed: NewSeed) -> Result<(), Failure> {
    let NewSeed { mfa_serial, seed } = seed;
    done(&agent, Command::Mfa(MfaCommand::KeepSeed { mfa_serial, seed })).await
}

/// Forgets a device's seed.
#[tauri::command]
pub(crate) async fn forget_seed(agent: Asked<'_>, device: String) -> Result<(), Failure> {
    done(&agent, Command::Mfa(MfaCommand::ForgetSeed { mfa_serial: device })).await
}
