//! Session policies, tags, and what becomes a token.

use super::{Refusal, refused};
use hatrack_core::failure::Failure;

impl Refusal<'_> {
    pub(super) fn malformed_policy(self) -> Failure {
        refused(
            format!("AWS can't read the session policy: {}.", self.said()),
            "Correct policy in the profile: it must be one JSON document that IAM takes, without a principal.",
        )
    }

    pub(super) fn too_large(self) -> Failure {
        let what = if self.says("tags") && !self.says("polic") {
            "The session tags are"
        } else if self.says("polic") && !self.says("tags") {
            "The session policies are"
        } else {
            "Session policies and tags are"
        };
        let happened = match self.percent() {
            Some(percent) => {
                format!("{what} too large: packed, they fill {percent}% of what AWS takes.")
            }
            None => format!("{what} too large: {}.", self.said()),
        };
        refused(happened, "Shorten the policies, or use fewer and shorter tags.")
    }

    /// `114` of `consumes 114% of allotted space`.
    fn percent(self) -> Option<u32> {
        let before = self.message.split_once('%')?.0;
        let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    }

    pub(super) fn outbound_token(self) -> Failure {
        match self.code {
            "OutboundWebIdentityFederationDisabledException" => refused(
                "The account doesn't give tokens for other services: outbound web identity federation is turned off.",
                "Have an administrator turn it on in IAM's account settings.",
            ),
            "SessionDurationEscalationException" => refused(
                "The token would outlive the session that asks for it.",
                "Ask for less (--duration), or renew the session first.",
            ),
            _ => refused(
                format!("The token would be too large: {}.", self.said()),
                "Use fewer or shorter tags and audiences.",
            ),
        }
    }
}
