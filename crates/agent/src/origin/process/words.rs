//! Splitting a command line into words as the AWS CLI does.

/// The words of a command line by the rules of this platform, or `None` where a quote stays open.
pub(super) fn split(command: &str) -> Option<Vec<String>> {
    #[cfg(windows)]
    return by_windows_rules(command);
    #[cfg(not(windows))]
    by_shell_rules(command)
}

/// By the rules of a POSIX shell, comments aside: a `#` is a character like any other.
#[cfg(not(windows))]
fn by_shell_rules(command: &str) -> Option<Vec<String>> {
    // The crate takes a word that begins with # for the start of a comment.
    let mut lexer = shlex::Shlex::new(command);
    if !command.contains('#') {
        let words: Vec<_> = lexer.by_ref().collect();
        return (!lexer.had_error).then_some(words);
    }
    let placeholder = (0xe000..0xf8ff).filter_map(char::from_u32).find(|c| !command.contains(*c))?;
    let covered = command.replace('#', placeholder.encode_utf8(&mut [0; 4]));
    let mut lexer = shlex::Shlex::new(&covered);
    let words: Vec<_> = lexer.by_ref().map(|word| word.replace(placeholder, "#")).collect();
    (!lexer.had_error).then_some(words)
}

/// By the rules of Microsoft's C runtime: a backslash counts only before a double quote.
#[cfg(any(windows, test))]
fn by_windows_rules(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut begun, mut quoted, mut slashes) =
        (Vec::new(), String::new(), false, false, 0);
    for c in command.chars() {
        if c == '\\' {
            slashes += 1;
            continue;
        }
        if c == '"' {
            word.extend(std::iter::repeat_n('\\', slashes / 2));
            begun = true;
            if slashes % 2 == 1 {
                word.push('"');
            } else {
                quoted = !quoted;
            }
            slashes = 0;
            continue;
        }
        if slashes > 0 {
            word.extend(std::iter::repeat_n('\\', slashes));
            begun = true;
            slashes = 0;
        }
        if c.is_ascii_whitespace() && !quoted {
            if begun {
                words.push(std::mem::take(&mut word));
            }
            begun = false;
        } else {
            word.push(c);
            begun = true;
        }
    }
    if slashes > 0 {
        word.extend(std::iter::repeat_n('\\', slashes));
        begun = true;
    }
    if begun {
        words.push(word);
    }
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(windows))]
    #[test]
    fn shell_rules() {
        let split = |command| split(command).map(|words| words.join("|"));
        assert_eq!(split(r#"a 'b c' "d \" e" f\ g"#).unwrap(), r#"a|b c|d " e|f g"#);
        assert_eq!(
            split("a $(touch x) `y` | z > w").unwrap(),
            "a|$(touch|x)|`y`|||z|>|w",
            "there is no shell"
        );
        assert_eq!(split("a #b 'c#d'").unwrap(), "a|#b|c#d");
        assert_eq!(split("a 'b"), None);
    }

    #[test]
    fn windows_rules() {
        let split = |command| by_windows_rules(command).map(|words| words.join("|"));
        assert_eq!(
            split(r#""C:\Program Files\x.exe" a\b "c \"d\"" \\"e f\\""#).unwrap(),
            r#"C:\Program Files\x.exe|a\b|c "d"|\e f\"#
        );
        assert_eq!(split(r#"a "b"#), None);
        assert_eq!(split(r#"a "" b"#).unwrap(), "a||b");
    }
}
