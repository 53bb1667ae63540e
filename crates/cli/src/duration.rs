//! Durations as they are typed and told.

use hatrack_core::view::countdown;
use jiff::{SignedDuration, Timestamp};
use std::ops::RangeInclusive;

/// The shortest and the longest session of any operation of STS, in seconds; what of it a role
/// allows is the planner's to say.
const SESSION: RangeInclusive<u32> = 900..=129_600;

/// The limits of STS for GetWebIdentityToken, in seconds.
const TOKEN: RangeInclusive<u32> = 60..=3600;

/// How long a person is waited for, in seconds.
const WAIT: RangeInclusive<u32> = 0..=3600;

const DAY: i64 = 86_400;

/// Reads the duration of a session: `1h`, `90m`, `1h30m`, `3600s` or plain seconds.
pub(crate) fn seconds(text: &str) -> Result<u32, String> {
    within(text, &SESSION)
}

/// Reads how long to wait for a person.
pub(crate) fn wait(text: &str) -> Result<u32, String> {
    within(text, &WAIT)
}

/// Reads the duration of a token.
pub(crate) fn token_seconds(text: &str) -> Result<u32, String> {
    within(text, &TOKEN)
}

/// Reads the duration of a session for a setting, which nothing takes away.
pub(crate) fn setting(text: &str) -> Result<String, String> {
    if text.is_empty() { Ok(String::new()) } else { Ok(seconds(text)?.to_string()) }
}

/// Tells a number of seconds in words.
pub(crate) fn words(seconds: u32) -> String {
    countdown::words(SignedDuration::from_secs(seconds.into()))
}

/// Tells how long ago something was.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let past = now.duration_since(at);
    match past.as_secs() {
        i64::MIN..=0 => "just now".to_owned(),
        1..DAY => format!("{} ago", countdown::words(past)),
        seconds => format!("{} ago", days(seconds / DAY)),
    }
}

/// Tells how many full days have passed since.
pub(crate) fn full_days(since: Timestamp, now: Timestamp) -> i64 {
    (now.duration_since(since).as_secs() / DAY).max(0)
}

/// Tells a number of days in words.
pub(crate) fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

fn within(text: &str, limits: &RangeInclusive<u32>) -> Result<u32, String> {
    let seconds = parse(text).ok_or("write it like 1h, 90m, 1h30m or 3600")?;
    if limits.contains(&seconds) {
        return Ok(seconds);
    }
    let end = |seconds: u32| {
        if seconds.is_multiple_of(3600) {
            format!("{} h", seconds / 3600)
        } else {
            format!("{} m", seconds / 60)
        }
    };
    let (least, most) = (*limits.start(), *limits.end());
    Err(format!("AWS allows {least} ({}) to {most} ({}) seconds", end(least), end(most)))
}

fn parse(text: &str) -> Option<u32> {
    let (mut total, mut number, mut longer_unit) = (0_u32, String::new(), u32::MAX);
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if unit >= longer_unit {
            return None;
        }
        longer_unit = unit;
        total = total.checked_add(number.parse::<u32>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    match (number.is_empty(), longer_unit) {
        (true, u32::MAX) => None,
        (true, _) => Some(total),
        (false, u32::MAX) => number.parse().ok(),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read() {
        for (text, expected) in [
            ("1h", 3600),
            ("90m", 5400),
            ("12h", 43_200),
            ("36h", 129_600),
            ("3600", 3600),
            ("1h30m", 5400),
            ("900s", 900),
            (" 1H ", 3600),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
            assert_eq!(setting(text), Ok(expected.to_string()), "{text}");
        }
        assert_eq!(setting(""), Ok(String::new()));
        assert_eq!((token_seconds("1m"), token_seconds("1h")), (Ok(60), Ok(3600)));
    }

    #[test]
    fn nonsense_and_too_much_are_told_apart() {
        for text in ["", "h", "1x", "1h1h", "30m1h", "1h30", "-1h", "99999999999h", "1.5h"] {
            assert!(seconds(text).unwrap_err().starts_with("write it like"), "{text}");
        }
        for text in ["14m", "899", "37h", "0"] {
            assert_eq!(
                seconds(text).unwrap_err(),
                "AWS allows 900 (15 m) to 129600 (36 h) seconds",
                "{text}"
            );
        }
        assert_eq!(token_seconds("2h").unwrap_err(), "AWS allows 60 (1 m) to 3600 (1 h) seconds");
    }

    #[test]
    fn the_past_is_told_in_minutes_hours_and_days() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let then = at("2030-01-01T12:00:00Z");
        for (now, expected) in [
            ("2030-01-01T12:00:00Z", "just now"),
            ("2030-01-01T14:03:00Z", "2 h 3 m ago"),
            ("2030-01-02T12:00:00Z", "1 day ago"),
            ("2030-04-01T11:59:59Z", "89 days ago"),
        ] {
            assert_eq!(ago(then, at(now)), expected);
        }
        assert_eq!((full_days(then, at("2030-04-01T12:00:00Z")), full_days(then, Timestamp::MIN)), (90, 0));
    }
}
