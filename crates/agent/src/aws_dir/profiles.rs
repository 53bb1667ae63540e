//! Profiles of Identity Center roles in the shared config file, for other tools.

use super::replace::{Change, update};
use super::target::{self, Access};
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
        self.change_profiles(Access::Write, really, |config| {
            // Read anew each time: a name that somebody took meanwhile is taken.
            let credentials = read(&self.credentials)?.unwrap_or_default();
            let path = fault::shown(&self.credentials);
            let both = Profiles::read(Some(config), Some(File { path: &path, bytes: &credentials }));
            let taken: BTreeSet<String> = both.profiles.into_keys().collect();
            shared_profiles::write(config, &taken, entries, template)
        })
    }

    /// Takes written profiles out again, or only says what that would change.
    pub fn remove_profiles(&self, which: &Which, force: bool, really: bool) -> Result<Planned, Failure> {
        self.change_profiles(Access::Erase, really, |config| shared_profiles::remove(config, which, force))
    }

    fn change_profiles(
        &self,
        access: Access,
        really: bool,
        change: impl Fn(File<'_>) -> Result<Planned, Failure>,
    ) -> Result<Planned, Failure> {
        let path = fault::shown(&self.config);
        if !really {
            // What a writer would refuse is told now.
            let config = target::look(&self.config)?.unwrap_or_default();
            return change(File { path: &path, bytes: &config });
        }
        let updated = update(&self.config, &self.locks, access, &*self.between, |_, text| {
            let planned = change(File { path: &path, bytes: text })?;
            let text = (planned.text != text).then(|| planned.text.clone().into());
            Ok(Change { text, outcome: planned })
        })?;
        Ok(updated.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws_dir::replace::Step;
    use crate::journal::Journal;
    use hatrack_core::identity_center::Portal;
    use std::path::Path;
    use std::sync::Arc;

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

    #[test]
    fn a_file_that_is_no_text_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let dir = dir(folder.path());
        std::fs::create_dir(folder.path().join("aws")).unwrap();
        let config = folder.path().join("aws/config");
        std::fs::write(&config, b"[default]\n# caf\xe9\n").unwrap();
        for really in [false, true] {
            let refused = dir.write_profiles(&[entry()], &Template::default(), really).unwrap_err();
            assert!(refused.happened.contains("line 2") && refused.happened.contains("config"), "{refused}");
            assert!(dir.remove_profiles(&Which::All, true, really).is_err());
        }
        assert_eq!(std::fs::read(&config).unwrap(), b"[default]\n# caf\xe9\n");
        std::fs::remove_file(&config).unwrap();
        std::fs::create_dir(&config).unwrap();
        for really in [false, true] {
            assert!(dir.write_profiles(&[entry()], &Template::default(), really).is_err());
        }
    }

    #[test]
    fn what_another_program_writes_meanwhile_is_kept_and_its_names_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let mut dir = dir(folder.path());
        std::fs::create_dir(folder.path().join("aws")).unwrap();
        let config = folder.path().join("aws/config");
        std::fs::write(&config, "[default]\n").unwrap();
        let theirs = "[default]\n[profile Prod-Admin]\nregion = z\n";
        let between = config.clone();
        dir.between = Arc::new(move |step, _| {
            if step == Step::Staged && std::fs::read(&between).unwrap() == b"[default]\n" {
                std::fs::write(&between, theirs).unwrap();
            }
        });
        let done = dir.write_profiles(&[entry()], &Template::default(), true).unwrap();
        assert_eq!(done.added, ["Prod-Admin-111111111111"]);
        assert!(std::fs::read_to_string(&config).unwrap().starts_with(theirs));
        dir.remove_profiles(&Which::All, false, true).unwrap();
        assert_eq!(std::fs::read_to_string(&config).unwrap(), theirs);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let dir = dir(folder.path());
        for name in ["aws", "dotfiles"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let (link, target) = (folder.path().join("aws/config"), folder.path().join("dotfiles/config"));
        std::fs::write(&target, "[default]\r\nregion = x\r\n").unwrap();
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink("../dotfiles/config", &link).unwrap();
        dir.write_profiles(&[entry()], &Template::default(), true).unwrap();
        assert!(link.is_symlink());
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&target).unwrap();
        assert!(text.contains("[profile Prod-Admin]\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        dir.remove_profiles(&Which::All, false, true).unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "[default]\r\nregion = x\r\n");
    }
}
