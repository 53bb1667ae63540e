//! Numbers of things, in words.

/// Words a number with its thousands apart: `10,000`.
pub fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut words = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// Words how many there are of something that takes an `s` when there are several: `1 role`,
/// `10,000 roles`.
pub fn of(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {what}{ending}", number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_one_is_single() {
        for (count, expected) in [
            (0, "0 roles"),
            (1, "1 role"),
            (999, "999 roles"),
            (1_000, "1,000 roles"),
            (100_000, "100,000 roles"),
            (1_234_567, "1,234,567 roles"),
        ] {
            assert_eq!(of(count, "role"), expected);
        }
    }
}
