//! This face's clock, and how far it is from AWS's.

use hatrack_core::view::countdown;
use jiff::{SignedDuration, Timestamp};

/// From how many seconds on a wrong clock is worth a word.
const WORTH_A_WORD: u64 = 60;

/// Reads the clock, to count down from a time of this computer.
#[expect(clippy::disallowed_methods, reason = "a face counts down by itself; this is its one clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Reads the clock as AWS's shows it, to count down from a time in a snapshot.
pub(crate) fn aws_now(offset: i64) -> Timestamp {
    let now = now();
    now.checked_add(SignedDuration::from_secs(offset)).unwrap_or(now)
}

/// The time of this computer's clock at a time of AWS's.
pub(crate) fn here(at_aws: Timestamp, offset: i64) -> Timestamp {
    at_aws.checked_sub(SignedDuration::from_secs(offset)).unwrap_or(at_aws)
}

/// The notice about a clock that is wrong.
pub(crate) fn notice(offset: i64) -> Option<String> {
    let off = offset.unsigned_abs();
    (off >= WORTH_A_WORD).then(|| {
        let words = countdown::words(SignedDuration::from_secs(off.try_into().unwrap_or(i64::MAX)));
        let way = if offset > 0 { "behind" } else { "ahead of" };
        format!("This computer's clock is {words} {way} AWS's; Hatrack counts with AWS's. Set the clock.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_worth_a_word_from_a_minute_on() {
        assert_eq!((notice(0), notice(59), notice(-59)), (None, None, None));
        let behind =
            "This computer's clock is 12 h 0 m behind AWS's; Hatrack counts with AWS's. Set the clock.";
        assert_eq!(notice(43_200).as_deref(), Some(behind));
        assert!(notice(-60).unwrap().contains(" 1 m ahead of AWS's"));
        assert!(notice(i64::MIN).is_some());
    }

    #[test]
    fn times_of_aws_are_counted_with_its_clock() {
        let at: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        assert_eq!(here(at, 3600), "2030-01-01T11:00:00Z".parse().unwrap());
        assert_eq!(here(Timestamp::MIN, i64::MAX), Timestamp::MIN);
        assert!(aws_now(7200) > now() && aws_now(-7200) < now());
    }
}
