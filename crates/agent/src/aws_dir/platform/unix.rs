//! Permissions, owners and renames on Unix.

use super::{Exchange, Fault};
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// What tells one file from another under the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct FileId(u64, u64);

impl FileId {
    pub(in super::super) fn of(metadata: &Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }
}

fn flags(flags: rustix::fs::OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Opens without waiting for the other end of a pipe.
pub(in super::super) fn open(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(rustix::fs::OFlags::NONBLOCK)).open(path)
}

/// [`open`], where the path itself must be the file.
pub(in super::super) fn open_without_links(path: &Path) -> Result<File> {
    let no_links = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    OpenOptions::new().read(true).custom_flags(flags(no_links)).open(path)
}

pub(in super::super) fn open_lock(path: &Path) -> Result<File> {
    let no_links = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags(no_links))
        .open(path)
}

/// Makes the folder and those above it, where there is none, closed to others.
pub(in super::super) fn create_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

pub(in super::super) fn make_private(builder: &mut tempfile::Builder<'_, '_>) {
    builder.permissions(Permissions::from_mode(0o600));
}

/// The permissions of a file that others may read or write.
pub(in super::super) fn wide_mode(metadata: &Metadata) -> Option<u32> {
    let mode = metadata.mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

pub(in super::super) fn tighten(path: &Path) -> Result<()> {
    open_without_links(path)?.set_permissions(Permissions::from_mode(0o600))
}

pub(in super::super) fn fault_of_folder(metadata: &Metadata) -> Option<Fault> {
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Some(("belongs to another user", "Use a file in a folder of your own."));
    }
    if metadata.mode() & 0o022 != 0 {
        return Some(("can be written by other users", "Close it with chmod go-w, then try again."));
    }
    if metadata.mode() & 0o200 == 0 {
        return Some(("is a folder that can't be written", "Open it with chmod u+w, then try again."));
    }
    None
}

pub(in super::super) fn fault_of_file(metadata: &Metadata) -> Option<Fault> {
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Some(("belongs to another user", "Use a file of your own."));
    }
    if metadata.mode() & 0o200 == 0 {
        return Some(("is read-only", "Open it with chmod u+w, then try again."));
    }
    if metadata.nlink() > 1 {
        return Some((
            "has a second name (a hard link), which would keep the old content",
            "Make the second name a symbolic link, then try again.",
        ));
    }
    None
}

/// Makes a rename in this folder last.
pub(in super::super) fn sync_folder(folder: &Path) -> Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network and user-space file systems have no such call.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

/// Lets two files change places at once, so that neither is ever missing.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub(in super::super) fn exchange(one: &Path, other: &Path) -> Result<Exchange> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(Error::from) {
        Ok(()) => Ok(Exchange::Done),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Exchange::Gone),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Ok(Exchange::Unsupported)
        }
        Err(error) => Err(error),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(in super::super) fn exchange(_one: &Path, _other: &Path) -> Result<Exchange> {
    Ok(Exchange::Unsupported)
}
