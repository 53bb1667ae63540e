//! What holds for every file.

use super::*;
use proptest::prelude::*;

/// Text that is mostly like a credentials file, with the odd things in it.
fn ini_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "[a]",
        "[p]\n",
        "[profile b c]",
        " [d]",
        "[",
        "]",
        "[ p ]",
        "k",
        "=",
        ":",
        " ",
        "\t",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r\n",
        "\r",
        "#",
        ";",
        "v",
        "\u{FEFF}",
        "\u{A0}",
        "aws_access_key_id = A\n",
        "\naws_secret_access_key=B",
        "AWS_SESSION_TOKEN : C\n",
        "  region = x\n",
        "s3 =\n  n = 1\n",
        "role_arn = r\n",
        "# managed by Hatrack as p: role x expires 2026-11-23T20:42:25Z gap 1 sums -.-.-.-",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..64), ini_like()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn erasing_takes_back_writing(text in any_text(), region: bool) {
        let wish = if region { wish("w").region("us-east-1") } else { wish("w") };
        if let Ok(edit) = wish.write(&text, b"", false, None) {
            prop_assert!(edit.text.starts_with(&text));
            prop_assert_eq!(erased(&edit.text, "w", None), text);
        }
    }

    #[test]
    fn erasing_takes_back_adopting_and_renewing(text in any_text(), region: bool) {
        let first = if region { wish("p").region("us-east-1") } else { wish("p") };
        prop_assume!(!owned(&text).iter().any(|owned| owned.profile.as_str() == "p"));
        if let Ok(edit) = first.write(&text, b"", true, None) {
            let record = edit.adopted.as_ref();
            prop_assert_eq!(erased(&edit.text, "p", record), text.clone());
            let again = first.write(&edit.text, b"", false, record).unwrap();
            prop_assert_eq!(&again.text, &edit.text);
            let other = wish("p").serial(2).write(&edit.text, b"", false, record).unwrap();
            prop_assert_eq!(erased(&other.text, "p", other.adopted.as_ref()), text);
        }
    }

    #[test]
    fn another_reader_sees_exactly_one_section_more(text in ini_like()) {
        let wish = wish("w").region("us-east-1");
        if let Ok(edit) = wish.write(&text, b"", false, None) {
            let (id, secret, token) = wish.values();
            let mut expected = read(&text);
            expected.push(("w".into(), vec![
                ("aws_access_key_id".into(), id),
                ("aws_secret_access_key".into(), secret),
                ("aws_session_token".into(), token),
                ("region".into(), "us-east-1".into()),
            ]));
            prop_assert_eq!(read(&edit.text), expected);
        }
    }

    #[test]
    fn no_bytes_make_erasing_or_finding_fail(text in any_text(), cut in 0..400_usize) {
        let mut written = match wish("p").write(&text, b"", true, None) {
            Ok(edit) => edit.text.to_vec(),
            Err(_) => text,
        };
        written.truncate(cut);
        owned(&written);
        if let Erased::Gone { text, .. } = erase(&written, &wish("p").profile, None) {
            let left = owned(&text);
            prop_assert!(!left.iter().any(|owned| owned.profile.as_str() == "p"));
        }
    }

    #[test]
    fn every_mark_reads_back(role in any::<String>(), gap in 0..=2_usize, sums in any::<[Option<u32>; 4]>()) {
        let mark = mark::Mark {
            profile: wish("a:").profile,
            role_id: RoleId(role),
            expiration: "2026-11-23T20:42:25Z".parse().unwrap(),
            origin: if gap == 0 { Origin::Adopted { entry: entry() } } else { Origin::Made { gap } },
            sums,
        };
        prop_assume!(!mark.role_id.0.is_empty());
        prop_assert_eq!(mark::Mark::parse(mark.print().as_bytes()), Some(mark));
    }
}
