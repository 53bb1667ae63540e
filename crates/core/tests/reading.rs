//! The shared files read against what others wrote down, and against botocore itself.

use hatrack_core::profile::{File, Profiles, SettingMap, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

type Section = BTreeMap<String, String>;
type Sections = BTreeMap<String, Section>;

/// The cases in which this reader deliberately gives something else than the case's SDK, why, and
/// what it gives.
fn differences() -> BTreeMap<&'static str, (&'static str, Json)> {
    let kept = "botocore keeps what follows the value, so that it belongs to it";
    let colon = "botocore takes a colon for the end of a key";
    let name = "botocore reads names beyond the SDKs' set of characters";
    let key = "botocore reads keys with blanks in them";
    let whole = "in the credentials file, botocore takes the whole header for the name";
    BTreeMap::from([
        (
            "smithy-rs/002",
            (name, serde_json::json!({ "some-thing:long/the_one%only.foo@bar+": {}, "foo!bar": {} })),
        ),
        ("smithy-rs/016", (colon, serde_json::json!({ "foo": { "key": "value" } }))),
        ("smithy-rs/020", (kept, serde_json::json!({ "foo": { "name": "value # Comment with # sign" } }))),
        ("smithy-rs/021", (kept, serde_json::json!({ "foo": { "name": "value ; Comment with ; sign" } }))),
        ("smithy-rs/022", (kept, serde_json::json!({ "foo": { "name": "value # Comment with ; sign" } }))),
        ("smithy-rs/023", (kept, serde_json::json!({ "foo": { "name": "value ;" } }))),
        (
            "smithy-rs/038",
            (
                "for botocore the header that comes last wins",
                serde_json::json!({ "default": { "name2": "value2" } }),
            ),
        ),
        ("smithy-rs/040", (name, serde_json::json!({ "in valid 2": { "name2": "value2" } }))),
        ("smithy-rs/041", (key, serde_json::json!({ "foo": { "in valid": "value" } }))),
        ("smithy-rs/055", (whole, serde_json::json!({ "profile foo": { "name": "value" } }))),
        ("smithy-rs/060", (whole, serde_json::json!({ "foo": { "name": "value" }, "profile bar": {} }))),
        (
            "aws-c-sdkutils/017",
            (kept, serde_json::json!({ "foo": { "name": "value # Comment with # sign" } })),
        ),
        (
            "aws-c-sdkutils/018",
            (kept, serde_json::json!({ "foo": { "name": "value ; Comment with ; sign" } })),
        ),
        (
            "aws-c-sdkutils/019",
            (kept, serde_json::json!({ "foo": { "name": "value # Comment with ; sign" } })),
        ),
        ("aws-c-sdkutils/034", (key, serde_json::json!({ "foo": { "in valid": "value" } }))),
        ("aws-c-sdkutils/045", (whole, serde_json::json!({ "profile foo": { "name": "value" } }))),
        (
            "smithy-ts/013",
            (
                "every SDK but JavaScript's lists a profile without settings",
                serde_json::json!({ "m": { "key": "value" }, "nodata": {} }),
            ),
        ),
        (
            "aws-vault/000",
            (
                kept,
                serde_json::json!({ "with-sso-session": { "region": "moon-1 # Different from sso region" } }),
            ),
        ),
    ])
}

/// What is read where an SDK gives up on the file: the good lines, beside a problem.
fn survivors() -> BTreeMap<&'static str, Json> {
    BTreeMap::from([
        ("smithy-rs/003", serde_json::json!({})),
        ("smithy-rs/006", serde_json::json!({})),
        ("smithy-rs/015", serde_json::json!({ "foo": {} })),
        ("smithy-rs/031", serde_json::json!({})),
        ("smithy-rs/032", serde_json::json!({ "foo": {} })),
        ("smithy-rs/033", serde_json::json!({ "foo": { "name": "value" } })),
        ("smithy-rs/045", serde_json::json!({ "foo": { "s3": "" } })),
        ("smithy-rs/047", serde_json::json!({ "foo": { "s3": "" } })),
        ("smithy-rs/057", serde_json::json!({ "foo": { "name": "value" } })),
        ("smithy-ts/000", serde_json::json!({ "__proto__": { "foo": "not_exist" } })),
    ])
}

