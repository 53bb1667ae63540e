//! The roles, providers and places of a walk.

use hatrack_core::arn::RoleArn;
use hatrack_core::catalogue::{Role, RoleKind};
use hatrack_core::chain::{Chain, Ending, Hop, Origin, Provider, SessionOptions, TokenSource};
use hatrack_core::code_source::CodeSource;
use hatrack_core::identity_center::Portal;
use hatrack_core::name::{OutputProfile, RoleId};
use hatrack_core::settings::Settings;

pub(crate) const FILE: &str = "/home/ann/.aws/credentials";
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const ROLES: usize = 15;
/// The organisation's portal.
pub(crate) const PORTAL: &str = "acme";
/// The role that ends with the root user of an account.
pub(crate) const ROOT: usize = 9;
/// The roles of which more than an hour can't be had, whatever AWS says.
pub(crate) const SHORT: [usize; 5] = [5, 7, 8, ROOT, 14];

pub(crate) fn role(index: usize) -> (Role, Chain) {
    let name = format!("role-{index}");
    let hop = |name: &str, mfa: Option<&str>, seconds: Option<u32>| Hop {
        mfa_serial: mfa.map(str::to_owned),
        duration_seconds: seconds,
        ..Hop::bare(name, RoleArn::parse(&format!("arn:aws:iam::{ACCOUNT}:role/{name}")).unwrap())
    };
    let keys = Origin::Vault { name: "base".to_owned() };
    let oidc = Origin::WebIdentity {
        profile: name.clone(),
        token: TokenSource::Provider(provider(0).name().to_owned()),
    };
    let saml = Origin::Saml { provider: provider(1).name().to_owned(), principal_arn: None };
    let portal = Portal {
        session: Some(PORTAL.to_owned()),
        start_url: "https://acme.example/start".to_owned(),
        region: "eu-west-1".to_owned(),
        scopes: Vec::new(),
    };
    let assigned = Chain::of_portal(portal, ACCOUNT, &name).origin;
    let (origin, hops, ending) = match index {
        0 => (keys, vec![hop("role-0", None, None)], Ending::AsItIs),
        1 => (keys, vec![hop("role-1", Some("device-a"), None)], Ending::AsItIs),
        2 => (keys, vec![hop("role-2", Some("device-a"), Some(900))], Ending::AsItIs),
        3 => (keys, vec![hop("role-3", Some("device-a"), Some(43_200))], Ending::AsItIs),
        4 => (keys, vec![hop("role-4", Some("device-b"), None)], Ending::AsItIs),
        5 => {
            let hops = vec![hop("jump", Some("device-b"), Some(7200)), hop("role-5", None, None)];
            (keys, hops, Ending::AsItIs)
        }
        6 => (oidc, vec![hop("role-6", None, Some(7200))], Ending::AsItIs),
        7 => (saml, vec![hop("guest", None, None), hop("role-7", None, None)], Ending::AsItIs),
        8 => (oidc, vec![hop("guest", None, None), hop("role-8", Some("device-a"), None)], Ending::AsItIs),
        ROOT => {
            let task_policy = "IAMAuditRootUserCredentials".to_owned();
            let ending = Ending::Root { account_id: ACCOUNT.to_owned(), task_policy };
            (keys, vec![hop("keeper", Some("device-b"), None)], ending)
        }
        10 => {
            let mfa_serial = Some("device-c".to_owned());
            (keys, vec![], Ending::SessionToken { mfa_serial, mfa_process: None, duration_seconds: None })
        }
        11 => {
            let session = SessionOptions::default();
            let name = "guest".to_owned();
            (keys, vec![], Ending::FederationToken { name, session, duration_seconds: Some(900) })
        }
        13 => (assigned, Vec::new(), Ending::AsItIs),
        14 => (assigned, vec![hop("role-14", None, None)], Ending::AsItIs),
        _ => (keys, vec![hop("role-12", None, Some(43_200))], Ending::AsItIs),
    };
    let role = Role {
        id: RoleId::of_profile(&name),
        name,
        account_id: ACCOUNT.to_owned(),
        account_name: ACCOUNT.to_owned(),
        role_name: "r".to_owned(),
        kind: RoleKind::AssumeRole,
        source: "config".to_owned(),
        ..Role::default()
    };
    (role, Chain { origin, hops, ending })
}

pub(crate) fn provider(index: usize) -> Provider {
    match index {
        0 => Provider::Oidc("work".to_owned()),
        1 => Provider::Saml("idp".to_owned()),
        _ => Provider::IdentityCenter(PORTAL.to_owned()),
    }
}

/// Sections of the file; the last place is the agent's memory.
pub(crate) fn place_at(index: usize) -> Option<OutputProfile> {
    (index < 3).then(|| OutputProfile::parse(&format!("out-{index}")).unwrap())
}

/// The codes of one device come from the vault.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.code_sources.insert("device-c".to_owned(), CodeSource::Vault);
    settings
}
