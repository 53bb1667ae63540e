use super::*;
use crate::failure::FailureCode;
use crate::profile::File;

mod kinds;

fn catalogue(config: &str, settings: &Settings) -> (Catalogue, Vec<Problem>) {
    let config = File { path: "config", bytes: config.as_bytes() };
    let profiles = Profiles::read(Some(config), None);
    Catalogue::of_profiles(&profiles, settings, &BTreeMap::new(), "~/.aws/config")
}

fn role(name: &str, account: u8, role: &str, more: &str) -> String {
    format!(
        "[profile {name}]\nrole_arn = arn:aws:iam::11111111111{account}:role/{role}\ncredential_source = Environment\n{more}"
    )
}

fn names(catalogue: &Catalogue) -> Vec<(&str, &str)> {
    catalogue.roles.iter().map(|role| (role.account_name.as_str(), role.name.as_str())).collect()
}

#[test]
fn roles_stand_by_account_and_name_with_what_is_known_of_them() {
    let config = [
        role("zeta-read", 1, "Read", ""),
        role(
            "Zeta-admin",
            2,
            "path/Admin",
            "region = eu-west-1\nmfa_serial = GAHT12345678\ntags = a, b ,,c\n",
        ),
        role("x", 3, "X", ""),
        "[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n".to_owned(),
    ]
    .concat();
    let (catalogue, problems) = catalogue(&config, &Settings::default());
    assert_eq!(problems, []);
    assert_eq!(names(&catalogue), [("111111111113", "x"), ("zeta", "zeta-read"), ("Zeta", "Zeta-admin")]);
    assert_eq!(
        catalogue.roles[2],
        Role {
            id: RoleId("profile:Zeta-admin".into()),
            name: "Zeta-admin".into(),
            account_id: "111111111112".into(),
            account_name: "Zeta".into(),
            role_name: "Admin".into(),
            kind: RoleKind::AssumeRole,
            source: "~/.aws/config".into(),
            region: Some("eu-west-1".into()),
            tags: vec!["a".into(), "b".into(), "c".into()],
            needs: Some(Needs::Mfa),
        }
    );
}

#[test]
fn a_given_account_name_counts_above_an_inferred_one() {
    let mut settings = Settings::default();
    settings.account_names.insert("111111111111".into(), "Production".into());
    let (catalogue, _) = catalogue(&role("zeta-read", 1, "Read", ""), &settings);
    assert_eq!(names(&catalogue), [("Production", "zeta-read")]);
}

#[test]
fn mfa_of_any_hop_is_a_need() {
    let config = role("b", 1, "B", "mfa_serial = GAHT12345678\n")
        + &role("a", 1, "A", "").replace("credential_source = Environment", "source_profile = b");
    let (catalogue, _) = catalogue(&config, &Settings::default());
    assert!(catalogue.roles.iter().all(|role| role.needs == Some(Needs::Mfa)));
    assert_eq!(catalogue.roles.len(), 2);
}

#[test]
fn a_broken_chain_is_told_and_hides_no_other_role() {
    let config = role("good", 1, "G", "")
        + &role("gap", 1, "A", "").replace("credential_source = Environment", "source_profile = nope")
        + &role("short", 1, "B", "duration_seconds = 1\n");
    let (catalogue, problems) = catalogue(&config, &Settings::default());
    assert_eq!(names(&catalogue).len(), 1);
    let told: Vec<_> = problems.iter().map(|p| (p.file.as_str(), p.line, p.profile.as_deref())).collect();
    assert_eq!(told, [("config", Some(5), Some("gap")), ("config", Some(8), Some("short"))]);
    assert!(problems[0].message.contains("\"nope\""), "{}", problems[0].message);
}

#[test]
fn an_identity_center_role_is_left_out_without_a_word() {
    let config = role("sso", 1, "A", "").replace("credential_source = Environment", "source_profile = base")
        + "[profile base]\nsso_account_id = 1\nsso_role_name = R\nsso_start_url = u\nsso_region = x\n";
    let (catalogue, problems) = catalogue(&config, &Settings::default());
    assert_eq!((catalogue.roles.len(), problems.len()), (0, 0));
}

#[test]
fn hostile_names_are_shown_escaped_and_found_exactly() {
    let config = role("\"a\u{202E}b c\"", 1, "R", "tags = \u{202E}x\n") + &role("html<b>", 1, "R", "");
    let (catalogue, _) = catalogue(&config, &Settings::default());
    assert_eq!(catalogue.roles[0].name, "a\\u{202e}b c");
    assert_eq!(catalogue.roles[0].tags, ["\\u{202e}x"]);
    assert_eq!(catalogue.roles[0].id, RoleId("profile:a\u{202E}b c".into()));
    assert_eq!(catalogue.roles[1].name, "html<b>");
}

#[test]
fn a_role_is_found_by_id_by_name_or_by_a_part_that_fits_it_alone() {
    let config = [
        role("acme-dev-admin", 1, "Admin", ""),
        role("acme-dev-read", 1, "Read", ""),
        role("acme-prod-admin", 2, "Admin", ""),
        role("admin", 3, "Root", ""),
    ]
    .concat();
    let (catalogue, _) = catalogue(&config, &Settings::default());
    let found = |text: &str| catalogue.find(text).map(|role| role.name.clone()).map_err(|f| f.code);
    assert_eq!(found("profile:acme-dev-read"), Ok("acme-dev-read".into()));
    assert_eq!(found("admin"), Ok("admin".into()));
    assert_eq!(found("PROD"), Ok("acme-prod-admin".into()));
    assert_eq!(found("root"), Ok("admin".into()));
    assert_eq!(found("111111111113"), Ok("admin".into()));
    assert_eq!(found("dev"), Err(FailureCode::Usage));
    assert_eq!(found(""), Err(FailureCode::Usage));
    assert_eq!(found("nothing"), Err(FailureCode::NotFound));

    let several = catalogue.find("dev").unwrap_err();
    assert_eq!(
        several.happened,
        "Several roles fit \"dev\": \"profile:acme-dev-admin\", \"profile:acme-dev-read\"."
    );
    let none = catalogue.find("acme-dev-raed").unwrap_err();
    assert_eq!(none.happened, "No role fits \"acme-dev-raed\".");
    assert_eq!(none.remedy, "Did you mean \"acme-dev-read\", \"acme-dev-admin\"?");
}

#[test]
fn ten_thousand_profiles_in_one_chain_or_one_loop_are_no_trouble() {
    let mut chain = role("p0", 1, "R", "");
    for n in 1..10_000 {
        let source = format!("source_profile = p{}", n - 1);
        chain += &role(&format!("p{n}"), 1, "R", "").replace("credential_source = Environment", &source);
    }
    let (listed, problems) = catalogue(&chain, &Settings::default());
    assert_eq!((listed.roles.len(), problems.len()), (10_000, 0));
    let cycle = chain.replacen("credential_source = Environment", "source_profile = p9999", 1);
    let (listed, problems) = catalogue(&cycle, &Settings::default());
    assert_eq!((listed.roles.len(), problems.len()), (0, 10_000));
}
