//! The real file behind a path: links followed, what isn't a file of ours refused, never waited for.

use super::fault::{explain, refuse, shown};
use super::platform::{self, FileId};
use hatrack_core::failure::{Failure, FailureCode};
use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// No credentials file that a person keeps comes near this.
const LARGEST: u64 = 64 * 1024 * 1024;

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// What a file is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To write into it; its folder is made if there is none.
    Write,
    /// To take something out of it; where there is no folder there is nothing to take out.
    Erase,
}

/// A file as it was when it was read.
pub(super) struct Seen {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) metadata: Metadata,
    id: FileId,
}

impl Seen {
    /// Reads the file itself, not what a link at its place points to; `None` if there is none.
    pub(super) fn read(path: &Path) -> std::io::Result<Option<Self>> {
        let file = match platform::open_without_links(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        let text = read_whole(file, &metadata)?;
        let id = FileId::of(&metadata);
        Ok(Some(Self { text, metadata, id }))
    }

    /// Whether nobody has touched the file in between.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.text == other.text
    }
}

/// Finds the place of the real file: each link followed, even where the last one leads to nothing
/// yet. `None` if its folder doesn't exist and need not.
pub(super) fn resolve(path: &Path, access: Access) -> Result<Option<PathBuf>, Failure> {
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        match std::fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_symlink() => {
                let to = std::fs::read_link(&at).map_err(|error| explain(&at, "followed", &error))?;
                at = at.parent().unwrap_or(Path::new("")).join(to);
            }
            Ok(_) => return in_real_folder(&at, access),
            Err(error) if error.kind() == ErrorKind::NotFound => return in_real_folder(&at, access),
            Err(error) => return Err(explain(path, "reached", &error)),
        }
    }
    Err(refuse(path, "is a link that leads in a circle", "Remove the link."))
}

fn in_real_folder(path: &Path, access: Access) -> Result<Option<PathBuf>, Failure> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(refuse(path, "is not the path of a file", "Name a file."));
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if access == Access::Write {
        platform::create_folder(folder).map_err(|error| explain(folder, "made", &error))?;
    }
    match folder.canonicalize() {
        Ok(real) => Ok(Some(real.join(name))),
        Err(error) if error.kind() == ErrorKind::NotFound && access == Access::Erase => Ok(None),
        Err(error) => Err(explain(folder, "reached", &error)),
    }
}

/// Refuses what must not be replaced: no file, a folder or file of somebody else, a second name.
pub(super) fn judge(real: &Path) -> Result<(), Failure> {
    if let Some(folder) = real.parent() {
        let metadata = folder.metadata().map_err(|error| explain(folder, "reached", &error))?;
        if let Some((why, remedy)) = platform::fault_of_folder(&metadata) {
            return Err(refuse(folder, why, remedy));
        }
    }
    match std::fs::symlink_metadata(real) {
        Ok(metadata) if metadata.is_symlink() => Ok(()),
        Ok(metadata) if !metadata.is_file() => {
            let failure = explain(real, "used", &not_a_file());
            Err(Failure { remedy: "Move it away, or name another file.".to_owned(), ..failure })
        }
        Ok(metadata) => match platform::fault_of_file(&metadata) {
            Some((why, remedy)) => Err(refuse(real, why, remedy)),
            None => Ok(()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(explain(real, "reached", &error)),
    }
}

/// Reads the file that is to be written, as far as it could be: refuses what a writer would refuse
/// and makes nothing.
pub(super) fn look(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let Some(real) = resolve(path, Access::Erase)? else { return Ok(None) };
    judge(&real)?;
    let seen = Seen::read(&real).map_err(|error| explain(&real, "read", &error))?;
    Ok(seen.map(|seen| seen.text))
}

/// Reads a file, links followed; `None` if there is none.
pub(super) fn read_through_links(path: &Path) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    match platform::open(path) {
        Ok(file) => {
            let metadata = file.metadata()?;
            read_whole(file, &metadata).map(Some)
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_whole(file: File, metadata: &Metadata) -> std::io::Result<Zeroizing<Vec<u8>>> {
    if !metadata.is_file() {
        return Err(not_a_file());
    }
    if metadata.len() > LARGEST {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is too large for a credentials file"));
    }
    // One byte more than it had, so that a file that doesn't grow is read without moving.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.take(LARGEST).read_to_end(&mut text)?;
    Ok(text)
}

fn not_a_file() -> Error {
    Error::new(ErrorKind::InvalidInput, "it is a folder, a pipe or a device, not a file")
}

/// The failure of a file that somebody else never stops changing.
pub(super) fn restless(path: &Path) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("{} is changed by another program again and again; nothing was changed.", shown(path)),
        "Wait until it has finished, then try again.",
    )
}
