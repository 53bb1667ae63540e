//! A new key in the place of an old one, so that an interruption anywhere leaves a working key.
//!
//! What the vault holds says how far a rotation came. `NAME (new)` is a key that was made and isn't
//! in NAME's place yet; the fact [`REPLACES`] of NAME is the id of an old key that still is at AWS.
//! So a second rotation goes on where the first one stopped, and makes no further key.
//!
//! Deliberately absent: deleting any key but the one that was replaced.

mod words;

use super::Keys;
use super::vaulted::{Vaulted, unknown};
use crate::credentials::Credentials;
use crate::iam::Iam;
use crate::sts::Identity;
use crate::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_vault::{Facts, Kind, fact};
use jiff::Timestamp;
use std::time::Duration;

/// The fact of a key that names the old key whose place it took, as long as AWS still has that.
const REPLACES: &str = "replaces";

/// What follows the name of a key that isn't in the old one's place yet. No profile has such a name.
const SUFFIX: &str = " (new)";

/// The pauses, in milliseconds, while a new key spreads through AWS: fifteen seconds together.
const PAUSES: [u64; 7] = [500, 1000, 1500, 2000, 2500, 3000, 4500];

/// The name of the key that is to replace another.
pub(super) fn next_name(name: &str) -> String {
    format!("{name}{SUFFIX}")
}

/// The name of the key that this one is to replace.
pub(super) fn replaced_name(name: &str) -> Option<&str> {
    name.strip_suffix(SUFFIX)
}

impl Keys {
    /// Makes a new key in the place of an old one, tries it, keeps it, and deletes the old one; or
    /// finishes what an earlier rotation left. Each step is told when it begins.
    pub async fn rotate(&self, name: &str, told: impl Fn(String)) -> Result<(), Failure> {
        let old = self.vaulted(name).await?.ok_or_else(|| unknown(name))?;
        let next = self.vaulted(&next_name(name)).await?;
        let rotation = Rotation { keys: self, name, told, endpoint: self.files.endpoint(name) };
        if let Some(replaced) = old.facts.get(REPLACES) {
            rotation.say("An earlier rotation left its old key behind; going on there.");
            rotation.forget_next().await?;
            return rotation.retire(&old.credentials, replaced).await;
        }
        let new = match next {
            Some(next) => rotation.taken_up(&old, next).await?,
            None => None,
        };
        let new = match new {
            Some(new) => new,
            None => rotation.made(&old).await?,
        };
        let replaced = old.credentials.access_key_id;
        rotation.say("Trying the new key.");
        let identity = rotation.tried(&new.credentials).await?;
        rotation.say("Putting it in the old one's place.");
        rotation.put_in_place(&replaced, &new, identity).await?;
        rotation.forget_next().await?;
        rotation.retire(&new.credentials, &replaced).await
    }
}

struct Rotation<'a, F> {
    keys: &'a Keys,
    name: &'a str,
    told: F,
    endpoint: ProfileEndpoint,
}

