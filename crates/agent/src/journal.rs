//! What was delivered where, kept on disk until it is erased.
//!
//! A mark in the credentials file says enough to erase a section that Hatrack made; the journal
//! has what only it can know: which files there are, and what was replaced in a section that was
//! taken over. That may be long-term keys, so each entry is closed to others and gone with its
//! delivery. Deliberately absent: credentials that Hatrack delivered.

use crate::text::plain;
use hatrack_core::delivery::{Adopted, EntryId};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{OutputProfile, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The folder of entries.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The credentials file, as its caller named it.
    pub credentials_file: PathBuf,
    /// The section.
    pub profile: OutputProfile,
    /// The role whose credentials it has.
    pub role_id: RoleId,
    /// When they end.
    pub expiration: Timestamp,
    /// What was replaced, where the section was taken over.
    #[serde(default, serialize_with = "onto_disk", deserialize_with = "from_disk")]
    pub adopted: Option<Adopted>,
}

/// No entry that we wrote comes near this.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Journal {
    /// The journal in this folder of data; nothing is made until something is recorded.
    pub fn in_folder(data: &Path) -> Self {
        Self { folder: data.join("journal") }
    }

    /// Names the entry of a section in the file at this real path. No text from outside is part of
    /// the name.
    pub fn id(real: &Path, profile: &OutputProfile) -> Result<EntryId, Failure> {
        let mut sum = Sha256::new();
        sum.update(real.as_os_str().as_encoded_bytes());
        sum.update([0]);
        sum.update(profile.as_str());
        let hex: String = sum.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        EntryId::parse(&hex).ok_or_else(|| unusable(real, "named in the journal", "its sum is no name"))
    }

    /// Records a delivery, before its file is touched; whole or not at all.
    pub fn record(&self, id: &EntryId, entry: &Entry) -> Result<(), Failure> {
        let path = self.path(id);
        self.write(&path, entry).map_err(|error| unusable(&path, "written", &error.to_string()))
    }

    /// Finds the entry with this name; one that can't be understood is none.
    pub fn find(&self, id: &EntryId) -> Option<Entry> {
        read(&self.path(id))
    }

    /// Removes an entry, if it is there.
    pub fn forget(&self, id: &EntryId) -> Result<(), Failure> {
        let path = self.path(id);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unusable(&path, "removed", &error.to_string())),
        }
    }

    /// Lists the deliveries that may still stand in their files, the ones of one file together.
    /// What is not an entry of ours is left alone.
    pub fn deliveries(&self) -> Vec<Entry> {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut entries: Vec<Entry> = files
            .flatten()
            .filter(|file| is_ours(&file.path()))
            .filter_map(|file| read(&file.path()))
            .collect();
        entries.sort_by(|a, b| (&a.credentials_file, &a.profile).cmp(&(&b.credentials_file, &b.profile)));
        entries
    }

    fn path(&self, id: &EntryId) -> PathBuf {
        self.folder.join(format!("{}.json", id.as_str()))
    }

    fn write(&self, path: &Path, entry: &Entry) -> std::io::Result<()> {
        create_private_folder(&self.folder)?;
        let room = entry.adopted.as_ref().map_or(0, |adopted| adopted.encode().len());
        let mut json = Zeroizing::new(Vec::with_capacity(room + 8192));
        serde_json::to_writer(&mut *json, entry)?;
        json.push(b'\n');
        // Closed to others from the start, as temporary files are.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&json)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(&self.folder)
    }
}

fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
        && path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| EntryId::parse(name).is_some())
}

fn read(path: &Path) -> Option<Entry> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return None;
    }
    let json = Zeroizing::new(std::fs::read(path).ok()?);
    serde_json::from_slice(&json).ok()
}

fn onto_disk<S: Serializer>(adopted: &Option<Adopted>, serializer: S) -> Result<S::Ok, S::Error> {
    match adopted {
        Some(adopted) => serializer.serialize_some(&**adopted.encode()),
        None => serializer.serialize_none(),
    }
}

fn from_disk<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Adopted>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.map(Zeroizing::new);
    text.map(|text| {
        Adopted::decode(&text).ok_or_else(|| serde::de::Error::custom("not what was replaced in a section"))
    })
    .transpose()
}

fn unusable(path: &Path, done: &str, why: &str) -> Failure {
    Failure::new(
        FailureCode::File,
        format!(
            "{} could not be {done}: {}; no credentials were written.",
            plain(&path.to_string_lossy(), 400),
            plain(why, 200)
        ),
        "Look at its folder and at the room on its disk, then try again.",
    )
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(profile: &str) -> Entry {
        Entry {
            credentials_file: PathBuf::from("/home/someone/.aws/credentials"),
            profile: OutputProfile::parse(profile).unwrap(),
            role_id: RoleId("profile:\n\u{202E}../../x".into()),
            expiration: "2026-11-23T20:42:25Z".parse().unwrap(),
            adopted: Adopted::decode("1 2 0000000000000007 open aws_access_key_id,1,1,x%0A"),
        }
    }

    fn id(entry: &Entry) -> EntryId {
        Journal::id(&entry.credentials_file, &entry.profile).unwrap()
    }

    #[test]
    fn an_entry_lives_until_it_is_forgotten() {
        let data = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(&data.path().join("new"));
        assert_eq!(journal.deliveries(), []);
        let (a, b) = (entry("a"), entry("b"));
        assert!(a.adopted.is_some());
        journal.record(&id(&b), &b).unwrap();
        journal.record(&id(&a), &a).unwrap();
        journal.record(&id(&a), &a).unwrap();
        assert_eq!(journal.deliveries(), [a.clone(), b.clone()]);
        assert_eq!(journal.find(&id(&a)), Some(a.clone()));
        journal.forget(&id(&a)).unwrap();
        journal.forget(&id(&a)).unwrap();
        assert_eq!(journal.deliveries(), [b]);
    }

    #[test]
    fn what_is_broken_or_foreign_is_passed_over() {
        let data = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(data.path());
        let good = entry("a");
        journal.record(&id(&good), &good).unwrap();
        let folder = data.path().join("journal");
        let text = std::fs::read_to_string(journal.path(&id(&good))).unwrap();
        for (name, text) in [
            ("0123456789abcdef.json", "{"),
            ("0123456789abcde0.json", ""),
            ("0123456789abcde1.json", &text.replace("\"1 2 ", "\"9 2 ")),
            ("0123456789abcde2.json", &text.replace("\"a\"", "\"]\\n[b\"")),
            ("readme.json", &text),
        ] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        std::fs::create_dir(folder.join("0123456789abcde3.json")).unwrap();
        assert_eq!(journal.deliveries(), [good]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(data.path());
        let entry = entry("a");
        journal.record(&id(&entry), &entry).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data.path().join("journal")), 0o700);
        assert_eq!(mode(&journal.path(&id(&entry))), 0o600);
    }

    #[test]
    fn a_journal_that_cannot_be_written_names_its_file() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("journal"), "").unwrap();
        let entry = entry("a");
        let failure = Journal::in_folder(data.path()).record(&id(&entry), &entry).unwrap_err();
        assert_eq!(failure.code, FailureCode::File);
        assert!(failure.happened.contains("journal") && failure.happened.ends_with('.'), "{failure}");
    }
}
