use super::*;
use crate::failure::FailureCode;
use crate::identity_center::Listed;
use crate::profile::File;

mod kinds;

fn catalogue(config: &str, settings: &Settings) -> (Catalogue, Vec<Problem>) {
    let config = File { path: "config", bytes: config.as_bytes() };
    let profiles = Profiles::read(Some(config), None);
    Catalogue::of(&Sources {
        profiles: &profiles,
        settings,
        saml_roles: &BTreeMap::new(),
        directories: &[],
        source: "~/.aws/config",
    })
}

fn role(name: &str, account: u8, role: &str, more: &str) -> String {
    format!(
        "[profile {name}]\nrole_arn = arn:aws:iam::11111111111{account}:role/{role}\ncredential_source = Environment\n{more}"
    )
}

fn names(catalogue: &Catalogue) -> Vec<(String, String)> {
    catalogue.iter().map(|role| (role.account_name, role.name)).collect()
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
    let expected = [("111111111113", "x"), ("zeta", "zeta-read"), ("Zeta", "Zeta-admin")];
    assert_eq!(names(&catalogue), expected.map(|(account, name)| (account.to_owned(), name.to_owned())));
    assert_eq!(
        catalogue.role(2).unwrap(),
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
            ..Role::default()
        }
    );
}

#[test]
fn a_given_account_name_counts_above_an_inferred_one() {
    let mut settings = Settings::default();
    settings.account_names.insert("111111111111".into(), "Production".into());
    let (catalogue, _) = catalogue(&role("zeta-read", 1, "Read", ""), &settings);
    assert_eq!(names(&catalogue), [("Production".to_owned(), "zeta-read".to_owned())]);
}

#[test]
fn mfa_of_any_hop_is_a_need() {
    let config = role("b", 1, "B", "mfa_serial = GAHT12345678\n")
        + &role("a", 1, "A", "").replace("credential_source = Environment", "source_profile = b");
    let (catalogue, _) = catalogue(&config, &Settings::default());
    assert!(catalogue.iter().all(|role| role.needs == Some(Needs::Mfa)));
    assert_eq!(catalogue.len(), 2);
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

const PORTAL: &str =
    "[sso-session acme]\nsso_start_url = https://acme.example/start/\nsso_region = eu-west-1\n";

fn of_portal(name: &str, account: u8, role: &str, more: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = acme\nsso_account_id = 11111111111{account}\nsso_role_name = {role}\n{more}"
    )
}

fn directory() -> Arc<Directory> {
    let mut directory = Directory::new("https://acme.example/start".to_owned());
    let account = |id: &str, name: &str| Listed {
        id: id.to_owned(),
        name: name.to_owned(),
        email: format!("{id}@acme.example"),
    };
    directory.set_accounts([account("111111111111", "Zeta"), account("111111111112", "Acme\u{202e}\n")]);
    directory.set_roles("111111111111", ["Admin", "Read"], jiff::Timestamp::UNIX_EPOCH);
    directory.set_roles("111111111112", ["Read"], jiff::Timestamp::UNIX_EPOCH);
    Arc::new(directory)
}

fn discovered(config: &str, settings: &Settings) -> Catalogue {
    let profiles = Profiles::read(Some(File { path: "config", bytes: config.as_bytes() }), None);
    let (catalogue, problems) = Catalogue::of(&Sources {
        profiles: &profiles,
        settings,
        saml_roles: &BTreeMap::new(),
        directories: &[directory()],
        source: "config",
    });
    assert_eq!(problems, []);
    catalogue
}

fn id_of(account: u8, role: &str) -> RoleId {
    RoleId::of_identity_center("https://acme.example/start", &format!("11111111111{account}"), role)
}

#[test]
fn a_profile_of_identity_center_and_a_role_behind_it_are_listed() {
    let config = role("behind", 1, "A", "")
        .replace("credential_source = Environment", "source_profile = base")
        + PORTAL
        + &of_portal("base", 2, "R", "region = eu-west-1\n");
    let (catalogue, problems) = catalogue(&config, &Settings::default());
    assert_eq!(problems, []);
    assert_eq!(catalogue.get(&RoleId::of_profile("behind")).unwrap().needs, Some(Needs::Browser));
    let base = catalogue.get(&id_of(2, "R")).unwrap();
    assert_eq!(
        (base.name.as_str(), base.kind, base.needs),
        ("base", RoleKind::IdentityCenter, Some(Needs::Browser))
    );
    assert_eq!((base.organisation.as_deref(), base.region.as_deref()), (Some("acme"), Some("eu-west-1")));
    assert_eq!(catalogue.len(), 2);
}

#[test]
fn what_an_organisation_assigns_stands_among_the_others_and_once() {
    let config = role("zeta-ops", 1, "Ops", "")
        + PORTAL
        + &of_portal("b", 1, "Admin", "region = us-east-1\ntags = t\n")
        + &of_portal("a", 1, "Admin", "")
        + &of_portal("gone", 1, "Gone", "");
    let catalogue = discovered(&config, &Settings::default());
    let pair = |account: &str, name: &str| (account.to_owned(), name.to_owned());
    assert_eq!(
        names(&catalogue),
        [
            pair("Acme\\u{202e}\\u{a}", "Acme\\u{202e}\\u{a}/Read"),
            pair("Zeta", "a"),
            pair("Zeta", "gone"),
            pair("Zeta", "Zeta/Read"),
            pair("Zeta", "zeta-ops"),
        ]
    );
    let admin = catalogue.get(&id_of(1, "Admin")).unwrap();
    assert_eq!((admin.profiles, admin.tags), (vec!["a".to_owned(), "b".to_owned()], vec!["t".to_owned()]));
    assert_eq!(
        (admin.region.as_deref(), admin.email.as_deref()),
        (Some("us-east-1"), Some("111111111111@acme.example"))
    );
    for (position, role) in catalogue.iter().enumerate() {
        assert_eq!(catalogue.position(&role.id), Some(position), "{}", role.id);
        let fields = catalogue.fields().nth(position).unwrap();
        assert_eq!(
            (fields.account_id, fields.role_name),
            (role.account_id.as_str(), role.role_name.as_str())
        );
    }
    assert_eq!(catalogue.get(&id_of(2, "Admin")), None);
    assert_eq!(catalogue.get(&RoleId::of_profile("a")), None, "it is listed by what it describes");
}

