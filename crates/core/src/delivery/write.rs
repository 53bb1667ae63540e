//! The three ways in which a section comes to have our lines. Each answers `None` where a line of
//! somebody else would not stand as it did.

use super::adopted::Adopted;
use super::key::Key;
use super::mark::{EntryId, Mark, Origin, sum_of};
use super::section::{Text, View, find};
use super::{Delivery, Edit};
use crate::ini::{Document, LineKind};
use zeroize::Zeroizing;

/// What becomes of one line of the section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Keep,
    Drop,
    Put(Key),
}

/// Puts a new section at the end of the file, a blank line above it.
pub(super) fn append(document: &Document, delivery: &Delivery<'_>) -> Zeroizing<Vec<u8>> {
    let ending = document.line_ending().as_bytes();
    let mut text = Text::new(ending, room(document, delivery));
    text.push(document.as_bytes());
    let last = document.lines().next_back();
    let open = last.is_some_and(|line| !line.raw().ends_with(b"\n"));
    let blank = last.is_none_or(|line| line.kind() == LineKind::Blank);
    let gap = usize::from(open) + usize::from(!blank);
    for _ in 0..gap {
        text.bytes.extend_from_slice(ending);
    }
    text.push_ours(b"", &["[", delivery.profile.as_str(), "]"]);
    text.push_ours(b"", &[&mark_of(delivery, Origin::Made { gap }, &Key::ALL).print()]);
    for key in Key::ALL {
        push_key(&mut text, b"", key, delivery);
    }
    text.bytes
}

/// Writes our lines anew in a section that we made; what others put into it stays.
pub(super) fn rewrite(view: &View<'_>, delivery: &Delivery<'_>, gap: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut deeds = vec![Deed::Keep; view.lines.len()];
    for line in view.our_lines() {
        deeds[line - view.lines.start] = Deed::Drop;
    }
    let mut ours = Vec::new();
    let mut missing = Vec::new();
    let mut last = None;
    for key in Key::ALL {
        // A region that somebody set here is theirs.
        let foreign = view.entries_of(key).any(|entry| !view.is_ours(entry));
        if key.value(delivery).is_none() || foreign {
            continue;
        }
        ours.push(key);
        if let Some(entry) = view.our_entry(key) {
            deeds[entry.lines.start - view.lines.start] = Deed::Put(key);
            last = last.max(Some(entry.lines.start));
        } else {
            missing.push(key);
        }
    }
    let place = last.unwrap_or_else(|| view.last_content());
    let mark = mark_of(delivery, Origin::Made { gap }, &ours);
    compose(view, &deeds, (place, &missing), &mark, delivery)
}

/// Puts our lines into a section that has none of ours, in the place of what is there.
pub(super) fn adopt(base: &Document, delivery: &Delivery<'_>, entry: &EntryId) -> Option<Edit> {
    let mut views = find(base, delivery.profile.as_str());
    let view = views.pop().filter(|_| views.is_empty())?;
    let ours: Vec<Key> = Key::ALL.into_iter().filter(|key| key.value(delivery).is_some()).collect();
    let adopted = Adopted::of(&view, |key| ours.contains(&key));

    let mut deeds = vec![Deed::Keep; view.lines.len()];
    let mut missing = Vec::new();
    for key in &ours {
        let mut put = false;
        for entry in view.entries_of(*key) {
            for line in entry.lines.clone() {
                deeds[line - view.lines.start] = if put { Deed::Drop } else { Deed::Put(*key) };
                put = true;
            }
        }
        if !put {
            missing.push(*key);
        }
    }
    let mark = mark_of(delivery, Origin::Adopted { entry: entry.clone() }, &ours);
    let text = compose(&view, &deeds, (view.last_content(), &missing), &mark, delivery)?;
    Some(Edit { text, adopted: Some(adopted) })
}

fn mark_of(delivery: &Delivery<'_>, origin: Origin, ours: &[Key]) -> Mark {
    let sum = |key: Key| key.value(delivery).map(|value| sum_of(key, value.as_bytes()));
    Mark {
        profile: delivery.profile.clone(),
        role_id: delivery.role_id.clone(),
        expiration: delivery.expiration,
        origin,
        sums: Key::ALL.map(|key| sum(key).filter(|_| ours.contains(&key))),
    }
}

fn compose(
    view: &View<'_>,
    deeds: &[Deed],
    (place, missing): (usize, &[Key]),
    mark: &Mark,
    delivery: &Delivery<'_>,
) -> Option<Zeroizing<Vec<u8>>> {
    let document = view.document;
    let mut text = Text::new(document.line_ending().as_bytes(), room(document, delivery));
    // As deep as the last setting, so that nothing becomes the continuation of anything else.
    let indent = view.entries.last().map_or(&b""[..], |entry| view.indent(entry.lines.start));
    for (line, deed) in view.lines.clone().zip(deeds) {
        match deed {
            Deed::Keep => text.push(view.raw(line)),
            Deed::Drop => {}
            Deed::Put(key) => push_key(&mut text, view.indent(line), *key, delivery),
        }
        if line == view.lines.start {
            text.push_ours(b"", &[&mark.print()]);
        }
        if line == place {
            for key in missing {
                push_key(&mut text, indent, *key, delivery);
            }
        }
    }
    let whole = view.replaced_by(&text);
    stands(view, deeds, mark, &whole).then_some(whole)
}

/// Whether the text, read anew, has each line of others as it was, and exactly our lines beside.
fn stands(view: &View<'_>, deeds: &[Deed], mark: &Mark, text: &[u8]) -> bool {
    let after = Document::parse(text);
    let mut views = find(&after, mark.profile.as_str());
    let Some(fresh) = views.pop().filter(|_| views.is_empty()) else { return false };
    let alone = |key: Key| match mark.sums[key.index()] {
        Some(_) => fresh.our_entry(key).is_some() && fresh.entries_of(key).count() == 1,
        None => true,
    };
    if fresh.mark.as_ref().map(|(_, found)| found) != Some(mark) || !Key::ALL.into_iter().all(alone) {
        return false;
    }
    let kept = (0..view.document.line_count()).filter(|line| {
        line.checked_sub(view.lines.start)
            .and_then(|place| deeds.get(place))
            .is_none_or(|deed| *deed == Deed::Keep)
    });
    let ours = fresh.our_lines();
    let found = (0..after.line_count()).filter(|line| !ours.contains(line));
    kept.map(|line| view.document.line(line).map(|line| line.kind()))
        .eq(found.map(|line| after.line(line).map(|line| line.kind())))
}

fn push_key(text: &mut Text, indent: &[u8], key: Key, delivery: &Delivery<'_>) {
    if let Some(value) = key.value(delivery) {
        text.push_ours(indent, &[key.name(), " = ", value]);
    }
}

fn room(document: &Document, delivery: &Delivery<'_>) -> usize {
    let values: usize = Key::ALL.into_iter().filter_map(|key| key.value(delivery)).map(str::len).sum();
    document.as_bytes().len() + values + 3 * delivery.role_id.0.len() + 1024
}
