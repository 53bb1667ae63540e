//! The words of `hat key`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// Put an access key into the vault. The secret is asked for, or read from stdin.
    ///
    /// On stdin it may be two lines, "id secret", the file of the console (CSV), or what
    /// `aws iam create-access-key` prints.
    #[command(
        after_help = "Examples:\n  hat key add work --mfa arn:aws:iam::123456789012:mfa/eve\n  hat key add work < accessKeys.csv\n  aws iam create-access-key | hat key add work"
    )]
    Add {
        /// The key's name; profiles name it as their source_profile.
        name: String,
        /// The access key's id.
        #[arg(long, value_name = "AKIA…")]
        id: Option<String>,
        /// The user's MFA device.
        #[arg(long, value_name = "SERIAL")]
        mfa: Option<String>,
    },
    /// List the keys in the vault and their age; never a secret.
    #[command(after_help = "Example:\n  hat key list --json | jq '.[] | select(.age_days > 90)'")]
    List,
    /// Take a profile's plain key out of the credentials file into the vault; shows the change first.
    #[command(after_help = "Example:\n  hat key import work\n  hat key export work    the way back")]
    Import {
        /// The profile.
        profile: String,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Write a key back into the credentials file: the way back from an import.
    #[command(after_help = "Example:\n  hat key export work")]
    Export {
        /// The key.
        name: String,
    },
    /// Make a new key, test it, keep it, and delete the old one at AWS.
    #[command(after_help = "Example:\n  hat key rotate work")]
    Rotate {
        /// The key.
        name: String,
    },
    /// Remove a key from the vault; AWS keeps its own.
    #[command(after_help = "Example:\n  hat key remove work")]
    Remove {
        /// The key.
        name: String,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Tell how the vault is sealed, or seal it otherwise.
    #[command(after_help = "Examples:\n  hat key vault\n  hat key vault --passphrase")]
    Vault(Vault),
    /// Open a vault that is sealed with a passphrase.
    #[command(after_help = "Example:\n  hat key unlock")]
    Unlock,
    /// Close the vault.
    #[command(after_help = "Example:\n  hat key lock")]
    Lock,
}

#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Vault {
    /// Seal it with a passphrase from now on.
    #[arg(long)]
    pub(crate) passphrase: bool,
    /// Seal it with a key in the system's keyring from now on.
    #[arg(long)]
    pub(crate) keyring: bool,
}
