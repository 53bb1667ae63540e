//! A difference as a terminal shows it.

use crate::print;
use anstyle::{AnsiColor, Style};

/// The lines of a difference, those that come green and those that go red.
pub(crate) fn rendered(diff: &str) -> String {
    let line = |line: &str| {
        let colour = match line.as_bytes().first() {
            Some(b'+') => Some(AnsiColor::Green.into()),
            Some(b'-') => Some(AnsiColor::Red.into()),
            Some(_) | None => None,
        };
        let style = Style::new().fg_color(colour);
        format!("{style}{}{style:#}\n", print::sentence(line))
    };
    diff.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_keeps_its_lines_and_commands_no_terminal() {
        let text = rendered("--- a\n+++ b\n-aws_access_key_id = AKIA…\u{1b}[2J\n [work]\n");
        let expected = "--- a\n+++ b\n-aws_access_key_id = AKIA…\\u{1b}[2J\n [work]\n";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }
}
