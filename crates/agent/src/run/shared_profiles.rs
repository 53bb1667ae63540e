//! Profiles for other tools, written into the shared config and taken out again.

use super::Agent;
use crate::aws_dir::AwsDir;
use crate::connection::ConnectionId;
use hatrack_core::catalogue::RoleKind;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::shared_profiles::{Entry, Planned, Template, Which};
use hatrack_wire::{Answer, ProfilesPlanned};

impl Agent {
    pub(super) fn write_profiles(
        &mut self,
        connection: ConnectionId,
        texts: &[String],
        template: Option<&str>,
        really: bool,
    ) -> Result<Answer, Failure> {
        let template = template.map_or_else(|| Ok(Template::default()), Template::parse)?;
        let roles = self.roles_meant(connection, texts)?;
        let files = self.files_of(connection)?;
        let entries: Vec<Entry> = roles
            .into_iter()
            .filter(|role| role.kind == RoleKind::IdentityCenter)
            .filter_map(|role| {
                let (organisation, account_id, role_name) = role.id.identity_center()?;
                Some(Entry {
                    portal: files.portal_of(organisation, |_| true)?.clone(),
                    account_id: account_id.to_owned(),
                    account_name: role.account_name.clone(),
                    role_name: role_name.to_owned(),
                    region: role.region.clone(),
                })
            })
            .collect();
        if entries.is_empty() {
            return Err(Failure::new(
                FailureCode::NotFound,
                "None of these is a role of IAM Identity Center.",
                "Only such roles get profiles written; others are described by profiles already.",
            ));
        }
        let planned = self.shared_files(connection)?.write_profiles(&entries, &template, really)?;
        Ok(answer(planned))
    }

    pub(super) fn remove_profiles(
        &mut self,
        connection: ConnectionId,
        names: &[String],
        force: bool,
        really: bool,
    ) -> Result<Answer, Failure> {
        let which = if names.is_empty() { Which::All } else { Which::Named(names.iter().cloned().collect()) };
        let planned = self.shared_files(connection)?.remove_profiles(&which, force, really)?;
        Ok(answer(planned))
    }

    fn shared_files(&self, connection: ConnectionId) -> Result<AwsDir, Failure> {
        let gone = || Failure::new(FailureCode::NotFound, "The connection is gone.", "Try again.");
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        Ok(self.disk.dir(&self.world(world).ok_or_else(gone)?.pair))
    }
}

fn answer(planned: Planned) -> Answer {
    let Planned { diff, added, changed, unchanged, removed, skipped, .. } = planned;
    Answer::ProfilesPlanned(Box::new(ProfilesPlanned { diff, added, changed, unchanged, removed, skipped }))
}
