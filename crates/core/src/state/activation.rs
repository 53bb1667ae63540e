//! How a wish begins to be met: who is asked for what first.

use super::{Entry, Manner, RECENTS, State, Wish};
use crate::failure::{Failure, FailureCode};
use crate::name::{RoleId, SessionId, shown};
use crate::plan::plan;
use crate::session::Session;
use jiff::Timestamp;

impl State {
    /// Begins to meet a wish: the session and the attempt that the outcome will carry.
    ///
    /// A wish that is met already, or is being met, is not begun again.
    pub fn activate(
        &mut self,
        wish: Wish,
        manner: Manner,
        now: Timestamp,
    ) -> Result<(SessionId, u64), Failure> {
        let Some(chain) = &wish.chain else {
            return Err(Failure::new(
                FailureCode::NotFound,
                format!("No profile describes {} any more.", wish.role.name),
                "Look at the list of roles, and activate one that is there.",
            ));
        };
        let plan = plan(wish.world, chain, wish.duration_seconds, &self.known, now)?;
        let needed = plan.mfa_serial().map(str::to_owned);
        if plan.is_root() && wish.confirmed.as_deref() != Some(wish.role.account_id.as_str()) {
            return Err(Failure::new(
                FailureCode::ConfirmationNeeded,
                format!("{} is the root user of account {}.", wish.role.name, wish.role.account_id),
                "Confirm it by typing the account's id: hat use … --confirm ACCOUNT.",
            ));
        }
        let sign_in = plan.sign_in(&self.known, now);
        if let Some(provider) = &sign_in
            && !manner.can_ask
        {
            return Err(Failure::new(
                FailureCode::PersonNeeded,
                format!(
                    "{} needs a sign-in at {}, and nobody can be asked for it here.",
                    wish.role.name,
                    shown(provider.name())
                ),
                "Run this on a terminal, or start Hatrack's tray.",
            ));
        }
        let code_source = needed.as_deref().and_then(|serial| self.code_source(chain, serial));
        if needed.is_some() && !manner.can_ask && !manner.has_code && code_source.is_none() {
            return Err(Failure::new(
                FailureCode::PersonNeeded,
                format!(
                    "{} needs a code of its MFA device, and nobody can be asked for it here.",
                    wish.role.name
                ),
                "Run this on a terminal, start Hatrack's tray, or give the code with --token-code -.",
            ));
        }
        let existing = self
            .sessions
            .iter()
            .find(|(_, entry)| entry.wish.is_same_place_and_role(&wish))
            .map(|(id, entry)| (*id, entry.clone()));
        if let Some((id, entry)) = &existing
            && self.serves(entry, &wish, manner)
        {
            self.remember(&wish.role.id, now);
            self.prompts.raise(*id, manner.in_window);
            return Ok((*id, entry.session.attempt()));
        }

        let id = existing.map_or_else(|| SessionId(self.next_number()), |(id, _)| id);
        let attempt = self.next_number();
        self.remember(&wish.role.id, now);
        self.sessions.entry(id).and_modify(|entry| entry.wish = wish.clone()).or_insert_with(|| Entry {
            wish,
            session: Session::default(),
            caller: None,
            asked_again: None,
        });
        self.withdraw(id);
        let world = plan.world;
        match (sign_in, needed) {
            (Some(provider), _) => self.await_sign_in(id, attempt, provider, world, manner.in_window, now),
            (None, None) => self.call(id, attempt, plan, true, now),
            (None, Some(mfa_serial)) => self.await_code(id, attempt, &mfa_serial, manner, now),
        }
        Ok((id, attempt))
    }

    /// Whether what the entry has, or is getting, is what the wish asks for.
    fn serves(&self, entry: &Entry, wish: &Wish, manner: Manner) -> bool {
        let same = entry.wish.duration_seconds == wish.duration_seconds && entry.wish.region == wish.region;
        let under_way = entry.session.is_under_way() && !manner.has_code;
        let live = entry.session.state().is_some_and(crate::snapshot::SessionState::is_delivered);
        same && (under_way || (live && !manner.renew))
    }

    fn remember(&mut self, role: &RoleId, now: Timestamp) {
        self.memory.uses.used(role, now);
        self.recents.retain(|recent| recent != role);
        self.recents.insert(0, role.clone());
        self.recents.truncate(RECENTS);
    }
}
