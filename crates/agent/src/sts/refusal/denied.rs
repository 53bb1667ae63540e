//! AccessDenied: one code of AWS's, and many reasons.

use super::{Asked, Refusal, refused};
use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};

/// The kinds of policies that AWS names in its messages, and whom to ask about each.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "service control policy",
        "a service control policy",
        "of the organization, whose administrators keep it",
    ),
    (
        "resource control policy",
        "a resource control policy",
        "of the organization, whose administrators keep it",
    ),
    ("permissions boundary", "a permissions boundary", "on the caller, set by the account's administrators"),
    (
        "session policy",
        "a session policy",
        "given when the session that asks was made: look at policy and policy_arns of the source profile",
    ),
    ("VPC endpoint policy", "a VPC endpoint policy", "of the network endpoint that the call went through"),
    ("role trust policy", "the role's trust policy", "kept by the administrators of the role's account"),
    (
        "resource-based policy",
        "a resource-based policy",
        "on what was asked for: for a role, its trust policy",
    ),
    ("identity-based policy", "an identity-based policy", "of the user or role that asks"),
];

impl Refusal<'_> {
    pub(super) fn denied(self, asked: &Asked<'_>) -> Failure {
        self.about_mfa(asked)
            .or_else(|| self.by_root_or_session())
            .or_else(|| self.by_policy(asked))
            .unwrap_or_else(|| self.without_reason(asked))
    }

    fn about_mfa(self, asked: &Asked<'_>) -> Option<Failure> {
        if self.says("invalid MFA one time pass code") {
            return Some(Failure::new(
                FailureCode::CodeRefused,
                "AWS did not accept the code: it is wrong, too old, or was used before.",
                "Enter the code that the device shows now; each is good for one use.",
            ));
        }
        if self.says("must provide both MFA serial number") {
            return Some(refused(
                format!("{} can only be had with an MFA code.", capital(&asked.wanted())),
                "Set mfa_serial in the role's profile to the ARN of your MFA device.",
            ));
        }
        self.says("MultiFactorAuthentication failed").then(|| {
            let device = asked.device.map_or("the MFA device".to_owned(), |serial| plain(serial, 200));
            refused(
                format!("AWS can't check a code of {device} for the user who asks."),
                "Look at mfa_serial: it must be a device of the very user whose keys the source profile has.",
            )
        })
    }

    fn by_root_or_session(self) -> Option<Failure> {
        if self.says("Cannot call GetSessionToken with session credentials")
            || self.says("Cannot call GetFederationToken with session credentials")
        {
            let operation =
                if self.says("GetFederationToken") { "GetFederationToken" } else { "GetSessionToken" };
            return Some(refused(
                format!("{operation} needs a user's own keys, and these are temporary ones."),
                "Use a source profile with long-term keys.",
            ));
        }
        self.says("Roles may not be assumed by root accounts").then(|| {
            refused(
                "The root user of an account can't assume roles.",
                "Use the keys of an IAM user, or sign in through Identity Center.",
            )
        })
    }

    fn by_policy(self, asked: &Asked<'_>) -> Option<Failure> {
        let action = self.action()?;
        let role = asked.wanted();
        if self.says("explicit deny") {
            return Some(self.explicit(&action));
        }
        // What forbids by not allowing is named by AWS only within the caller's own account.
        if let Some((_, kind, whose)) =
            KINDS.iter().find(|(name, ..)| self.says(&format!("because no {name} allows")))
        {
            let remedy = match *kind {
                "an identity-based policy" => format!("A policy of the caller must allow {action} on it."),
                _ => format!("It takes {kind} that allows {action}: it is one {whose}."),
            };
            return Some(refused(format!("The caller may not do {action}: {}.", self.said()), remedy));
        }
        Some(match action.as_str() {
            "sts:TagSession" => refused(
                format!("The caller may not set session tags on {role}: {}.", self.said()),
                "The role's trust policy and the caller's policy must allow sts:TagSession; or leave session_tags out.",
            ),
            "sts:SetSourceIdentity" => refused(
                format!("The caller may not set a source identity on {role}: {}.", self.said()),
                "The role's trust policy and the caller's policy must allow sts:SetSourceIdentity; or leave source_identity out.",
            ),
            "sts:AssumeRoleWithWebIdentity" => refused(
                format!(
                    "{} isn't given for this token: the role's trust policy asks for another provider, audience or subject, or there is no such role.",
                    capital(&role)
                ),
                "Compare the role's trust policy with the token's issuer (iss), audience (aud) and subject (sub).",
            ),
            "sts:AssumeRoleWithSAML" => refused(
                format!(
                    "{} isn't given for this assertion: the role's trust policy doesn't name the SAML provider, a condition of it isn't met, or there is no such role.",
                    capital(&role)
                ),
                "Compare the role's trust policy with principal_arn, and with the assertion's audience.",
            ),
            "sts:AssumeRole" => refused(
                format!("AWS doesn't let the caller have {role}, or there is no such role: {}.", self.said()),
                trust(asked),
            ),
            "sts:AssumeRoot" => refused(
                format!("AWS doesn't let the caller have a root session: {}.", self.said()),
                "It takes root sessions turned on in IAM's root access management, credentials of the management account or of the delegated administrator for IAM, and a policy of the caller that allows sts:AssumeRoot with this task policy.",
            ),
            _ => refused(
                format!("The caller may not do {action}: {}.", self.said()),
                format!("A policy of the caller must allow {action}."),
            ),
        })
    }

    fn explicit(self, action: &str) -> Failure {
        let source = KINDS.iter().find(|(name, ..)| {
            ["a", "an"].iter().any(|article| self.says(&format!("explicit deny in {article} {name}")))
                || self.says(&format!("explicit deny in the {name}"))
        });
        // AWS adds the policy's ARN where the caller may know it.
        let policy = self
            .message
            .split_once("explicit deny in ")
            .and_then(|(_, rest)| rest.split_whitespace().find(|word| word.starts_with("arn:")))
            .map(|arn| format!(" ({})", plain(arn.trim_end_matches(['.', ',']), 200)));
        match source {
            Some((_, kind, whose)) => refused(
                format!(
                    "{} forbids {action} outright{}: {}.",
                    capital(kind),
                    policy.unwrap_or_default(),
                    self.said()
                ),
                format!("No other policy can allow it: have that one changed; it is one {whose}."),
            ),
            None => refused(
                format!("A policy forbids {action} outright: {}.", self.said()),
                "Ask an administrator: a deny can stand in a policy of yours, of the role, or of the organization.",
            ),
        }
    }

    /// The action that was not allowed, if the message says that it is about one.
    fn action(self) -> Option<String> {
        let marks =
            ["is not authorized to perform: ", "ot authorized to perform: ", "ot authorized to perform "];
        let rest = marks.iter().find_map(|mark| self.message.split_once(mark).map(|(_, rest)| rest))?;
        let action = rest.split([' ', ',', ';']).next().unwrap_or_default().trim_end_matches('.');
        let action = if action.contains(':') { action } else { "this" };
        Some(plain(action, 60))
    }

    fn without_reason(self, asked: &Asked<'_>) -> Failure {
        refused(
            format!("AWS refused {}: {}.", asked.wanted(), self.said()),
            "Look at the role's trust policy and at the caller's policies.",
        )
    }
}

/// What to look at where AWS doesn't say which of two policies lacks something.
fn trust(asked: &Asked<'_>) -> &'static str {
    match (asked.device.is_some(), asked.has_external_id) {
        (true, true) => {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller and this very ExternalId."
        }
        (true, false) => {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller; it may also want an ExternalId (external_id)."
        }
        (false, true) => {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller and this very ExternalId; it may also want an MFA code (mfa_serial)."
        }
        (false, false) => {
            "The caller's policy must allow sts:AssumeRole, and the role's trust policy must name the caller; it may also want an ExternalId (external_id), or an MFA code (mfa_serial)."
        }
    }
}

/// The text as a sentence begins; an ARN stays what it is.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if !text.starts_with("arn:") => first.to_uppercase().chain(rest).collect(),
        Some(_) | None => text.to_owned(),
    }
}
