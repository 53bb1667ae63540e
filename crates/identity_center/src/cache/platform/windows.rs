//! Windows: what is in a person's profile is closed to others by the system's own access lists.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Result;
use std::path::Path;

pub(in super::super) fn open(path: &Path) -> Result<File> {
    File::open(path)
}

pub(in super::super) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

pub(in super::super) fn create_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}

pub(in super::super) fn make_private(_: &mut tempfile::Builder<'_, '_>) {}

pub(in super::super) fn fault_of(_: &Metadata) -> Option<&'static str> {
    None
}

pub(in super::super) fn close_to_others(_: &Path, _: &Metadata) -> Result<()> {
    Ok(())
}

pub(in super::super) fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
