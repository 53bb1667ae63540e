//! Canned roles.

use hatrack_core::catalogue::{Needs, Role, RoleKind};
use hatrack_core::name::RoleId;

/// The organisation that has many of them.
pub(crate) const START_URL: &str = "https://acme.awsapps.com/start";

pub(crate) fn role(name: &str, account: (&str, &str), role_name: &str, region: &str, tags: &[&str]) -> Role {
    Role {
        id: RoleId::of_profile(name),
        name: name.to_owned(),
        account_id: account.0.to_owned(),
        account_name: account.1.to_owned(),
        role_name: role_name.to_owned(),
        kind: RoleKind::AssumeRole,
        source: "~/.aws/config".to_owned(),
        region: Some(region.to_owned()),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        needs: Some(Needs::Mfa),
        ..Role::default()
    }
}

/// Three roles, one each of production, staging and taken.
pub(crate) fn three() -> Vec<Role> {
    vec![
        role(
            "acme-prod-admin",
            ("111122223333", "Acme Production"),
            "Administrator",
            "eu-west-1",
            &["production"],
        ),
        role("acme-staging", ("444455556666", "Acme Staging"), "Developer", "eu-west-1", &[]),
        role("billing", ("777788889999", "777788889999"), "BillingReader", "us-east-1", &["taken"]),
    ]
}

/// As many roles of an organisation as wanted, five in each account.
pub(crate) fn many(count: usize) -> Vec<Role> {
    let names = ["AdministratorAccess", "Deploy", "ReadOnlyAccess", "Billing", "Support"];
    let one = |index: usize| {
        let (account, name) = (index / names.len(), names[index % names.len()]);
        let id = format!("{:012}", 100_000_000_003_u64 + account as u64 * 7_919_003);
        let production = account.is_multiple_of(4);
        let place = if production { "prod" } else { ["dev", "staging", "test"][account % 3] };
        let label = if production { "production" } else { "eu" };
        let account_name = format!("Team {account:03} {place}");
        Role {
            id: RoleId::of_identity_center(START_URL, &id, name),
            kind: RoleKind::IdentityCenter,
            source: "acme".to_owned(),
            organisation: Some("acme".to_owned()),
            email: Some(format!("aws+team{account:03}@acme.example")),
            profiles: index
                .is_multiple_of(7)
                .then(|| format!("team{account:03}-{name}"))
                .into_iter()
                .collect(),
            needs: Some(Needs::Browser),
            ..role(&format!("{account_name}/{name}"), (&id, &account_name), name, "eu-central-1", &[label])
        }
    };
    (0..count).map(one).collect()
}

/// Names that are long, hostile, or read from right to left.
pub(crate) fn long() -> Vec<Role> {
    let account = "Enterprise Platform Engineering Shared Services Production 1";
    let name = "enterprise-platform-engineering-shared-services-administrator";
    let mut roles = three();
    roles.insert(
        0,
        role(name, ("222233334444", account), name, "ap-southeast-2", &["production", "platform"]),
    );
    roles.push(role("x", ("999900001111", "Ops"), "Ops", "eu-west-1", &[]));
    roles.push(role("مدير-الإنتاج", ("333344445555", "شركة المثال"), "Admin", "me-south-1", &["production"]));
    let hostile = "evil\u{202e}gnp.exe <img src=x onerror=alert(1)>\u{7}";
    roles.push(role(hostile, ("666677778888", "<b>Bold</b> & Co"), hostile, "eu-west-1", &["<i>"]));
    let endless = "Endless ".repeat(38);
    roles.push(role(&endless, ("101010101010", &endless), &endless, "eu-west-1", &[&endless]));
    roles
}
