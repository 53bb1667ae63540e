//! Profiles of Identity Center roles in the shared config file, for other tools.

use super::replace::{Change, update};
use super::target::Access;
use super::{AwsDir, fault, read};
use hatrack_core::failure::Failure;
use hatrack_core::profile::{File, Profiles};
use hatrack_core::shared_profiles::{self, Entry, Planned, Template, Which};
use std::collections::BTreeSet;

impl AwsDir {
    /// Writes a profile for each entry, or only says what that would change.
    pub fn write_profiles(
        &self,
        entries: &[Entry],
        template: &Template,
        really: bool,
    ) -> Result<Planned, Failure> {
        self.change_profiles(Access::Write, really, |config, credentials| {
            let path = fault::shown(&self.config);
            let profiles = Profiles::read(
                Some(File { path: &path, bytes: config }),
                Some(File { path: &path, bytes: credentials }),
            );
            let taken: BTreeSet<String> = profiles.profiles.into_keys().collect();
            shared_profiles::write(config, &taken, entries, template)
        })
    }

    /// Takes written profiles out again, or only says what that would change.
    pub fn remove_profiles(&self, which: &Which, force: bool, really: bool) -> Result<Planned, Failure> {
        self.change_profiles(Access::Erase, really, |config, _| shared_profiles::remove(config, which, force))
    }

    fn change_profiles(
        &self,
        access: Access,
        really: bool,
        change: impl Fn(&[u8], &[u8]) -> Planned,
    ) -> Result<Planned, Failure> {
        let credentials = read(&self.credentials)?.unwrap_or_default();
        if !really {
            let config = read(&self.config)?.unwrap_or_default();
            return Ok(change(&config, &credentials));
        }
        let updated = update(&self.config, &self.locks, access, &*self.between, |_, text| {
            let planned = change(text, &credentials);
            let text = (planned.text != text).then(|| planned.text.clone().into());
            Ok(Change { text, outcome: planned })
        })?;
        Ok(updated.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use hatrack_core::identity_center::Portal;
    use std::path::Path;

    fn dir(folder: &Path) -> AwsDir {
        let (credentials, config) = (folder.join("aws/credentials"), folder.join("aws/config"));
        AwsDir::new(&credentials, &config, &folder.join("locks"), Journal::in_folder(&folder.join("data")))
    }

    fn entry() -> Entry {
        Entry {
            portal: Portal {
                session: Some("acme".to_owned()),
                start_url: "https://acme.example/start".to_owned(),
                region: "eu-west-1".to_owned(),
                scopes: Vec::new(),
            },
            account_id: "111111111111".to_owned(),
            account_name: "Prod".to_owned(),
            role_name: "Admin".to_owned(),
            region: None,
        }
    }

    #[test]
    fn what_is_only_shown_changes_no_file_and_what_is_done_can_be_undone() {
        let folder = tempfile::tempdir().unwrap();
        let dir = dir(folder.path());
        std::fs::create_dir(folder.path().join("aws")).unwrap();
        let config = folder.path().join("aws/config");
        std::fs::write(&config, "[default]\nregion = x\n").unwrap();
        std::fs::write(folder.path().join("aws/credentials"), "[Prod-Admin]\nregion = y\n").unwrap();
        let shown = dir.write_profiles(&[entry()], &Template::default(), false).unwrap();
        assert_eq!(shown.added, ["Prod-Admin-111111111111"], "the other file has the shorter name");
        assert_eq!(std::fs::read_to_string(&config).unwrap(), "[default]\nregion = x\n");
        let done = dir.write_profiles(&[entry()], &Template::default(), true).unwrap();
        assert_eq!(std::fs::read(&config).unwrap(), done.text);
        assert_eq!(done, shown);
        let again = dir.write_profiles(&[entry()], &Template::default(), true).unwrap();
        assert_eq!(again.unchanged, ["Prod-Admin-111111111111"]);
        dir.remove_profiles(&Which::All, false, true).unwrap();
        assert_eq!(std::fs::read_to_string(&config).unwrap(), "[default]\nregion = x\n");
    }

    #[test]
    fn a_file_that_is_not_there_is_made_and_nothing_is_removed_from_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = dir(folder.path());
        assert_eq!(dir.remove_profiles(&Which::All, false, true).unwrap().removed, [""; 0]);
        assert!(!folder.path().join("aws").exists());
        dir.write_profiles(&[entry()], &Template::default(), true).unwrap();
        assert!(folder.path().join("aws/config").exists());
    }
}
