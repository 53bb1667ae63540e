//! Permissions and owners on Unix.

use rustix::fs::OFlags;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Opens without waiting for the other end of a pipe.
pub(in super::super) fn open(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)
}

pub(in super::super) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags(OFlags::NONBLOCK | OFlags::NOFOLLOW))
        .open(path)
}

/// Makes the folder and those above it, where there is none, closed to others.
pub(in super::super) fn create_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

pub(in super::super) fn make_private(builder: &mut tempfile::Builder<'_, '_>) {
    builder.permissions(Permissions::from_mode(0o600));
}

/// Why a file or folder isn't trusted: somebody else may have put there what is in it.
pub(in super::super) fn fault_of(about: &Metadata) -> Option<&'static str> {
    (about.uid() != rustix::process::geteuid().as_raw()).then_some("it belongs to another user")
}

/// Takes from others the right to put files into a folder, which the AWS CLI leaves them where
/// the umask does.
pub(in super::super) fn close_to_others(folder: &Path, about: &Metadata) -> Result<()> {
    let mode = about.mode() & 0o7777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    std::fs::set_permissions(folder, Permissions::from_mode(mode & !0o022))
}

/// Makes a rename in this folder last.
pub(in super::super) fn sync_folder(folder: &Path) -> Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network and user-space file systems have no such call.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}
