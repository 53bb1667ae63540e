//! The same on Windows, where a file in a user's own folder is the user's own by its DACL.

use super::{Exchange, Fault};
use std::fs::{File, Metadata, OpenOptions};
use std::io::Result;
use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_ATTRIBUTE_READONLY: u32 = 0x1;

/// What tells one file from another under the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct FileId(u64, u64);

impl FileId {
    pub(in super::super) fn of(metadata: &Metadata) -> Self {
        Self(metadata.creation_time(), metadata.last_write_time())
    }
}

pub(in super::super) fn open(path: &Path) -> Result<File> {
    File::open(path)
}

pub(in super::super) fn open_without_links(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

pub(in super::super) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

pub(in super::super) fn create_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}

/// A new file has its folder's DACL.
pub(in super::super) fn make_private(_builder: &mut tempfile::Builder<'_, '_>) {}

pub(in super::super) fn wide_mode(_metadata: &Metadata) -> Option<u32> {
    None
}

pub(in super::super) fn tighten(_path: &Path) -> Result<()> {
    Ok(())
}

pub(in super::super) fn fault_of_folder(_metadata: &Metadata) -> Option<Fault> {
    None
}

pub(in super::super) fn fault_of_file(metadata: &Metadata) -> Option<Fault> {
    (metadata.file_attributes() & FILE_ATTRIBUTE_READONLY != 0)
        .then_some(("is read-only", "Clear its read-only attribute, then try again."))
}

/// A folder can't be flushed; the rename is journaled by the file system.
pub(in super::super) fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}

pub(in super::super) fn exchange(_one: &Path, _other: &Path) -> Result<Exchange> {
    Ok(Exchange::Unsupported)
}