#[test]
fn roles_of_an_organisation_are_found_by_account_and_role_and_by_their_profiles() {
    let config = PORTAL.to_owned() + &of_portal("adm", 1, "Admin", "");
    let catalogue = discovered(&config, &Settings::default());
    let found = |text: &str| catalogue.find(text).map(|role| role.id).map_err(|failure| failure.code);
    for text in ["Zeta/Admin", "111111111111/Admin", "adm", "zeta admin", "Admin"] {
        assert_eq!(found(text), Ok(id_of(1, "Admin")), "{text}");
    }
    assert_eq!(found("Read"), Err(FailureCode::Usage));
    let none = catalogue.find("Zeta/Raed").unwrap_err();
    assert_eq!(none.remedy, "Did you mean \"Zeta/Read\"?");
}

#[test]
fn wishes_stay_with_a_role_whatever_its_account_is_called() {
    let id = id_of(1, "Read");
    let mut settings = Settings::default();
    settings.regions.insert(id.clone(), "ap-south-1".to_owned());
    settings.tags.insert(id.clone(), vec!["mine\u{7}".to_owned()]);
    settings.account_names.insert("111111111111".to_owned(), "Renamed".to_owned());
    let catalogue = discovered(PORTAL, &settings);
    let role = catalogue.get(&id).unwrap();
    assert_eq!((role.name.as_str(), role.region.as_deref()), ("Renamed/Read", Some("ap-south-1")));
    assert_eq!(role.tags, ["mine\\u{7}"]);
    assert!(catalogue.fields().any(|fields| fields.tags == ["mine\u{7}"]));
}

#[test]
fn rules_give_tags_and_colours_that_roles_are_found_by() {
    let rule = |pattern: &str, tag: &str, colour| crate::rules::Rule {
        pattern: pattern.to_owned(),
        tags: vec![tag.to_owned()],
        colour,
    };
    let red = Some(crate::rules::Colour::Red);
    let rules = vec![rule("acme/zeta/Admin", "production", red), rule("ops", "night", None)];
    let config = role("zeta-ops", 1, "Ops", "tags = night\n") + PORTAL;
    let catalogue = discovered(&config, &Settings { rules, ..Settings::default() });
    let admin = catalogue.get(&id_of(1, "Admin")).unwrap();
    assert_eq!((admin.is_production(), admin.colour), (true, red));
    let read = catalogue.get(&id_of(1, "Read")).unwrap();
    assert_eq!((read.tags.len(), read.colour), (0, None));
    let ops = catalogue.get(&RoleId::of_profile("zeta-ops")).unwrap();
    assert_eq!(ops.tags, ["night"], "once, although the profile says so too");
    assert!(catalogue.fields().any(|fields| fields.tags == ["production"] && fields.role_name == "Admin"));
}

#[test]
fn an_organisation_to_which_no_portal_leads_is_not_listed() {
    assert_eq!(discovered("", &Settings::default()).len(), 0);
    let older = "[profile p]\nsso_start_url = https://acme.example/start\nsso_region = x\n";
    assert_eq!(discovered(older, &Settings::default()).len(), 3);
}

#[test]
fn an_outline_has_the_accounts_that_weigh_most_and_what_is_mentioned() {
    let many: String = (0..40)
        .map(|n| {
            let more = "credential_source = Environment";
            format!("[profile p{n:02}]\nrole_arn = arn:aws:iam::1111111111{n:02}:role/R\n{more}\n")
        })
        .collect();
    let (catalogue, _) = catalogue(&many, &Settings::default());
    let accounts = catalogue.outline_accounts(|id| u32::from(id.ends_with("39")));
    assert_eq!((accounts.len(), catalogue.accounts_total()), (25, 40));
    assert!(accounts.iter().any(|account| account.id == "111111111139"), "it weighs most");
    assert!(accounts.is_sorted_by_key(|account| account.id.clone()));
    let id = RoleId::of_profile("p07");
    let mentioned = catalogue.mentioned([&id, &RoleId::of_profile("gone"), &id]);
    assert_eq!(mentioned.len(), 1);
}

#[test]
fn hostile_names_are_shown_escaped_and_found_exactly() {
    let config = role("\"a\u{202E}b c\"", 1, "R", "tags = \u{202E}x\n") + &role("html<b>", 1, "R", "");
    let (catalogue, _) = catalogue(&config, &Settings::default());
    assert_eq!(catalogue.role(0).unwrap().name, "a\\u{202e}b c");
    assert_eq!(catalogue.role(0).unwrap().tags, ["\\u{202e}x"]);
    assert_eq!(catalogue.role(0).unwrap().id, RoleId("profile:a\u{202E}b c".into()));
    assert_eq!(catalogue.role(1).unwrap().name, "html<b>");
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
    assert_eq!((listed.len(), problems.len()), (10_000, 0));
    let cycle = chain.replacen("credential_source = Environment", "source_profile = p9999", 1);
    let (listed, problems) = catalogue(&cycle, &Settings::default());
    assert_eq!((listed.len(), problems.len()), (0, 10_000));
}
