//! The AWS CLI's cache of tokens and registrations, `~/.aws/sso/cache`, in its own format: after a
//! sign-in here the AWS CLI and the SDKs are signed in, and the other way round.
//!
//! The AWS CLI locks nothing. We lock among ourselves, and read again before anything is replaced.
//! Deliberately absent: files that neither the AWS CLI nor an SDK would look for.

mod file;
mod json;
mod platform;
mod registration;
mod token;

pub(crate) use file::Lock;
pub(crate) use registration::Registration;
pub use token::Token;
pub(crate) use token::{Given, Seen, Stored, is_fit};

use file::{digest, read, remove, replace};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_core::name::shown;
use json::Parsed;
use ring::digest::SHA1_FOR_LEGACY_USE_ONLY;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The AWS CLI's cache of one person.
#[derive(Clone, Debug)]
pub struct Cache(Arc<Folders>);

#[derive(Debug)]
struct Folders {
    cache: PathBuf,
    locks: PathBuf,
}

impl Cache {
    /// The cache in `folder`, mostly `~/.aws/sso/cache`, with locks in a folder of ours.
    pub fn in_folder(folder: impl Into<PathBuf>, locks: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Folders { cache: folder.into(), locks: locks.into() }))
    }

    /// Where the token of a portal is, if there is one.
    pub fn token_path(&self, portal: &Portal) -> PathBuf {
        self.path(portal.name().as_bytes())
    }

    /// Reads the token of a portal, expired or not; `None` where there is none.
    ///
    /// A file that another program spoilt is put right if the token in it is whole. Otherwise
    /// the failure asks for a sign-in, which replaces it.
    pub fn token(&self, portal: &Portal) -> Result<Option<Token>, Failure> {
        let path = self.token_path(portal);
        let seen = self.seen(portal)?;
        if seen.is_spoilt
            && seen.stored.is_some()
            && let Some(lock) = Lock::try_take(&self.0.locks, &path)
        {
            self.heal(portal, &lock);
        }
        Ok(seen.stored.map(|stored| stored.token()))
    }

    /// What is in the file of a token now.
    pub(crate) fn seen(&self, portal: &Portal) -> Result<Seen, Failure> {
        let path = self.token_path(portal);
        let Some(text) = read(&path)? else { return Ok(Seen::default()) };
        let (map, is_spoilt) = match json::parse(&text) {
            Parsed::Whole(map) => (map, false),
            Parsed::WithMore(map) => (map, true),
            Parsed::Nothing(why) => return Err(spoilt(portal, &path, &why)),
        };
        let stored = Stored::read(map).map_err(|why| spoilt(portal, &path, &why))?;
        // The session's name may have stood for another organisation before.
        if !stored.is_of(portal) {
            return Ok(Seen::default());
        }
        Ok(Seen { stored: Some(stored), is_spoilt })
    }

    /// Waits for the right to replace the token of a portal.
    pub(crate) async fn lock(&self, portal: &Portal) -> Result<Lock, Failure> {
        Lock::take(&self.0.locks, &self.token_path(portal)).await
    }

    /// Replaces the token of a portal.
    pub(crate) fn write(&self, portal: &Portal, stored: &Stored, lock: &Lock) -> Result<(), Failure> {
        replace(&self.token_path(portal), &stored.text(), lock)
    }

    /// Removes the token of a portal, if there is one.
    pub(crate) fn remove(&self, portal: &Portal, lock: &Lock) -> Result<(), Failure> {
        remove(&self.token_path(portal), lock)
    }

    /// The registration of Hatrack, or of the AWS CLI, at a portal.
    pub(crate) fn registration(&self, portal: &Portal) -> Result<Option<Registration>, Failure> {
        let Some(text) = read(&self.registration_path(portal))? else { return Ok(None) };
        // What can't be read is made anew.
        Ok(match json::parse(&text) {
            Parsed::Whole(map) | Parsed::WithMore(map) => Registration::read(map),
            Parsed::Nothing(_) => None,
        })
    }

    /// Keeps a registration for the sign-ins to come, ours and the AWS CLI's.
    pub(crate) async fn keep(&self, portal: &Portal, registration: &Registration) -> Result<(), Failure> {
        let path = self.registration_path(portal);
        let lock = Lock::take(&self.0.locks, &path).await?;
        replace(&path, &registration.text(), &lock)
    }

    /// Forgets a registration that the service doesn't know any more.
    pub(crate) async fn forget_registration(&self, portal: &Portal) -> Result<(), Failure> {
        let path = self.registration_path(portal);
        let lock = Lock::take(&self.0.locks, &path).await?;
        remove(&path, &lock)
    }

    fn heal(&self, portal: &Portal, lock: &Lock) {
        let again = self.seen(portal);
        if let Ok(Seen { stored: Some(stored), is_spoilt: true }) = again {
            // It serves as it is, too; the next reading tries again.
            self.write(portal, &stored, lock).unwrap_or_default();
        }
    }

    fn registration_path(&self, portal: &Portal) -> PathBuf {
        self.path(&registration::key(portal))
    }

    fn path(&self, key: &[u8]) -> PathBuf {
        self.0.cache.join(format!("{}.json", digest(&SHA1_FOR_LEGACY_USE_ONLY, key)))
    }
}

/// A file that can't be used and that a sign-in replaces.
fn spoilt(portal: &Portal, path: &Path, why: &str) -> Failure {
    Failure::new(
        FailureCode::SignInNeeded,
        format!("The sign-in at {} can't be used: in {} {why}.", shown(portal.name()), path.display()),
        "Sign in again; that writes the file anew.",
    )
}

#[cfg(test)]
mod tests;