impl<F: Fn(String)> Rotation<'_, F> {
    fn say(&self, step: impl Into<String>) {
        (self.told)(step.into());
    }

    fn iam<'a>(&'a self, credentials: &'a Credentials) -> Iam<'a> {
        self.keys.iam(&self.endpoint, credentials)
    }

    /// A key that an earlier rotation made, unless AWS has it no more.
    async fn taken_up(&self, old: &Vaulted, next: Vaulted) -> Result<Option<Vaulted>, Failure> {
        self.say(format!("An earlier rotation made {}; trying it.", next.credentials.access_key_id));
        match patiently(|| self.keys.identity(self.name, &next.credentials)).await {
            Ok(_) => return Ok(Some(next)),
            Err(failure) if !is_unknown(&failure) => return Err(failure),
            Err(_) => {}
        }
        let listed = self.iam(&old.credentials).list_access_keys(None).await?;
        if listed.iter().any(|key| key.id == next.credentials.access_key_id) {
            return Err(words::inactive(&next.credentials.access_key_id));
        }
        self.say("AWS has it no more.");
        self.forget_next().await?;
        Ok(None)
    }

    /// A new key, in the vault beside the old one.
    async fn made(&self, old: &Vaulted) -> Result<Vaulted, Failure> {
        self.say("Making a new key.");
        let iam = self.iam(&old.credentials);
        let made = match iam.create_access_key(None).await {
            Ok(made) => made,
            Err(failure) => return Err(words::not_made(&iam, failure).await),
        };
        let credentials = Credentials {
            access_key_id: made.key.id,
            secret_access_key: made.secret,
            session_token: None,
            expiration: None,
        };
        let facts = facts_of_new(&old.facts, made.key.created);
        if let Err(failure) = self.keys.keep(&next_name(self.name), &credentials, facts.clone()).await {
            // Nobody else knows its secret, so it is of no use to anybody.
            let deleted = iam.delete_access_key(None, &credentials.access_key_id).await.is_ok();
            return Err(words::not_kept(failure, &credentials.access_key_id, deleted));
        }
        Ok(Vaulted { facts, credentials })
    }

    /// Whose a key is; a new one may take its time until AWS knows it everywhere.
    async fn tried(&self, credentials: &Credentials) -> Result<Identity, Failure> {
        patiently(|| self.keys.identity(self.name, credentials))
            .await
            .map_err(|failure| words::not_tried(failure, &credentials.access_key_id))
    }

    /// Puts the new key wherever the vault has the old one, last of all under its own name: until
    /// then the old one is found there.
    async fn put_in_place(&self, replaced: &str, new: &Vaulted, identity: Identity) -> Result<(), Failure> {
        let mut new_facts = new.facts.clone();
        new_facts.insert(fact::ACCOUNT_ID.to_owned(), identity.account);
        new_facts.insert(fact::USER_ARN.to_owned(), identity.arn);
        for entry in self.keys.vault.entries()? {
            let has_old = entry.facts.get(fact::ACCESS_KEY_ID).is_some_and(|id| id == replaced);
            if entry.kind == Kind::AccessKey && entry.name != self.name && has_old {
                let mut facts = entry.facts;
                facts.extend(new_facts.clone());
                self.keys.keep(&entry.name, &new.credentials, facts).await?;
            }
        }
        new_facts.insert(REPLACES.to_owned(), replaced.to_owned());
        self.keys.keep(self.name, &new.credentials, new_facts).await
    }

    async fn forget_next(&self) -> Result<(), Failure> {
        self.keys.vault.remove(Kind::AccessKey, &next_name(self.name)).await.map(|_| ())
    }

    /// Switches the old key off, tries the new one once more, and deletes the old one.
    async fn retire(&self, new: &Credentials, replaced: &str) -> Result<(), Failure> {
        let iam = self.iam(new);
        let left = |failure| words::old_left(failure, replaced, self.name);
        self.say(format!("Switching the old key {replaced} off."));
        let off = patiently(|| iam.update_access_key(None, replaced, false)).await;
        if unless_gone(off).map_err(left)? {
            self.say("Trying the new key once more.");
            patiently(|| self.keys.identity(self.name, new)).await.map_err(left)?;
            self.say("Deleting the old key.");
            unless_gone(patiently(|| iam.delete_access_key(None, replaced)).await).map_err(left)?;
        }
        let changes = [(REPLACES.to_owned(), None)].into();
        self.keys.vault.change_facts(Kind::AccessKey, self.name, changes).await?;
        self.say("The old key is gone.");
        Ok(())
    }
}

fn facts_of_new(old: &Facts, created: Timestamp) -> Facts {
    let mut facts = old.clone();
    facts.insert(fact::CREATED.to_owned(), created.to_string());
    facts
}

/// Calls until AWS knows the key that signs, or long enough to think that it never will.
async fn patiently<T, C>(call: impl Fn() -> C) -> Result<T, Failure>
where
    C: Future<Output = Result<T, Failure>>,
{
    for pause in PAUSES {
        match call().await {
            Err(failure) if is_unknown(&failure) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            answer => return answer,
        }
    }
    call().await
}

fn is_unknown(failure: &Failure) -> bool {
    failure.aws_code.as_deref() == Some("InvalidClientTokenId")
}

/// Whether there was something to work on: somebody may have deleted the old key meanwhile.
fn unless_gone(done: Result<(), Failure>) -> Result<bool, Failure> {
    match done {
        Ok(()) => Ok(true),
        Err(failure) if failure.code == FailureCode::NotFound => Ok(false),
        Err(failure) => Err(failure),
    }
}
