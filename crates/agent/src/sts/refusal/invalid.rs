//! ValidationError and its kin: the call itself was not what AWS takes.

use super::{Asked, Refusal, refused};
use hatrack_core::failure::{Failure, FailureCode};

/// What AWS calls a parameter, and what a person set.
const SETTINGS: &[(&str, &str)] = &[
    ("serialNumber", "mfa_serial"),
    ("tokenCode", "the MFA code"),
    ("externalId", "external_id"),
    ("roleSessionName", "role_session_name, or the session name in the settings,"),
    ("sourceIdentity", "source_identity"),
    ("transitiveTagKeys", "transitive_session_tags"),
    ("tag", "session_tags"),
    ("Tag", "session_tags"),
    ("policyArns", "policy_arns"),
    ("principalArn", "principal_arn"),
    ("targetPrincipal", "root_account_id"),
    ("taskPolicyArn", "root_task_policy"),
    ("TaskPolicyArn", "root_task_policy"),
    ("roleArn", "role_arn"),
    ("MFA", "mfa_serial"),
    ("ARN", "role_arn"),
];

impl Refusal<'_> {
    pub(super) fn invalid(self, asked: &Asked<'_>) -> Failure {
        let wanted = asked.duration_seconds.map_or(String::new(), |seconds| format!(" of {seconds} s"));
        if self.says("role chaining") {
            return refused(
                format!("The duration{wanted} is too long: a role assumed from a role has an hour at most."),
                "Ask for an hour or less.",
            );
        }
        if self.says("MaxSessionDuration") {
            return Failure::new(
                FailureCode::DurationRefused,
                format!("The duration{wanted} is longer than the role allows."),
                "Ask for less (duration_seconds, --duration), or have the role's maximum session duration raised.",
            );
        }
        if self.message.to_ascii_lowercase().contains("durationseconds") {
            let remedy = if asked.by_session {
                "Ask for 900 s at least and, from temporary credentials, for an hour at most."
            } else {
                "Ask for 900 s at least, and for no more than the role allows."
            };
            return refused(format!("AWS doesn't accept the duration{wanted}: {}.", self.said()), remedy);
        }
        if self.says("base64 SAMLResponse") || self.says("SAMLResponse") {
            return refused(
                format!("AWS can't read the SAML response: {}.", self.said()),
                "Sign in again; if it stays so, have the identity provider's AWS application looked at.",
            );
        }
        let remedy = match SETTINGS.iter().find(|(name, _)| self.says(name)) {
            Some((_, setting)) => format!("Look at {setting} in the profile."),
            None => "Look at the profile that describes the role.".to_owned(),
        };
        refused(format!("AWS doesn't accept the call: {}.", self.said()), remedy)
    }
}
