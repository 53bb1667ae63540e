//! The long-term keys of a running sandbox: the world's at first, then what IAM's calls made of them.

use crate::ids;
use crate::world::{AccessKey, Account, KeyStatus, User, World};
use jiff::Timestamp;
use secrecy::SecretString;

/// Every long-term key, in the order in which they were made.
#[derive(Debug)]
pub(crate) struct Keys(Vec<Key>);

/// One long-term key and what is known about it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) status: KeyStatus,
    pub(crate) user_arn: String,
    pub(crate) created: Timestamp,
    pub(crate) last_used: Option<Use>,
}

/// When a key was used last, and for what.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) at: Timestamp,
    pub(crate) service: String,
    pub(crate) region: String,
}

impl Keys {
    /// The keys that the world has at its start.
    pub(crate) fn of(world: &World, now: Timestamp) -> Self {
        let users = world
            .accounts
            .iter()
            .flat_map(|account| account.users.iter().map(move |user| (account.user_arn(user), user)));
        let keys = users.flat_map(|(arn, user)| {
            user.access_keys.iter().map(move |AccessKey { id, secret, status }| Key {
                id: id.clone(),
                secret: secret.clone(),
                status: *status,
                user_arn: arn.clone(),
                created: now,
                last_used: None,
            })
        });
        Self(keys.collect())
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    pub(crate) fn of_user(&self, user_arn: &str) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| key.user_arn == user_arn)
    }

    /// Makes a key for a user.
    pub(crate) fn create(&mut self, account: &Account, user: &User, now: Timestamp) -> Key {
        let key = Key {
            id: ids::access_key_id("AKIA", &account.id, ids::random()),
            secret: SecretString::from(ids::random_text(40)),
            status: KeyStatus::Active,
            user_arn: account.user_arn(user),
            created: now,
            last_used: None,
        };
        self.0.push(key.clone());
        key
    }

    /// Changes a key's status; false if there is no such key.
    pub(crate) fn set_status(&mut self, id: &str, status: KeyStatus) -> bool {
        self.change(id, |key| key.status = status)
    }

    /// Remembers a use; false if there is no such key.
    pub(crate) fn used(&mut self, id: &str, last: Use) -> bool {
        self.change(id, |key| key.last_used = Some(last))
    }

    /// Forgets a key; false if there is no such key.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|key| key.id != id);
        self.0.len() < before
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Key)) -> bool {
        let key = self.0.iter_mut().find(|key| key.id == id);
        key.map(change).is_some()
    }
}
