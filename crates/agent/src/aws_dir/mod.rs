//! The credentials file on disk: delivering into it, erasing from it, reading it.
//!
//! Every function blocks, for a disk and for at most [`LOCK_WAIT`] on another process of ours.
//! Whatever fails, the old file stands. Deliberately absent: what a section looks like (that is
//! [`hatrack_core::delivery`]), and any decision about a session.

mod fault;
mod lock;
mod plain;
mod platform;
mod profiles;
mod replace;
mod target;

pub use lock::LOCK_WAIT;
pub use plain::PlainFound;

use crate::journal::{Entry, Journal};
use fault::explain;
use hatrack_core::delivery::{self, Consent, Delivery, Erased, Owned, Shared};
use hatrack_core::failure::Failure;
use hatrack_core::name::OutputProfile;
use replace::{Change, Step, Updated, update};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use target::{Access, read_through_links};
use zeroize::Zeroizing;

/// What is done between the steps of a replacement: nothing, except in tests.
type Between = dyn Fn(Step, &Path) + Send + Sync;

/// One pair of shared files, and what belongs to writing them safely.
#[derive(Clone)]
pub struct AwsDir {
    credentials: PathBuf,
    config: PathBuf,
    locks: PathBuf,
    journal: Journal,
    /// What the tests do between the steps of a replacement.
    between: Arc<Between>,
}

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Whether the file was replaced; it is left alone where it would be the same.
    pub changed: bool,
    /// The permissions that the file had, where others could read it until now.
    pub tightened: Option<u32>,
}

/// What came of erasing a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// No section of this name is ours.
    NotThere,
    /// Our lines are gone, and what they replaced is back.
    Gone,
    /// Our lines are gone; the section had been taken over, and what was replaced is lost.
    Lost,
}

impl AwsDir {
    /// The files that a caller's environment chose; `locks` is a folder for lock files.
    pub fn new(credentials: &Path, config: &Path, locks: &Path, journal: Journal) -> Self {
        Self {
            credentials: credentials.to_owned(),
            config: config.to_owned(),
            locks: locks.to_owned(),
            journal,
            between: Arc::new(|_, _| ()),
        }
    }

    /// Delivers into the credentials file and returns once it is on disk.
    pub fn deliver(&self, delivery: &Delivery<'_>, adopt: bool) -> Result<Delivered, Failure> {
        let mut noted = None;
        let updated = update(&self.credentials, &self.locks, Access::Write, &*self.between, |real, text| {
            let config = self.read_config()?;
            let id = Journal::id(real, delivery.profile)?;
            let before = self.journal.find(&id);
            let record = before.as_ref().and_then(|entry| entry.adopted.as_ref());
            let edit = delivery::write(
                Shared { credentials: text, config: &config },
                delivery,
                Consent { adopt, entry: &id, record },
            )
            .map_err(|refusal| refusal.explain(&fault::shown(&self.credentials)))?;
            let entry = Entry {
                credentials_file: self.credentials.clone(),
                profile: delivery.profile.clone(),
                role_id: delivery.role_id.clone(),
                expiration: delivery.expiration,
                adopted: edit.adopted,
            };
            // Before the file is touched, so that what is replaced is never only in memory.
            if before.as_ref() != Some(&entry) {
                self.journal.record(&id, &entry)?;
                noted.get_or_insert((id, before));
            }
            Ok(Change { text: Some(edit.text), outcome: () })
        });
        if updated.is_err()
            && let Some((id, before)) = noted
        {
            // The file stands as it was, and so does what is known of it.
            match before {
                Some(entry) => self.journal.record(&id, &entry)?,
                None => self.journal.forget(&id)?,
            }
        }
        let Updated { changed, tightened, .. } = updated?;
        Ok(Delivered { changed, tightened })
    }

    /// Erases a section if it is ours, and puts back what an adoption replaced.
    pub fn erase(&self, profile: &OutputProfile) -> Result<Erasure, Failure> {
        let mut noted = None;
        let updated = update(&self.credentials, &self.locks, Access::Erase, &*self.between, |real, text| {
            let id = Journal::id(real, profile)?;
            let entry = self.journal.find(&id);
            let record = entry.as_ref().and_then(|entry| entry.adopted.as_ref());
            let change = match delivery::erase(text, profile, record) {
                Erased::NotThere => Change { text: None, outcome: Erasure::NotThere },
                Erased::Gone { text, lost: false } => Change { text: Some(text), outcome: Erasure::Gone },
                Erased::Gone { text, lost: true } => Change { text: Some(text), outcome: Erasure::Lost },
            };
            noted = Some((id, record.is_some()));
            Ok(change)
        })?;
        if let Some((id, adopted)) = noted {
            match updated.outcome {
                // Somebody took the mark out of a section that was taken over: what it had before
                // is in the journal only, and stays there.
                Erasure::NotThere if adopted => {}
                Erasure::NotThere | Erasure::Gone | Erasure::Lost => self.journal.forget(&id)?,
            }
        }
        Ok(updated.outcome)
    }

    /// Says early whether a delivery would be refused, before a person is asked for anything.
    pub fn check(&self, profile: &OutputProfile, adopt: bool) -> Result<(), Failure> {
        let credentials = target::look(&self.credentials)?.unwrap_or_default();
        let config = self.read_config()?;
        delivery::check(Shared { credentials: &credentials, config: &config }, profile, adopt)
            .map_err(|refusal| refusal.explain(&fault::shown(&self.credentials)))
    }

    /// Chooses the output profile of roles that have none of their own.
    pub fn default_profile(&self) -> Result<OutputProfile, Failure> {
        let credentials = read(&self.credentials)?.unwrap_or_default();
        Ok(delivery::default_profile(&credentials, &self.read_config()?))
    }

    /// Finds the sections of the credentials file that carry our mark.
    pub fn owned(&self) -> Result<Vec<Owned>, Failure> {
        Ok(read(&self.credentials)?.map(|text| delivery::owned(&text)).unwrap_or_default())
    }

    fn read_config(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        Ok(read(&self.config)?.unwrap_or_default())
    }
}

impl std::fmt::Debug for AwsDir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AwsDir").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

/// Reads one of the shared files; `None` if there is none. A pipe or a device is refused, not
/// waited for.
pub fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    read_through_links(path).map_err(|error| explain(path, "read", &error))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
