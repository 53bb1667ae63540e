//! Bash, zsh and other shells of POSIX: between single quotes everything is text but the single quote.

use super::Unsafe;

pub(super) fn line(lines: &mut String, name: &str, value: &str) -> Result<(), Unsafe> {
    if value.is_empty() {
        lines.extend(["unset ", name, "\n"]);
        return Ok(());
    }
    lines.extend(["export ", name, "='"]);
    for (at, part) in value.split('\'').enumerate() {
        if at > 0 {
            lines.push_str("'\\''");
        }
        lines.push_str(part);
    }
    lines.push_str("'\n");
    Ok(())
}
