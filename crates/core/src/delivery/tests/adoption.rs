//! Sections that are taken over, and given back.

use super::*;

const THEIRS: &str = "[a]\nx = 1\n\n[p]\n# my keys\naws_secret_access_key=old secret ; note\noutput = json\n\
                      aws_access_key_id = AKIAOLD\ns3 =\n  max = 1\n\n# about b\n[b]\ny = 2\n";

fn adopt(text: &str) -> Edit {
    wish("p").region("us-east-1").write(text.as_bytes(), b"", true, None).unwrap()
}

fn text(edit: &Edit) -> String {
    String::from_utf8(edit.text.to_vec()).unwrap()
}

#[test]
fn lines_are_replaced_where_they_stand_and_missing_ones_put_behind() {
    let edit = adopt(THEIRS);
    let after = text(&edit);
    let mark = after.lines().find(|line| line.contains("Hatrack")).unwrap();
    assert!(mark.contains(" adopted 0123456789abcdef "), "{mark}");
    let expected = format!(
        "[a]\nx = 1\n\n[p]\n{mark}\n# my keys\naws_secret_access_key = secret/1+x==\noutput = json\n\
         aws_access_key_id = ASIA0000000000000001\ns3 =\n  max = 1\naws_session_token = token//1==\n\
         region = us-east-1\n\n# about b\n[b]\ny = 2\n"
    );
    assert_eq!(after, expected);
    assert_eq!(erased(after.as_bytes(), "p", edit.adopted.as_ref()), THEIRS.as_bytes());
}

#[test]
fn the_record_survives_the_journal_and_shows_nothing() {
    let record = adopt(THEIRS).adopted.unwrap();
    assert_eq!(Adopted::decode(&record.encode()), Some(record.clone()));
    assert!(!format!("{record:?}").contains("AKIA"));
    for broken in ["", "2 0 0 open", "1 x 0 open", "1 0 0 ajar", "1 0 0 open region,1,1,%4"] {
        assert_eq!(Adopted::decode(broken), None, "{broken}");
    }
}

#[test]
fn whatever_is_adopted_is_given_back_to_the_byte() {
    for theirs in [
        "[p]",
        "[p]\r\naws_access_key_id = A\r\n\r\n",
        "[p]\nx = 1",
        "[p]\naws_session_token = t",
        "[p]\naws_access_key_id = A\n  more\n# c\n  still\nx = 1\naws_access_key_id = B\nAWS_SESSION_TOKEN: T\n",
        "[p]\nx = 1\n\n\n# end",
        "[ p ] # mine\n  region = a\n  output = json\n",
        "\u{FEFF}[p]\nregion =\naws_secret_access_key\n",
    ] {
        let edit = adopt(theirs);
        let record = edit.adopted.as_ref();
        assert_eq!(erased(&edit.text, "p", record), theirs.as_bytes(), "{theirs:?}");
        let again = wish("p").serial(2).write(&edit.text, b"", false, record).unwrap();
        assert_eq!(erased(&again.text, "p", again.adopted.as_ref()), theirs.as_bytes(), "{theirs:?}");
        let back =
            wish("p").region("us-east-1").write(&again.text, b"", false, again.adopted.as_ref()).unwrap();
        assert_eq!(back.text, edit.text, "{theirs:?}");
        let longer = [&edit.text[..], b"\n[new]\n"].concat();
        let given_back = erased(&longer, "p", record);
        assert!(
            given_back.starts_with(theirs.as_bytes()) && given_back.ends_with(b"\n[new]\n"),
            "{theirs:?}"
        );
    }
}

#[test]
fn one_of_two_equal_keys_remains() {
    let edit = adopt("[p]\naws_access_key_id = A\nx = 1\nAws_Access_Key_Id = B\n");
    assert_eq!(text(&edit).to_lowercase().matches("aws_access_key_id").count(), 1);
}

#[test]
fn edits_made_meanwhile_stay_and_the_rest_comes_back_key_by_key() {
    let edit = adopt(THEIRS);
    let edited = text(&edit)
        .replace("output = json", "output = text\nextra = 1")
        .replace("aws_access_key_id = ASIA0000000000000001\n", "aws_access_key_id = AKIANEW\n")
        .replace("[b]", "[c]\n[b]");
    assert_eq!(
        String::from_utf8(erased(edited.as_bytes(), "p", edit.adopted.as_ref())).unwrap(),
        "[a]\nx = 1\n\n[p]\n# my keys\naws_secret_access_key=old secret ; note\noutput = text\nextra = 1\n\
         aws_access_key_id = AKIANEW\ns3 =\n  max = 1\n\n# about b\n[c]\n[b]\ny = 2\n"
    );
    let removed = text(&edit).replace("aws_access_key_id = ASIA0000000000000001\n", "");
    let back = String::from_utf8(erased(removed.as_bytes(), "p", edit.adopted.as_ref())).unwrap();
    assert!(back.contains("  max = 1\naws_access_key_id = AKIAOLD\n"), "{back}");
}

#[test]
fn without_the_record_our_lines_go_and_the_loss_is_told() {
    let edit = adopt(THEIRS);
    let Erased::Gone { text, lost } = erase(&edit.text, &wish("p").profile, None) else { panic!() };
    assert!(lost);
    assert_eq!(
        String::from_utf8(text.to_vec()).unwrap(),
        "[a]\nx = 1\n\n[p]\n# my keys\noutput = json\ns3 =\n  max = 1\n\n# about b\n[b]\ny = 2\n"
    );
}

#[test]
fn a_layout_in_which_a_new_line_would_change_another_is_refused() {
    // The indented header below would become the continuation of our last line.
    let odd = b"[p]\n  [q]\nx = 1\n";
    assert!(matches!(wish("p").write(odd, b"", true, None), Err(Refusal::Odd { .. })));
}
