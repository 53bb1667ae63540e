//! The keys that Hatrack writes, and the values that it is willing to write.

use super::Delivery;
use super::refusal::{Refusal, ValueFault};

/// A key that Hatrack writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Secret,
    Token,
    Region,
}

impl Key {
    /// All of them, in the order in which they are written.
    pub(super) const ALL: [Self; 4] = [Self::Id, Self::Secret, Self::Token, Self::Region];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Id => "aws_access_key_id",
            Self::Secret => "aws_secret_access_key",
            Self::Token => "aws_session_token",
            Self::Region => "region",
        }
    }

    /// Finds the key of a line; some readers take capitals for the same key.
    pub(super) fn of(key: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name().as_bytes().eq_ignore_ascii_case(key))
    }

    pub(super) fn index(self) -> usize {
        match self {
            Self::Id => 0,
            Self::Secret => 1,
            Self::Token => 2,
            Self::Region => 3,
        }
    }

    /// Whether it is one of the three that must belong together.
    pub(super) fn is_credential(self) -> bool {
        match self {
            Self::Id | Self::Secret | Self::Token => true,
            Self::Region => false,
        }
    }

    pub(super) fn value<'a>(self, delivery: &Delivery<'a>) -> Option<&'a str> {
        match self {
            Self::Id => Some(delivery.access_key_id),
            Self::Secret => Some(delivery.secret_access_key),
            Self::Token => Some(delivery.session_token),
            Self::Region => delivery.region,
        }
    }
}

/// More than any credential is long, and than a reader should be asked to take.
const LONGEST: usize = 64 * 1024;
const LONGEST_ROLE_ID: usize = 1024;

/// Refuses values that could break out of their line, or that some reader would read differently.
pub(super) fn check_values(delivery: &Delivery<'_>) -> Result<(), Refusal> {
    for key in Key::ALL.into_iter().filter(|key| key.is_credential()) {
        let value = key.value(delivery).unwrap_or_default();
        if let Some(fault) = fault_of(value) {
            return Err(Refusal::Value { key: key.name(), fault });
        }
    }
    if let Some(region) = delivery.region {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=32).contains(&region.len()) || !region.bytes().all(fits) {
            return Err(Refusal::Region);
        }
    }
    if delivery.role_id.0.len() > LONGEST_ROLE_ID {
        return Err(Refusal::Value { key: "role id", fault: ValueFault::TooLong });
    }
    Ok(())
}

/// What is wrong with a value, if anything is.
pub(super) fn fault_of(value: &str) -> Option<ValueFault> {
    if value.is_empty() {
        Some(ValueFault::Empty)
    } else if value.len() > LONGEST {
        Some(ValueFault::TooLong)
    } else if value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        Some(ValueFault::Control)
    } else if !value.bytes().all(|b| b.is_ascii_graphic()) || value.starts_with(['#', ';']) {
        Some(ValueFault::Character)
    } else {
        None
    }
}
