//! What is taken out of a file, as a unified diff without a secret in it.

use crate::delivery::key::Key;
use crate::ini::{Document, LineKind};
use crate::name::shown;
use std::fmt::Write as _;
use std::ops::Range;

/// How many lines are shown around those that go.
const CONTEXT: usize = 3;

/// The settings whose values are shown; any other may be a secret of some tool.
const SHOWN: [&str; 2] = ["region", "output"];

/// The hunks for a file that loses these lines, which are in order.
pub(super) fn hunks(document: &Document, gone: &[usize]) -> String {
    let mut text = String::new();
    for lines in windows(document.line_count(), gone) {
        let before = gone.iter().filter(|line| **line < lines.start).count();
        let here = gone.iter().filter(|line| lines.contains(line)).count();
        let kept = lines.len() - here;
        // An empty side is counted from the line before it.
        let new_start = lines.start - before + usize::from(kept > 0);
        // Writing into a String can't fail.
        writeln!(text, "@@ -{},{} +{new_start},{kept} @@", lines.start + 1, lines.len()).unwrap_or_default();
        for line in lines {
            text.push(if gone.contains(&line) { '-' } else { ' ' });
            if let Some(line) = document.line(line) {
                text.push_str(&masked(line.kind()));
            }
            text.push('\n');
        }
    }
    text
}

/// The lines of each hunk: those that go and some around, together where they meet.
fn windows(count: usize, gone: &[usize]) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = Vec::new();
    for line in gone {
        let next = line.saturating_sub(CONTEXT)..(line + 1 + CONTEXT).min(count);
        match windows.last_mut() {
            Some(last) if next.start <= last.end => last.end = next.end,
            Some(_) | None => windows.push(next),
        }
    }
    windows
}

fn masked(kind: LineKind<'_>) -> String {
    let text = |bytes: &[u8]| shown(&String::from_utf8_lossy(bytes));
    match kind {
        LineKind::Blank => String::new(),
        LineKind::Comment => "# ****".to_owned(),
        LineKind::Section { name } => format!("[{}]", text(name)),
        LineKind::BrokenHeader => "[****".to_owned(),
        LineKind::Setting { key, value, .. } => {
            let is_shown = SHOWN.iter().any(|name| name.as_bytes() == key);
            let value = match Key::of(key) {
                Some(Key::Id) => masked_id(value),
                _ if is_shown || value.is_empty() => text(value),
                Some(Key::Secret | Key::Token | Key::Region) | None => "****".to_owned(),
            };
            format!("{} = {value}", text(key)).trim_end().to_owned()
        }
        LineKind::Nested { key, .. } => format!("  {} = ****", text(key)),
        LineKind::Continuation { .. } | LineKind::Junk => "  ****".to_owned(),
    }
}

/// The kind and the last four signs of an access key's id.
fn masked_id(id: &[u8]) -> String {
    match std::str::from_utf8(id) {
        Ok(id) if id.len() >= 16 && id.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!("{}…{}", &id[..4], &id[id.len() - 4..])
        }
        Ok(_) | Err(_) => "****".to_owned(),
    }
}
