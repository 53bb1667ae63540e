//! What stands in a credentials file, held against what the state believes.

use super::{Entry, State, Wish};
use crate::name::SessionId;
use crate::session::{Grant, Input, Session};
use crate::snapshot::{NoticeKind, SessionState};
use jiff::Timestamp;

/// A section with Hatrack's mark, as it was found in a credentials file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it says it is.
    pub wish: Wish,
    /// When its credentials end.
    pub expiration: Timestamp,
}

impl State {
    /// Takes what marked sections a credentials file holds: after a start, and after every change.
    ///
    /// A section that lived on while no agent ran becomes a session again, or is removed if it is
    /// over; one that another program removed is not believed in any longer.
    pub fn sections(&mut self, file: &str, found: Vec<Found>, now: Timestamp) {
        let believed: Vec<_> = self
            .sessions
            .iter()
            .filter(|(_, entry)| {
                let in_file = entry.wish.credentials_file == file && !entry.wish.is_held();
                in_file && entry.session.delivered().is_some()
            })
            .map(|(id, entry)| {
                (*id, entry.wish.clone(), entry.session.delivered().map(|grant| grant.expiration))
            })
            .collect();
        for (id, wish, expiration) in believed {
            let there = found.iter().find(|found| found.wish.is_same_place_and_role(&wish));
            let same = there.is_some_and(|there| {
                Some(there.expiration.as_second()) == expiration.map(Timestamp::as_second)
            });
            if same {
                continue;
            }
            if there.is_none() {
                self.tell(id, NoticeKind::Disturbed, now);
            }
            self.step(id, Input::Vanished, now);
        }
        self.sessions.retain(|_, entry| entry.session.state().is_some());
        for found in found {
            self.believe(found, now);
        }
    }

    fn believe(&mut self, found: Found, now: Timestamp) {
        let known =
            self.sessions.values_mut().find(|entry| entry.wish.is_same_place(&found.wish) && !is_over(entry));
        if let Some(entry) = known {
            if entry.wish.role.id == found.wish.role.id {
                entry.wish.learn(found.wish);
            }
            return;
        }
        self.sessions.retain(|_, entry| !entry.wish.is_same_place(&found.wish));
        let id = SessionId(self.next_number());
        let grant = Grant { arn: None, since: now, expiration: found.expiration };
        self.sessions.insert(
            id,
            Entry { wish: found.wish, session: Session::default(), caller: None, asked_again: None },
        );
        self.step(id, Input::Found(grant), now);
    }
}

impl Wish {
    /// What describes the role may have changed, or is only now known.
    fn learn(&mut self, newer: Self) {
        if newer.chain.is_some() {
            if self.chain.is_none() {
                self.world = newer.world;
                self.region = newer.region;
            }
            self.role = newer.role;
            self.chain = newer.chain;
        }
    }
}

/// Whether an entry only tells what became of a session.
fn is_over(entry: &Entry) -> bool {
    match entry.session.state() {
        None | Some(SessionState::Expired | SessionState::Failed) => true,
        Some(
            SessionState::AwaitingMfa
            | SessionState::AwaitingBrowser
            | SessionState::Authenticating
            | SessionState::Active
            | SessionState::Renewing
            | SessionState::Ending,
        ) => false,
    }
}
