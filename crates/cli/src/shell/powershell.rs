//! PowerShell: between single quotes everything is text but a quote, which is doubled; it takes four
//! typographic quotes for single ones.

use super::Unsafe;

const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

pub(super) fn line(lines: &mut String, name: &str, value: &str) -> Result<(), Unsafe> {
    if value.is_empty() {
        lines.extend(["Remove-Item -ErrorAction Ignore Env:", name, "\n"]);
        return Ok(());
    }
    lines.extend(["$env:", name, " = '"]);
    for sign in value.chars() {
        if QUOTES.contains(&sign) {
            lines.push(sign);
        }
        lines.push(sign);
    }
    lines.push_str("'\n");
    Ok(())
}
