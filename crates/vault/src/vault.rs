//! The vault as the rest of Hatrack uses it.

use crate::contents::Held;
use crate::entry::{self, Entry, FactChanges, Facts, Kind};
use crate::fault;
use crate::folder::Folder;
use crate::keyring::{Asking, Bounded, Keyring, TIME_LIMIT};
use crate::room::{Begin, Change, Room, Status};
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Secrets by kind and name, sealed in one file. Cheap to clone; all clones share the key in memory.
///
/// The work is done on tokio's blocking threads, and goes on to its end where its future is dropped.
#[derive(Clone)]
pub struct Vault {
    pub(crate) room: Arc<Room>,
    asking: Asking,
}

impl Vault {
    /// The vault in this folder; nothing is read or made yet.
    pub fn open(folder: impl Into<PathBuf>, keyring: Arc<dyn Keyring>) -> Self {
        Self::open_with_limit(folder, keyring, TIME_LIMIT)
    }

    /// [`Vault::open`], with another limit for each access to the keyring than [`TIME_LIMIT`].
    pub fn open_with_limit(folder: impl Into<PathBuf>, keyring: Arc<dyn Keyring>, limit: Duration) -> Self {
        let room = Room::new(Folder::new(folder.into()), Bounded::new(keyring, limit));
        Self { room: Arc::new(room), asking: Asking::Never }
    }

    /// The same vault for what a person has just asked for: where the keyring is locked, its own
    /// dialog may come up. The access ends in time all the same; the next one after the dialog was
    /// answered succeeds.
    #[must_use]
    pub fn asking(&self) -> Self {
        Self { room: Arc::clone(&self.room), asking: Asking::MayPrompt }
    }

    /// Tells what keeps the vault and whether it is open; asks neither keyring nor person.
    pub fn status(&self) -> Result<Status, Failure> {
        self.room.status()
    }

    /// Lists what is in the vault, by kind and name; opens nothing.
    pub fn entries(&self) -> Result<Vec<Entry>, Failure> {
        self.room.entries()
    }

    /// Puts a secret in, in the place of one of the same kind and name. The first one of all begins
    /// a vault that the keyring keeps.
    pub async fn put(
        &self,
        kind: Kind,
        name: &str,
        secret: Sealed,
        facts: Facts,
        now: Timestamp,
    ) -> Result<(), Failure> {
        entry::check_name(name)?;
        entry::check_secret(secret.open())?;
        entry::check_facts(&facts)?;
        let place = (kind, name.to_owned());
        let held = Held { added: now, facts, secret };
        self.work(move |room, asking| {
            room.change(asking, Begin::New, |contents| {
                contents.0.insert(place.clone(), held.clone());
                Ok(Change::Save(()))
            })
        })
        .await
    }

    /// Reads a secret; `None` if there is none of this kind and name.
    pub async fn get(&self, kind: Kind, name: &str) -> Result<Option<Sealed>, Failure> {
        let place = (kind, name.to_owned());
        self.work(move |room, asking| {
            room.read(asking, |contents| contents.0.get(&place).map(|held| held.secret.clone()))
        })
        .await
    }

    /// Takes a secret out; tells whether there was one.
    pub async fn remove(&self, kind: Kind, name: &str) -> Result<bool, Failure> {
        let place = (kind, name.to_owned());
        self.work(move |room, asking| {
            room.change(asking, Begin::Nothing, |contents| {
                Ok(match contents.0.remove(&place) {
                    Some(_) => Change::Save(true),
                    None => Change::Leave(false),
                })
            })
        })
        .await
    }

    /// Changes what is known of a secret; tells whether there is one.
    pub async fn change_facts(&self, kind: Kind, name: &str, changes: FactChanges) -> Result<bool, Failure> {
        let place = (kind, name.to_owned());
        self.work(move |room, asking| {
            room.change(asking, Begin::Nothing, |contents| {
                let Some(held) = contents.0.get_mut(&place) else { return Ok(Change::Leave(false)) };
                let before = held.facts.clone();
                for (fact, value) in &changes {
                    match value {
                        Some(value) => held.facts.insert(fact.clone(), value.clone()),
                        None => held.facts.remove(fact),
                    };
                }
                entry::check_facts(&held.facts)?;
                Ok(if held.facts == before { Change::Leave(true) } else { Change::Save(true) })
            })
        })
        .await
    }

    /// Opens a vault that a passphrase keeps, until [`Vault::lock`].
    pub async fn unlock(&self, passphrase: Sealed) -> Result<(), Failure> {
        self.work(move |room, _| room.unlock(passphrase)).await
    }

    /// Wipes the key from memory.
    pub fn lock(&self) {
        self.room.lock();
    }

    /// Has a passphrase keep the vault from now on, or another one than before; the vault is open
    /// then. A failure leaves it as it was.
    pub async fn seal_with_passphrase(&self, new: Sealed) -> Result<(), Failure> {
        self.work(move |room, asking| room.seal_with_passphrase(asking, new)).await
    }

    /// Has the keyring keep the vault from now on. A failure leaves it as it was.
    pub async fn seal_with_keyring(&self) -> Result<(), Failure> {
        self.work(Room::seal_with_keyring).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Room, Asking) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (room, asking) = (Arc::clone(&self.room), self.asking);
        let done = tokio::task::spawn_blocking(move || work(&room, asking)).await;
        done.unwrap_or_else(|_| Err(fault::ended()))
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("asking", &self.asking).finish_non_exhaustive()
    }
}
