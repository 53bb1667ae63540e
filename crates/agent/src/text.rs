//! Text from outside, made fit to be shown.

/// The text as one line without what could mislead: control characters, direction marks and
/// invisible characters are dropped, white space is folded, and what is longer than `most`
/// characters is cut and ends with an ellipsis.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if c.is_control() || is_invisible(c) {
            continue;
        }
        if length + usize::from(gap) >= most {
            out.push('…');
            return out;
        }
        if gap {
            out.push(' ');
            length += 1;
            gap = false;
        }
        out.push(c);
        length += 1;
    }
    out
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_misleads_is_dropped() {
        assert_eq!(plain("a\u{202e}b\x1b[31m\u{0}\r\n\t c\u{200b}", 300), "ab[31m c");
        assert_eq!(plain("  x  ", 300), "x");
        assert_eq!(plain(&"é".repeat(400), 300).chars().count(), 301);
        assert_eq!(plain("abc", 3), "abc");
    }
}
