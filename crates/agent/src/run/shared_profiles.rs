//! Profiles for other tools, written into the shared config and taken out again.

use super::Agent;
use crate::aws_dir::AwsDir;
use crate::connection::ConnectionId;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::shared_profiles::{Entry, Planned, Template, Which};
use hatrack_wire::{Answer, ProfilesPlanned};

impl Agent {
    pub(super) fn write_profiles(
        &mut self,
        connection: ConnectionId,
        id: u64,
        texts: &[String],
        template: Option<&str>,
        really: bool,
    ) -> Result<(), Failure> {
        let template = template.map_or_else(|| Ok(Template::default()), Template::parse)?;
        let roles = self.roles_meant(connection, texts)?;
        let files = self.files_of(connection)?;
        let mut entries = Vec::with_capacity(roles.len());
        let mut others = Vec::new();
        for role in roles {
            let entry = role.id.identity_center().and_then(|(organisation, account_id, role_name)| {
                Some(Entry {
                    portal: files.portal_of(organisation, |_| true)?.clone(),
                    account_id: account_id.to_owned(),
                    account_name: role.account_name.clone(),
                    role_name: role_name.to_owned(),
                    region: role.region.clone(),
                })
            });
            match entry {
                Some(entry) => entries.push(entry),
                None => others.push(format!("{}: it is no role of IAM Identity Center", role.name)),
            }
        }
        if entries.is_empty() {
            return Err(Failure::new(
                FailureCode::NotFound,
                "None of these is a role of IAM Identity Center.",
                "Only such roles get profiles written; others are described by profiles already.",
            ));
        }
        let files = self.shared_files(connection)?;
        self.on_files(connection, id, move || {
            let mut planned = files.write_profiles(&entries, &template, really)?;
            planned.skipped.extend(others);
            Ok(planned)
        });
        Ok(())
    }

    pub(super) fn remove_profiles(
        &mut self,
        connection: ConnectionId,
        id: u64,
        names: &[String],
        force: bool,
        really: bool,
    ) -> Result<(), Failure> {
        let which = if names.is_empty() { Which::All } else { Which::Named(names.iter().cloned().collect()) };
        let files = self.shared_files(connection)?;
        self.on_files(connection, id, move || files.remove_profiles(&which, force, really));
        Ok(())
    }

    /// Works on files beside the loop: another process of ours may hold their lock for seconds.
    fn on_files(
        &self,
        connection: ConnectionId,
        id: u64,
        work: impl FnOnce() -> Result<Planned, Failure> + Send + 'static,
    ) {
        self.later(connection, id, async move {
            let ended = tokio::task::spawn_blocking(work).await;
            let gone =
                |_| Failure::new(FailureCode::Cancelled, "The work on the files was ended.", "Try again.");
            ended.map_err(gone)?.map(answer)
        });
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
