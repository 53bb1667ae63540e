//! Taking written profiles out again.

use super::{Kind, Marked, Planned, marked};
use crate::ini::{Document, LineKind};
use std::collections::BTreeSet;

/// Which written profiles are to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those with these names.
    Named(BTreeSet<String>),
}

/// Takes profiles with our mark out of the text of the config file, and the portals that nothing
/// names any more. One to which somebody added settings stays, unless `force` says otherwise.
pub fn remove(config: &[u8], which: &Which, force: bool) -> Planned {
    let mut planned = Planned::default();
    let mut document = Document::parse(config);
    let all = marked(&document);
    let mut wanted = match which {
        Which::All => BTreeSet::new(),
        Which::Named(names) => names.clone(),
    };
    for found in all.iter().rev().filter(|found| found.kind == Kind::Profile) {
        let is_meant = wanted.remove(&found.name) || *which == Which::All;
        if !is_meant {
            continue;
        }
        if found.has_others && !force {
            planned.skipped.push(format!("{}: it has settings or comments of somebody's own", found.name));
            continue;
        }
        planned.diff.insert_str(0, &gone(&document, found));
        document = without(&document, found);
        planned.removed.insert(0, found.name.clone());
    }
    planned.skipped.extend(wanted.into_iter().map(|name| format!("{name}: Hatrack has not written it")));
    for portal in marked(&document).iter().rev().filter(|found| found.kind == Kind::SsoSession) {
        if !is_named(&document, &portal.name) && (!portal.has_others || force) && !planned.removed.is_empty()
        {
            planned.diff.push_str(&gone(&document, portal));
            document = without(&document, portal);
        }
    }
    planned.text = document.print();
    planned
}

/// Whether a profile names a portal.
fn is_named(document: &Document, session: &str) -> bool {
    document.lines().any(|line| match line.kind() {
        LineKind::Setting { key, value, .. } => {
            key.eq_ignore_ascii_case(b"sso_session") && value == session.as_bytes()
        }
        LineKind::Blank
        | LineKind::Comment
        | LineKind::Section { .. }
        | LineKind::BrokenHeader
        | LineKind::Nested { .. }
        | LineKind::Continuation { .. }
        | LineKind::Junk => false,
    })
}

/// The lines that go, with what may be a secret of some tool left out.
fn gone(document: &Document, found: &Marked) -> String {
    let mut text = format!("-[{} {}]\n", found.kind.word(), found.name);
    for index in found.lines.start + 2..found.lines.end {
        let ours = found.settings.iter().find(|(line, ..)| *line == index);
        match (ours, document.line(index).map(|line| line.kind())) {
            (Some((_, key, value)), _) => {
                text.extend(["-", key, " = ", &crate::name::shown(value), "\n"]);
            }
            (None, Some(LineKind::Blank) | None) => {}
            (None, Some(_)) => text.push_str("-****\n"),
        }
    }
    text.push('\n');
    text
}

/// The document without a section, and without the line endings that were put before it.
fn without(document: &Document, found: &Marked) -> Document {
    let lengths: Vec<usize> = document.lines().map(|line| line.raw().len()).collect();
    let start: usize = lengths.iter().take(found.lines.start).sum();
    let end: usize = lengths.iter().take(found.lines.end).sum();
    let text = document.print();
    let (before, after) = (&text[..start], &text[end..]);
    let mut before = before.to_vec();
    for _ in 0..found.mark.gap {
        if before.ends_with(b"\r\n") {
            before.truncate(before.len() - 2);
        } else if before.ends_with(b"\n") {
            before.truncate(before.len() - 1);
        }
    }
    // What follows begins on a line of its own.
    if !before.is_empty() && !after.is_empty() && !before.ends_with(b"\n") {
        before.extend(document.line_ending().as_bytes());
    }
    Document::parse(&[before.as_slice(), after].concat())
}
