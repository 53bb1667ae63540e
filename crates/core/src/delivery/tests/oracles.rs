//! Cases that others wrote: ../../../tests/oracles/delivery.

use super::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct WriterCase {
    id: String,
    initial: String,
    section: String,
    set: BTreeMap<String, serde_json::Value>,
    awscli_result: String,
    nested: bool,
}

/// The cases' own keys are settings of others to us: a delivery goes around them, and what the
/// AWS CLI wrote is found again after it is erased.
#[test]
fn a_delivery_goes_around_what_the_aws_cli_writes() {
    let cases = include_str!("../../../tests/oracles/delivery/writer_cases_awscli.json");
    let cases: Vec<WriterCase> = serde_json::from_str(cases).unwrap();
    assert_eq!(cases.len(), 23);
    for case in &cases {
        for file in [&case.initial, &case.awscli_result] {
            let made = wish("hatrack").put(file.as_bytes());
            assert_eq!(erased(made.as_bytes(), "hatrack", None), file.as_bytes(), "{}", case.id);

            let Ok(profile) = OutputProfile::parse(&case.section) else { continue };
            let wish = Wish { profile, ..wish("x") };
            if find(&Document::parse(file.as_bytes()), &case.section).is_empty() {
                continue;
            }
            let edit = wish.write(file.as_bytes(), b"", true, None).unwrap();
            for (key, value) in case.set.iter().filter(|_| !case.nested && file == &case.awscli_result) {
                let (_, keys) = read(&edit.text).into_iter().find(|(name, _)| name == &case.section).unwrap();
                assert!(keys.contains(&(key.clone(), value.as_str().unwrap().into())), "{}", case.id);
            }
            assert_eq!(
                erased(&edit.text, &case.section, edit.adopted.as_ref()),
                file.as_bytes(),
                "{}",
                case.id
            );
        }
    }
}

#[derive(Deserialize)]
struct Nasty {
    id: String,
    input: String,
}

#[test]
fn no_hostile_text_becomes_a_name_a_value_or_a_line() {
    let cases = include_str!("../../../tests/oracles/delivery/nasty_names.json");
    let cases: Vec<Nasty> = serde_json::from_str(cases).unwrap();
    assert!(cases.len() > 40);
    for Nasty { id, input } in &cases {
        if let Ok(profile) = OutputProfile::parse(input) {
            let text = Wish { profile, ..wish("x") }.put(b"[a]\n");
            assert_eq!(read(text.as_bytes()).len(), 2, "{id}");
        }
        // A role's id may be any text: it stands in the mark, encoded.
        let mut wish = wish("p");
        wish.role_id = RoleId(format!("profile:{input}"));
        let text = wish.put(b"[a]\nx = 1\n");
        let sections = read(text.as_bytes());
        assert_eq!(sections.len(), 2, "{id}");
        assert_eq!(sections[1].1.len(), 3, "{id}");
        assert_eq!(owned(text.as_bytes())[0].role_id, wish.role_id, "{id}");
        assert_eq!(erased(text.as_bytes(), "p", None), b"[a]\nx = 1\n", "{id}");
    }
}
