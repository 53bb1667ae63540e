//! The world of the demo: one company, one user, one virtual MFA device, some twenty roles.
//!
//! One table says what the world holds and what the throw-away home's profiles say, so that the two
//! can't differ. The keys and the seed are fixed, and worthless: they open this sandbox only.

use crate::ids;
use crate::world::{Account, Role, User, World};
use crate::{demo_portal, demo_ways};

/// The virtual MFA device of the demo's user.
pub const DEMO_MFA_SERIAL: &str = "arn:aws:iam::111122223333:mfa/demo";

/// The profile, and the user, that every role of the demo starts from.
pub(crate) const DEMO_USER: &str = "demo";

/// The secret of the demo's user.
pub(crate) const DEMO_SECRET: &str = "hatrack/Demo/NotARealSecret/EXAMPLEKEY00";

const DEMO_SEED: &str = "JBSWY3DPEHPK3PXPHATRACKDEMO23456";
const IDENTITY: &str = "111122223333";

/// The demo's accounts: id and name.
pub(crate) const DEMO_ACCOUNTS: [(&str, &str); 8] = [
    (IDENTITY, "Acme Identity"),
    ("222233334444", "Acme Development"),
    ("333344445555", "Acme Staging"),
    ("444455556666", "Acme Production"),
    ("555566667777", "Acme Security"),
    ("666677778888", "Acme Data"),
    ("777788889999", "Acme Playground"),
    ("888899990000", "Globex (partner)"),
];

/// One role of the demo, and the profile that describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoProfile {
    /// The profile's name in the config file.
    pub profile: &'static str,
    /// The role's account.
    pub account_id: &'static str,
    /// The role's path, with a slash at both ends.
    pub role_path: &'static str,
    /// The role's name.
    pub role_name: &'static str,
    /// `source_profile`: `demo`, or the profile of the role before it in the chain.
    pub source_profile: &'static str,
    /// Whether this step of the chain needs the device's code.
    pub mfa: bool,
    /// `external_id`.
    pub external_id: Option<&'static str>,
    /// `duration_seconds`.
    pub duration_seconds: Option<u32>,
    /// The longest session that the role allows.
    pub max_session_duration: u32,
    /// `region`.
    pub region: &'static str,
    /// Whether the role's trust leaves the demo's user out, so that the call is refused.
    pub refused: bool,
}

impl DemoProfile {
    /// The role's ARN.
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role{}{}", self.account_id, self.role_path, self.role_name)
    }

    const fn new(profile: &'static str, account_id: &'static str, role_name: &'static str) -> Self {
        Self {
            profile,
            account_id,
            role_path: "/",
            role_name,
            source_profile: DEMO_USER,
            mfa: false,
            external_id: None,
            duration_seconds: None,
            max_session_duration: 3600,
            region: "eu-central-1",
            refused: false,
        }
    }

    const fn mfa(self) -> Self {
        Self { mfa: true, ..self }
    }

    const fn from(self, source_profile: &'static str) -> Self {
        Self { source_profile, ..self }
    }

    const fn path(self, role_path: &'static str) -> Self {
        Self { role_path, ..self }
    }

    const fn region(self, region: &'static str) -> Self {
        Self { region, ..self }
    }

    const fn external_id(self, id: &'static str) -> Self {
        Self { external_id: Some(id), ..self }
    }

    /// What the role allows, and what the profile asks for.
    const fn hours(self, max: u32, asked: Option<u32>) -> Self {
        Self { max_session_duration: max, duration_seconds: asked, ..self }
    }

    const fn refused(self) -> Self {
        Self { refused: true, ..self }
    }
}

