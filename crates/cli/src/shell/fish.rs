//! fish: between single quotes the backslash and the single quote are escaped by a backslash.

use super::Unsafe;

pub(super) fn line(lines: &mut String, name: &str, value: &str) -> Result<(), Unsafe> {
    if value.is_empty() {
        lines.extend(["set -e ", name, "\n"]);
        return Ok(());
    }
    lines.extend(["set -gx ", name, " '"]);
    for sign in value.chars() {
        if matches!(sign, '\'' | '\\') {
            lines.push('\\');
        }
        lines.push(sign);
    }
    lines.push_str("'\n");
    Ok(())
}
