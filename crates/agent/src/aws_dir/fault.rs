//! What went wrong with a file, in two sentences that name it.

use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// A path as a person may see it.
pub(super) fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy(), 400)
}

/// A file that is not touched, for a reason of ours.
pub(super) fn refuse(path: &Path, why: &str, remedy: &str) -> Failure {
    Failure::new(FailureCode::File, format!("{} {why}; nothing was changed.", shown(path)), remedy)
}

/// A call on a file that failed; `done` is what could not be done, `written` for instance.
pub(super) fn explain(path: &Path, done: &str, error: &Error) -> Failure {
    let mut why = error.to_string();
    if let Some(end) = why.find(" (os error") {
        why.truncate(end);
    }
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied => "Give yourself the right to it, or name another file.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "Make room for it and try again."
        }
        ErrorKind::ReadOnlyFilesystem => "Name a file on a disk that can be written.",
        _ => "Look at the file and its folder, then try again.",
    };
    refuse(path, &format!("could not be {done}: {}", plain(&why, 200)), remedy)
}
