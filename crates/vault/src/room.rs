//! The vault's work, done in the thread that asks for it.
//!
//! Nothing waits for the keyring with the folder locked. So the key is found first, and a save
//! looks again, under the lock, whether the file still asks for that key.

mod keys;

use crate::contents::{Contents, read_index, write_index};
use crate::entry::Entry;
use crate::fault;
use crate::folder::{self, Folder, Lock};
use crate::key::{Key, Lid, Unopened};
use crate::keyring::{Asking, Bounded};
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use std::io::Error;
use std::sync::{Arc, Mutex};

/// How often the work begins anew where another process changes keys meanwhile.
const TRIES: usize = 5;

/// The shortest passphrase that is taken, in characters.
const SHORTEST_PASSPHRASE: usize = 8;

/// What the vault's key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// There is no vault yet.
    Nothing,
    /// The system's keyring has the key.
    Keyring,
    /// A person knows the passphrase.
    Passphrase,
}

/// How the vault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// What its key is.
    pub kept_by: KeptBy,
    /// Whether the key is in memory, so that nothing and nobody is asked for it.
    pub open: bool,
}

/// The folder, the keyring and the key in memory.
pub(crate) struct Room {
    pub(crate) folder: Folder,
    pub(crate) keyring: Bounded,
    key: Mutex<Option<Arc<Key>>>,
}

/// What a change made of the contents.
pub(crate) enum Change<T> {
    /// They are to be saved.
    Save(T),
    /// They are as they were.
    Leave(T),
}

/// Which files a change may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// A vault is begun where there is none.
    New,
    /// Where there is none there is nothing to change.
    Nothing,
}

/// Whether a piece of work could be done with the key that was brought.
enum Turned<T> {
    Done(T),
    /// The file asks for another key by now.
    OtherKey,
}

impl Room {
    pub(crate) fn new(folder: Folder, keyring: Bounded) -> Self {
        Self { folder, keyring, key: Mutex::default() }
    }

    pub(crate) fn status(&self) -> Result<Status, Failure> {
        let lid = self.lid()?;
        let kept_by = match &lid {
            None => KeptBy::Nothing,
            Some(Lid::Keyring(_)) => KeptBy::Keyring,
            Some(Lid::Passphrase) => KeptBy::Passphrase,
        };
        let open = lid.is_some_and(|lid| self.held().is_some_and(|key| key.fits(&lid)));
        Ok(Status { kept_by, open })
    }

    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Failure> {
        if folder::read(&self.folder.sealed())?.is_none() {
            return Ok(Vec::new());
        }
        let path = self.folder.index();
        let remedy = "Open the vault with hat key unlock, which writes the list anew.";
        let text = folder::read(&path)?.ok_or_else(|| fault::refuse(&path, "is missing", remedy))?;
        read_index(&text).map_err(|why| fault::refuse(&path, &format!("can't be read: {why}"), remedy))
    }

    /// Hands the contents to a reader; empty ones where there is no vault.
    pub(crate) fn read<T>(&self, asking: Asking, take: impl Fn(&Contents) -> T) -> Result<T, Failure> {
        for _ in 0..TRIES {
            let Some(key) = self.key(asking)? else { return Ok(take(&Contents::default())) };
            match self.contents(&key)? {
                Turned::Done(None) => return Ok(take(&Contents::default())),
                Turned::Done(Some(contents)) => {
                    // What was asked for is there; the index can be mended the next time.
                    self.mend_index(&key, &contents).ok();
                    return Ok(take(&contents));
                }
                Turned::OtherKey => {}
            }
        }
        Err(fault::restless(&self.folder.sealed()))
    }

    /// Changes the contents, and saves them.
    pub(crate) fn change<T>(
        &self,
        asking: Asking,
        begin: Begin,
        change: impl Fn(&mut Contents) -> Result<Change<T>, Failure>,
    ) -> Result<T, Failure> {
        for _ in 0..TRIES {
            let (key, is_new) = match (self.key(asking)?, begin) {
                (Some(key), _) => (key, false),
                (None, Begin::New) => (self.make_key(asking)?, true),
                (None, Begin::Nothing) => {
                    return match change(&mut Contents::default())? {
                        Change::Save(outcome) | Change::Leave(outcome) => Ok(outcome),
                    };
                }
            };
            let expected = if is_new { None } else { Some(&*key) };
            let turned = self.save(expected, &key, &change);
            match turned {
                Ok(Turned::Done(outcome)) => {
                    self.hold(Some(key));
                    return Ok(outcome);
                }
                Ok(Turned::OtherKey) if is_new => self.forget(&key),
                Ok(Turned::OtherKey) => {}
                Err(failure) => {
                    if is_new {
                        self.forget(&key);
                    }
                    return Err(failure);
                }
            }
        }
        Err(fault::restless(&self.folder.sealed()))
    }

    pub(crate) fn unlock(&self, passphrase: Sealed) -> Result<(), Failure> {
        match self.lid()? {
            None => Err(fault::usage("There is no vault yet.", "Put a key into it with hat key add.")),
            Some(Lid::Keyring(_)) => Err(fault::usage(
                "The vault is opened by the keyring, not by a passphrase.",
                "Unlock the keyring.",
            )),
            Some(Lid::Passphrase) => {
                let key = Arc::new(Key::from_passphrase(passphrase));
                match self.contents(&key)? {
                    Turned::Done(contents) => {
                        if let Some(contents) = contents {
                            self.mend_index(&key, &contents).ok();
                        }
                        self.hold(Some(key));
                        Ok(())
                    }
                    Turned::OtherKey => Err(fault::wrong_passphrase()),
                }
            }
        }
    }

