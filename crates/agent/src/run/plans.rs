//! Telling the way to a role, and why it failed.

use super::Agent;
use crate::connection::ConnectionId;
use crate::files::{Files, Kept};
use hatrack_core::chain;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::RoleId;
use hatrack_core::picks::picks;
use hatrack_wire::{Answer, Described, SectionKind};
use std::collections::BTreeSet;

impl Agent {
    pub(super) fn plan(
        &mut self,
        connection: ConnectionId,
        role: &Described,
        duration_seconds: Option<u32>,
    ) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        let chain = match role {
            Described::Role(text) => {
                let role = files.role(text)?;
                let chain = files.chain(&role.id).ok_or_else(gone)??;
                self.through_open_portal(&files, chain)
            }
            Described::Draft(section) => {
                if section.kind != SectionKind::Profile {
                    return Err(Failure::new(
                        FailureCode::Usage,
                        "Only roles have a plan.",
                        "Ask for the plan of a role that uses the provider.",
                    ));
                }
                let profiles = with_draft(&files, &self.kept(), section);
                chain::resolve(&profiles, &section.name)?
            }
        };
        let now = self.clock.now();
        let view = self.state.explain(world, &chain, duration_seconds, now)?;
        Ok(Answer::Plan(Box::new(view)))
    }

    pub(super) fn why(&mut self, connection: ConnectionId, text: &str) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let mut described = None;
        let id = match files.role(text) {
            Ok(role) => {
                // Of several profiles the one that was named, else the first.
                let named = role.profiles.iter().find(|profile| *profile == text);
                described = named.or(role.profiles.first()).cloned();
                role.id
            }
            Err(failure) if failure.code == FailureCode::NotFound => {
                let profile = RoleId(text.to_owned()).profile().unwrap_or(text).to_owned();
                if files.profiles.get(&profile).is_none() {
                    return Err(failure);
                }
                RoleId::of_profile(&profile)
            }
            // A role whose way is broken: that is what is asked.
            Err(_) => RoleId::of_profile(RoleId(text.to_owned()).profile().unwrap_or(text)),
        };
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        let set: BTreeSet<String> = self
            .world(world)
            .map(|known| known.world.variables().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default();
        let failed = self.state.memory().failures.get(&id).cloned();
        let profile = id.profile().or(described.as_deref());
        let picked = profile.map(|profile| Box::new(picks(&files.shared, profile, &set)));
        Ok(Answer::Why { failed, picks: picked })
    }
}

/// The profiles as they would be with a section that isn't saved yet.
fn with_draft(
    files: &Files,
    kept: &Kept,
    section: &hatrack_wire::OwnSection,
) -> hatrack_core::profile::Profiles {
    let text = crate::own_file::with(kept.own.as_ref().map(|(_, text)| text.as_slice()), section);
    let file = hatrack_core::profile::File { path: "", bytes: &text };
    files.shared.clone().with_own(file).with_vault_keys(kept.vault_keys.clone())
}

fn gone() -> Failure {
    Failure::new(FailureCode::NotFound, "This role isn't described any more.", "Look at the list of roles.")
}
