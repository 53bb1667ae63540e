//! Replaces a file whole or not at all, and never over something that it has not read.

use super::fault::explain;
use super::lock::{Lock, digest};
use super::platform::{self, Exchange};
use super::target::{Access, Seen, judge, resolve, restless};
use hatrack_core::failure::Failure;
use std::io::{Error, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// The points of a replacement at which another program may come between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The file was read.
    Read,
    /// The new file is on disk, beside the old one.
    Staged,
    /// The old file was looked at again.
    Checked,
    /// The new file has the name.
    Named,
}

/// What an edit makes of a file.
pub(super) struct Change<T> {
    /// The new text; `None` leaves the file alone.
    pub(super) text: Option<Zeroizing<Vec<u8>>>,
    pub(super) outcome: T,
}

/// What came of an update.
pub(super) struct Updated<T> {
    pub(super) outcome: T,
    pub(super) changed: bool,
    pub(super) tightened: Option<u32>,
}

/// How often a file is read anew that others write without a lock, before giving up.
const MOST_TRIES: u32 = 60;

/// Reads, edits and replaces a file under the lock that all our processes share. The edit sees the
/// real path and the text, and runs again where another program changed the file meanwhile.
pub(super) fn update<T>(
    path: &Path,
    locks: &Path,
    access: Access,
    between: &dyn Fn(Step, &Path),
    mut edit: impl FnMut(&Path, &[u8]) -> Result<Change<T>, Failure>,
) -> Result<Updated<T>, Failure> {
    for attempt in 0..MOST_TRIES {
        let Some(real) = resolve(path, access)? else {
            let change = edit(path, b"")?;
            return Ok(Updated { outcome: change.outcome, changed: false, tightened: None });
        };
        let _lock = Lock::take(locks, &real)?;
        judge(&real)?;
        sweep(&real);
        let seen = match Seen::read(&real) {
            Ok(seen) => seen,
            // Somebody has just put a link there.
            Err(_) if real.is_symlink() => continue,
            Err(error) => return Err(explain(&real, "read", &error)),
        };
        between(Step::Read, &real);
        let change = edit(&real, seen.as_ref().map(|seen| &seen.text[..]).unwrap_or_default())?;
        let wide = seen.as_ref().and_then(|seen| platform::wide_mode(&seen.metadata));
        let new = change.text.filter(|new| seen.as_ref().is_none_or(|seen| seen.text != *new));
        let Some(new) = new else {
            if wide.is_some() && access == Access::Write {
                platform::tighten(&real).map_err(|error| explain(&real, "closed to others", &error))?;
            }
            return Ok(Updated { outcome: change.outcome, changed: false, tightened: wide });
        };
        match replace(&real, seen.as_ref(), &new, between) {
            Ok(Replaced::Done) => {
                return Ok(Updated { outcome: change.outcome, changed: true, tightened: wide });
            }
            Ok(Replaced::Overtaken) => std::thread::sleep(Duration::from_millis(u64::from(attempt / 4))),
            Err(error) => return Err(explain(&real, "written", &error)),
        }
    }
    Err(restless(path))
}

enum Replaced {
    Done,
    /// Another program changed the file first, and its file stands.
    Overtaken,
}

fn replace(
    real: &Path,
    seen: Option<&Seen>,
    new: &[u8],
    between: &dyn Fn(Step, &Path),
) -> std::io::Result<Replaced> {
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut staged = stage(real, folder)?;
    staged.write_all(new)?;
    staged.as_file().sync_all()?;
    between(Step::Staged, real);

    let Some(seen) = seen else {
        return match staged.persist_noclobber(real) {
            Ok(_) => {
                between(Step::Named, real);
                if let Err(error) = platform::sync_folder(folder) {
                    std::fs::remove_file(real)?;
                    return Err(error);
                }
                Ok(Replaced::Done)
            }
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(Replaced::Overtaken),
            Err(error) => Err(error.error),
        };
    };
    if !stands(real, seen)? {
        return Ok(Replaced::Overtaken);
    }
    between(Step::Checked, real);
    match platform::exchange(staged.path(), real)? {
        Exchange::Done => {
            between(Step::Named, real);
            // What now has the temporary name is what the new file took the place of. If it isn't
            // what was read, somebody came in between, and theirs goes back.
            let overtaken = !stands(staged.path(), seen)?;
            let synced = if overtaken { Ok(()) } else { platform::sync_folder(folder) };
            if (overtaken || synced.is_err()) && platform::exchange(staged.path(), real)? != Exchange::Done {
                // What was to be pushed out again is gone by itself.
                staged.persist(real).map_err(|error| error.error)?;
            }
            synced?;
            Ok(if overtaken { Replaced::Overtaken } else { Replaced::Done })
        }
        Exchange::Gone => Ok(Replaced::Overtaken),
        Exchange::Unsupported => {
            staged.persist(real).map_err(|error| error.error)?;
            between(Step::Named, real);
            platform::sync_folder(folder)?;
            Ok(Replaced::Done)
        }
    }
}

/// Whether the file at this path is the one that was read, untouched.
fn stands(path: &Path, seen: &Seen) -> std::io::Result<bool> {
    match Seen::read(path) {
        Ok(now) => Ok(now.is_some_and(|now| now.is_same(seen))),
        Err(_) if path.is_symlink() => Ok(false),
        Err(error) => Err(error),
    }
}

const SUFFIX: &str = ".hatrack-tmp";

/// The beginning of the names of our temporary files for this file.
fn prefix(real: &Path) -> String {
    format!(".{}-", digest(real, 12))
}

fn stage(real: &Path, folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let prefix = prefix(real);
    builder.prefix(&prefix).suffix(SUFFIX);
    platform::make_private(&mut builder);
    builder.tempfile_in(folder).map_err(|error| {
        // The crate's error names the folder and hides the cause.
        error.raw_os_error().map_or(error, Error::from_raw_os_error)
    })
}

/// Removes what a process of ours left behind when it was killed. Only the holder of the lock has
/// a temporary file for this target, so none of them is in use.
fn sweep(real: &Path) {
    let Some(entries) = real.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else { return };
    let prefix = prefix(real);
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(&prefix) && name.ends_with(SUFFIX));
        if ours && entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
            // One that can't be removed harms nobody, and the next write tries again.
            std::fs::remove_file(entry.path()).unwrap_or_default();
        }
    }
}
