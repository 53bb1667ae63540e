//! What every way to a role session ends with: what the role allows, the session, and the answer.

use super::session_policy::SessionPolicy;
use super::{NAMESPACE, credentials};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Holder, RoleSession, assumed_role_id};
use crate::world::{Account, Role};

/// Seconds of a session, if the caller doesn't say.
pub(super) const DEFAULT_DURATION: u32 = 3600;

/// A role session that somebody may have.
#[derive(Debug)]
pub(super) struct Grant<'a> {
    pub(super) account: &'a Account,
    pub(super) role: &'a Role,
    pub(super) session_name: &'a str,
    pub(super) duration: u32,
    /// Whether another role's credentials made the call.
    pub(super) chained: bool,
    /// The fewest characters of the token.
    pub(super) token_size: usize,
    pub(super) policy: SessionPolicy,
}

impl Grant<'_> {
    /// Refuses what the role doesn't allow: too long a session, labels without leave.
    pub(super) fn check(&self, refuse: impl Fn(&str) -> AwsError) -> Result<(), AwsError> {
        if !self.policy.tags.is_empty() && !self.role.trust.tag_session {
            return Err(refuse("sts:TagSession"));
        }
        if self.policy.source_identity.is_some() && !self.role.trust.set_source_identity {
            return Err(refuse("sts:SetSourceIdentity"));
        }
        if self.duration > self.role.max_session_duration {
            return Err(AwsError::validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        Ok(())
    }

    /// Makes the session and writes the answer, with what the operation has to add.
    pub(super) fn answer(
        self,
        aws: &Aws,
        action: &str,
        request_id: &str,
        more: impl FnOnce(&mut Xml),
    ) -> String {
        let Self { account, role, session_name, duration, chained, token_size, policy } = self;
        let holder = Holder::Role(RoleSession {
            role_arn: account.role_arn(role),
            session_name: session_name.to_owned(),
            source_identity: policy.source_identity.clone(),
            tags: policy.tags,
            chained,
        });
        let session = aws.issue(account, duration, token_size, holder);
        Xml::answer(action, NAMESPACE, request_id, |xml| {
            if let Some(identity) = &policy.source_identity {
                xml.text("SourceIdentity", identity);
            }
            xml.open("AssumedRoleUser")
                .text("AssumedRoleId", &assumed_role_id(account, role, session_name))
                .text("Arn", &account.session_arn(role, session_name))
                .close("AssumedRoleUser");
            credentials::write(xml, &session);
            more(xml);
            if let Some(percent) = policy.packed_size {
                xml.text("PackedPolicySize", &percent.to_string());
            }
            credentials::write_size(xml, &session);
        })
    }
}
