//! Which kind each way to credentials is listed as, and what it needs.

use super::*;

const DEVICE: &str = "arn:aws:iam::222222222222:mfa/ada";

fn listed(
    config: &str,
    keys: BTreeMap<String, KeyFacts>,
    saml: &BTreeMap<String, Vec<SamlRole>>,
) -> Catalogue {
    let own = "[oidc work]\nissuer = https://id\n[saml idp]\nsign_in_url = https://idp\n[profile own]\nrole_arn = arn:aws:iam::111111111111:role/Own\ncredential_source = Environment\n";
    let profiles = Profiles::read(Some(File { path: "config", bytes: config.as_bytes() }), None)
        .with_own(File { path: "roles", bytes: own.as_bytes() })
        .with_vault_keys(keys);
    let (catalogue, problems) = Catalogue::of(&Sources {
        profiles: &profiles,
        settings: &Settings::default(),
        saml_roles: saml,
        directories: &[],
        source: "~/.aws/config",
    });
    assert_eq!(problems, []);
    catalogue
}

fn key(account_id: Option<&str>, mfa_serial: Option<&str>) -> KeyFacts {
    KeyFacts {
        account_id: account_id.map(str::to_owned),
        mfa_serial: mfa_serial.map(str::to_owned),
        ..KeyFacts::default()
    }
}

#[test]
fn every_way_has_its_kind_and_tells_what_it_needs() {
    use RoleKind::{AssumeRole, AssumeRoot, FederationToken, Login, Saml, SessionToken, WebIdentity};
    let arn = "role_arn = arn:aws:iam::111111111111:role/R\n";
    let root = "root_account_id = 111111111111\nroot_task_policy = IAMAuditRootUserCredentials\n";
    let keys = "aws_access_key_id = k\naws_secret_access_key = s\n";
    let code = format!("mfa_serial = {DEVICE}\n");
    let (mfa, browser) = (Some(Needs::Mfa), Some(Needs::Browser));
    for (settings, expected) in [
        (format!("{arn}source_profile = base\n"), Some((AssumeRole, None))),
        (format!("{arn}source_profile = base\n{code}"), Some((AssumeRole, mfa))),
        (format!("{arn}web_identity_token_file = t\n"), Some((WebIdentity, None))),
        (format!("{arn}web_identity_token_process = t\n"), Some((WebIdentity, None))),
        (format!("{arn}oidc = work\n"), Some((WebIdentity, browser))),
        (format!("{arn}saml = idp\n"), Some((Saml, browser))),
        (format!("{root}source_profile = base\n"), Some((AssumeRoot, None))),
        (format!("{root}{arn}source_profile = base\n"), Some((AssumeRoot, None))),
        (
            format!("{root}source_profile = guest\n[profile guest]\n{arn}saml = idp\n"),
            Some((AssumeRoot, browser)),
        ),
        ("federation_name = guest\nsource_profile = base\n".to_owned(), Some((FederationToken, None))),
        (format!("{keys}{code}"), Some((SessionToken, mfa))),
        (keys.to_owned(), None),
        (format!("{keys}{code}aws_session_token = t\n"), None),
        (format!("{keys}{code}credential_process = c\n"), None),
        ("login_session = l\n".to_owned(), Some((Login, None))),
        ("credential_process = c\n".to_owned(), None),
        ("region = eu-west-1\n".to_owned(), None),
    ] {
        let vault = BTreeMap::from([("base".to_owned(), key(None, None))]);
        let catalogue = listed(&format!("[profile a]\n{settings}"), vault, &BTreeMap::new());
        let role = catalogue.get(&RoleId::of_profile("a"));
        assert_eq!(role.map(|role| (role.kind, role.needs)), expected, "{settings}");
    }
}

#[test]
fn a_key_of_the_vault_is_a_user_s_session_with_a_profile_and_without() {
    let vault = BTreeMap::from([
        ("alone".to_owned(), key(Some("333333333333"), Some("GAHT12345678"))),
        ("described".to_owned(), key(None, None)),
        ("of-a-command".to_owned(), key(None, None)),
        ("evil\u{202e}".to_owned(), key(None, None)),
    ]);
    let config = format!(
        "[profile described]\nmfa_serial = {DEVICE}\nregion = eu-west-1\n[profile of-a-command]\ncredential_process = c\n"
    );
    let catalogue = listed(&config, vault, &BTreeMap::new());
    let role = |name: &str| catalogue.get(&RoleId::of_profile(name));
    let alone = role("alone").unwrap();
    assert_eq!((alone.kind, alone.needs), (RoleKind::SessionToken, Some(Needs::Mfa)));
    assert_eq!((alone.account_id.as_str(), alone.source.as_str()), ("333333333333", "vault"));
    let described = role("described").unwrap();
    assert_eq!((described.kind, described.needs), (RoleKind::SessionToken, Some(Needs::Mfa)));
    assert_eq!(described.account_id, "222222222222", "the device's ARN names it");
    assert_eq!(role("of-a-command"), None, "a command of its own comes first");
    assert_eq!(role("evil\u{202e}").unwrap().name, "evil\\u{202e}");
}

#[test]
fn the_roles_of_an_assertion_are_listed_by_ids_that_lead_back() {
    let offered =
        ["arn:aws:iam::111111111111:role/Admin", "arn:aws:iam::111111111111:role/x\u{202e}y", "junk"];
    let role = |arn: &str| SamlRole {
        role_arn: arn.to_owned(),
        principal_arn: "arn:aws:iam::111111111111:saml-provider/idp".to_owned(),
    };
    let saml = BTreeMap::from([("idp".to_owned(), offered.map(role).to_vec())]);
    let catalogue = listed("", BTreeMap::new(), &saml);
    let found: Vec<_> = catalogue.iter().filter(|role| role.source == "idp").collect();
    assert_eq!(found.len(), 2, "what isn't a role is passed over");
    for (role, arn) in found.iter().zip(offered) {
        assert_eq!(role.id.assertion(), Some(("idp", arn)));
        assert_eq!((role.kind, role.needs), (RoleKind::Saml, Some(Needs::Browser)));
    }
    assert_eq!(found[0].name, "111111111111 Admin");
    assert_eq!(found[1].name, "111111111111 x\\u{202e}y");
}

#[test]
fn a_role_tells_whose_file_describes_it() {
    let config = role("shared", 1, "R", "");
    let catalogue = listed(&config, BTreeMap::new(), &BTreeMap::new());
    let source = |name: &str| catalogue.get(&RoleId::of_profile(name)).unwrap().source;
    assert_eq!((source("shared"), source("own")), ("~/.aws/config".to_owned(), "roles".to_owned()));
}
