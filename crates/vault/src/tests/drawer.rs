//! A keyring that keeps keys as files, so that several processes share it, and fails as it is told.

use crate::keyring::{Condition, Keyring, KeyringError};
use hatrack_wire::Sealed;
use std::path::PathBuf;
use std::sync::Mutex;

/// How the keyring behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It does what it should.
    Works,
    /// It is locked; touching it brings up a dialog that a person answers.
    Locked,
    /// There is no service.
    Absent,
    /// There is a service, and no keyring in it.
    NotCreated,
    /// It answers no question at all.
    Hangs,
    /// It is locked, and nobody answers the dialog.
    HangsOnceTouched,
    /// It says that it has kept a key, and hasn't.
    Forgets,
    /// It gives back other keys than were put in.
    Mistakes,
}

/// The keyring.
pub(super) struct Drawer {
    folder: PathBuf,
    manner: Mutex<Manner>,
    touched: Mutex<u32>,
}

impl Drawer {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder, manner: Mutex::new(Manner::Works), touched: Mutex::new(0) }
    }

    pub(super) fn set(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// How often a key was asked for, put in or taken out.
    pub(super) fn touched(&self) -> u32 {
        *self.touched.lock().unwrap()
    }

    /// The keys that are in it.
    pub(super) fn keys(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.folder).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    pub(super) fn empty(&self) {
        for file in std::fs::read_dir(&self.folder).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    fn touch(&self) -> Manner {
        *self.touched.lock().unwrap() += 1;
        let manner = *self.manner.lock().unwrap();
        if manner == Manner::HangsOnceTouched {
            hang();
        }
        manner
    }
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

impl Keyring for Drawer {
    fn look(&self) -> Result<Condition, KeyringError> {
        let manner = *self.manner.lock().unwrap();
        match manner {
            Manner::Works | Manner::Forgets | Manner::Mistakes => Ok(Condition::Ready),
            Manner::Locked | Manner::HangsOnceTouched => Ok(Condition::Locked),
            Manner::NotCreated => Ok(Condition::NotCreated),
            Manner::Absent => Err(KeyringError::Unusable("there is no service".to_owned())),
            Manner::Hangs => hang(),
        }
    }

    fn load(&self, name: &str) -> Result<Option<Sealed>, KeyringError> {
        if self.touch() == Manner::Mistakes {
            return Ok(Some(Sealed::new("AGE-SECRET-KEY-1")));
        }
        Ok(std::fs::read_to_string(self.folder.join(name)).ok().map(Sealed::new))
    }

    fn store(&self, name: &str, key: &Sealed) -> Result<(), KeyringError> {
        if self.touch() != Manner::Forgets {
            std::fs::write(self.folder.join(name), key.open()).unwrap();
        }
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeyringError> {
        self.touch();
        std::fs::remove_file(self.folder.join(name)).ok();
        Ok(())
    }
}
