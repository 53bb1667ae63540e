//! What went wrong, in two sentences.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// A path as a person may see it.
pub(crate) fn path(path: &Path) -> String {
    // One by one, as a longer text that is shown is cut.
    path.to_string_lossy().chars().take(400).map(|c| shown(c.encode_utf8(&mut [0; 4]))).collect()
}

/// A call on a file that failed; `done` is what could not be done, `written` for instance.
pub(crate) fn explain(at: &Path, done: &str, error: &Error) -> Failure {
    let mut why = error.to_string();
    if let Some(end) = why.find(" (os error") {
        why.truncate(end);
    }
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied => "Give yourself the right to it.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "Make room for it and try again."
        }
        _ => "Look at the file and its folder, then try again.",
    };
    refuse(at, &format!("could not be {done}: {}", shown(&why)), remedy)
}

/// A file that is not touched, for a reason of ours.
pub(crate) fn refuse(at: &Path, why: &str, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::File, format!("{} {why}; nothing was changed.", path(at)), remedy)
}

/// A wish that makes no sense.
pub(crate) fn usage(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Usage, happened, remedy)
}

/// The vault waits for its passphrase.
pub(crate) fn closed() -> Failure {
    Failure::new(FailureCode::PersonNeeded, "The vault is closed.", "Open it with hat key unlock.")
}

/// The passphrase given is not the file's.
pub(crate) fn wrong_passphrase() -> Failure {
    Failure::new(FailureCode::Refused, "The passphrase is wrong.", "Try again with the vault's passphrase.")
}

/// The sealed file makes no sense, and stays as it is.
pub(crate) fn damaged(at: &Path, why: &str) -> Failure {
    refuse(
        at,
        &format!("can't be opened: {}", shown(why)),
        "Put a good copy of it in its place, or move it away to begin a new vault.",
    )
}

/// The sealed file names a key that the keyring doesn't have.
pub(crate) fn key_missing(at: &Path) -> Failure {
    refuse(
        at,
        "can't be opened: its key isn't in the keyring",
        "Restore the keyring that had it, or move the file away to begin a new vault.",
    )
}

/// Other processes change the vault without end.
pub(crate) fn restless(at: &Path) -> Failure {
    refuse(at, "is changed by another Hatrack again and again", "Wait until it has finished, then try again.")
}

/// The work ended without an answer.
pub(crate) fn ended() -> Failure {
    Failure::new(FailureCode::Unreachable, "The work on the vault ended early.", "Try again.")
}
