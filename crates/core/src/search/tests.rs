use super::*;
use crate::catalogue::Sources;
use crate::identity_center::{Directory, Listed};
use crate::profile::{File, Profiles};
use crate::settings::Settings;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const PORTAL: &str =
    "[sso-session acme]\nsso_start_url = https://acme.example/start\nsso_region = eu-west-1\n";

fn catalogue(accounts: &[(&str, &str)], roles: &[&str], config: &str) -> Catalogue {
    let mut directory = Directory::new("https://acme.example/start".to_owned());
    directory.set_accounts(accounts.iter().map(|(id, name)| Listed {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        email: format!("root+{id}@acme.example"),
    }));
    for (id, _) in accounts {
        directory.set_roles(id, roles.iter().copied(), Timestamp::UNIX_EPOCH);
    }
    let config = format!("{PORTAL}{config}");
    let profiles = Profiles::read(Some(File { path: "config", bytes: config.as_bytes() }), None);
    let sources = Sources {
        profiles: &profiles,
        settings: &Settings::default(),
        saml_roles: &BTreeMap::new(),
        directories: &[Arc::new(directory)],
        source: "config",
    };
    Catalogue::of(&sources).0
}

fn acme() -> Catalogue {
    let config = "[profile boss]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\ntags = blue\n";
    let accounts = [("111111111111", "acme-prod"), ("222222222222", "acme-dev"), ("333333333333", "Région")];
    catalogue(&accounts, &["Admin", "ReadOnly"], config)
}

fn found(catalogue: &Catalogue, query: &str, weights: &HashMap<u32, u32>) -> Vec<String> {
    let mut search = Search::default();
    search.find(&Index::of(catalogue), query, weights);
    let total = search.found();
    let names = search.page(0, usize::MAX);
    assert_eq!(names.len(), total);
    names.map(|at| catalogue.role(usize::try_from(at).unwrap()).unwrap().name).collect()
}

#[test]
fn roles_are_found_by_everything_that_people_know_of_them() {
    let acme = acme();
    for (query, expected) in [
        ("prod read", Some("acme-prod/ReadOnly")),
        ("READ PROD", Some("acme-prod/ReadOnly")),
        ("2222 admin", Some("acme-dev/Admin")),
        ("root+333 reado", Some("Région/ReadOnly")),
        ("region adm", Some("Région/Admin")),
        ("boss", Some("boss")),
        ("blue", Some("boss")),
        ("adm prod", Some("boss")),
        ("nothing", None),
    ] {
        let found = found(&acme, query, &HashMap::new());
        assert_eq!(found.first().map(String::as_str), expected, "{query}");
    }
}

#[test]
fn nothing_asked_is_everything_in_its_order() {
    let acme = acme();
    let all: Vec<String> = acme.iter().map(|role| role.name).collect();
    assert_eq!(found(&acme, "", &HashMap::new()), all);
    assert_eq!(found(&acme, " \t ", &HashMap::new()), all);
}

#[test]
fn what_is_used_often_comes_first_among_equals() {
    let acme = acme();
    let last = u32::try_from(acme.len() - 1).unwrap();
    let before = found(&acme, "acme", &HashMap::new());
    let after = found(&acme, "example", &HashMap::from([(last, 50)]));
    assert_eq!(before[0], "acme-dev/Admin");
    assert_eq!(after[0], "Région/ReadOnly");
}

#[test]
fn a_better_match_goes_before_a_worse_one() {
    let accounts = [("111111111111", "a-d-x-m-x-i-n"), ("222222222222", "admin tools")];
    assert_eq!(found(&catalogue(&accounts, &["R"], ""), "admin", &HashMap::new())[0], "admin tools/R");
}

#[test]
fn texts_of_any_length_and_script_do_no_harm() {
    let long = "x".repeat(100_000);
    let accounts = [
        ("111111111111", long.as_str()),
        ("222222222222", "\u{202e}\0\u{1b}[31m🎩👩‍👩‍👧e\u{301}日本語العربية"),
        ("333333333333", ""),
    ];
    let catalogue = catalogue(&accounts, &["R"], "");
    for query in [long.as_str(), "\u{301}", "日本", "العربية", "🎩", "\0", "\u{202e}", "a b c d e f g h i j"]
    {
        found(&catalogue, query, &HashMap::new());
    }
    assert_eq!(found(&catalogue, "日本", &HashMap::new()).len(), 1);
}

/// Whether the letters stand in the text in this order, with gaps allowed.
fn has(text: &str, word: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_found_has_every_word_and_a_longer_query_finds_no_more(
        names in prop::collection::vec("[a-dA-D0-9 -]{0,12}", 1..12),
        roles in prop::collection::vec("[a-dA-D]{1,6}", 1..4),
        query in "[a-dA-D0-9]{0,3}( [a-dA-D0-9]{1,3}){0,2}",
        more in "[a-d ]{1,2}",
        from in 0..20_usize,
    ) {
        let ids: Vec<String> = (0..names.len()).map(|n| format!("{n:012}")).collect();
        let accounts: Vec<(&str, &str)> =
            ids.iter().zip(&names).map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let catalogue = catalogue(&accounts, &roles, "");
        let index = Index::of(&catalogue);
        let none = HashMap::new();
        let mut search = Search::default();
        search.find(&index, &query, &none);
        let total = search.found();
        let all: Vec<u32> = search.page(0, usize::MAX).collect();
        prop_assert_eq!(all.len(), total);
        for at in &all {
            let fields = catalogue.fields().nth(usize::try_from(*at).unwrap()).unwrap();
            let account = text([fields.account_name, fields.account_id, fields.email, fields.organisation]);
            for word in query.split_whitespace() {
                prop_assert!(has(&account, word) || has(fields.role_name, word), "{:?} {:?}", word, fields);
            }
        }
        let mut paged = Search::default();
        paged.find(&index, &query, &none);
        let page: Vec<u32> = paged.page(from, 3).collect();
        prop_assert_eq!(&page, &all.iter().copied().skip(from).take(3).collect::<Vec<_>>());
        let longer = format!("{query}{more}");
        search.find(&index, &longer, &none);
        let mut afresh = Search::default();
        afresh.find(&index, &longer, &none);
        let narrowed: Vec<u32> = search.page(0, usize::MAX).collect();
        prop_assert_eq!(&narrowed, &afresh.page(0, usize::MAX).collect::<Vec<_>>());
        prop_assert!(narrowed.iter().all(|at| all.contains(at)));
    }
}
