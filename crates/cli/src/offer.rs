//! The role that a folder offers: a file `.hatrack` in it, or in a folder above it, with a line `role = NAME`.
//!
//! It only ever offers. Whoever can write into a folder of yours can put a role's name there, so a person
//! says yes each time, and a role that was named or is active goes before it.

use crate::terminal;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The file's name.
const NAME: &str = ".hatrack";

/// How large it may be, in bytes.
const LARGEST: u64 = 4096;

/// How long a role's name may be.
const LONGEST: usize = 256;

/// What a folder offers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The role's name, or words that only it has.
    pub(crate) role: String,
    /// The file that says so.
    file: PathBuf,
}

/// The role that is named, else the one that the folder offers and a person accepts.
pub(crate) fn role_or_offer(named: Option<&str>) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let missing = |happened: String, remedy: &str| Failure::new(FailureCode::Usage, happened, remedy);
    let Some(Offer { role, file }) = here() else {
        return Err(missing(
            "No role is named, and this folder offers none.".to_owned(),
            "Name a role of hat roles.",
        ));
    };
    let (name, file) = (shown(&role), shown(&file.to_string_lossy()));
    if !terminal::has_person() {
        let happened = format!("No role is named. {file} offers {name}, and nobody is here to accept it.");
        return Err(missing(happened, "Name the role."));
    }
    let answer = terminal::ask(&format!("{file} offers {name}. Take it? [y/N] "))?;
    if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(role);
    }
    Err(Failure::new(FailureCode::Cancelled, "The offer was not taken.", "Name another role."))
}

/// What the working folder offers.
pub(crate) fn here() -> Option<Offer> {
    of(&std::env::current_dir().ok()?)
}

fn of(folder: &Path) -> Option<Offer> {
    folder.ancestors().find_map(|folder| {
        let file = folder.join(NAME);
        let role = read(&file)?;
        Some(Offer { role, file })
    })
}

/// The role that a file names: a plain file of this user's, small and in plain text.
fn read(path: &Path) -> Option<String> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST || !is_mine(&metadata) {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    let role = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "role").then(|| value.trim().to_owned())
    })?;
    let is_plain = !role.is_empty() && role.chars().count() <= LONGEST && !role.chars().any(char::is_control);
    (is_plain && !role.starts_with('-')).then_some(role)
}

#[cfg(unix)]
fn is_mine(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_mine(_metadata: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_that_offers_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(".hatrack", "# who works here\n\nrole = Admin\n");
        assert_eq!(of(&below).unwrap().role, "Admin");
        write("a/.hatrack", "role=prod/Read Only\n");
        let offer = of(&below).unwrap();
        assert_eq!((offer.role.as_str(), offer.file), ("prod/Read Only", folder.path().join("a/.hatrack")));
        write("a/.hatrack", "region = eu-central-1\n");
        assert_eq!(of(&below).unwrap().role, "Admin", "one that names no role is passed over");
    }

    #[test]
    fn what_is_no_plain_small_file_offers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".hatrack");
        for text in ["role =\n", "role = a\u{1b}[2J\n", "role = --all\n", "rolle = x\n", &"x".repeat(5000)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(read(&file), None, "{text:?}");
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert_eq!(read(&file), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_offers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("elsewhere"), "role = Admin\n").unwrap();
        let file = folder.path().join(".hatrack");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        assert_eq!(read(&file), None);
    }
}
