//! What the header of a section names.

use std::borrow::Cow;

/// What a header of the config file names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// A profile; `[default]` and `[profile NAME]`.
    Profile(String),
    /// An `sso-session`.
    SsoSession(String),
    /// A `services` section.
    Services(String),
    /// `[DEFAULT]`, which gives settings to every section for Python's readers.
    Defaults,
    /// A header without a word before its name, which AWS tools read as no profile.
    Bare(String),
    /// Begins like one of the above, and isn't.
    Malformed,
    /// Anything else.
    Other,
}

impl Header {
    /// Reads a header as botocore does.
    pub(super) fn of_config(text: &str) -> Self {
        let kind: fn(String) -> Self = if text.starts_with("profile") {
            Self::Profile
        } else if text.starts_with("sso-session") {
            Self::SsoSession
        } else if text.starts_with("services") {
            Self::Services
        } else if text == "default" {
            return Self::Profile(text.to_owned());
        } else if text == "DEFAULT" {
            return Self::Defaults;
        } else {
            return match words(text).as_deref() {
                Some([name]) if !name.is_empty() => Self::Bare(name.clone().into_owned()),
                Some(_) | None => Self::Other,
            };
        };
        match words(text).as_deref() {
            Some([_, name]) if !name.is_empty() => kind(name.clone().into_owned()),
            Some([name]) if *name == text && !matches!(text, "profile" | "sso-session" | "services") => {
                Self::Bare(text.to_owned())
            }
            Some(_) | None => Self::Malformed,
        }
    }
}

/// Splits a text into words as a POSIX shell does; `None` where a quote or an escape is left open.
pub(super) fn words(text: &str) -> Option<Vec<Cow<'_, str>>> {
    if text.contains(['"', '\'', '\\']) {
        return Some(quoted_words(text)?.into_iter().map(Cow::Owned).collect());
    }
    let blanks = [' ', '\t', '\r', '\n'];
    Some(text.split(blanks).filter(|word| !word.is_empty()).map(Cow::Borrowed).collect())
}

fn quoted_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::with_capacity(2);
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some('"'), '\\') => {
                let next = chars.next()?;
                let word = word.get_or_insert_default();
                if !matches!(next, '"' | '\\') {
                    word.push('\\');
                }
                word.push(next);
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().push(chars.next()?),
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (Some(_) | None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_botocore_reads_them() {
        let profile = |name: &str| Header::Profile(name.to_owned());
        for (text, expected) in [
            ("default", profile("default")),
            ("profile x", profile("x")),
            ("profile\tx", profile("x")),
            ("profile \"two words\"", profile("two words")),
            ("profile 'it\"s'", profile("it\"s")),
            ("profile \"a\\\"b\\c\"", profile("a\"b\\c")),
            ("profile a\\ b", profile("a b")),
            ("profile café", profile("café")),
            ("profilex y", profile("y")),
            ("profile", Header::Malformed),
            ("profile a b", Header::Malformed),
            ("profile \"a", Header::Malformed),
            ("profile \"\"", Header::Malformed),
            ("sso-session s", Header::SsoSession("s".to_owned())),
            ("services s", Header::Services("s".to_owned())),
            ("DEFAULT", Header::Defaults),
            ("p", Header::Bare("p".to_owned())),
            ("profilex", Header::Bare("profilex".to_owned())),
            ("some tool", Header::Other),
        ] {
            assert_eq!(Header::of_config(text), expected, "{text}");
        }
    }
}
