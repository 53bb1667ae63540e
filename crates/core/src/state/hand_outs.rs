//! Which session's credentials are handed out, who is asked about it first, and who was given them.

use super::State;
use crate::catalogue::Role;
use crate::hand_out::{Allow, Consent, Consumer, Program, Standing, Way};
use crate::name::{PromptId, RoleId, SessionId};
use crate::plan::WorldId;
use crate::snapshot::SessionState;
use jiff::Timestamp;

impl State {
    /// The session whose credentials serve for a role here, and whether it is being renewed: of
    /// several the one that lives longest.
    pub fn live_session(
        &self,
        world: WorldId,
        credentials_file: &str,
        role: &RoleId,
    ) -> Option<(SessionId, bool)> {
        let fits = self.sessions.iter().filter(|(_, entry)| {
            let wish = &entry.wish;
            wish.role.id == *role
                && wish.credentials_file == credentials_file
                && (wish.world == world || !wish.is_held())
        });
        let live = fits.filter_map(|(id, entry)| {
            let state = entry.session.state().filter(|state| state.is_delivered())?;
            Some((entry.session.delivered()?.expiration, *id, state == SessionState::Renewing))
        });
        live.max_by_key(|(expiration, ..)| *expiration).map(|(_, id, renewing)| (id, renewing))
    }

    /// When what is delivered of a session began; it tells one delivery from the next.
    pub fn delivered_since(&self, session: SessionId) -> Option<Timestamp> {
        Some(self.sessions.get(&session)?.session.delivered()?.since)
    }

    /// Whether a program may be given a role's credentials.
    pub fn consent(&self, role: &RoleId, program: &Program, now: Timestamp) -> Standing {
        if self.settings.ask_first.contains(role) {
            self.consents.standing(role, program, now)
        } else {
            Standing::Allowed
        }
    }

    /// Asks a person whether a program may be given a role's credentials.
    pub fn ask_consent(&mut self, role: &Role, way: Way, program: Program, now: Timestamp) -> PromptId {
        let id = PromptId(self.next_number());
        self.consents.ask(Consent {
            id,
            role_id: role.id.clone(),
            role: role.name.clone(),
            account_name: role.account_name.clone(),
            way,
            program,
            asked: now,
        });
        id
    }

    /// Takes a person's word; `None` where nobody waits for it any more.
    pub fn answer_consent(&mut self, id: PromptId, allow: Allow, now: Timestamp) -> Option<Consent> {
        self.consents.answer(id, allow, now)
    }

    /// Takes a question back that nobody waits for any more.
    pub fn withdraw_consent(&mut self, id: PromptId) {
        self.consents.withdraw(id);
    }

    /// The questions that wait for a person's word, the oldest first.
    pub fn questions(&self) -> impl Iterator<Item = &Consent> {
        self.consents.questions().iter()
    }

    /// Whether a question still waits for a person.
    pub fn is_asked(&self, id: PromptId) -> bool {
        self.consents.questions().iter().any(|question| question.id == id)
    }

    /// A program was given credentials.
    pub fn handed_out(&mut self, consumer: Consumer) {
        self.record.add(consumer);
    }

    /// An endpoint served a role's credentials.
    pub fn endpoint_served(&mut self, role: &RoleId, program: &Program, now: Timestamp) {
        self.record.served(role, program, now);
    }

    /// An endpoint ended.
    pub fn endpoint_closed(&mut self, role: &RoleId, program: &Program) {
        self.record.closed(role, program);
    }
}
