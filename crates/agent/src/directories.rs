//! The files of what was discovered of organisations, one for each, in the folder of data: the
//! catalogue works offline with them, from the agent's first moment.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Directory;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read, in bytes: 100,000 roles take a tenth of it.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The folder `organisations`.
#[derive(Clone, Debug)]
pub struct Directories(PathBuf);

impl Directories {
    /// The folder in this one.
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("organisations"))
    }

    /// Reads all files, by organisation. One that makes no sense is passed over: the next listing
    /// replaces it.
    pub fn load(&self) -> BTreeMap<String, Arc<Directory>> {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        let read = |path: PathBuf| {
            let is_ours = path.extension().is_some_and(|extension| extension == "json");
            let length = std::fs::metadata(&path).ok()?.len();
            let text = (is_ours && length <= LARGEST).then(|| std::fs::read(&path).ok())??;
            let directory = serde_json::from_slice::<Directory>(&text).ok()?.repaired();
            (path == self.path(&directory.organisation)).then_some(directory)
        };
        entries
            .filter_map(|entry| read(entry.path()))
            .map(|directory| (directory.organisation.clone(), Arc::new(directory)))
            .collect()
    }

    /// Replaces an organisation's file, whole or not at all.
    pub fn save(&self, directory: &Directory) -> Result<(), Failure> {
        let path = self.path(&directory.organisation);
        self.replace(&path, directory).map_err(|error| {
            Failure::new(
                FailureCode::File,
                format!("What was listed can't be written to {}: {error}.", path.display()),
                "Look at its permissions and at the free space of its disk.",
            )
        })
    }

    fn replace(&self, path: &Path, directory: &Directory) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        // It names accounts and the addresses of their owners: tempfile makes it for the owner alone.
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        let mut writer = std::io::BufWriter::new(file.as_file_mut());
        serde_json::to_writer(&mut writer, directory)?;
        writer.write_all(b"\n")?;
        writer.flush()?;
        drop(writer);
        file.persist(path)?;
        Ok(())
    }

    fn path(&self, organisation: &str) -> PathBuf {
        let digest = Sha256::digest(organisation.as_bytes());
        let name = digest.iter().take(16).fold(String::new(), |mut name, byte| {
            // Writing to a text never fails.
            write!(name, "{byte:02x}").unwrap_or_default();
            name
        });
        self.0.join(name).with_extension("json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::identity_center::Listed;
    use jiff::Timestamp;

    fn directory(organisation: &str) -> Directory {
        let mut directory = Directory::new(organisation.to_owned());
        let (id, name) = ("111111111111".to_owned(), "Acme\n".to_owned());
        directory.set_accounts([Listed { id, name, email: String::new() }]);
        directory.set_roles("111111111111", ["Admin"], Timestamp::UNIX_EPOCH);
        directory
    }

    #[test]
    fn what_was_listed_survives_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let files = Directories::in_folder(folder.path());
        assert!(files.load().is_empty(), "nothing is there yet");
        for organisation in ["https://a.example/start", "https://b.example/start", "../../x"] {
            files.save(&directory(organisation)).unwrap();
        }
        let loaded = files.load();
        assert_eq!(loaded.len(), 3);
        assert_eq!(*loaded["../../x"], directory("../../x"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no name leads out");
    }

    #[test]
    fn a_file_that_makes_no_sense_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let files = Directories::in_folder(folder.path());
        files.save(&directory("a")).unwrap();
        let of = |name: &str| folder.path().join("organisations").join(name);
        std::fs::write(of("broken.json"), "{").unwrap();
        std::fs::write(of("stray.json"), r#"{"organisation":"b"}"#).unwrap();
        std::fs::create_dir(of("folder.json")).unwrap();
        assert_eq!(files.load().into_keys().collect::<Vec<_>>(), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let files = Directories::in_folder(folder.path());
        files.save(&directory("a")).unwrap();
        let mode = std::fs::metadata(files.path("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
