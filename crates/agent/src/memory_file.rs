//! The file of what is remembered between starts, `memory.json` in the folder of data.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::Memory;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file.
#[derive(Clone, Debug)]
pub struct MemoryFile(PathBuf);

impl MemoryFile {
    /// The file in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("memory.json"))
    }

    /// Reads it. One that is missing or makes no sense is begun anew: nothing in it is a wish.
    pub fn load(&self) -> Memory {
        match std::fs::read(&self.0) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::NotFound => Memory::default(),
            Err(_) => Memory::default(),
        }
    }

    /// Replaces it, whole or not at all.
    pub fn save(&self, memory: &Memory) -> Result<(), Failure> {
        self.replace(memory).map_err(|error| {
            Failure::new(
                FailureCode::File,
                format!("What is to be remembered can't be written to {}: {error}.", self.0.display()),
                "Look at its permissions and at the free space of its disk.",
            )
        })
    }

    fn replace(&self, memory: &Memory) -> std::io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, memory)?;
        file.write_all(b"\n")?;
        file.persist(&self.0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::name::RoleId;
    use jiff::Timestamp;

    #[test]
    fn what_is_remembered_survives_a_start_and_nonsense_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = MemoryFile::in_folder(&folder.path().join("new"));
        let mut memory = Memory::default();
        let failure = Failure::new(FailureCode::Refused, "No.", "");
        memory.failed(&RoleId::of_profile("a"), Timestamp::UNIX_EPOCH, failure);
        memory.learn_max_session("arn", 43_200, Some(Timestamp::UNIX_EPOCH));
        file.save(&memory).unwrap();
        assert_eq!(file.load(), memory);
        std::fs::write(folder.path().join("new/memory.json"), "{").unwrap();
        assert_eq!(file.load(), Memory::default());
    }
}
