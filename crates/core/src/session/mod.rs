//! The one machine: how a session comes to be, lives, is renewed and ends.
//!
//! Deliberately absent: credentials, the clock, prompts (they belong to MFA devices, not to
//! sessions: [`crate::state`]). A step takes what happened and the time, and returns the next
//! session with what must now be done.

mod transitions;

#[cfg(test)]
mod tests;

use crate::failure::Failure;
use crate::snapshot::{NoticeKind, SessionState};
use jiff::{SignedDuration, Timestamp};

/// How long before its end a session that needs a person is announced.
pub const ANNOUNCE_BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// One session: a role on its way into an output profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    phase: Phase,
    attempt: u64,
    delivered: Option<Grant>,
    failure: Option<Failure>,
    /// Something that doesn't count as delivered may stand in the file: what is over, or what a
    /// write put there for an attempt that a newer one replaced.
    leftover: bool,
    tries: u32,
    announced: bool,
}

/// What STS granted, without the credentials themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The identity, `arn:aws:sts::…:assumed-role/…`, where it is known.
    pub arn: Option<String>,
    /// When the credentials began.
    pub since: Timestamp,
    /// When they end.
    pub expiration: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Inactive,
    AwaitingMfa,
    AwaitingBrowser,
    AwaitingSource,
    Calling {
        asked: bool,
    },
    Writing {
        asked: bool,
        grant: Grant,
    },
    Active {
        renew_at: Option<Timestamp>,
    },
    Ending {
        expired: bool,
        retry_at: Option<Timestamp>,
    },
    Expired,
    Failed,
}

/// What can happen to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person asked for it, and a code is needed first.
    AwaitMfa {
        /// The attempt.
        attempt: u64,
    },
    /// A person asked for it, and a sign-in at an outside provider comes first.
    AwaitBrowser {
        /// The attempt.
        attempt: u64,
    },
    /// A person asked for it, and another session's source comes first.
    AwaitSource {
        /// The attempt.
        attempt: u64,
    },
    /// Its calls begin.
    Call {
        /// The attempt.
        attempt: u64,
        /// Whether a person asked, or it is a silent renewal.
        asked: bool,
    },
    /// A silent renewal is due and can't do without a person.
    NeedsPerson,
    /// STS granted credentials.
    Granted {
        /// The attempt.
        attempt: u64,
        /// What it granted.
        grant: Grant,
    },
    /// An attempt failed.
    Refused {
        /// The attempt.
        attempt: u64,
        /// Why.
        failure: Failure,
    },
    /// The credentials stand in the file.
    Written {
        /// The attempt.
        attempt: u64,
    },
    /// The file could not be written; it stands as it was.
    WriteRefused {
        /// The attempt.
        attempt: u64,
        /// Why.
        failure: Failure,
    },
    /// Its section was found in the file, from before the agent's start.
    Found(Grant),
    /// Its section is removed.
    Erased,
    /// Its section could not be removed.
    EraseRefused(Failure),
    /// A person ends it.
    Deactivate,
    /// A person took the question back.
    Dismissed,
    /// Another session was written into its section.
    Superseded,
    /// Another program removed or changed its section.
    Vanished,
    /// Time passed.
    Clock,
}

/// What must be done because of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The granted credentials of this attempt are to be written.
    Write {
        /// The attempt.
        attempt: u64,
    },
    /// Its section is to be removed, if it still holds this grant.
    Erase,
    /// It is to be renewed silently, if that can be.
    Renew,
    /// The credentials of this attempt aren't wanted any more.
    Forget {
        /// The attempt.
        attempt: u64,
    },
    /// People are to be told.
    Tell(NoticeKind),
}

impl Session {
    /// Takes what happened at `now`: the next session, and what must be done.
    #[must_use]
    pub fn step(mut self, input: Input, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut effects = self.expire(now);
        effects.extend(self.take(input, now));
        (self, effects)
    }

    /// When it has to be looked at again with [`Input::Clock`].
    pub fn deadline(&self) -> Option<Timestamp> {
        let own = match &self.phase {
            Phase::Active { renew_at } => *renew_at,
            Phase::Ending { retry_at, .. } => *retry_at,
            Phase::Inactive
            | Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { .. }
            | Phase::Writing { .. }
            | Phase::Expired
            | Phase::Failed => None,
        };
        own.into_iter().chain(self.delivered.as_ref().map(|grant| grant.expiration)).min()
    }

    /// Where it stands, in the words of a snapshot; `None` when it is over and forgotten.
    pub fn state(&self) -> Option<SessionState> {
        match (&self.phase, &self.delivered) {
            (Phase::Inactive, _) => None,
            (Phase::AwaitingMfa, _) => Some(SessionState::AwaitingMfa),
            (Phase::AwaitingBrowser, _) => Some(SessionState::AwaitingBrowser),
            (Phase::AwaitingSource | Phase::Calling { .. } | Phase::Writing { .. }, Some(_)) => {
                Some(SessionState::Renewing)
            }
            (Phase::AwaitingSource | Phase::Calling { .. } | Phase::Writing { .. }, None) => {
                Some(SessionState::Authenticating)
            }
            (Phase::Active { .. }, _) => Some(SessionState::Active),
            (Phase::Ending { .. }, _) => Some(SessionState::Ending),
            (Phase::Expired, _) => Some(SessionState::Expired),
            (Phase::Failed, _) => Some(SessionState::Failed),
        }
    }

    /// The latest attempt.
    pub fn attempt(&self) -> u64 {
        self.attempt
    }

    /// What stands in the file.
    pub fn delivered(&self) -> Option<&Grant> {
        self.delivered.as_ref()
    }

    /// The last thing that went wrong.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Whether an attempt that a person asked for is under way.
    pub fn is_under_way(&self) -> bool {
        match self.phase {
            Phase::AwaitingMfa | Phase::AwaitingBrowser | Phase::AwaitingSource => true,
            Phase::Calling { asked } | Phase::Writing { asked, .. } => asked,
            Phase::Inactive
            | Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Expired
            | Phase::Failed => false,
        }
    }
}
