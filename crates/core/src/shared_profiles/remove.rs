//! Taking written profiles out again.

use super::{Kind, Marked, Planned, marked, readable};
use crate::failure::Failure;
use crate::ini::{Document, LineKind};
use crate::name::shown;
use crate::profile::File;
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
/// names any more. One that somebody edited or added to stays, unless `force` says otherwise.
pub fn remove(config: File<'_>, which: &Which, force: bool) -> Result<Planned, Failure> {
    let document = readable(config)?;
    let mut planned = Planned::default();
    let all = marked(&document);
    let mut wanted = match which {
        Which::All => BTreeSet::new(),
        Which::Named(names) => names.clone(),
    };
    let is_untouched = |found: &Marked| !found.has_others && found.is_as_written();
    let mut going = Vec::new();
    for found in all.iter().filter(|found| found.kind == Kind::Profile) {
        let is_meant = wanted.remove(&found.name) || *which == Which::All;
        if !is_meant {
            continue;
        }
        if !force && !is_untouched(found) {
            planned
                .skipped
                .push(format!("{}: it has settings or comments of somebody's own", shown(&found.name)));
            continue;
        }
        planned.removed.push(found.name.clone());
        going.push(found);
    }
    planned
        .skipped
        .extend(wanted.into_iter().map(|name| format!("{}: Hatrack has not written it", shown(&name))));
    let named = sessions_named(&document, &going);
    let unused = all.iter().filter(|found| {
        found.kind == Kind::SsoSession
            && !going.is_empty()
            && (force || is_untouched(found))
            && !named.contains(found.name.as_bytes())
    });
    let unused: Vec<&Marked> = unused.collect();
    going.extend(unused);
    going.sort_by_key(|found| found.lines.start);
    for found in &going {
        planned.diff.push_str(&gone(&document, found));
    }
    planned.text = without(&document, &going);
    Ok(planned)
}

/// The portals that the remaining profiles name.
fn sessions_named<'d>(document: &'d Document, going: &[&Marked]) -> BTreeSet<&'d [u8]> {
    let goes: BTreeSet<usize> = going.iter().flat_map(|found| found.lines.clone()).collect();
    let lines = document.lines().enumerate().filter(|(index, _)| !goes.contains(index));
    let named = lines.filter_map(|(_, line)| match line.kind() {
        LineKind::Setting { key, value, .. } if key.eq_ignore_ascii_case(b"sso_session") => Some(value),
        LineKind::Setting { .. }
        | LineKind::Blank
        | LineKind::Comment
        | LineKind::Section { .. }
        | LineKind::BrokenHeader
        | LineKind::Nested { .. }
        | LineKind::Continuation { .. }
        | LineKind::Junk => None,
    });
    named.collect()
}

/// The lines that go, with what may be a secret of some tool left out.
fn gone(document: &Document, found: &Marked) -> String {
    let mut text = format!("-[{} {}]\n", found.kind.word(), shown(&found.name));
    for index in found.lines.clone().skip(1).filter(|index| *index != found.mark_line) {
        let ours = found.settings.iter().find(|(line, ..)| *line == index);
        match (ours, document.line(index).map(|line| line.kind())) {
            (Some((_, key, value)), _) => {
                text.extend(["-", key, " = ", &shown(value), "\n"]);
            }
            (None, Some(LineKind::Blank) | None) => {}
            (None, Some(_)) => text.push_str("-****\n"),
        }
    }
    text.push('\n');
    text
}

/// The text without some sections, and without the line endings that were put before them.
fn without(document: &Document, going: &[&Marked]) -> Vec<u8> {
    let mut kept = vec![true; document.line_count()];
    for found in going {
        kept[found.lines.clone()].fill(false);
        let above = found.lines.start.checked_sub(1).filter(|_| found.mark.gap > 0);
        if let Some(above) = above
            && document.line(above).is_some_and(|line| line.raw() == ending_of(document, found))
        {
            kept[above] = false;
        }
    }
    let mut text = Vec::with_capacity(document.as_bytes().len());
    let ending = document.line_ending().as_bytes();
    let left = document.lines().zip(&kept).filter(|(_, is_kept)| **is_kept);
    for (line, _) in left {
        // What followed the last line of the file begins on a line of its own.
        if !matches!(text.last(), None | Some(b'\n' | b'\r')) {
            text.extend(ending);
        }
        text.extend(line.raw());
    }
    // Where the file had no end of its last line before, it has none again.
    let last = kept.iter().rposition(|is_kept| *is_kept);
    let first_behind = going.iter().find(|found| last.is_none_or(|last| found.lines.start > last));
    let opened = first_behind.filter(|found| found.mark.gap == 2);
    if let Some(rest) = opened.and_then(|found| text.strip_suffix(ending_of(document, found))) {
        text.truncate(rest.len());
    }
    text
}

/// How we ended lines when the section was written.
fn ending_of<'d>(document: &'d Document, found: &Marked) -> &'d [u8] {
    document.line(found.lines.start).map(|line| line.ending()).unwrap_or_default()
}
