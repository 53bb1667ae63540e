use super::*;
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<String> {
    Document::parse(text.as_bytes()).lines().map(|line| format!("{line:?}")).collect()
}

fn settings(text: &str) -> Vec<(String, String)> {
    let read = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Document::parse(text.as_bytes())
        .lines()
        .filter_map(|line| match line.kind() {
            LineKind::Setting { key, value, .. } | LineKind::Nested { key, value } => {
                Some((read(key), read(value)))
            }
            LineKind::Continuation { text } => Some((String::new(), read(text))),
            LineKind::Blank
            | LineKind::Comment
            | LineKind::Section { .. }
            | LineKind::BrokenHeader
            | LineKind::Junk => None,
        })
        .collect()
}

#[test]
fn each_kind_of_line_is_told_apart() {
    let text = "\n  # c\n;d\n[a b]\nk = v\n  more\ns3 =\n  n = 1\n  broken\n  n2 = 2\njunk\n= x\n[open\n[]\n";
    assert_eq!(
        kinds(text),
        [
            "Blank",
            "Comment",
            "Comment",
            "Section(\"a b\")",
            "Setting(\"k\")",
            "Continuation",
            "Setting(\"s3\")",
            "Nested(\"n\")",
            "Junk",
            "Nested(\"n2\")",
            "Junk",
            "Junk",
            "BrokenHeader",
            "BrokenHeader",
        ]
    );
}

#[test]
fn an_indented_setting_right_after_the_header_is_a_setting() {
    assert_eq!(
        settings("[a]\n  region = x\n  output = y\n"),
        [("region".into(), "x".into()), ("output".into(), "y".into())]
    );
}

#[test]
fn blank_lines_and_comments_do_not_end_a_value() {
    assert_eq!(
        kinds("[a]\ns3 =\n\n# c\n  n = 1\n"),
        ["Section(\"a\")", "Setting(\"s3\")", "Blank", "Comment", "Nested(\"n\")"]
    );
}

#[test]
fn a_header_ends_at_its_bracket_and_may_have_a_comment() {
    for (text, name) in [
        ("[ a ]", "a"),
        ("[a] # [b]", "a"),
        ("[a];x", "a"),
        ("[a]b]", "a]b"),
        ("[a] text", "a"),
        ("\u{FEFF}[a]", "a"),
        ("\u{A0}[a\u{A0}]", "a"),
    ] {
        let document = Document::parse(text.as_bytes());
        let section = document.sections().next().unwrap();
        assert_eq!(section.name, Some(name.as_bytes()), "{text:?}");
    }
}

#[test]
fn an_indented_header_below_a_setting_is_part_of_its_value() {
    assert_eq!(kinds("[a]\nk = v\n [b]\n"), ["Section(\"a\")", "Setting(\"k\")", "Continuation"]);
}

#[test]
fn a_colon_ends_a_key_too() {
    let document = Document::parse(b"[a]\nk : v=1\n");
    assert_eq!(
        document.line(1).map(|line| line.kind()),
        Some(LineKind::Setting { key: b"k", value: b"v=1", delimiter: b':' })
    );
}

#[test]
fn sections_span_to_the_next_header_even_a_broken_one() {
    let document = Document::parse(b"# top\n[a]\nk = v\n\n[open\nx = y\n[b]");
    let sections: Vec<_> = document.sections().map(|s| (s.name, s.header, s.lines)).collect();
    assert_eq!(sections, [(Some(&b"a"[..]), 1, 1..4), (None, 4, 4..6), (Some(&b"b"[..]), 6, 6..7)]);
}

#[test]
fn every_line_ending_is_seen() {
    let document = Document::parse(b"a=1\r\nb=2\rc=3\n\r\nd=4");
    let endings: Vec<_> = document.lines().map(|line| line.ending()).collect();
    assert_eq!(endings, [&b"\r\n"[..], b"\r", b"\n", b"\r\n", b""]);
    assert_eq!(document.line_ending(), LineEnding::CrLf);
    assert_eq!(Document::parse(b"").line_ending(), LineEnding::Lf);
}

#[test]
fn a_document_shows_no_value() {
    let document = Document::parse(b"[a]\naws_secret_access_key = swordfish\ns =\n  x = swordfish\n");
    let shown = format!("{document:?} {:?}", document.lines().collect::<Vec<_>>());
    assert!(!shown.contains("swordfish"), "{shown}");
}

#[test]
fn a_line_put_before_a_byte_order_mark_is_read_anew() {
    let mut document = Document::parse(b"\xEF\xBB\xBF[a]\nk = v\n");
    document.splice(0..0, b"[b]\n");
    assert_eq!(kinds("[b]\n\u{FEFF}[a]\nk = v\n"), ["Section(\"b\")", "Junk", "Setting(\"k\")"]);
    assert_eq!(document.sections().count(), 1);
}

/// Text that is mostly like a shared file, with the odd things in it.
fn ini_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "[a]",
        "[profile b c]",
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
        "\n",
        "\r\n",
        "\r",
        "#",
        ";",
        "v",
        "\u{FEFF}",
        "\u{A0}",
        "\u{85}",
        "\0",
        "é",
        "  n = 1\n",
        "s3 =\n",
        "k = v\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![ini_like(), prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #[test]
    fn printing_gives_back_every_byte(text in any_text()) {
        let document = Document::parse(&text);
        prop_assert_eq!(document.print(), text.clone());
        let joined: Vec<u8> = document.lines().flat_map(|line| line.raw().to_vec()).collect();
        prop_assert_eq!(joined, text);
    }

    #[test]
    fn splicing_is_the_same_as_reading_the_changed_text_anew(
        text in any_text(), new in any_text(), from in 0_usize..30, len in 0_usize..8,
    ) {
        let mut document = Document::parse(&text);
        let raw: Vec<Vec<u8>> = document.lines().map(|line| line.raw().to_vec()).collect();
        let from = from.min(raw.len());
        let to = (from + len).min(raw.len());
        let expected = [raw[..from].concat(), new.clone(), raw[to..].concat()].concat();
        document.splice(from..to, &new);
        prop_assert_eq!(document.print(), expected.clone());
        let anew = Document::parse(&expected);
        prop_assert_eq!(
            document.lines().collect::<Vec<_>>(),
            anew.lines().collect::<Vec<_>>()
        );
        prop_assert_eq!(document.sections().collect::<Vec<_>>(), anew.sections().collect::<Vec<_>>());
    }
}
