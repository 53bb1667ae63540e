//! Organisations: what one instance of IAM Identity Center knows.
//!
//! Deliberately absent: groups, applications, and permission sets as policies. Who signs in sees what
//! is assigned, and nothing tells what it is good for.

mod generated;
mod hostile;

use crate::ids;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;

/// One instance of IAM Identity Center.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// The address that people know it by: `https://acme.awsapps.com/start`.
    pub start_url: String,
    /// The region that it stands in.
    pub region: String,
    /// Who can sign in.
    #[serde(default)]
    pub people: Vec<Person>,
    /// The accounts that are assigned to people, with their permission sets.
    #[serde(default)]
    pub accounts: Vec<AssignedAccount>,
    /// Seconds of a sign-in: refreshing ends with it.
    #[serde(default = "session_duration")]
    pub session_duration: u32,
    /// Seconds of an access token that can be refreshed; another lasts as long as the sign-in.
    #[serde(default = "access_token_duration")]
    pub access_token_duration: u32,
    /// Seconds of the credentials of a role.
    #[serde(default = "role_session_duration")]
    pub role_session_duration: u32,
    /// Seconds of a client's registration.
    #[serde(default = "client_duration")]
    pub client_duration: u32,
    /// Seconds between two questions for a device's token.
    #[serde(default = "device_interval")]
    pub device_interval: u32,
}

/// Somebody who can sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user name, which is the name of this person's role sessions.
    pub name: String,
    /// The ids of the accounts that this person sees; all if nothing is said.
    #[serde(default)]
    pub account_ids: Option<Vec<String>>,
}

/// An account, and what is assigned in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignedAccount {
    /// The account's id, 12 digits.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its root's e-mail address; the portal leaves an empty one out.
    #[serde(default)]
    pub email: String,
    /// The names of the permission sets, which are those of the roles. Accounts may share one list.
    #[serde(default, deserialize_with = "shared")]
    pub permission_sets: Arc<[String]>,
}

fn session_duration() -> u32 {
    8 * 3600
}

fn access_token_duration() -> u32 {
    3600
}

fn role_session_duration() -> u32 {
    3600
}

fn client_duration() -> u32 {
    90 * 24 * 3600
}

fn device_interval() -> u32 {
    5
}

fn shared<'de, D: Deserializer<'de>>(list: D) -> Result<Arc<[String]>, D::Error> {
    Vec::deserialize(list).map(Into::into)
}

