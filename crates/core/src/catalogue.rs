//! Everything that can be activated, from whatever source, in one list.
//!
//! An organisation may assign a hundred thousand roles, so that the list holds them as positions in
//! what was discovered; a [`Role`] is made of one when somebody looks at it. Faces never get the
//! whole: an [`Outline`], and pages on request.

mod find;
mod of_profiles;
mod outline;
mod whole;

pub use of_profiles::Sources;
pub use outline::{Outline, OutlineAccount, Page};
pub use whole::{Catalogue, Fields};

use crate::name::RoleId;
use crate::rules::Colour;
use serde::{Deserialize, Serialize};

/// One role that can be activated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Role {
    /// The role's identity.
    pub id: RoleId,
    /// What people call it: the profile's name, for a role from a profile; `ACCOUNT/ROLE`, for one
    /// of Identity Center that no profile describes.
    pub name: String,
    /// The account's id.
    pub account_id: String,
    /// The account's name, where one is known, else its id.
    pub account_name: String,
    /// The role's name in IAM.
    pub role_name: String,
    /// How its credentials are made.
    pub kind: RoleKind,
    /// Where it is described, `~/.aws/config` for instance.
    pub source: String,
    /// The region that goes with it.
    pub region: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The colour that a rule gives it.
    pub colour: Option<Colour>,
    /// The organisation's portal, for a role of Identity Center.
    pub organisation: Option<String>,
    /// The address of the account's root user, where the portal tells it.
    pub email: Option<String>,
    /// The profiles of the shared config that describe it, for a role of Identity Center.
    pub profiles: Vec<String>,
    /// What activation needs from a person.
    pub needs: Option<Needs>,
}

/// How a role's credentials are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum RoleKind {
    /// AssumeRole, through any number of hops.
    #[default]
    AssumeRole,
    /// AssumeRoleWithWebIdentity.
    WebIdentity,
    /// AssumeRoleWithSAML.
    Saml,
    /// GetSessionToken: a user's own session.
    SessionToken,
    /// GetFederationToken: a user's own session, limited by a policy.
    FederationToken,
    /// AssumeRoot: the root user of a member account, for one task.
    AssumeRoot,
    /// What `aws login` keeps.
    Login,
    /// GetRoleCredentials: a role of IAM Identity Center.
    IdentityCenter,
}

/// What activation needs from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// A code of an MFA device.
    Mfa,
    /// A sign-in in the browser.
    Browser,
}

impl Role {
    /// A role that was delivered once and that nothing describes any more.
    pub fn unlisted(id: &RoleId) -> Self {
        let of_portal = id.identity_center();
        let name = of_portal.map(|(_, _, role_name)| role_name).or(id.profile()).unwrap_or(&id.0);
        let name = crate::name::shown(name);
        let account_id = of_portal.map_or("", |(_, account_id, _)| account_id);
        Self {
            id: id.clone(),
            account_id: account_id.to_owned(),
            role_name: name.clone(),
            name,
            kind: if of_portal.is_some() { RoleKind::IdentityCenter } else { RoleKind::AssumeRole },
            ..Self::default()
        }
    }

    /// What tells it apart among the roles of its account.
    pub fn name_in_account(&self) -> &str {
        match self.kind {
            RoleKind::IdentityCenter if self.profiles.is_empty() => &self.role_name,
            RoleKind::IdentityCenter
            | RoleKind::AssumeRole
            | RoleKind::WebIdentity
            | RoleKind::Saml
            | RoleKind::SessionToken
            | RoleKind::FederationToken
            | RoleKind::AssumeRoot
            | RoleKind::Login => &self.name,
        }
    }

    /// Whether the role is marked as production: by the tag of that name.
    pub fn is_production(&self) -> bool {
        self.tags.iter().any(|tag| tag == "production")
    }
}
