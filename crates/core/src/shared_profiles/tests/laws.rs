//! What holds for every file.

use super::*;
use proptest::prelude::*;

/// Text that is mostly like a config file, with the odd things in it.
fn ini_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[default]\n",
        "[profile a]\n",
        "[profile b]\r\n",
        "[sso-session x]\n",
        " [d]",
        "[",
        "]",
        "k",
        "=",
        ":",
        " ",
        "\t",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r\n",
        "\r",
        "# c\n",
        ";",
        "v",
        "\u{FEFF}",
        "\u{A0}",
        "region = x\n",
        "\nsso_session=x",
        "  region = x\n",
        "s3 =\n  n = 1\n",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(("[a-cA-C/ é\\]\n]{0,6}", any::<bool>()), 0..5).prop_map(|names| {
        (1..)
            .zip(&names)
            .map(|(account, (name, has_region))| Entry {
                region: has_region.then(|| "eu-west-1".to_owned()),
                ..entry(name, account, "R")
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn removing_takes_back_writing(config in ini_like(), entries in entries()) {
        let first = written(&config, &entries);
        prop_assert!(first.text.starts_with(config.as_bytes()));
        prop_assert_eq!(first.added.len(), entries.len());
        prop_assert_eq!(&planned(&first.text, &entries).text, &first.text);
        prop_assert_eq!(removed(&first.text, &Which::All, false).text, config.into_bytes());
    }

    #[test]
    fn another_reader_sees_the_same_profiles_and_ours(config in ini_like(), entries in entries()) {
        let before = Profiles::read(Some(file(config.as_bytes())), None);
        let first = written(&config, &entries);
        let mut after = Profiles::read(Some(file(&first.text)), None);
        for name in &first.added {
            prop_assert!(name.len() <= 64 && crate::name::OutputProfile::parse(name).is_ok());
            prop_assert!(after.profiles.remove(name).is_some());
        }
        if !entries.is_empty() && !before.sso_sessions.contains_key("acme") {
            prop_assert!(after.sso_sessions.remove("acme").is_some());
        }
        prop_assert_eq!(after.profiles, before.profiles);
        prop_assert_eq!(after.sso_sessions, before.sso_sessions);
    }

    #[test]
    fn each_goes_by_itself_in_any_order(
        config in ini_like().prop_map(|text| text + "\n"),
        entries in entries(),
        back: bool,
    ) {
        let first = written(&config, &entries);
        let mut names = first.added.clone();
        if back {
            names.reverse();
        }
        let mut text = first.text;
        for name in names {
            let one = removed(&text, &Which::Named(BTreeSet::from([name.clone()])), false);
            prop_assert_eq!(one.removed, [name]);
            text = one.text;
        }
        prop_assert_eq!(text, config.into_bytes());
    }

    #[test]
    fn no_text_makes_it_fail_otherwise_than_in_words(
        config in ini_like(),
        entries in entries(),
        cut in 0..600_usize,
        force: bool,
    ) {
        let mut text = written(&config, &entries).text;
        text.truncate(cut);
        if let Ok(again) = write(file(&text), &taken(&text), &entries, &Template::default()) {
            let twice = planned(&again.text, &entries);
            prop_assert_eq!(twice.text, again.text);
        }
        if let Ok(left) = remove(file(&text), &Which::All, force) {
            prop_assert!(left.text.len() <= text.len() + 2);
        }
    }
}
