//! What somebody is refused although a role's trust would let him, and what AWS says it was.

use serde::Deserialize;

/// One refusal that stands before everything else.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Denial {
    /// An action, `sts:AssumeRole`; or the ARN of a role, which stands for assuming it.
    pub what: String,
    /// What refuses it, as far as AWS tells.
    pub by: DeniedBy,
}

/// What refuses something, as AWS's messages tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedBy {
    /// AWS doesn't say for AssumeRole; for everything else it is a policy of the caller's own.
    #[default]
    Unsaid,
    /// An explicit deny in a policy of the caller's own.
    IdentityPolicy,
    /// An explicit deny in a service control policy of the organization.
    ServiceControlPolicy,
    /// An explicit deny in a resource control policy of the organization.
    ResourceControlPolicy,
    /// An explicit deny in the caller's permissions boundary.
    PermissionsBoundary,
    /// An explicit deny in the policy of the session that calls.
    SessionPolicy,
    /// An explicit deny in the role's trust policy.
    ResourcePolicy,
    /// No policy of the caller's own allows it.
    NoIdentityPolicy,
    /// The caller's permissions boundary doesn't allow it.
    NoPermissionsBoundary,
    /// No service control policy of the organization allows it.
    NoServiceControlPolicy,
}

/// A denial as a world in JSON writes it: what alone, or with what refuses it.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    What(String),
    By { what: String, by: DeniedBy },
}

impl From<Written> for Denial {
    fn from(written: Written) -> Self {
        match written {
            Written::What(what) => Self { what, by: DeniedBy::Unsaid },
            Written::By { what, by } => Self { what, by },
        }
    }
}

impl DeniedBy {
    /// What AWS's message says after "is not authorized to perform: … on resource: …".
    pub(crate) fn words(self, action: &str) -> String {
        let explicit = |policy: &str| format!(" with an explicit deny in {policy}");
        let missing = |policy: &str| format!(" because no {policy} allows the {action} action");
        match self {
            Self::Unsaid => String::new(),
            Self::IdentityPolicy => explicit("an identity-based policy"),
            Self::ServiceControlPolicy => explicit("a service control policy"),
            Self::ResourceControlPolicy => explicit("a resource control policy"),
            Self::PermissionsBoundary => explicit("a permissions boundary"),
            Self::SessionPolicy => explicit("a session policy"),
            Self::ResourcePolicy => explicit("a resource-based policy"),
            Self::NoIdentityPolicy => missing("identity-based policy"),
            Self::NoPermissionsBoundary => missing("permissions boundary"),
            Self::NoServiceControlPolicy => missing("service control policy"),
        }
    }

    /// Whether a statement says no, rather than none saying yes.
    pub(crate) fn is_explicit(self) -> bool {
        match self {
            Self::IdentityPolicy
            | Self::ServiceControlPolicy
            | Self::ResourceControlPolicy
            | Self::PermissionsBoundary
            | Self::SessionPolicy
            | Self::ResourcePolicy => true,
            Self::Unsaid
            | Self::NoIdentityPolicy
            | Self::NoPermissionsBoundary
            | Self::NoServiceControlPolicy => false,
        }
    }
}
