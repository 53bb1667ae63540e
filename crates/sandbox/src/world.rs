//! The accounts, users and roles that a sandbox plays, as data.
//!
//! Deliberately absent: permissions beyond a list of denials, and policies as JSON. A role's trust
//! is what the program under test can meet: who, with MFA or not, with which external id.

use secrecy::SecretString;
use serde::Deserialize;

/// Everything that a sandbox knows at its start.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The accounts.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The account's id, 12 digits.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The partition: `aws`, `aws-cn`…
    #[serde(default = "partition")]
    pub partition: String,
    /// Its IAM users.
    #[serde(default)]
    pub users: Vec<User>,
    /// Its roles.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// One IAM user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// Long-term keys.
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
    /// MFA devices.
    #[serde(default)]
    pub mfa_devices: Vec<MfaDevice>,
    /// Actions (`sts:AssumeRole`) and role ARNs that this user is refused whatever the role's trust says.
    #[serde(default)]
    pub denied: Vec<String>,
}

/// One long-term key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// The access key id, `AKIA…`.
    pub id: String,
    /// The secret access key.
    pub secret: SecretString,
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

/// One role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role's name, without its path.
    pub name: String,
    /// The path, with a slash at both ends.
    #[serde(default = "path")]
    pub path: String,
    /// The longest session in seconds, 3,600 to 43,200.
    #[serde(default = "max_session_duration")]
    pub max_session_duration: u32,
    /// Who may assume it, and how.
    #[serde(default)]
    pub trust: Trust,
    /// Role ARNs that sessions of this role may not assume, whatever the trust there says.
    #[serde(default)]
    pub denied: Vec<String>,
}

/// Who may assume a role, and how.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// ARNs of users, roles, role sessions or account roots, account ids, or `*`; nobody if empty.
    pub principals: Vec<String>,
    /// Whether `aws:MultiFactorAuthPresent` must be true.
    #[serde(default)]
    pub mfa: bool,
    /// What `sts:ExternalId` must be.
    #[serde(default)]
    pub external_id: Option<String>,
}

fn partition() -> String {
    "aws".to_owned()
}

fn path() -> String {
    "/".to_owned()
}

fn max_session_duration() -> u32 {
    3600
}

impl World {
    /// Reads a world from JSON; the error says where it is wrong.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The same world with one more account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Finds the MFA device with this serial number.
    pub fn mfa_device(&self, serial: &str) -> Option<&MfaDevice> {
        self.accounts
            .iter()
            .flat_map(|account| &account.users)
            .flat_map(|user| &user.mfa_devices)
            .find(|device| device.serial == serial)
    }

    pub(crate) fn find_key(&self, id: &str) -> Option<(&Account, &User, &AccessKey)> {
        self.accounts.iter().find_map(|account| {
            account.users.iter().find_map(|user| {
                let key = user.access_keys.iter().find(|key| key.id == id)?;
                Some((account, user, key))
            })
        })
    }

    pub(crate) fn find_role(&self, arn: &str) -> Option<(&Account, &Role)> {
        self.accounts.iter().find_map(|account| {
            Some((account, account.roles.iter().find(|role| account.role_arn(role) == arn)?))
        })
    }
}

impl Account {
    /// An account of the partition `aws` with nothing in it.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            partition: partition(),
            users: Vec::new(),
            roles: Vec::new(),
        }
    }

    /// The same account in another partition.
    #[must_use]
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = partition.into();
        self
    }

    /// The same account with one more user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// The same account with one more role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    pub(crate) fn role_arn(&self, role: &Role) -> String {
        format!("arn:{}:iam::{}:role{}{}", self.partition, self.id, role.path, role.name)
    }

    pub(crate) fn user_arn(&self, user: &User) -> String {
        format!("arn:{}:iam::{}:user/{}", self.partition, self.id, user.name)
    }

    pub(crate) fn session_arn(&self, role: &Role, session_name: &str) -> String {
        format!("arn:{}:sts::{}:assumed-role/{}/{session_name}", self.partition, self.id, role.name)
    }

    pub(crate) fn root_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.id)
    }
}

impl User {
    /// A user without keys or devices.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), access_keys: Vec::new(), mfa_devices: Vec::new(), denied: Vec::new() }
    }

    /// The same user with one more long-term key.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_keys.push(AccessKey { id: id.into(), secret: SecretString::from(secret.into()) });
        self
    }

    /// The same user with one more MFA device, its seed in base32.
    #[must_use]
    pub fn mfa_device(mut self, serial: impl Into<String>, seed: impl Into<String>) -> Self {
        self.mfa_devices.push(MfaDevice { serial: serial.into(), seed: SecretString::from(seed.into()) });
        self
    }

    /// The same user, refused this action (`sts:AssumeRole`) or the role with this ARN.
    #[must_use]
    pub fn denied(mut self, what: impl Into<String>) -> Self {
        self.denied.push(what.into());
        self
    }
}

impl Role {
    /// A role that nobody may assume, for at most one hour.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: path(),
            max_session_duration: max_session_duration(),
            trust: Trust::default(),
            denied: Vec::new(),
        }
    }

    /// The same role under another path, with a slash at both ends.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same role, trusting one more principal: see [`Trust::principals`].
    #[must_use]
    pub fn trusts(mut self, principal: impl Into<String>) -> Self {
        self.trust.principals.push(principal.into());
        self
    }

    /// The same role, asking for MFA.
    #[must_use]
    pub fn with_mfa(mut self) -> Self {
        self.trust.mfa = true;
        self
    }

    /// The same role, asking for this external id.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.trust.external_id = Some(id.into());
        self
    }

    /// The same role with sessions of up to so many seconds.
    #[must_use]
    pub fn max_session_duration(mut self, seconds: u32) -> Self {
        self.max_session_duration = seconds;
        self
    }

    /// The same role, its sessions refused the role with this ARN.
    #[must_use]
    pub fn denied(mut self, role_arn: impl Into<String>) -> Self {
        self.denied.push(role_arn.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_read_from_json() {
        let world = World::from_json(
            r#"{"accounts": [{
                "id": "111122223333", "name": "Identity",
                "users": [{
                    "name": "alice",
                    "access_keys": [{"id": "AKIAIOSFODNN7ALICE00", "secret": "shh"}],
                    "mfa_devices": [{"serial": "GAHT12345678", "seed": "JBSWY3DPEHPK3PXP"}]
                }],
                "roles": [{
                    "name": "Admin", "path": "/team/", "max_session_duration": 43200,
                    "trust": {"principals": ["*"], "mfa": true, "external_id": "42"}
                }]
            }]}"#,
        )
        .unwrap();
        let (account, role) = world.find_role("arn:aws:iam::111122223333:role/team/Admin").unwrap();
        assert_eq!((account.partition.as_str(), role.max_session_duration), ("aws", 43_200));
        assert!(world.find_key("AKIAIOSFODNN7ALICE00").is_some());
        assert!(world.mfa_device("GAHT12345678").is_some());
        assert!(!format!("{world:?}").contains("shh"));
    }

    #[test]
    fn a_slip_in_a_world_is_named() {
        let slip = World::from_json(r#"{"accounts": [{"id": "1", "name": "a", "rolls": []}]}"#).unwrap_err();
        assert!(slip.to_string().contains("unknown field `rolls`"), "{slip}");
    }
}
