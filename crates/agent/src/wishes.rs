//! The settings file: wishes, and the roles that were used last.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::RoleId;
use hatrack_core::settings::Settings;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The settings file, `settings.json` in the folder of wishes.
#[derive(Clone, Debug)]
pub struct WishesFile(PathBuf);

/// What the settings file keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// The settings.
    pub settings: Settings,
    /// The roles that were used last, the latest first.
    pub recents: Vec<RoleId>,
}

impl WishesFile {
    /// The settings file in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("settings.json"))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the wishes; where there is no file, the ones that everybody starts with.
    ///
    /// A file that can't be understood is kept beside the new one, as `settings.json.broken`, and
    /// told about.
    pub fn load(&self) -> (Wishes, Option<Failure>) {
        let text = match std::fs::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return (Wishes::default(), None),
            Err(error) => return (Wishes::default(), Some(self.unusable(&error.to_string()))),
        };
        match serde_json::from_slice(&text) {
            Ok(wishes) => (wishes, None),
            Err(error) => {
                let kept = self.0.with_extension("json.broken");
                let failure = match std::fs::rename(&self.0, &kept) {
                    Ok(()) => Failure::new(
                        FailureCode::File,
                        format!("The settings in {} can't be understood: {error}.", self.0.display()),
                        format!("Hatrack starts with its own; yours are kept as {}.", kept.display()),
                    ),
                    Err(error) => self.unusable(&error.to_string()),
                };
                (Wishes::default(), Some(failure))
            }
        }
    }

    /// Replaces the file, whole or not at all.
    pub fn save(&self, wishes: &Wishes) -> Result<(), Failure> {
        self.replace(wishes).map_err(|error| self.unusable(&error.to_string()))
    }

    fn replace(&self, wishes: &Wishes) -> std::io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, wishes)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.0)?;
        Ok(())
    }

    fn unusable(&self, why: &str) -> Failure {
        Failure::new(
            FailureCode::File,
            format!("The settings file {} can't be used: {why}.", self.0.display()),
            "Look at its permissions and at the free space of its disk.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = WishesFile::in_folder(&folder.path().join("new"));
        assert_eq!(file.load(), (Wishes::default(), None));
        let wishes = Wishes { recents: vec![RoleId::of_profile("a")], ..Wishes::default() };
        file.save(&wishes).unwrap();
        assert_eq!(file.load(), (wishes, None));
    }

    #[test]
    fn a_file_that_makes_no_sense_is_kept_and_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), "{").unwrap();
        let file = WishesFile::in_folder(folder.path());
        let (wishes, failure) = file.load();
        assert_eq!(wishes, Wishes::default());
        assert_eq!(failure.unwrap().code, FailureCode::File);
        assert_eq!(std::fs::read(folder.path().join("settings.json.broken")).unwrap(), b"{");
    }

    #[test]
    fn a_setting_that_is_missing_gets_its_default() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), r#"{"settings":{"notifications":false}}"#)
            .unwrap();
        let (wishes, failure) = WishesFile::in_folder(folder.path()).load();
        assert_eq!(failure, None);
        assert_eq!(wishes.settings, Settings { notifications: false, ..Settings::default() });
    }
}
