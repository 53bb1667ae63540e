//! A profile's plain long-term key: looked at, taken out of the shared files, written back.
//!
//! Deliberately absent: the journal. What is taken out lies in the vault before it is touched here.

use super::fault::{self, refuse};
use super::replace::{Change, update};
use super::target::{self, Access};
use super::{AwsDir, read};
use hatrack_core::delivery::Shared;
use hatrack_core::delivery::plain::{self, PlainKey, PlainRefusal, TakenOut};
use hatrack_core::failure::Failure;
use hatrack_core::name::OutputProfile;
use hatrack_core::profile::SharedFile;
use std::path::Path;
use zeroize::Zeroizing;

/// A plain key, and what would become of its file without it.
#[derive(Debug)]
pub struct PlainFound {
    /// The key.
    pub key: PlainKey,
    /// A unified diff in which no secret can be read.
    pub diff: String,
}

impl AwsDir {
    /// Finds a profile's plain key, and says early whether it could be taken out.
    pub fn find_plain_key(&self, profile: &OutputProfile) -> Result<PlainFound, Failure> {
        let out = self.taken(profile, None)?;
        let path = self.file(out.file);
        // What a writer would refuse is told now.
        target::look(path)?;
        let shown = fault::shown(path);
        Ok(PlainFound { key: out.key, diff: format!("--- {shown}\n+++ {shown}\n{}", out.hunks) })
    }

    /// Takes a profile's plain key out of the file that has it, if it still is this key.
    pub fn take_out_plain_key(&self, profile: &OutputProfile, key: &PlainKey) -> Result<(), Failure> {
        let file = self.taken(profile, None)?.file;
        let path = self.file(file);
        update(path, &self.locks, Access::Erase, &*self.between, |_, text| {
            let out = self.taken(profile, Some((file, text)))?;
            if out.file != file || out.key != *key {
                return Err(refuse(
                    path,
                    "has another key by now than the one in the vault",
                    "Look at the file, then import again.",
                ));
            }
            Ok(Change { text: Some(out.text), outcome: () })
        })
        .map(|_| ())
    }

    /// Writes a plain key into a profile's section of the credentials file; one that stands there
    /// already is left as it is.
    pub fn put_back_plain_key(&self, profile: &OutputProfile, key: &PlainKey) -> Result<(), Failure> {
        update(&self.credentials, &self.locks, Access::Write, &*self.between, |_, text| {
            let config = self.read_config()?;
            let written = plain::put_back(Shared { credentials: text, config: &config }, profile, key);
            let text = written.map_err(|refusal| self.explained(&refusal, profile))?;
            Ok(Change { text, outcome: () })
        })
        .map(|_| ())
    }

    /// What taking out comes to; one of the files may have been read already.
    fn taken(
        &self,
        profile: &OutputProfile,
        known: Option<(SharedFile, &[u8])>,
    ) -> Result<TakenOut, Failure> {
        let text = |file| match known {
            Some((known, text)) if known == file => Ok(Zeroizing::new(text.to_vec())),
            Some(_) | None => read(self.file(file)).map(Option::unwrap_or_default),
        };
        let (credentials, config) = (text(SharedFile::Credentials)?, text(SharedFile::Config)?);
        plain::take_out(Shared { credentials: &credentials, config: &config }, profile)
            .map_err(|refusal| self.explained(&refusal, profile))
    }

    fn file(&self, file: SharedFile) -> &Path {
        match file {
            SharedFile::Credentials => &self.credentials,
            SharedFile::Config | SharedFile::Own => &self.config,
        }
    }

    fn explained(&self, refusal: &PlainRefusal, profile: &OutputProfile) -> Failure {
        refusal.explain(profile, &fault::shown(&self.credentials), &fault::shown(&self.config))
    }
}
