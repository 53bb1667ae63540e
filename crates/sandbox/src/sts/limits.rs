//! What STS's service model says its parameters have to be.

use crate::constraint::{Pattern, Text};

const ANY: Pattern = Pattern {
    regex: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    allows: |c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..),
};
const POLICY_TEXT: Pattern = Pattern {
    regex: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    allows: |c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}'),
};
const NAME: Pattern = Pattern { regex: r"[\w+=,.@-]*", allows: |c| word(c) || "+=,.@-".contains(c) };

pub(super) const ACCESS_KEY_ID: Text =
    Text { min: 16, max: 128, pattern: Some(Pattern { regex: r"[\w]*", allows: word }) };
pub(super) const ARN: Text = Text { min: 20, max: 2048, pattern: Some(ANY) };
pub(super) const CONTEXT_ASSERTION: Text = Text { min: 4, max: 2048, pattern: None };
pub(super) const EXTERNAL_ID: Text = Text {
    min: 2,
    max: 1224,
    pattern: Some(Pattern { regex: r"[\w+=,.@:\/-]*", allows: |c| word(c) || "+=,.@:/-".contains(c) }),
};
/// The model sets no longest policy: what is too long is refused by its packed size.
pub(super) const POLICY: Text = Text { min: 1, max: usize::MAX, pattern: Some(POLICY_TEXT) };
/// What every operation but AssumeRole takes as a policy.
pub(super) const SESSION_POLICY: Text = Text { min: 1, max: 2048, pattern: Some(POLICY_TEXT) };
pub(super) const SIGNING_ALGORITHM: Text = Text { min: 5, max: 5, pattern: None };
pub(super) const TOKEN_AUDIENCE: Text = Text { min: 1, max: 1000, pattern: None };
pub(super) const PROVIDER_ID: Text = Text { min: 4, max: 2048, pattern: None };
pub(super) const SAML_ASSERTION: Text = Text { min: 4, max: 100_000, pattern: None };
pub(super) const WEB_IDENTITY_TOKEN: Text = Text { min: 4, max: 20_000, pattern: None };
pub(super) const ENCODED_MESSAGE: Text = Text { min: 1, max: 10_240, pattern: None };
pub(super) const FEDERATED_NAME: Text = Text { min: 2, max: 32, pattern: Some(NAME) };
pub(super) const TARGET_PRINCIPAL: Text = Text { min: 12, max: 2048, pattern: None };
pub(super) const ROLE_SESSION_NAME: Text = Text { min: 2, max: 64, pattern: Some(NAME) };
pub(super) const SERIAL_NUMBER: Text = Text {
    min: 9,
    max: 256,
    pattern: Some(Pattern { regex: r"[\w+=/:,.@-]*", allows: |c| word(c) || "+=/:,.@-".contains(c) }),
};
pub(super) const SOURCE_IDENTITY: Text = Text { min: 2, max: 64, pattern: Some(NAME) };
pub(super) const TAG_KEY: Text = Text {
    min: 1,
    max: 128,
    pattern: Some(Pattern { regex: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", allows: tag_character }),
};
pub(super) const TAG_VALUE: Text = Text {
    min: 0,
    max: 256,
    pattern: Some(Pattern { regex: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", allows: tag_character }),
};
pub(super) const TOKEN_CODE: Text =
    Text { min: 6, max: 6, pattern: Some(Pattern { regex: r"[\d]*", allows: |c| c.is_ascii_digit() }) };

/// Seconds of a role session.
pub(super) const ROLE_DURATION: (u32, u32) = (900, 43_200);
/// Seconds of a user's session.
pub(super) const SESSION_DURATION: (u32, u32) = (900, 129_600);
/// Seconds of a root's session; none asked for is the most.
pub(super) const ROOT_DURATION: (u32, u32) = (0, 900);
/// Seconds of a token that tells others who the caller is.
pub(super) const TOKEN_DURATION: (u32, u32) = (60, 3600);
pub(super) const MOST_AUDIENCES: usize = 10;
/// Characters of a session token that a caller may ask for.
pub(super) const TOKEN_SIZE: (u32, u32) = (0, 4096);
pub(super) const MOST_TAGS: usize = 50;
pub(super) const MOST_CONTEXTS: usize = 5;
/// Not in the model; the API reference says it.
pub(super) const MOST_POLICY_ARNS: usize = 10;

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Letters, numbers and separators in Unicode's sense; what is white and a control is no separator.
fn tag_character(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}
