//! Everything that can be activated, from whatever source, in one list.

mod find;
mod of_profiles;

use crate::name::RoleId;
use serde::{Deserialize, Serialize};

/// The roles that can be activated, ordered by account and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Catalogue {
    /// The roles.
    pub roles: Vec<Role>,
}

/// One role that can be activated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Role {
    /// The role's identity.
    pub id: RoleId,
    /// What people call it: the profile's name, for a role from a profile.
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
    /// What activation needs from a person.
    pub needs: Option<Needs>,
}

/// How a role's credentials are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum RoleKind {
    /// AssumeRole, through any number of hops.
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

impl Catalogue {
    /// The role with this identity.
    pub fn get(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == *id)
    }
}

impl Role {
    /// A role that was delivered once and that nothing describes any more.
    pub fn unlisted(id: &RoleId) -> Self {
        let name = crate::name::shown(id.profile().unwrap_or(&id.0));
        Self {
            id: id.clone(),
            account_id: String::new(),
            account_name: String::new(),
            role_name: name.clone(),
            name,
            kind: RoleKind::AssumeRole,
            source: String::new(),
            region: None,
            tags: Vec::new(),
            needs: None,
        }
    }

    /// Whether the role is marked as production: by the tag of that name.
    pub fn is_production(&self) -> bool {
        self.tags.iter().any(|tag| tag == "production")
    }
}