impl Organisation {
    /// An organisation with nobody and nothing in it.
    pub fn new(start_url: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            start_url: start_url.into(),
            region: region.into(),
            people: Vec::new(),
            accounts: Vec::new(),
            session_duration: session_duration(),
            access_token_duration: access_token_duration(),
            role_session_duration: role_session_duration(),
            client_duration: client_duration(),
            device_interval: device_interval(),
        }
    }

    /// The same organisation with somebody more, who sees every account.
    #[must_use]
    pub fn person(mut self, name: impl Into<String>) -> Self {
        self.people.push(Person { name: name.into(), account_ids: None });
        self
    }

    /// The same organisation with somebody more, who sees these accounts only.
    #[must_use]
    pub fn person_with_accounts(mut self, name: impl Into<String>, ids: &[&str]) -> Self {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        self.people.push(Person { name: name.into(), account_ids: Some(ids) });
        self
    }

    /// The same organisation with one more account.
    #[must_use]
    pub fn account(mut self, account: AssignedAccount) -> Self {
        self.accounts.push(account);
        self
    }

    /// The same organisation with sign-ins of so many seconds.
    #[must_use]
    pub fn session_duration(mut self, seconds: u32) -> Self {
        self.session_duration = seconds;
        self
    }

    /// The same organisation with refreshable access tokens of so many seconds.
    #[must_use]
    pub fn access_token_duration(mut self, seconds: u32) -> Self {
        self.access_token_duration = seconds;
        self
    }

    /// The same organisation with credentials of so many seconds.
    #[must_use]
    pub fn role_session_duration(mut self, seconds: u32) -> Self {
        self.role_session_duration = seconds;
        self
    }

    /// The same organisation with registrations of so many seconds.
    #[must_use]
    pub fn client_duration(mut self, seconds: u32) -> Self {
        self.client_duration = seconds;
        self
    }

    /// The same organisation, asking devices to wait so many seconds between two questions.
    #[must_use]
    pub fn device_interval(mut self, seconds: u32) -> Self {
        self.device_interval = seconds;
        self
    }

    /// The ARN of the role that Identity Center keeps in an account for a permission set: what the
    /// trust of further roles names.
    pub fn role_arn(&self, account_id: &str, permission_set: &str) -> String {
        let (path, name) = (self.role_path(), self.role_name(account_id, permission_set));
        format!("arn:{}:iam::{account_id}:role{path}{name}", self.partition())
    }

    /// The path of the roles that Identity Center keeps.
    pub(crate) fn role_path(&self) -> String {
        match self.region.as_str() {
            "us-east-1" => "/aws-reserved/sso.amazonaws.com/".to_owned(),
            region => format!("/aws-reserved/sso.amazonaws.com/{region}/"),
        }
    }

    /// The name of the role for a permission set: `AWSReservedSSO_Admin_0123456789abcdef`.
    pub(crate) fn role_name(&self, account_id: &str, permission_set: &str) -> String {
        let hash = ids::hash(&[&self.start_url, account_id, permission_set].join("\n"));
        format!("AWSReservedSSO_{permission_set}_{:016x}", hash & u128::from(u64::MAX))
    }

    /// The partition of its region.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.region.starts_with("us-gov-") => "aws-us-gov",
            Some("us") if self.region.starts_with("us-iso-") => "aws-iso",
            Some("us") if self.region.starts_with("us-isob-") => "aws-iso-b",
            Some("eusc") => "aws-eusc",
            _ => "aws",
        }
    }

    /// Whether an address is this organisation's, however its end is written.
    pub(crate) fn is_at(&self, start_url: &str) -> bool {
        bare(&self.start_url) == bare(start_url)
    }
}

impl AssignedAccount {
    /// An account without an address and without permission sets.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), email: String::new(), permission_sets: Arc::default() }
    }

    /// The same account with this e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// The same account with these permission sets.
    #[must_use]
    pub fn permission_sets(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permission_sets = names.into_iter().map(Into::into).collect();
        self
    }
}

impl Person {
    /// Whether this person sees the account with this id.
    pub(crate) fn sees(&self, account_id: &str) -> bool {
        self.account_ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == account_id))
    }
}

/// A start URL without what people copy along with it.
fn bare(start_url: &str) -> &str {
    start_url.trim_end_matches(['/', '#'])
}

#[cfg(test)]
mod tests {
    use crate::world::World;

    #[test]
    fn an_organisation_is_read_from_json() {
        let world = World::from_json(
            r#"{"accounts": [], "organisations": [{
                "start_url": "https://acme.awsapps.com/start", "region": "us-gov-west-1",
                "people": [{"name": "ann"}, {"name": "bob", "account_ids": ["111122223333"]}],
                "accounts": [{"id": "111122223333", "name": "One", "permission_sets": ["Admin", "View"]}]
            }]}"#,
        )
        .unwrap();
        let organisation = &world.organisations[0];
        assert!(organisation.is_at("https://acme.awsapps.com/start/#/"));
        assert!(!organisation.is_at("https://acme.awsapps.com/"));
        assert_eq!(organisation.accounts[0].permission_sets.len(), 2);
        assert!(organisation.people[0].sees("1") && !organisation.people[1].sees("1"));
        let arn = organisation.role_arn("111122223333", "Admin");
        let start = "arn:aws-us-gov:iam::111122223333:role/aws-reserved/sso.amazonaws.com/us-gov-west-1/\
                     AWSReservedSSO_Admin_";
        assert_eq!(arn.strip_prefix(start).map(str::len), Some(16), "{arn}");
    }
}
