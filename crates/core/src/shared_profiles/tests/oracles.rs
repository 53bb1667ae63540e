//! Cases that others wrote: ../../../tests/oracles.

use super::*;
use serde_json::Value as Json;

fn cases(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn no_hostile_text_becomes_a_name_a_value_or_a_line() {
    let cases = cases(include_str!("../../../tests/oracles/nasty.json"));
    let inputs: Vec<&str> = cases.iter().filter_map(|case| case["input"].as_str()).collect();
    assert!(inputs.len() > 60, "{}", inputs.len());
    let before = "[default]\r\nregion = x\r\n";
    for input in inputs {
        let hostile = [
            entry(input, 1, "R"),
            entry(input, 2, "R"),
            entry("a", 3, input),
            Entry { region: Some(input.to_owned()), ..entry("a", 4, "R") },
            Entry { account_id: input.to_owned(), ..entry("a", 5, "R") },
            Entry {
                portal: Portal { session: Some(input.to_owned()), ..entry("a", 6, "R").portal },
                ..entry("a", 6, "R")
            },
            Entry {
                portal: Portal { session: None, start_url: input.to_owned(), ..entry("a", 7, "R").portal },
                ..entry("a", 7, "R")
            },
        ];
        let planned = written(before, &hostile);
        let read = Profiles::read(Some(file(&planned.text)), None);
        assert_eq!(read.problems, [], "{input:?}");
        let names: BTreeSet<&str> = planned.added.iter().map(String::as_str).collect();
        assert_eq!(names.len() + planned.skipped.len(), hostile.len(), "{input:?}");
        assert!(names.len() >= 2, "what an account is called never costs its profile: {input:?}");
        let found: BTreeSet<&str> =
            read.profiles.keys().map(String::as_str).filter(|it| *it != "default").collect();
        assert_eq!(found, names, "{input:?}");
        for name in names {
            assert!(name.len() <= 64 && crate::name::OutputProfile::parse(name).is_ok(), "{name:?}");
            let profile = &read.profiles[name];
            assert!(profile.get("credential_process").is_none(), "{input:?}");
        }
        assert!(planned.skipped.iter().all(|it| !it.contains(char::is_control)), "{:?}", planned.skipped);
        assert!(!planned.diff.contains(|c: char| c.is_control() && c != '\n'), "{:?}", planned.diff);
        assert_eq!(string(&removed(&planned.text, &Which::All, false).text), before, "{input:?}");
    }
}

#[test]
fn files_that_others_made_to_try_readers_stay_as_they_are() {
    let cases = cases(include_str!("../../../tests/oracles/parser_cases.json"));
    let configs: Vec<&str> = cases.iter().filter_map(|case| case["config"].as_str()).collect();
    assert!(configs.len() > 50, "{}", configs.len());
    let mut written_to = 0;
    for config in configs {
        let entries = [entry("Prod", 1, "Admin"), entry("Prod", 2, "Admin")];
        // A file that isn't text is refused; each other one is only added to.
        let Ok(planned) =
            write(file(config.as_bytes()), &taken(config.as_bytes()), &entries, &Template::default())
        else {
            assert!(config.contains('\0'), "{config:?}");
            continue;
        };
        assert!(planned.text.starts_with(config.as_bytes()), "{config:?}");
        let mut read = Profiles::read(Some(file(&planned.text)), None).profiles;
        assert!(planned.added.iter().all(|name| read.remove(name).is_some()), "{config:?}");
        assert_eq!(read, Profiles::read(Some(file(config.as_bytes())), None).profiles, "{config:?}");
        assert_eq!(removed(&planned.text, &Which::All, false).text, config.as_bytes(), "{config:?}");
        written_to += 1;
    }
    assert!(written_to > 50, "{written_to}");
}
