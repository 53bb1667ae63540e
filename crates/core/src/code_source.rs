//! Where the codes of an MFA device come from, if a person doesn't type them.

use serde::{Deserialize, Serialize};

/// What yields the codes of an MFA device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum CodeSource {
    /// A command that prints the code: `mfa_process`.
    Process {
        /// The command line, as it stands in the file.
        command: String,
    },
    /// A YubiKey, asked by `ykman oath accounts code`.
    Ykman {
        /// The name of its OATH account.
        account: String,
    },
    /// A TOTP seed in the vault; a device whose seed lies beside the keys is no second factor.
    Vault,
}
