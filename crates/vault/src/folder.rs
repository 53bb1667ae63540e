//! The vault's folder: files replaced whole or not at all, under a lock that all our processes share.

use crate::fault::{explain, refuse};
use crate::platform;
use hatrack_core::failure::{Failure, FailureCode};
use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// How long one of our processes waits for another.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_STEP: Duration = Duration::from_millis(10);

/// No vault that a person fills comes near this.
const LARGEST: u64 = 32 * 1024 * 1024;

const PREFIX: &str = ".vault-";
const SUFFIX: &str = ".hatrack-tmp";

/// The points of a save at which a process may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new sealed file is on disk, beside the old one.
    SealedStaged,
    /// The new index is on disk, beside the old one.
    IndexStaged,
    /// The new sealed file has the name; the index is the old one.
    SealedNamed,
    /// Both have their names.
    IndexNamed,
}

/// What tests do between two steps; nothing otherwise.
pub(crate) type Between = Arc<dyn Fn(Step) + Send + Sync>;

/// The folder and its files.
pub(crate) struct Folder {
    path: PathBuf,
    pub(crate) between: Between,
}

/// Holds the folder's lock until it is dropped, or the process dies.
pub(crate) struct Lock {
    _file: File,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, between: Arc::new(|_| {}) }
    }

    pub(crate) fn sealed(&self) -> PathBuf {
        self.path.join("vault.age")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.path.join("index.json")
    }

    /// Takes the lock, and removes what a process of ours left behind when it was killed.
    pub(crate) fn lock(&self) -> Result<Lock, Failure> {
        platform::private_folder(&self.path).map_err(|error| explain(&self.path, "made", &error))?;
        let path = self.path.join("vault.lock");
        let file = platform::open_lock(&path).map_err(|error| explain(&path, "opened", &error))?;
        let mut left = LOCK_WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(refuse(
                        &self.sealed(),
                        "is being written by another Hatrack that doesn't finish",
                        "Try again; if it stays so, end that process.",
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(LOCK_STEP);
                    left = left.saturating_sub(LOCK_STEP);
                }
                Err(TryLockError::Error(error)) => return Err(explain(&path, "locked", &error)),
            }
        }
        self.sweep();
        Ok(Lock { _file: file })
    }

    /// Replaces both files, the sealed one first. Once that has its name the save is done: an index
    /// that can't follow is written at the next opening.
    pub(crate) fn save(&self, _held: &Lock, sealed: &[u8], index: &[u8]) -> Result<(), Failure> {
        let sealed_path = self.sealed();
        let staged = self.stage(sealed).map_err(|error| explain(&sealed_path, "written", &error))?;
        (self.between)(Step::SealedStaged);
        let staged_index = self.stage(index).map_err(|error| explain(&self.index(), "written", &error))?;
        (self.between)(Step::IndexStaged);
        staged.persist(&sealed_path).map_err(|error| explain(&sealed_path, "replaced", &error.error))?;
        (self.between)(Step::SealedNamed);
        if staged_index.persist(self.index()).is_ok() {
            (self.between)(Step::IndexNamed);
        }
        platform::sync_folder(&self.path).map_err(|error| {
            let path = crate::fault::path(&sealed_path);
            let happened = format!("{path} was replaced, but the disk doesn't confirm it: {error}.");
            Failure::new(FailureCode::File, happened, "Look at the disk, then try again.")
        })
    }

    /// Replaces the index alone.
    pub(crate) fn save_index(&self, _held: &Lock, index: &[u8]) -> Result<(), Failure> {
        let path = self.index();
        let staged = self.stage(index).map_err(|error| explain(&path, "written", &error))?;
        staged.persist(&path).map_err(|error| explain(&path, "replaced", &error.error))?;
        platform::sync_folder(&self.path).map_err(|error| explain(&path, "kept", &error))
    }

    fn stage(&self, content: &[u8]) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        platform::make_private(&mut builder);
        let mut staged = builder.tempfile_in(&self.path).map_err(|error| {
            // The crate's error names the folder and hides the cause.
            error.raw_os_error().map_or(error, Error::from_raw_os_error)
        })?;
        staged.write_all(content)?;
        staged.as_file().sync_all()?;
        Ok(staged)
    }

    /// Only the holder of the lock has a temporary file here, so none of them is in use.
    fn sweep(&self) {
        for entry in std::fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
            if ours && entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
                // One that can't be removed harms nobody, and the next save tries again.
                std::fs::remove_file(entry.path()).unwrap_or_default();
            }
        }
    }
}

/// Reads a file of the vault; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let read = || {
        let file = match platform::open(path) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "it is a folder, a pipe or a device, not a file",
            ));
        }
        if metadata.len() > LARGEST {
            return Err(Error::new(ErrorKind::FileTooLarge, "it is too large for a vault"));
        }
        let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
        let mut content = Zeroizing::new(Vec::with_capacity(room));
        file.take(LARGEST).read_to_end(&mut content)?;
        Ok(Some(content))
    };
    read().map_err(|error| explain(path, "read", &error))
}
