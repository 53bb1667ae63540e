//! One tray for each person: who holds the lock file is it.

use hatrack_wire::Places;
use hatrack_wire::place::PlaceError;
use std::fs::{File, OpenOptions, TryLockError};

/// The right to be the tray, until dropped or the process ends.
#[derive(Debug)]
pub struct Only {
    _file: File,
}

/// Why it can't be told whether there is another tray.
#[derive(Debug, thiserror::Error)]
pub enum OnlyError {
    /// The folder of the lock file can't be made or isn't ours.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The lock file can't be made or locked.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Only {
    /// Becomes the tray of these places; `None` where there is one.
    pub fn claim(places: &Places) -> Result<Option<Self>, OnlyError> {
        places.prepare()?;
        let path = places.run().join("tray.lock");
        let error = |source| OnlyError::File { path: path.display().to_string(), source };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(error)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(error(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_turned_away_until_the_first_ends() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::of(|name| (name == "HATRACK_HOME").then(|| home.path().into())).unwrap();
        let first = Only::claim(&places).unwrap();
        assert!(first.is_some() && Only::claim(&places).unwrap().is_none());
        drop(first);
        assert!(Only::claim(&places).unwrap().is_some());
    }
}
