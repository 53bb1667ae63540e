//! What IAM's service model says its parameters have to be.

use crate::constraint::{Pattern, Text};

pub(super) const ACCESS_KEY_ID: Text = Text {
    min: 16,
    max: 128,
    pattern: Some(Pattern { regex: r"[\w]+", allows: |c| c.is_ascii_alphanumeric() || c == '_' }),
};
pub(super) const USER_NAME: Text = Text {
    min: 1,
    max: 128,
    pattern: Some(Pattern {
        regex: r"[\w+=,.@-]+",
        allows: |c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c),
    }),
};

/// Long-term keys that a user may have.
pub(super) const MOST_ACCESS_KEYS: usize = 2;
