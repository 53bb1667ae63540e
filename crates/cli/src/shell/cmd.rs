//! Windows' command prompt. It has no way to write a quote, a percent sign, an exclamation mark or the
//! end of a line that holds under all of its settings, so those are refused.

use super::Unsafe;

pub(super) fn line(lines: &mut String, name: &str, value: &str) -> Result<(), Unsafe> {
    if value.chars().any(|sign| matches!(sign, '"' | '%' | '!' | '^') || sign.is_control()) {
        return Err(Unsafe);
    }
    lines.extend(["set \"", name, "=", value, "\"\n"]);
    Ok(())
}
