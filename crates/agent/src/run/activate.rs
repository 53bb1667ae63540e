//! From the wish for a role to its session: which role, which section, and whether it may.

use super::Agent;
use super::requests::six_digits;
use crate::connection::ConnectionId;
use crate::disk::DiskJob;
use crate::files::{FilePair, shown};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::OutputProfile;
use hatrack_core::state::{Manner, Wish};
use hatrack_wire::{Activate, Answer, Ask, Face, Sealed};

/// What an activation still needs once its section is chosen.
#[derive(Debug)]
pub(super) struct Asked {
    manner: Manner,
    token_code: Option<Sealed>,
    ask: Ask,
}

impl Agent {
    /// Finds the role, and has its section chosen and checked before anybody is asked for a code.
    pub(super) fn activate(&mut self, connection: ConnectionId, id: u64, activate: Activate) {
        if let Err(failure) = self.prepare(connection, id, activate) {
            self.answer(connection, id, Err(failure));
        }
    }

    fn prepare(&mut self, connection: ConnectionId, id: u64, activate: Activate) -> Result<(), Failure> {
        check_duration(activate.duration_seconds)?;
        let (pair, mut wish) = self.wish(connection, &activate.role, activate.region)?;
        let token_code = activate.token_code.as_ref().map(six_digits).transpose()?;
        let manner = Manner {
            renew: activate.renew,
            in_window: activate.ask == Ask::InWindow,
            can_ask: activate.ask == Ask::Here || self.somebody_can_ask(),
            has_code: token_code.is_some(),
        };
        wish.duration_seconds = activate.duration_seconds;
        wish.adopt = activate.adopt;
        wish.confirmed = activate.confirmed;
        self.asked.insert((connection, id), Asked { manner, token_code, ask: activate.ask });
        let held = self.state.settings().held.contains_key(&wish.role.id);
        if activate.held || (held && activate.output_profile.is_none()) {
            self.prepared(connection, id, wish, Ok(None));
            return Ok(());
        }
        let wanted = activate.output_profile.or_else(|| self.wanted_profile(&wish.role.id));
        self.disk.send(DiskJob::Prepare { connection, id, pair, wanted, wish: Box::new(wish) });
        Ok(())
    }

    /// The wish for a role as a connection's files describe it, held until it is said where it is to
    /// be delivered.
    pub(super) fn wish(
        &self,
        connection: ConnectionId,
        role: &str,
        region: Option<String>,
    ) -> Result<(FilePair, Wish), Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        let known = self.world(world).ok_or_else(gone)?;
        let pair = known.pair.clone();
        let role = files.role(role)?;
        let chain = files.chain(&role.id).transpose()?;
        let chain = chain.map(|chain| self.through_open_portal(&files, chain));
        let caller_region = || known.world.region().map(str::to_owned);
        let wish = Wish {
            world,
            region: region.or_else(|| role.region.clone()).or_else(caller_region),
            role,
            chain,
            output_profile: None,
            credentials_file: shown(&pair.credentials),
            duration_seconds: None,
            adopt: false,
            confirmed: None,
        };
        Ok((pair, wish))
    }

    /// The section is chosen and may be written: the activation begins.
    pub(super) fn prepared(
        &mut self,
        connection: ConnectionId,
        id: u64,
        mut wish: Wish,
        result: Result<Option<OutputProfile>, Failure>,
    ) {
        let Some(asked) = self.asked.remove(&(connection, id)) else { return };
        let began = result.and_then(|output_profile| {
            wish.output_profile = output_profile;
            let now = self.clock.now();
            self.state.activate(wish, asked.manner, now)
        });
        let answer = began.map(|(session, attempt)| {
            if asked.ask == Ask::Here {
                self.asked_here.push((connection, session));
            }
            self.note_sign_in_of(connection, session);
            if let Some(code) = asked.token_code
                && let Some(prompt) = self.state.prompt_of(session)
            {
                let prompt = prompt.id;
                // A code that is with AWS for another role is waited for; this one isn't lost on
                // anybody, as whoever gave it is asked again.
                self.answer_prompt(prompt, &code).ok();
            }
            Answer::Accepted { session, attempt }
        });
        self.answer(connection, id, answer);
    }

    fn wanted_profile(&self, role: &hatrack_core::name::RoleId) -> Option<OutputProfile> {
        let settings = self.state.settings();
        settings.output_profiles.get(role).or(settings.output_profile.as_ref()).cloned()
    }

    pub(super) fn somebody_can_ask(&self) -> bool {
        self.faces
            .values()
            .any(|face| matches!(face.face, Some(Face::Tray | Face::Windows | Face::Attendant)))
    }
}

fn gone() -> Failure {
    Failure::new(FailureCode::NotFound, "The connection is gone.", "Try again.")
}

/// DurationSeconds of any operation: 900 to 129,600. What is less for a role the planner knows.
pub(super) fn check_duration(seconds: Option<u32>) -> Result<(), Failure> {
    match seconds {
        Some(seconds) if !(900..=129_600).contains(&seconds) => Err(Failure::new(
            FailureCode::Usage,
            "A session lives from 15 minutes to 12 hours, one of a user to 36 hours.",
            "Ask for a duration between 15m and 12h (36h for a user's own session).",
        )),
        Some(_) | None => Ok(()),
    }
}
