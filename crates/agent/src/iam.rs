//! The few calls to IAM that a person's own keys and devices need.
//!
//! Deliberately absent: everything else of IAM, and its SDK: a crate of some two hundred
//! operations for these seven would outweigh the rest of the agent.

mod answer;
mod wire;

pub use answer::{AccessKey, CreatedKey, LastUsed, MfaDevice, User};

use crate::credentials::Credentials;
use crate::sts::Caller;
use crate::world::{ProfileEndpoint, World};
use answer::Node;
use hatrack_core::failure::{Failure, FailureCode};

/// How many pages of a list are read at most; a user has two keys and eight devices.
const MOST_PAGES: usize = 10;

/// Whose call to IAM it is, and which way it goes.
#[derive(Clone, Copy, Debug)]
pub struct Iam<'a> {
    /// The way to AWS.
    pub caller: &'a Caller,
    /// The caller's world.
    pub world: &'a World,
    /// What the profile says about the endpoint.
    pub profile: &'a ProfileEndpoint,
    /// The keys that sign.
    pub credentials: &'a Credentials,
}

impl Iam<'_> {
    /// Calls GetUser: the named user, or the one whose keys these are.
    pub async fn get_user(&self, name: Option<&str>) -> Result<User, Failure> {
        let answer = self.call("GetUser", &named(name)?, false).await?;
        answer.read(|root| User::read(root.find("User")?)).map_err(|()| self.odd())
    }

    /// Calls ListMFADevices.
    pub async fn list_mfa_devices(&self, user: Option<&str>) -> Result<Vec<MfaDevice>, Failure> {
        self.list("ListMFADevices", "MFADevices", user, MfaDevice::read).await
    }

    /// Calls ListAccessKeys.
    pub async fn list_access_keys(&self, user: Option<&str>) -> Result<Vec<AccessKey>, Failure> {
        self.list("ListAccessKeys", "AccessKeyMetadata", user, AccessKey::read).await
    }

    /// Calls CreateAccessKey, once: a second try could leave a key that nobody knows.
    pub async fn create_access_key(&self, user: Option<&str>) -> Result<CreatedKey, Failure> {
        let answer = self.call("CreateAccessKey", &named(user)?, true).await?;
        answer.read(|root| CreatedKey::read(root.find("AccessKey")?)).map_err(|()| self.odd())
    }

    /// Calls UpdateAccessKey: switches a key on or off.
    pub async fn update_access_key(&self, user: Option<&str>, id: &str, active: bool) -> Result<(), Failure> {
        let mut fields = named(user)?;
        fields.push(key_id(id)?);
        fields.push(("Status", if active { "Active" } else { "Inactive" }.to_owned()));
        self.call("UpdateAccessKey", &fields, false).await.map(|_| ())
    }

    /// Calls DeleteAccessKey.
    pub async fn delete_access_key(&self, user: Option<&str>, id: &str) -> Result<(), Failure> {
        let mut fields = named(user)?;
        fields.push(key_id(id)?);
        self.call("DeleteAccessKey", &fields, false).await.map(|_| ())
    }

    /// Calls GetAccessKeyLastUsed.
    pub async fn get_access_key_last_used(&self, id: &str) -> Result<LastUsed, Failure> {
        let answer = self.call("GetAccessKeyLastUsed", &[key_id(id)?], false).await?;
        answer.read(|root| LastUsed::read(root.find("AccessKeyLastUsed")?)).map_err(|()| self.odd())
    }

    async fn list<T>(
        &self,
        operation: &'static str,
        list: &str,
        user: Option<&str>,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        let (mut all, mut marker) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut fields = named(user)?;
            fields.extend(marker.take().map(|marker| ("Marker", marker)));
            let answer = self.call(operation, &fields, false).await?;
            let page = answer.read(|root| {
                let items: Option<Vec<T>> = root.find(list)?.children.iter().map(&read).collect();
                Some((items?, root.find("Marker").map(|marker| marker.text.clone())))
            });
            let (items, next) = page.map_err(|()| self.odd())?;
            all.extend(items);
            marker = next;
            if marker.is_none() {
                break;
            }
        }
        Ok(all)
    }

    fn odd(&self) -> Failure {
        Failure::new(
            FailureCode::Unreachable,
            "IAM answered, but not as AWS does.",
            "Look at the endpoint and the proxy that are set.",
        )
    }
}

fn named(user: Option<&str>) -> Result<Vec<(&'static str, String)>, Failure> {
    let Some(user) = user else { return Ok(Vec::new()) };
    let fits = (1..=128).contains(&user.len())
        && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    if fits { Ok(vec![("UserName", user.to_owned())]) } else { Err(unfit("The user's name")) }
}

fn key_id(id: &str) -> Result<(&'static str, String), Failure> {
    let fits = (16..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { Ok(("AccessKeyId", id.to_owned())) } else { Err(unfit("The access key's id")) }
}

fn unfit(what: &str) -> Failure {
    Failure::new(
        FailureCode::Usage,
        format!("{what} is not one that IAM takes."),
        "Give it as it stands in IAM.",
    )
}