/// The demo's roles, in the order in which the config file has them.
pub const DEMO_PROFILES: [DemoProfile; 22] = [
    DemoProfile::new("identity-readonly", IDENTITY, "ReadOnly"),
    DemoProfile::new("identity-admin", IDENTITY, "IdentityAdmin").mfa(),
    DemoProfile::new("jump", IDENTITY, "Jump").mfa(),
    DemoProfile::new("development-developer", "222233334444", "Developer").hours(28_800, Some(28_800)),
    DemoProfile::new("development-admin", "222233334444", "Admin").mfa(),
    DemoProfile::new("development-debug", "222233334444", "Debug").from("jump"),
    DemoProfile::new("staging-developer", "333344445555", "Developer").mfa(),
    DemoProfile::new("staging-admin", "333344445555", "Admin").mfa().hours(14_400, Some(7200)),
    DemoProfile::new("staging-deployer", "333344445555", "Deployer").from("jump").path("/ci/"),
    DemoProfile::new("production-readonly", "444455556666", "ReadOnly").mfa(),
    DemoProfile::new("production-oncall", "444455556666", "OnCall").mfa().hours(43_200, Some(43_200)),
    DemoProfile::new("production-admin", "444455556666", "Admin").mfa().hours(3600, Some(900)),
    DemoProfile::new("production-deployer", "444455556666", "Deployer").from("staging-deployer").path("/ci/"),
    DemoProfile::new("security-auditor", "555566667777", "SecurityAudit").mfa().hours(43_200, None),
    DemoProfile::new("security-breakglass", "555566667777", "BreakGlass").mfa().refused(),
    DemoProfile::new("data-analyst", "666677778888", "Analyst").region("us-east-1"),
    DemoProfile::new("data-engineer", "666677778888", "DataEngineer").from("jump").region("us-east-1"),
    DemoProfile::new("data-steward", "666677778888", "Steward")
        .mfa()
        .path("/governance/")
        .region("us-east-1"),
    DemoProfile::new("playground", "777788889999", "Playground").hours(43_200, None).region("eu-west-1"),
    DemoProfile::new("playground-admin", "777788889999", "Admin").mfa().region("eu-west-1"),
    DemoProfile::new("globex-support", "888899990000", "AcmeSupport")
        .external_id("acme-7f3e21")
        .region("us-west-2"),
    DemoProfile::new("globex-audit", "888899990000", "AcmeAudit")
        .mfa()
        .external_id("acme-7f3e21")
        .region("us-west-2"),
];

impl World {
    /// The world of the demo.
    pub fn demo() -> Self {
        let accounts = DEMO_ACCOUNTS.iter().map(|(id, name)| {
            let roles = DEMO_PROFILES.iter().filter(|profile| profile.account_id == *id).map(role);
            let account = roles.fold(Account::new(*id, *name), Account::role);
            match *id {
                IDENTITY => account.user(user()),
                demo_ways::ACCOUNT => demo_ways::with_roles(account, &user_arn()),
                _ => account,
            }
        });
        let oidc_providers = demo_ways::provider().into_iter().collect();
        let organisations = vec![demo_portal::organisation()];
        Self { accounts: accounts.collect(), organisations, oidc_providers, ..Self::default() }
    }
}

/// The access key id of the demo's user.
pub(crate) fn demo_access_key_id() -> String {
    ids::access_key_id("AKIA", IDENTITY, *b"hatrack")
}

fn user_arn() -> String {
    format!("arn:aws:iam::{IDENTITY}:user/{DEMO_USER}")
}

fn user() -> User {
    User::new(DEMO_USER).access_key(demo_access_key_id(), DEMO_SECRET).mfa_device(DEMO_MFA_SERIAL, DEMO_SEED)
}

fn role(profile: &DemoProfile) -> Role {
    let source = DEMO_PROFILES.iter().find(|source| source.profile == profile.source_profile);
    let principal = match source {
        _ if profile.refused => format!("arn:aws:iam::{}:root", profile.account_id),
        Some(source) => source.role_arn(),
        None => user_arn(),
    };
    let role = Role::new(profile.role_name)
        .path(profile.role_path)
        .max_session_duration(profile.max_session_duration)
        .trusts(principal);
    let role = if profile.mfa { role.with_mfa() } else { role };
    match profile.external_id {
        Some(id) => role.external_id(id),
        None => role,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_has_keys_that_look_like_keys() {
        assert_eq!(demo_access_key_id().len(), 20);
        assert_eq!(DEMO_SECRET.len(), 40);
        assert!(World::demo().mfa_device(DEMO_MFA_SERIAL).is_some());
    }

    #[test]
    fn every_source_profile_comes_before_what_it_is_the_source_of() {
        for (at, profile) in DEMO_PROFILES.iter().enumerate() {
            let known = DEMO_PROFILES[..at].iter().any(|source| source.profile == profile.source_profile);
            assert!(known || profile.source_profile == DEMO_USER, "{profile:?}");
        }
    }
}
