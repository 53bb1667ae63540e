//! IAM users, their keys and their devices.

use super::denial::{Denial, DeniedBy};
use secrecy::SecretString;
use serde::Deserialize;

/// One IAM user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// Long-term keys at the start; calls of IAM change them later.
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
    /// MFA devices.
    #[serde(default)]
    pub mfa_devices: Vec<MfaDevice>,
    /// What this user is refused whatever a role's trust says.
    #[serde(default)]
    pub denied: Vec<Denial>,
    /// Whether AssumeRoot is allowed, for any account of the world.
    #[serde(default)]
    pub assume_root: bool,
}

/// One long-term key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// The access key id, `AKIA…`.
    pub id: String,
    /// The secret access key.
    pub secret: SecretString,
    /// Whether it can be used.
    #[serde(default)]
    pub status: KeyStatus,
}

/// Whether a long-term key can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum KeyStatus {
    /// It can.
    #[default]
    Active,
    /// It can't until it is made active again.
    Inactive,
}

/// One MFA device.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MfaDevice {
    /// The serial number of a hardware device, or the ARN of a virtual one.
    pub serial: String,
    /// The TOTP seed in base32, spelled as people spell it: blanks, dashes, case and padding don't matter.
    pub seed: SecretString,
}

impl KeyStatus {
    /// The status as IAM writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

impl User {
    /// A user without keys or devices.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_keys: Vec::new(),
            mfa_devices: Vec::new(),
            denied: Vec::new(),
            assume_root: false,
        }
    }

    /// The same user with one more long-term key.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        let secret = SecretString::from(secret.into());
        self.access_keys.push(AccessKey { id: id.into(), secret, status: KeyStatus::Active });
        self
    }

    /// The same user with one more MFA device, its seed in base32.
    #[must_use]
    pub fn mfa_device(mut self, serial: impl Into<String>, seed: impl Into<String>) -> Self {
        self.mfa_devices.push(MfaDevice { serial: serial.into(), seed: SecretString::from(seed.into()) });
        self
    }

    /// The same user, allowed to call AssumeRoot.
    #[must_use]
    pub fn with_assume_root(mut self) -> Self {
        self.assume_root = true;
        self
    }

    /// The same user, refused this action (`sts:AssumeRole`) or the role with this ARN.
    #[must_use]
    pub fn denied(self, what: impl Into<String>) -> Self {
        self.denied_by(what, DeniedBy::Unsaid)
    }

    /// The same user, refused this action or the role with this ARN by a policy of this kind.
    #[must_use]
    pub fn denied_by(mut self, what: impl Into<String>, by: DeniedBy) -> Self {
        self.denied.push(Denial { what: what.into(), by });
        self
    }
}
