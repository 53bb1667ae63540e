//! Reads and replaces files of the cache, whole or not at all.

use super::platform;
use hatrack_core::failure::{Failure, FailureCode};
use ring::digest::{Algorithm, SHA256};
use std::fs::{File, Metadata, TryLockError};
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// What a file of the cache has at most.
const LARGEST: u64 = 256 * 1024;
/// How long one process waits for another: a renewal may take all the time of a call.
const LOCK_WAIT: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(20);
const SUFFIX: &str = ".tmp";

/// The right to replace one file, among our own processes, until it is dropped or the process
/// dies.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock of the file at this path.
    pub(super) async fn take(locks: &Path, path: &Path) -> Result<Self, Failure> {
        let (lock, file) = open(locks, path)?;
        let mut left = LOCK_WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(Failure::new(
                        FailureCode::File,
                        format!("{} is held by another Hatrack that doesn't finish.", lock.display()),
                        "Try again; if it stays so, end that process.",
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(STEP).await;
                    left = left.saturating_sub(STEP);
                }
                Err(TryLockError::Error(error)) => return Err(failed(&lock, "locked", &error)),
            }
        }
    }

    /// Takes the lock if nobody has it.
    pub(super) fn try_take(locks: &Path, path: &Path) -> Option<Self> {
        let (_, file) = open(locks, path).ok()?;
        file.try_lock().ok().map(|()| Self { _file: file })
    }
}

fn open(locks: &Path, path: &Path) -> Result<(PathBuf, File), Failure> {
    platform::create_folder(locks).map_err(|error| failed(locks, "made", &error))?;
    let name = digest(&SHA256, path.as_os_str().as_encoded_bytes());
    let lock = locks.join(format!("sso-{}.lock", &name[..16]));
    let file = platform::open_lock(&lock).map_err(|error| failed(&lock, "opened", &error))?;
    Ok((lock, file))
}

/// A digest in hexadecimal digits.
pub(super) fn digest(algorithm: &'static Algorithm, bytes: &[u8]) -> String {
    let sum = ring::digest::digest(algorithm, bytes);
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file, links followed; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let found = |path: &Path| -> std::io::Result<Zeroizing<Vec<u8>>> {
        let file = platform::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "it is a folder, a pipe or a device, not a file",
            ));
        }
        if about.len() > LARGEST {
            return Err(Error::new(ErrorKind::FileTooLarge, "it is far too large"));
        }
        if let Some(fault) = platform::fault_of(&about) {
            return Err(Error::new(ErrorKind::PermissionDenied, fault));
        }
        let room = usize::try_from(about.len()).unwrap_or_default() + 1;
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        file.take(LARGEST).read_to_end(&mut text)?;
        Ok(text)
    };
    match found(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

/// Replaces a file, or makes it, for its owner alone. A link stays, and what it leads to is
/// replaced. Who holds the lock has read what is replaced a moment ago.
pub(super) fn replace(path: &Path, text: &[u8], _: &Lock) -> Result<(), Failure> {
    let real = real(path).map_err(|error| failed(path, "written", &error))?;
    let folder = real.parent().unwrap_or(Path::new("."));
    platform::create_folder(folder).map_err(|error| failed(folder, "made", &error))?;
    if let Some(about) = judge(folder, "written")? {
        platform::close_to_others(folder, &about)
            .map_err(|error| failed(folder, "closed to others", &error))?;
    }
    judge(&real, "written")?;
    sweep(&real, folder);
    put(&real, folder, text).map_err(|error| failed(&real, "written", &error))
}

/// Removes a file, if there is one; of a link the link.
pub(super) fn remove(path: &Path, _: &Lock) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(()),
        Err(error) => Err(failed(path, "removed", &error)),
    }
}

fn put(real: &Path, folder: &Path, text: &[u8]) -> std::io::Result<()> {
    let prefix = prefix(real);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    platform::make_private(&mut builder);
    // The crate's error names the folder and hides the cause.
    let staged = builder.tempfile_in(folder);
    let mut staged = staged.map_err(|error| error.raw_os_error().map_or(error, Error::from_raw_os_error))?;
    staged.write_all(text)?;
    staged.as_file().sync_all()?;
    staged.persist(real).map_err(|error| error.error)?;
    platform::sync_folder(folder)
}

/// The path behind a link.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    if path.is_symlink() { path.canonicalize() } else { Ok(path.to_owned()) }
}

/// Refuses what is somebody else's.
fn judge(path: &Path, what: &str) -> Result<Option<Metadata>, Failure> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, what, &error)),
    };
    match platform::fault_of(&about) {
        Some(fault) => Err(failed(path, what, &Error::new(ErrorKind::PermissionDenied, fault))),
        None => Ok(Some(about)),
    }
}

/// The beginning of the names of our temporary files for this file.
fn prefix(real: &Path) -> String {
    format!(".hatrack-{}-", &digest(&SHA256, real.as_os_str().as_encoded_bytes())[..12])
}

/// Removes what a process of ours left behind when it was killed: only who has the lock has a
/// temporary file for this target.
fn sweep(real: &Path, folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let prefix = prefix(real);
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(&prefix) && name.ends_with(SUFFIX));
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // One that can't be removed harms nobody, and the next write tries again.
            std::fs::remove_file(entry.path()).unwrap_or_default();
        }
    }
}

fn failed(path: &Path, what: &str, error: &Error) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("{} could not be {what}: {error}.", path.display()),
        "Look at its permissions and those of its folder, and at the space on the disk.",
    )
}
