//! What is wrong with the keys that signed, or with the clock that dated the signature; and what
//! IAM says about users and keys.

use super::{Asked, Refusal, matters, refused};
use crate::world::off_by;
use hatrack_core::failure::{Failure, FailureCode};

impl Refusal<'_> {
    pub(super) fn expired(self, asked: &Asked<'_>) -> Failure {
        match asked.operation {
            "AssumeRoleWithWebIdentity" => refused(
                format!("The provider's token is too old: {}.", self.said()),
                "Have the provider give a new one: sign in again, or renew the token's file.",
            ),
            "AssumeRoleWithSAML" => refused(
                format!("The sign-in is too old for AWS, which takes it for five minutes: {}.", self.said()),
                "Sign in again.",
            ),
            "GetDelegatedAccessToken" => {
                refused("The trade-in token has expired.", "Have whoever gave it give a new one.")
            }
            _ => refused(
                "The credentials that made the call have expired.",
                "Renew what the source profile holds, and try again.",
            ),
        }
    }

    pub(super) fn unknown_keys(self, asked: &Asked<'_>) -> Failure {
        if asked.by_session {
            return refused(
                "AWS doesn't know the access key, or its session token doesn't belong to it.",
                "Renew what the source profile holds: all three values must come from one answer, and from this partition.",
            );
        }
        refused(
            "AWS doesn't know the access key: it was deleted or deactivated, or belongs to another partition.",
            "Look at the key in IAM, and at the source profile; a key that begins with ASIA needs its session token too.",
        )
    }

    /// A signature is wrong because of the key or because of the clock.
    pub(super) fn signature(self, asked: &Asked<'_>) -> Failure {
        let by_clock = self.code.starts_with("Request")
            || self.message.starts_with("Signature expired")
            || self.message.starts_with("Signature not yet current");
        let offset = asked.clock.get();
        if !by_clock {
            return refused(
                "The secret access key doesn't belong to the access key's id.",
                "Look at the source profile's keys: one of the two may be mistyped or outdated.",
            );
        }
        let happened = if matters(offset) {
            format!("This computer's clock is {} AWS's.", off_by(offset))
        } else {
            "This computer's clock and AWS's differ by more than AWS allows.".to_owned()
        };
        refused(happened, "Set the clock, best by turning time synchronization on.")
    }

    pub(super) fn about_entity(self) -> Failure {
        match self.code {
            "NoSuchEntity" => Failure::new(
                FailureCode::NotFound,
                format!("IAM knows no such thing: {}.", self.said()),
                "Look at the user's keys and devices in IAM; it may have been deleted a moment ago.",
            ),
            "LimitExceeded" => refused(
                format!("IAM allows no more of them: {}.", self.said()),
                "Delete one that isn't used any more: a user has two access keys at most.",
            ),
            _ => refused(format!("IAM is still busy with it: {}.", self.said()), "Try again in a minute."),
        }
    }
}
