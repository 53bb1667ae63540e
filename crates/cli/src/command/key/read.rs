//! Reading an access key in the forms in which people have it.

use hatrack_wire::Sealed;
use serde::Deserialize;

/// An access key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    /// Its id.
    pub(super) access_key_id: String,
    /// Its secret.
    pub(super) secret_access_key: Sealed,
}

/// What `aws iam create-access-key` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    access_key: Key,
}

/// Reads a key: JSON, the console's CSV, or the id and the secret with white space between them;
/// the secret alone where the id is known.
pub(super) fn key(text: &str, id: Option<&str>) -> Option<Key> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let key = if text.starts_with('{') {
        let created = serde_json::from_str(text).map(|created: Created| created.access_key);
        created.or_else(|_| serde_json::from_str(text)).ok()?
    } else if text.lines().next()?.to_lowercase().contains("access key id") {
        of_csv(text)?
    } else {
        of_words(text, id)?
    };
    let is_whole = !key.secret_access_key.open().is_empty() && id.is_none_or(|id| id == key.access_key_id);
    is_whole.then_some(key)
}

/// Whether a text can be an access key's id.
pub(super) fn is_id(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The file of the console: a line with the columns' names, and one with the values. None of them
/// ever has a comma in it.
fn of_csv(text: &str) -> Option<Key> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let cells = |line: &str| -> Vec<Sealed> {
        line.split(',').map(|cell| Sealed::new(cell.trim().trim_matches('"'))).collect()
    };
    let (names, values) = (cells(lines.next()?), cells(lines.next()?));
    let value = |name: &str| {
        let column = names.iter().position(|cell| cell.open().eq_ignore_ascii_case(name))?;
        values.get(column)
    };
    let access_key_id = value("access key id")?.open().to_owned();
    Some(Key { access_key_id, secret_access_key: value("secret access key")?.clone() })
}

fn of_words(text: &str, id: Option<&str>) -> Option<Key> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (access_key_id, secret) = match words[..] {
        [id, secret] if is_id(id) => (id, secret),
        [secret] => (id?, secret),
        _ => return None,
    };
    Some(Key { access_key_id: access_key_id.to_owned(), secret_access_key: Sealed::new(secret) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn every_form_in_which_people_have_a_key_is_read() {
        for text in [
            format!("{ID}\n{SECRET}\n"),
            format!("  {ID} {SECRET}"),
            format!("\u{feff}Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
            format!(
                "User Name,Password,Access key ID,Secret access key,Console login link\neve,,{ID},\"{SECRET}\",https://x\n"
            ),
            format!(
                r#"{{"AccessKey": {{"UserName": "eve", "AccessKeyId": "{ID}", "Status": "Active", "SecretAccessKey": "{SECRET}", "CreateDate": "2030-01-01"}}}}"#
            ),
            format!(r#"{{"AccessKeyId": "{ID}", "SecretAccessKey": "{SECRET}"}}"#),
        ] {
            for id in [None, Some(ID)] {
                let key = key(&text, id).unwrap();
                assert_eq!(
                    (key.access_key_id.as_str(), key.secret_access_key.open()),
                    (ID, SECRET),
                    "{text}"
                );
            }
            assert!(key(&text, Some("AKIAI44QH8DHBEXAMPLE")).is_none(), "another key than was meant: {text}");
        }
        assert_eq!(key(SECRET, Some(ID)).unwrap().secret_access_key.open(), SECRET);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            SECRET,
            "a b c",
            "no-id secret",
            "{}",
            r#"{"AccessKey": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}}"#,
            "Access key ID,Secret access key\n",
            "Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,\n",
            "Access key ID\nAKIAIOSFODNN7EXAMPLE\n",
        ] {
            assert!(key(text, None).is_none(), "{text}");
        }
        assert!(
            is_id(ID) && !is_id("AKIA") && !is_id(SECRET) && !is_id("arn:aws:iam::123456789012:user/eve")
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = key(&format!("{ID} {SECRET}"), None).unwrap();
        assert!(!format!("{key:?}").contains(SECRET));
    }
}
