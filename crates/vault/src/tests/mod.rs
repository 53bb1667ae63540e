//! The vault on real files, with keyrings that do as they are told.

mod crash;
mod damage;
mod drawer;
mod keeping;
mod keyrings;
mod passphrase;
mod together;

use crate::folder::Step;
use crate::{Facts, Kind, Vault};
use drawer::Drawer;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What stands for a secret in these tests.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const PASSPHRASE: &str = "a passphrase";

/// Long enough for a keyring that answers, on a machine with much to do.
const PATIENT: Duration = Duration::from_secs(30);

/// For a keyring that never answers.
const IMPATIENT: Duration = Duration::from_millis(500);

/// A folder for a vault, and one for what a keyring keeps.
struct Home {
    folder: tempfile::TempDir,
    drawer: Arc<Drawer>,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drawer = Arc::new(Drawer::in_folder(folder.path().join("drawer")));
        Self { folder, drawer }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data/vault")
    }

    fn vault(&self) -> Vault {
        vault_in(&self.path(), &self.drawer, PATIENT)
    }

    /// A vault that soon gives a silent keyring up.
    fn impatient(&self) -> Vault {
        vault_in(&self.path(), &self.drawer, IMPATIENT)
    }

    fn sealed(&self) -> Option<Vec<u8>> {
        std::fs::read(self.path().join("vault.age")).ok()
    }

    fn index(&self) -> String {
        std::fs::read_to_string(self.path().join("index.json")).unwrap()
    }

    fn mode_of(&self, name: &str) -> u32 {
        std::fs::metadata(self.path().join(name)).unwrap().permissions().mode() & 0o777
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn vault_in(folder: &Path, drawer: &Arc<Drawer>, limit: Duration) -> Vault {
    Vault::open_with_limit(folder, Arc::clone(drawer) as _, limit)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn put(vault: &Vault, name: &str, secret: &str) -> Result<(), Failure> {
    vault.put(Kind::AccessKey, name, Sealed::new(secret), Facts::new(), at(1)).await
}

async fn get(vault: &Vault, name: &str) -> Result<Option<String>, Failure> {
    let secret = vault.get(Kind::AccessKey, name).await?;
    Ok(secret.map(|secret| secret.open().to_owned()))
}

fn listed(vault: &Vault) -> Vec<String> {
    vault.entries().unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Has the vault wait for ever at this step of a save, after it has said so.
fn stop_at(vault: &mut Vault, stop: String) {
    let room = Arc::get_mut(&mut vault.room).unwrap();
    room.folder.between = Arc::new(move |step: Step| {
        if format!("{step:?}") == stop {
            println!("there");
            loop {
                std::thread::park();
            }
        }
    });
}
