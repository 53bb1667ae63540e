//! Roles, and who may assume them.

use super::denial::{Denial, DeniedBy};
use super::provider::WebIdentityTrust;
use serde::Deserialize;

/// One role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role's name, without its path.
    pub name: String,
    /// The path, with a slash at both ends.
    #[serde(default = "path")]
    pub path: String,
    /// The longest session in seconds, 3,600 to 43,200.
    #[serde(default = "max_session_duration")]
    pub max_session_duration: u32,
    /// Who may assume it, and how.
    #[serde(default)]
    pub trust: Trust,
    /// What sessions of this role are refused, whatever the trust there says.
    #[serde(default)]
    pub denied: Vec<Denial>,
    /// Whether AssumeRoot is allowed, for any account of the world.
    #[serde(default)]
    pub assume_root: bool,
}

/// Who may assume a role, and how.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// ARNs of users, roles, role sessions or account roots, account ids, or `*`; nobody if empty.
    #[serde(default)]
    pub principals: Vec<String>,
    /// Whether `aws:MultiFactorAuthPresent` must be true.
    #[serde(default)]
    pub mfa: bool,
    /// What `sts:ExternalId` must be.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Whether `sts:TagSession` is allowed: sessions with tags, inherited ones too, need it.
    #[serde(default)]
    pub tag_session: bool,
    /// Whether `sts:SetSourceIdentity` is allowed: sessions with a source identity, an inherited one too, need it.
    #[serde(default)]
    pub set_source_identity: bool,
    /// The outside identities that may assume it with a token.
    #[serde(default)]
    pub web_identity: Vec<WebIdentityTrust>,
    /// The ARNs of the SAML providers whose assertions may open it.
    #[serde(default)]
    pub saml: Vec<String>,
}

fn path() -> String {
    "/".to_owned()
}

fn max_session_duration() -> u32 {
    3600
}

impl Role {
    /// A role that nobody may assume, for at most one hour.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: path(),
            max_session_duration: max_session_duration(),
            trust: Trust::default(),
            denied: Vec::new(),
            assume_root: false,
        }
    }

    /// The same role under another path, with a slash at both ends.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same role, trusting one more principal: see [`Trust::principals`].
    #[must_use]
    pub fn trusts(mut self, principal: impl Into<String>) -> Self {
        self.trust.principals.push(principal.into());
        self
    }

    /// The same role, asking for MFA.
    #[must_use]
    pub fn with_mfa(mut self) -> Self {
        self.trust.mfa = true;
        self
    }

    /// The same role, asking for this external id.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.trust.external_id = Some(id.into());
        self
    }

    /// The same role, its sessions allowed to have tags.
    #[must_use]
    pub fn with_tags(mut self) -> Self {
        self.trust.tag_session = true;
        self
    }

    /// The same role, its sessions allowed to have a source identity.
    #[must_use]
    pub fn with_source_identity(mut self) -> Self {
        self.trust.set_source_identity = true;
        self
    }

    /// The same role, trusting this audience's tokens of this issuer about this subject.
    #[must_use]
    pub fn trusts_web_identity(
        mut self,
        issuer: impl Into<String>,
        audience: impl Into<String>,
        subject: impl Into<String>,
    ) -> Self {
        self.trust.web_identity.push(WebIdentityTrust {
            issuer: issuer.into(),
            audience: Some(audience.into()),
            subject: Some(subject.into()),
        });
        self
    }

    /// The same role, trusting the SAML provider with this ARN.
    #[must_use]
    pub fn trusts_saml(mut self, provider_arn: impl Into<String>) -> Self {
        self.trust.saml.push(provider_arn.into());
        self
    }

    /// The same role with sessions of up to so many seconds.
    #[must_use]
    pub fn max_session_duration(mut self, seconds: u32) -> Self {
        self.max_session_duration = seconds;
        self
    }

    /// The same role, its sessions allowed to call AssumeRoot.
    #[must_use]
    pub fn with_assume_root(mut self) -> Self {
        self.assume_root = true;
        self
    }

    /// The same role, its sessions refused this action or the role with this ARN.
    #[must_use]
    pub fn denied(self, what: impl Into<String>) -> Self {
        self.denied_by(what, DeniedBy::Unsaid)
    }

    /// The same role, its sessions refused this action or the role with this ARN by a policy of this kind.
    #[must_use]
    pub fn denied_by(mut self, what: impl Into<String>, by: DeniedBy) -> Self {
        self.denied.push(Denial { what: what.into(), by });
        self
    }
}
