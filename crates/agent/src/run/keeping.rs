//! What Hatrack keeps itself: its own file, its memory, the vault's index, AWS's time.

use super::Agent;
use crate::disk::DiskJob;
use crate::files::{Kept, shown};
use crate::own_file;
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::profile::KeyFacts;
use hatrack_core::snapshot::Problem;
use hatrack_vault::{Entry, Kind, fact};
use hatrack_wire::{Answer, OwnSection, SectionKind};
use jiff::SignedDuration;
use std::collections::BTreeMap;

impl Agent {
    /// What decides, beside the shared files, what they come to.
    pub(super) fn kept(&mut self) -> Kept {
        let path = self.own_file.path().to_owned();
        self.oddities.retain(|oddity| oddity.file != shown(&path));
        let own = match self.own_file.read() {
            Ok(bytes) => Some((shown(&path), bytes)),
            Err(failure) => {
                self.oddities.push(Problem {
                    file: shown(&path),
                    line: None,
                    profile: None,
                    message: failure.to_string(),
                });
                None
            }
        };
        Kept {
            settings: self.state.settings().clone(),
            vault_keys: self.vault_keys.clone(),
            saml_roles: self.state.memory().saml_roles.clone(),
            directories: self.directories.values().cloned().collect(),
            own,
        }
    }

    /// Reads all files anew, as something beside them changed.
    pub(super) fn reread_all(&mut self) {
        let pairs: Vec<_> = self.files.keys().cloned().collect();
        for pair in pairs {
            let kept = Box::new(self.kept());
            self.disk.send(DiskJob::Read { pair, kept, anew: true });
        }
    }

    /// Looks at the vault's index, which needs no key: which access keys and which sign-ins there
    /// are.
    pub(super) fn look_into_vault(&mut self) {
        let entries = self.vault.entries().unwrap_or_default();
        for entry in entries.iter().filter(|entry| entry.kind == Kind::ProviderToken) {
            self.state.renewable(Provider::Oidc(entry.name.clone()));
        }
        let keys = entries.into_iter().filter(|entry| entry.kind == Kind::AccessKey);
        let keys: BTreeMap<_, _> = keys.map(|entry| (entry.name.clone(), facts(&entry))).collect();
        if keys != self.vault_keys {
            self.vault_keys = keys;
            self.reread_all();
        }
    }

    pub(super) fn keep_memory(&mut self) {
        if *self.state.memory() != self.memory {
            let roles_changed = self.state.memory().saml_roles != self.memory.saml_roles;
            self.memory = self.state.memory().clone();
            self.broken_wishes = self.memory_file.save(&self.memory).err();
            if roles_changed {
                self.reread_all();
            }
        }
    }

    pub(super) fn set_clock_offset(&mut self, offset: SignedDuration) {
        self.clock.set_offset(offset);
        self.state.set_clock_offset(offset.as_secs());
        let now = self.clock.now();
        self.state.clock(now);
    }

    pub(super) fn save_section(&mut self, section: &OwnSection) -> Result<Answer, Failure> {
        self.own_file.save(section)?;
        self.reread_all();
        Ok(Answer::Done)
    }

    pub(super) fn remove_section(&mut self, kind: SectionKind, name: &str) -> Result<Answer, Failure> {
        if !self.own_file.remove(kind, name)? {
            return Err(Failure::new(
                FailureCode::NotFound,
                format!("Hatrack's own file says nothing of {}.", hatrack_core::name::shown(name)),
                "What stands in the shared files is removed there.",
            ));
        }
        self.reread_all();
        Ok(Answer::Done)
    }

    /// What Hatrack's own file says of a profile, and what the shared files say below it.
    pub(super) fn describe(
        &mut self,
        connection: crate::connection::ConnectionId,
        profile: &str,
    ) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let text = self.own_file.read()?;
        let own = own_file::section(&text, SectionKind::Profile, profile).unwrap_or_default();
        let shared = files.shared_settings(profile);
        let providers = [
            (SectionKind::Oidc, Provider::Oidc as fn(String) -> Provider),
            (SectionKind::Saml, Provider::Saml),
            (SectionKind::SsoSession, Provider::IdentityCenter),
        ];
        let providers = providers
            .into_iter()
            .flat_map(|(kind, of)| own_file::names(&text, kind).into_iter().map(of))
            .collect();
        Ok(Answer::Description { own, shared, providers })
    }
}

/// What the index says of an access key.
pub(crate) fn facts(entry: &Entry) -> KeyFacts {
    let fact = |name: &str| entry.facts.get(name).cloned();
    KeyFacts {
        access_key_id: fact(fact::ACCESS_KEY_ID).unwrap_or_default(),
        account_id: fact(fact::ACCOUNT_ID),
        user_arn: fact(fact::USER_ARN),
        mfa_serial: fact(fact::MFA_SERIAL),
        created: fact(fact::CREATED).and_then(|text| text.parse().ok()),
    }
}
