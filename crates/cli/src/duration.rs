//! Durations of sessions, as they are typed.

/// The limits of STS for AssumeRole, in seconds.
const LIMITS: std::ops::RangeInclusive<u32> = 900..=43_200;

/// Reads `1h`, `90m`, `1h30m`, `3600s` or plain seconds, 900 to 43,200 of them.
pub(crate) fn seconds(text: &str) -> Result<u32, String> {
    let seconds = parse(text).ok_or("write it like 1h, 90m, 1h30m or 3600")?;
    if LIMITS.contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("AWS allows {} (15m) to {} (12h) seconds", LIMITS.start(), LIMITS.end()))
    }
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
            ("3600", 3600),
            ("1h30m", 5400),
            ("900s", 900),
            (" 1H ", 3600),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn nonsense_and_too_much_are_told_apart() {
        for text in ["", "h", "1x", "1h1h", "30m1h", "1h30", "-1h", "99999999999h", "1.5h"] {
            assert!(seconds(text).unwrap_err().starts_with("write it like"), "{text}");
        }
        for text in ["14m", "899", "13h", "0"] {
            assert!(seconds(text).unwrap_err().starts_with("AWS allows"), "{text}");
        }
    }
}