#[test]
fn the_sdks_own_cases_read_as_they_say_or_as_botocore_reads_them() {
    let cases = oracle("parser_cases.json");
    let (mut differences, mut survivors) = (differences(), survivors());
    assert_eq!(cases.len(), 106);
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let read = read(case);
        let profiles = rendered(&read);
        let expect = &case["expect"];
        if let Some((reason, instead)) = differences.remove(id) {
            if expect["partial"] == true {
                let mut expected = expect["profiles"].clone();
                for (name, section) in instead.as_object().unwrap() {
                    let settings = section.as_object().unwrap().clone();
                    expected[name].as_object_mut().unwrap().extend(settings);
                }
                assert_includes(&profiles, &expected, id);
            } else {
                assert_eq!(profiles, sections(&instead), "{id}: {reason}");
                assert_ne!(
                    Some(&profiles),
                    expect.get("profiles").map(sections).as_ref(),
                    "{id}: no difference"
                );
            }
        } else if let Some(instead) = survivors.remove(id) {
            assert_eq!(expect["error"], true, "{id}");
            assert_eq!(profiles, sections(&instead), "{id}");
            assert!(!read.problems.is_empty(), "{id}: what is odd is told");
        } else if expect.get("error").is_some() {
            panic!("{id}: what survives of it must be written down");
        } else if expect["partial"] == true {
            assert_includes(&profiles, &expect["profiles"], id);
        } else if id.starts_with("smithy-ts") {
            assert_eq!(flattened(&read), sections(&expect["profiles"]), "{id}");
        } else {
            assert_eq!(profiles, sections(&expect["profiles"]), "{id}");
        }
        for (kind, found) in [("sso_sessions", &read.sso_sessions), ("services", &read.services)] {
            if let Some(expected) = expect.get(kind).filter(|_| expect["partial"] != true) {
                let found: Sections = found.iter().map(|(name, s)| (name.clone(), render(s))).collect();
                assert_eq!(found, sections(expected), "{id} {kind}");
            }
        }
        for problem in &read.problems {
            assert!(matches!(problem.file.as_str(), "config" | "credentials"), "{id}");
            assert!(problem.line.is_some_and(|line| line > 0), "{id}: {problem:?}");
        }
    }
    assert_eq!((differences.len(), survivors.len()), (0, 0), "every entry of the tables is a case");
}

#[test]
fn odd_files_read_as_botocore_reads_them() {
    for case in oracle("botocore_reads.json") {
        let read = read(&case);
        let name = &case["name"];
        let expected = &case["read"];
        assert_eq!(
            as_json(read.profiles.iter().map(|(n, p)| (n, &p.settings))),
            lower(&expected["profiles"]),
            "{name}"
        );
        assert_eq!(as_json(&read.sso_sessions), lower(&expected["sso_sessions"]), "{name}");
        assert_eq!(as_json(&read.services), lower(&expected["services"]), "{name}");
    }
}

fn oracle(name: &str) -> Vec<Json> {
    let path = format!("{}/tests/oracles/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(&path).expect(&path)).expect(&path)
}

fn read(case: &Json) -> Profiles {
    let file = |key: &'static str| case[key].as_str().map(|text| File { path: key, bytes: text.as_bytes() });
    Profiles::read(file("config"), file("credentials"))
}

fn rendered(read: &Profiles) -> Sections {
    read.profiles.iter().map(|(name, profile)| (name.clone(), render(&profile.settings))).collect()
}

/// Settings as the cases of the Rust SDK write them: nested ones as the lines below an empty value.
fn render(settings: &SettingMap) -> Section {
    let value = |value: &Value| match value {
        Value::Plain(text) => text.to_string(),
        Value::Nested(nested) => nested
            .iter()
            .flat_map(|(key, value)| ["\n", key, " =", if value.is_empty() { "" } else { " " }, value])
            .collect(),
    };
    settings.iter().map(|(key, setting)| (key.to_owned(), value(&setting.value))).collect()
}

/// Settings as the cases of the JavaScript SDK write them: nested ones behind a full stop.
fn flattened(read: &Profiles) -> Sections {
    let flat = |settings: &SettingMap| {
        let mut section = Section::new();
        for (key, setting) in settings.iter() {
            match &setting.value {
                Value::Plain(text) => {
                    section.insert(key.to_owned(), text.to_string());
                }
                Value::Nested(nested) => {
                    section.extend(nested.iter().map(|(k, v)| (format!("{key}.{k}"), v.to_string())));
                }
            }
        }
        section
    };
    read.profiles.iter().map(|(name, profile)| (name.clone(), flat(&profile.settings))).collect()
}

fn as_json<'a>(sections: impl IntoIterator<Item = (&'a String, &'a SettingMap)>) -> Json {
    let value = |value: &Value| match value {
        Value::Plain(text) => Json::String(text.to_string()),
        Value::Nested(nested) => nested
            .iter()
            .map(|(key, value)| (key.clone(), Json::String(value.to_string())))
            .collect::<Map<_, _>>()
            .into(),
    };
    let section = |settings: &SettingMap| -> Json {
        settings
            .iter()
            .map(|(key, setting)| (key.to_owned(), value(&setting.value)))
            .collect::<Map<_, _>>()
            .into()
    };
    sections
        .into_iter()
        .map(|(name, settings)| (name.clone(), section(settings)))
        .collect::<Map<_, _>>()
        .into()
}

/// What botocore read, with nested keys in lower case like all others.
fn lower(sections: &Json) -> Json {
    let mut sections = sections.clone();
    for section in sections.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for value in section.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Json::Object(nested) = value {
                *nested = std::mem::take(nested).into_iter().map(|(k, v)| (k.to_lowercase(), v)).collect();
            }
        }
    }
    sections
}

fn sections(json: &Json) -> Sections {
    serde_json::from_value(json.clone()).expect("sections of texts")
}

fn assert_includes(profiles: &Sections, expected: &Json, id: &str) {
    for (name, section) in sections(expected) {
        for (key, value) in section {
            assert_eq!(profiles[&name].get(&key), Some(&value), "{id} {name} {key}");
        }
    }
}
