//! The time that is left, in words.
//!
//! Seconds are rounded up, so that "1 s" is still valid and "expired" never comes early; minutes
//! and hours are what is full. Deliberately absent: a clock. Who shows a countdown reads its own
//! clock, draws, and sleeps for [`next_change`].

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// How pressing the end of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Five minutes or more.
    Calm,
    /// Less than five minutes.
    Soon,
    /// Less than a minute.
    Last,
    /// Nothing.
    Over,
}

/// Tells the time that is left between now and an expiration; negative when it has passed.
pub fn left(expiration: Timestamp, now: Timestamp) -> SignedDuration {
    expiration.duration_since(now)
}

/// Words the time that is left: `3 h 12 m`, `42 m`, `45 s`, `expired`.
pub fn words(left: SignedDuration) -> String {
    match whole_seconds(left) {
        i64::MIN..=0 => "expired".to_owned(),
        seconds @ 1..MINUTE => format!("{seconds} s"),
        seconds @ MINUTE.. => minutes_and_hours(seconds),
    }
}

/// Words the time that is left where nothing may change more often than once a minute: as
/// [`words`], but `under 1 m` for the last minute.
pub fn words_in_minutes(left: SignedDuration) -> String {
    match whole_seconds(left) {
        i64::MIN..=0 => "expired".to_owned(),
        1..MINUTE => "under 1 m".to_owned(),
        seconds @ MINUTE.. => minutes_and_hours(seconds),
    }
}

/// Tells how pressing the end is. It changes only when [`words`] change, too.
pub fn urgency(left: SignedDuration) -> Urgency {
    const SOON: i64 = 5 * MINUTE;
    match whole_seconds(left) {
        i64::MIN..=0 => Urgency::Over,
        1..MINUTE => Urgency::Last,
        MINUTE..SOON => Urgency::Soon,
        SOON.. => Urgency::Calm,
    }
}

/// Tells after how long [`words`] say something else; `None` when they never will again.
pub fn next_change(left: SignedDuration) -> Option<SignedDuration> {
    match whole_seconds(left) {
        i64::MIN..=0 => None,
        seconds @ 1..MINUTE => Some(until(left, seconds - 1)),
        seconds @ MINUTE.. => Some(until(left, start_of_minute(seconds) - 1)),
    }
}

/// Tells after how long [`words_in_minutes`] say something else; `None` when they never will again.
pub fn next_change_in_minutes(left: SignedDuration) -> Option<SignedDuration> {
    match whole_seconds(left) {
        i64::MIN..=0 => None,
        1..MINUTE => Some(left),
        seconds @ MINUTE.. => Some(until(left, start_of_minute(seconds) - 1)),
    }
}

/// The seconds that are left, a begun one counted as whole.
fn whole_seconds(left: SignedDuration) -> i64 {
    left.as_secs().saturating_add(i64::from(left.subsec_nanos() > 0))
}

fn minutes_and_hours(seconds: i64) -> String {
    let (hours, minutes) = (seconds / HOUR, seconds % HOUR / MINUTE);
    if hours > 0 { format!("{hours} h {minutes} m") } else { format!("{minutes} m") }
}

fn start_of_minute(seconds: i64) -> i64 {
    seconds - seconds % MINUTE
}

fn until(left: SignedDuration, seconds: i64) -> SignedDuration {
    left.saturating_sub(SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_say_hours_minutes_seconds_and_the_end() {
        for (milliseconds, expected) in [
            (43_200_000, "12 h 0 m"),
            (11_520_000, "3 h 12 m"),
            (3_600_000, "1 h 0 m"),
            (3_599_001, "1 h 0 m"),
            (3_599_000, "59 m"),
            (2_520_000, "42 m"),
            (60_000, "1 m"),
            (59_001, "1 m"),
            (59_000, "59 s"),
            (45_000, "45 s"),
            (1, "1 s"),
            (0, "expired"),
            (-1, "expired"),
            (-7_200_000, "expired"),
        ] {
            assert_eq!(words(SignedDuration::from_millis(milliseconds)), expected, "{milliseconds} ms");
        }
    }

    #[test]
    fn the_last_minute_is_one_in_a_menu() {
        for (seconds, expected) in [(60, "1 m"), (59, "under 1 m"), (1, "under 1 m"), (0, "expired")] {
            assert_eq!(words_in_minutes(SignedDuration::from_secs(seconds)), expected, "{seconds} s");
        }
    }

    #[test]
    fn urgency_rises_at_five_minutes_and_at_one() {
        for (seconds, expected) in [
            (300, Urgency::Calm),
            (299, Urgency::Soon),
            (60, Urgency::Soon),
            (59, Urgency::Last),
            (1, Urgency::Last),
            (0, Urgency::Over),
        ] {
            assert_eq!(urgency(SignedDuration::from_secs(seconds)), expected, "{seconds} s");
        }
    }

    #[test]
    fn the_ends_of_time_are_survived() {
        for far in [SignedDuration::MIN, SignedDuration::MAX] {
            words(far);
            urgency(far);
            next_change(far);
            next_change_in_minutes(far);
        }
    }

    type Words = fn(SignedDuration) -> String;
    type NextChange = fn(SignedDuration) -> Option<SignedDuration>;

    proptest! {
        #[test]
        fn who_sleeps_until_the_next_change_misses_none(milliseconds in -1_000i64..50_000_000) {
            let now = SignedDuration::from_millis(milliseconds);
            let pairs: [(Words, NextChange); 2] =
                [(words, next_change), (words_in_minutes, next_change_in_minutes)];
            for (words, next_change) in pairs {
                match next_change(now) {
                    None => prop_assert_eq!(words(now), "expired"),
                    Some(sleep) => {
                        prop_assert!(sleep > SignedDuration::ZERO);
                        prop_assert_ne!(words(now - sleep), words(now));
                        let just_before = now - sleep + SignedDuration::from_nanos(1);
                        prop_assert_eq!(words(just_before), words(now));
                        prop_assert_eq!(urgency(just_before), urgency(now));
                    }
                }
            }
        }
    }
}
