//! The same on Windows, where a file in a user's own folder is the user's own by its DACL.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

pub(crate) fn open(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

pub(crate) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

pub(crate) fn private_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}

/// A new file has its folder's DACL.
pub(crate) fn make_private(_builder: &mut tempfile::Builder<'_, '_>) {}

/// A folder can't be flushed; the rename is journaled by the file system.
pub(crate) fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}
