//! What each event makes of a session, phase by phase.

use super::{ANNOUNCE_BEFORE, Effect, Grant, Input, Phase, Session};
use crate::failure::{Failure, FailureCode};
use crate::snapshot::NoticeKind;
use jiff::{SignedDuration, Timestamp};

/// The earliest that a session is renewed before its end.
const RENEW_BEFORE_AT_MOST: SignedDuration = SignedDuration::from_mins(15);

/// How long after a failed renewal or removal the next try comes; doubled from try to try.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The longest pause between two tries.
const RETRY_AFTER_AT_MOST: SignedDuration = SignedDuration::from_mins(5);

impl Session {
    /// What stood in the file is over: it never counts as delivered past its end.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<Effect> {
        if self.delivered.as_ref().is_none_or(|grant| grant.expiration > now) {
            return Vec::new();
        }
        self.delivered = None;
        self.leftover = false;
        match self.phase {
            Phase::Active { .. } | Phase::Calling { asked: false } => {
                let attempt = self.attempt;
                self.phase = Phase::Ending { expired: true, retry_at: None };
                vec![Effect::Forget { attempt }, Effect::Erase, Effect::Tell(NoticeKind::Expired)]
            }
            Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { asked: true } => {
                self.leftover = true;
                vec![Effect::Erase]
            }
            // The write that is under way replaces what is over.
            Phase::Writing { .. } => {
                self.leftover = true;
                Vec::new()
            }
            Phase::Ending { .. } | Phase::Inactive | Phase::Expired | Phase::Failed => Vec::new(),
        }
    }

    pub(super) fn take(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::AwaitMfa { attempt } => self.begin(attempt, Phase::AwaitingMfa),
            Input::AwaitBrowser { attempt } => self.begin(attempt, Phase::AwaitingBrowser),
            Input::AwaitSource { attempt } => self.begin(attempt, Phase::AwaitingSource),
            Input::Call { attempt, asked } => self.begin(attempt, Phase::Calling { asked }),
            Input::NeedsPerson => self.needs_person(now),
            Input::Granted { attempt, grant } => self.granted(attempt, grant, now),
            Input::Refused { attempt, failure } => self.refused(attempt, failure, now),
            Input::Written { attempt } => self.written(attempt, now),
            Input::WriteRefused { attempt, failure } => self.write_refused(attempt, failure, now),
            Input::Found(grant) => self.found(grant, now),
            Input::Erased => self.erased(),
            Input::EraseRefused(failure) => self.erase_refused(failure, now),
            Input::Deactivate => self.deactivate(),
            Input::Dismissed => self.dismissed(now),
            Input::Superseded | Input::Vanished => self.gone(),
            Input::Clock => self.clock(now),
        }
    }

    fn begin(&mut self, attempt: u64, phase: Phase) -> Vec<Effect> {
        let mut effects = Vec::new();
        if attempt != self.attempt {
            effects.push(Effect::Forget { attempt: self.attempt });
        }
        match self.phase {
            Phase::Writing { .. } => self.leftover = true,
            Phase::Ending { .. } => {
                self.delivered = None;
                self.leftover = true;
            }
            Phase::Inactive
            | Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { .. }
            | Phase::Active { .. }
            | Phase::Expired
            | Phase::Failed => {}
        }
        self.attempt = attempt;
        self.failure = None;
        self.phase = phase;
        effects
    }

    fn needs_person(&mut self, now: Timestamp) -> Vec<Effect> {
        let (Phase::Active { renew_at }, Some(grant)) = (&mut self.phase, &self.delivered) else {
            return Vec::new();
        };
        let announce_at = grant.expiration - ANNOUNCE_BEFORE;
        if now < announce_at {
            *renew_at = Some(announce_at);
            return Vec::new();
        }
        *renew_at = None;
        self.announce(NoticeKind::EndsSoon)
    }

    fn granted(&mut self, attempt: u64, grant: Grant, now: Timestamp) -> Vec<Effect> {
        let asked = match self.phase {
            Phase::AwaitingMfa | Phase::AwaitingBrowser | Phase::AwaitingSource => true,
            Phase::Calling { asked } => asked,
            Phase::Inactive
            | Phase::Writing { .. }
            | Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Expired
            | Phase::Failed => return vec![Effect::Forget { attempt }],
        };
        if attempt != self.attempt {
            return vec![Effect::Forget { attempt }];
        }
        if grant.expiration <= now {
            let failure = Failure::new(
                FailureCode::Refused,
                "AWS granted credentials that are over already.",
                "Check this computer's clock.",
            );
            return self.refused(attempt, failure, now);
        }
        self.phase = Phase::Writing { asked, grant };
        vec![Effect::Write { attempt }]
    }

    fn refused(&mut self, attempt: u64, failure: Failure, now: Timestamp) -> Vec<Effect> {
        if attempt != self.attempt {
            return Vec::new();
        }
        match self.phase {
            Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { asked: true } => self.attempt_failed(failure, now),
            Phase::Calling { asked: false } => self.renewal_failed(failure, now),
            Phase::Inactive
            | Phase::Writing { .. }
            | Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Expired
            | Phase::Failed => Vec::new(),
        }
    }

    /// An attempt that a person asked for failed: nothing that is delivered is lost.
    fn attempt_failed(&mut self, failure: Failure, now: Timestamp) -> Vec<Effect> {
        self.failure = Some(failure);
        let mut effects = vec![Effect::Forget { attempt: self.attempt }, Effect::Tell(NoticeKind::Failed)];
        effects.extend(self.fall_back(Phase::Failed, now));
        effects
    }

    /// An attempt is over without new credentials: back to what is delivered, if anything is.
    fn fall_back(&mut self, otherwise: Phase, now: Timestamp) -> Option<Effect> {
        if let Some(grant) = &self.delivered {
            self.phase = Phase::Active { renew_at: Some(renew_at(grant).max(now + RETRY_AFTER)) };
            return None;
        }
        if self.leftover {
            self.phase = Phase::Ending { expired: true, retry_at: None };
            return Some(Effect::Erase);
        }
        self.phase = otherwise;
        None
    }

    fn renewal_failed(&mut self, failure: Failure, now: Timestamp) -> Vec<Effect> {
        let final_word = failure.code != FailureCode::Unreachable;
        self.failure = Some(failure);
        let mut effects = vec![Effect::Forget { attempt: self.attempt }];
        let Some(grant) = &self.delivered else {
            effects.push(Effect::Tell(NoticeKind::Failed));
            effects.extend(self.fall_back(Phase::Failed, now));
            return effects;
        };
        let ends_soon = now >= grant.expiration - ANNOUNCE_BEFORE;
        self.phase = Phase::Active { renew_at: Some(now + retry_after(self.tries)) };
        self.tries = self.tries.saturating_add(1);
        if final_word || ends_soon {
            effects.extend(self.announce(NoticeKind::RenewalFailed));
        }
        effects
    }

    fn written(&mut self, attempt: u64, now: Timestamp) -> Vec<Effect> {
        let (asked, grant) = match &self.phase {
            Phase::Writing { asked, grant } if attempt == self.attempt => (*asked, grant.clone()),
            // A write that a newer attempt came too late to stop: not what anybody wants by now.
            Phase::Active { .. }
            | Phase::Calling { asked: false }
            | Phase::Inactive
            | Phase::Expired
            | Phase::Failed => {
                self.delivered = None;
                self.phase = Phase::Ending { expired: true, retry_at: None };
                return vec![Effect::Forget { attempt: self.attempt }, Effect::Erase];
            }
            Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { asked: true }
            | Phase::Writing { .. }
            | Phase::Ending { .. } => {
                self.delivered = None;
                self.leftover = true;
                return Vec::new();
            }
        };
        let mut effects = vec![Effect::Forget { attempt }];
        if grant.expiration <= now {
            self.phase = Phase::Ending { expired: true, retry_at: None };
            effects.extend([Effect::Erase, Effect::Tell(NoticeKind::Expired)]);
            return effects;
        }
        self.settle(grant);
        if asked {
            effects.push(Effect::Tell(NoticeKind::Activated));
        }
        effects
    }

    fn settle(&mut self, grant: Grant) {
        self.phase = Phase::Active { renew_at: Some(renew_at(&grant)) };
        self.delivered = Some(grant);
        self.leftover = false;
        self.failure = None;
        self.tries = 0;
        self.announced = false;
    }

    fn write_refused(&mut self, attempt: u64, failure: Failure, now: Timestamp) -> Vec<Effect> {
        if attempt != self.attempt {
            return Vec::new();
        }
        match self.phase {
            Phase::Writing { asked: false, .. } => self.renewal_failed(failure, now),
            Phase::Writing { asked: true, .. } => self.attempt_failed(failure, now),
            Phase::Inactive
            | Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { .. }
            | Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Expired
            | Phase::Failed => Vec::new(),
        }
    }

    fn found(&mut self, grant: Grant, now: Timestamp) -> Vec<Effect> {
        if self.phase != Phase::Inactive {
            return Vec::new();
        }
        if grant.expiration <= now {
            self.phase = Phase::Ending { expired: true, retry_at: None };
            return vec![Effect::Erase];
        }
        self.settle(grant);
        Vec::new()
    }

    fn erased(&mut self) -> Vec<Effect> {
        self.leftover = false;
        if let Phase::Ending { expired, .. } = self.phase {
            self.phase = if expired { Phase::Expired } else { Phase::Inactive };
            self.delivered = None;
            self.failure = None;
        }
        Vec::new()
    }

    fn erase_refused(&mut self, failure: Failure, now: Timestamp) -> Vec<Effect> {
        if let Phase::Ending { retry_at, .. } = &mut self.phase {
            *retry_at = Some(now + retry_after(self.tries));
            self.tries = self.tries.saturating_add(1);
            self.failure = Some(failure);
        }
        Vec::new()
    }

    fn deactivate(&mut self) -> Vec<Effect> {
        let attempt = self.attempt;
        match self.phase {
            Phase::Inactive => Vec::new(),
            Phase::Ending { .. } => {
                self.phase = Phase::Ending { expired: false, retry_at: None };
                vec![Effect::Erase]
            }
            Phase::Expired | Phase::Failed => {
                self.phase = Phase::Inactive;
                vec![Effect::Forget { attempt }]
            }
            // A write that is under way comes before the removal.
            Phase::Writing { .. } => {
                self.phase = Phase::Ending { expired: false, retry_at: None };
                vec![Effect::Erase, Effect::Forget { attempt }]
            }
            Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { .. }
            | Phase::Active { .. } => {
                if self.delivered.is_some() || self.leftover {
                    self.phase = Phase::Ending { expired: false, retry_at: None };
                    vec![Effect::Forget { attempt }, Effect::Erase]
                } else {
                    self.phase = Phase::Inactive;
                    vec![Effect::Forget { attempt }]
                }
            }
        }
    }

    fn dismissed(&mut self, now: Timestamp) -> Vec<Effect> {
        match self.phase {
            Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { asked: true } => {}
            Phase::Inactive
            | Phase::Calling { asked: false }
            | Phase::Writing { .. }
            | Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Expired
            | Phase::Failed => return Vec::new(),
        }
        let mut effects = vec![Effect::Forget { attempt: self.attempt }];
        effects.extend(self.fall_back(Phase::Inactive, now));
        effects
    }

    fn gone(&mut self) -> Vec<Effect> {
        self.delivered = None;
        self.leftover = false;
        match self.phase {
            Phase::Active { .. } | Phase::Calling { asked: false } | Phase::Ending { .. } => {
                self.phase = Phase::Inactive;
                vec![Effect::Forget { attempt: self.attempt }]
            }
            Phase::Inactive
            | Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { asked: true }
            | Phase::Writing { .. }
            | Phase::Expired
            | Phase::Failed => Vec::new(),
        }
    }

    fn clock(&mut self, now: Timestamp) -> Vec<Effect> {
        match &mut self.phase {
            Phase::Active { renew_at: Some(renew_at) } if *renew_at <= now => vec![Effect::Renew],
            Phase::Ending { retry_at, .. } if retry_at.is_some_and(|due| due <= now) => {
                *retry_at = None;
                vec![Effect::Erase]
            }
            Phase::Active { .. }
            | Phase::Ending { .. }
            | Phase::Inactive
            | Phase::AwaitingMfa
            | Phase::AwaitingBrowser
            | Phase::AwaitingSource
            | Phase::Calling { .. }
            | Phase::Writing { .. }
            | Phase::Expired
            | Phase::Failed => Vec::new(),
        }
    }

    /// Tells of the coming end, once for each delivery.
    fn announce(&mut self, kind: NoticeKind) -> Vec<Effect> {
        if std::mem::replace(&mut self.announced, true) { Vec::new() } else { vec![Effect::Tell(kind)] }
    }
}

/// When a grant is renewed: a quarter of its life before the end, between 5 and 15 minutes.
fn renew_at(grant: &Grant) -> Timestamp {
    let quarter = grant.expiration.duration_since(grant.since) / 4;
    grant.expiration - quarter.clamp(ANNOUNCE_BEFORE, RENEW_BEFORE_AT_MOST)
}

fn retry_after(tries: u32) -> SignedDuration {
    RETRY_AFTER.saturating_mul(1 << tries.min(5)).min(RETRY_AFTER_AT_MOST)
}
