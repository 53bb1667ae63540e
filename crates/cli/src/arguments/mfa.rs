//! The words of `hat mfa`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum MfaVerb {
    /// List the MFA devices of the user behind a role, profile or key.
    #[command(after_help = "Example:\n  hat mfa devices Admin")]
    Devices {
        /// The role, the profile or the key.
        role: String,
    },
    /// Keep a device's TOTP seed in the vault and take codes from there.
    ///
    /// The device is no second factor any more then: whoever opens the vault has both.
    #[command(after_help = "Example:\n  hat mfa keep-seed arn:aws:iam::123456789012:mfa/eve")]
    KeepSeed {
        /// The device's serial number or ARN.
        serial: String,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Forget a device's seed.
    #[command(after_help = "Example:\n  hat mfa forget-seed arn:aws:iam::123456789012:mfa/eve")]
    ForgetSeed {
        /// The device's serial number or ARN.
        serial: String,
    },
    /// Tell where a device's codes come from, or take them from elsewhere.
    #[command(
        after_help = "Examples:\n  hat mfa source arn:aws:iam::123456789012:mfa/eve --ykman aws:eve\n  hat mfa source arn:aws:iam::123456789012:mfa/eve --process 'pass otp aws'"
    )]
    Source(Source),
}

#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The device's serial number or ARN.
    pub(crate) serial: String,
    /// A command that prints the code.
    #[arg(long, value_name = "CMD", group = "from")]
    pub(crate) process: Option<String>,
    /// The OATH account on a YubiKey, asked with ykman.
    #[arg(long, value_name = "ACCOUNT", group = "from")]
    pub(crate) ykman: Option<String>,
    /// A person, as without a source.
    #[arg(long, group = "from")]
    pub(crate) none: bool,
}
