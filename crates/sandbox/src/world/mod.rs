//! The accounts, users and roles that a sandbox plays, as data.
//!
//! Deliberately absent: permissions beyond a list of denials, and policies as JSON. A role's trust
//! is what the program under test can meet: who, with MFA or not, with which external id.

mod denial;
mod login;
mod organisation;
mod provider;
mod role;
mod user;

pub use denial::{Denial, DeniedBy};
pub use login::{LoginSession, TradeInToken};
pub use organisation::{AssignedAccount, Organisation, Person};
pub use provider::{OauthToken, OidcProvider, SamlProvider, WebIdentityTrust};
pub use role::{Role, Trust};
pub use user::{AccessKey, KeyStatus, MfaDevice, User};

use secrecy::SecretString;
use serde::Deserialize;

/// Everything that a sandbox knows at its start.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The instances of IAM Identity Center.
    #[serde(default)]
    pub organisations: Vec<Organisation>,
    /// The OpenID providers that the accounts know.
    #[serde(default)]
    pub oidc_providers: Vec<OidcProvider>,
    /// The SAML providers that the accounts know.
    #[serde(default)]
    pub saml_providers: Vec<SamlProvider>,
    /// The tokens that plain OAuth providers vouch for.
    #[serde(default)]
    pub oauth_tokens: Vec<OauthToken>,
    /// Sign-ins of `aws login`.
    #[serde(default)]
    pub login_sessions: Vec<LoginSession>,
    /// Tokens that GetDelegatedAccessToken takes.
    #[serde(default)]
    pub trade_in_tokens: Vec<TradeInToken>,
    /// Whether refusals of permission carry an encoded message for DecodeAuthorizationMessage.
    #[serde(default)]
    pub encoded_messages: bool,
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
    /// Whether GetWebIdentityToken is switched on.
    #[serde(default)]
    pub outbound_web_identity: bool,
}

fn partition() -> String {
    "aws".to_owned()
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

    /// The same world with one more instance of IAM Identity Center.
    #[must_use]
    pub fn organisation(mut self, organisation: Organisation) -> Self {
        self.organisations.push(organisation);
        self
    }

    /// The same world, knowing one more OpenID provider.
    #[must_use]
    pub fn oidc_provider(mut self, provider: OidcProvider) -> Self {
        self.oidc_providers.push(provider);
        self
    }

    /// The same world, knowing one more SAML provider.
    #[must_use]
    pub fn saml_provider(mut self, provider: SamlProvider) -> Self {
        self.saml_providers.push(provider);
        self
    }

    /// The same world with one more token that a plain OAuth provider vouches for.
    #[must_use]
    pub fn oauth_token(mut self, token: OauthToken) -> Self {
        self.oauth_tokens.push(token);
        self
    }

    /// The same world with one more sign-in of `aws login`.
    #[must_use]
    pub fn login_session(mut self, user_arn: impl Into<String>, refresh_token: impl Into<String>) -> Self {
        let refresh_token = SecretString::from(refresh_token.into());
        self.login_sessions.push(LoginSession { user_arn: user_arn.into(), refresh_token });
        self
    }

    /// The same world with one more token to trade in for a user's session.
    #[must_use]
    pub fn trade_in_token(mut self, user_arn: impl Into<String>, token: impl Into<String>) -> Self {
        let token = SecretString::from(token.into());
        self.trade_in_tokens.push(TradeInToken { token, user_arn: user_arn.into(), expired: false });
        self
    }

    /// The same world, its refusals of permission carrying encoded messages.
    #[must_use]
    pub fn with_encoded_messages(mut self) -> Self {
        self.encoded_messages = true;
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

    pub(crate) fn find_user(&self, arn: &str) -> Option<(&Account, &User)> {
        self.accounts.iter().find_map(|account| {
            Some((account, account.users.iter().find(|user| account.user_arn(user) == arn)?))
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
            outbound_web_identity: false,
        }
    }

    /// The same account in another partition.
    #[must_use]
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = partition.into();
        self
    }

    /// The same account with GetWebIdentityToken switched on.
    #[must_use]
    pub fn with_outbound_web_identity(mut self) -> Self {
        self.outbound_web_identity = true;
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

    pub(crate) fn federated_arn(&self, name: &str) -> String {
        format!("arn:{}:sts::{}:federated-user/{name}", self.partition, self.id)
    }

    pub(crate) fn root_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.id)
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
                    "access_keys": [{"id": "AKIAIOSFODNN7ALICE00", "secret": "shh", "status": "Inactive"}],
                    "denied": ["iam:GetUser", {"what": "sts:AssumeRole", "by": "service_control_policy"}],
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
        let (_, alice) = world.find_user("arn:aws:iam::111122223333:user/alice").unwrap();
        assert_eq!(alice.access_keys[0].status, KeyStatus::Inactive);
        let denied: Vec<_> = alice.denied.iter().map(|denial| denial.by).collect();
        assert_eq!(denied, [DeniedBy::Unsaid, DeniedBy::ServiceControlPolicy]);
        assert!(world.mfa_device("GAHT12345678").is_some());
        assert!(!format!("{world:?}").contains("shh"));
    }

    #[test]
    fn a_slip_in_a_world_is_named() {
        let slip = World::from_json(r#"{"accounts": [{"id": "1", "name": "a", "rolls": []}]}"#).unwrap_err();
        assert!(slip.to_string().contains("unknown field `rolls`"), "{slip}");
    }
}