    pub(crate) fn lock(&self) {
        self.hold(None);
    }

    pub(crate) fn seal_with_passphrase(&self, asking: Asking, new: Sealed) -> Result<(), Failure> {
        if new.open().chars().count() < SHORTEST_PASSPHRASE {
            return Err(fault::usage(
                "The passphrase has fewer than eight characters.",
                "Take a longer one, several words for instance.",
            ));
        }
        let new = Arc::new(Key::from_passphrase(new));
        self.seal_anew(asking, &new)
    }

    pub(crate) fn seal_with_keyring(&self, asking: Asking) -> Result<(), Failure> {
        // What is kept by the keyring already is only opened.
        if matches!(self.lid()?, Some(Lid::Keyring(_))) {
            return self.read(asking, |_| ());
        }
        // A closed vault is told before the keyring gets a key for nothing.
        self.key(asking)?;
        let new = self.make_key(asking)?;
        let sealed = self.seal_anew(asking, &new);
        if sealed.is_err() {
            self.forget(&new);
        }
        sealed
    }

    /// Seals the same contents with another key.
    fn seal_anew(&self, asking: Asking, new: &Arc<Key>) -> Result<(), Failure> {
        for _ in 0..TRIES {
            let old = self.key(asking)?;
            if let Turned::Done(()) = self.save(old.as_deref(), new, &|_| Ok(Change::Save(())))? {
                self.hold(Some(Arc::clone(new)));
                if let Some(old) = old {
                    self.forget(&old);
                }
                return Ok(());
            }
        }
        Err(fault::restless(&self.folder.sealed()))
    }

    /// Opens the file with one key, `None` where there must be no file, and saves it with another.
    fn save<T>(
        &self,
        old: Option<&Key>,
        new: &Key,
        change: &dyn Fn(&mut Contents) -> Result<Change<T>, Failure>,
    ) -> Result<Turned<T>, Failure> {
        let lock = self.folder.lock()?;
        let mut contents = match (old, self.lid()?) {
            (None, None) => Contents::default(),
            (Some(old), Some(_)) => match self.contents(old)? {
                Turned::Done(Some(contents)) => contents,
                Turned::Done(None) | Turned::OtherKey => return Ok(Turned::OtherKey),
            },
            (None, Some(_)) | (Some(_), None) => return Ok(Turned::OtherKey),
        };
        let outcome = match change(&mut contents)? {
            Change::Leave(outcome) => return Ok(Turned::Done(outcome)),
            Change::Save(outcome) => outcome,
        };
        let path = self.folder.sealed();
        let written = |error: Error| fault::explain(&path, "written", &error);
        let text = contents.write().map_err(written)?;
        let index = write_index(contents.entries()).map_err(written)?;
        let sealed = new.seal(&text).map_err(|why| written(Error::other(why)))?;
        self.folder.save(&lock, &sealed, &index)?;
        Ok(Turned::Done(outcome))
    }

    /// Writes the index anew where it doesn't tell what the sealed file holds.
    fn mend_index(&self, key: &Key, contents: &Contents) -> Result<(), Failure> {
        if self.entries().is_ok_and(|entries| entries == contents.entries()) {
            return Ok(());
        }
        let lock = self.folder.lock()?;
        self.write_index(&lock, key)
    }

    /// Once more under the lock, as the file may have been replaced since it was read.
    fn write_index(&self, lock: &Lock, key: &Key) -> Result<(), Failure> {
        let Turned::Done(Some(contents)) = self.contents(key)? else { return Ok(()) };
        let path = self.folder.index();
        let index =
            write_index(contents.entries()).map_err(|error| fault::explain(&path, "written", &error))?;
        self.folder.save_index(lock, &index)
    }

    /// What the sealed file says about its key; `None` if there is no file.
    fn lid(&self) -> Result<Option<Lid>, Failure> {
        let path = self.folder.sealed();
        let Some(sealed) = folder::read(&path)? else { return Ok(None) };
        Lid::of(&sealed).map(Some).map_err(|unopened| self.unopened(unopened))
    }

    /// Opens the file with this key; `None` if there is no file.
    fn contents(&self, key: &Key) -> Result<Turned<Option<Contents>>, Failure> {
        let path = self.folder.sealed();
        let Some(sealed) = folder::read(&path)? else { return Ok(Turned::Done(None)) };
        let lid = Lid::of(&sealed).map_err(|unopened| self.unopened(unopened))?;
        if !key.fits(&lid) {
            return Ok(Turned::OtherKey);
        }
        match (key.open(&sealed), lid) {
            (Ok(text), _) => {
                let contents = Contents::read(&text).map_err(|why| fault::damaged(&path, why))?;
                Ok(Turned::Done(Some(contents)))
            }
            (Err(Unopened::OtherKey), Lid::Passphrase) => {
                // Another process has changed the passphrase; the one in memory is of no more use.
                self.let_go(key);
                Ok(Turned::OtherKey)
            }
            (Err(Unopened::OtherKey), Lid::Keyring(_)) => {
                Err(fault::damaged(&path, "the key in the keyring isn't the one that sealed it"))
            }
            (Err(unopened @ Unopened::Damaged(_)), _) => Err(self.unopened(unopened)),
        }
    }

    fn unopened(&self, unopened: Unopened) -> Failure {
        match unopened {
            Unopened::OtherKey => fault::damaged(&self.folder.sealed(), "its key is another"),
            Unopened::Damaged(why) => fault::damaged(&self.folder.sealed(), &why),
        }
    }
}
