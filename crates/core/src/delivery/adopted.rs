//! What was replaced in a section that Hatrack took over, and how it is put back.

use super::key::Key;
use super::mark::{fnv, percent_decode, percent_encode};
use super::section::{Text, View};
use crate::ini::Document;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// The lines that were replaced in an adopted section, and enough about the others to know
/// whether somebody changed them meanwhile.
///
/// It may hold long-term keys: it has no Serialize, and its Debug shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Adopted {
    pub(super) replaced: Vec<Replaced>,
    /// How many other lines the section had, and their sum.
    pub(super) kept: usize,
    pub(super) sum: u64,
    /// Whether the section's last line had no ending, as it was the file's last.
    pub(super) open: bool,
}

/// One setting that was replaced, with the lines that went on with its value.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) key: Key,
    /// Its place in the section, where the header is line 0.
    pub(super) line: usize,
    pub(super) count: usize,
    pub(super) raw: Zeroizing<Vec<u8>>,
}

impl Adopted {
    /// Notes what replacing these keys takes out of a section that has no line of ours in it.
    pub(super) fn of(view: &View<'_>, replaces: impl Fn(Key) -> bool) -> Self {
        let mut replaced = Vec::new();
        let mut gone = Vec::new();
        for entry in &view.entries {
            let Some(key) = entry.key.filter(|key| replaces(*key)) else { continue };
            let mut raw = Zeroizing::new(Vec::with_capacity(
                entry.lines.clone().map(|line| view.raw(line).len()).sum(),
            ));
            for line in entry.lines.clone() {
                raw.extend_from_slice(view.raw(line));
                gone.push(line);
            }
            replaced.push(Replaced {
                key,
                line: entry.lines.start - view.lines.start,
                count: entry.lines.len(),
                raw,
            });
        }
        let kept: Vec<usize> = view.body().filter(|line| !gone.contains(line)).collect();
        let document = view.document;
        let last = document.line(document.line_count().saturating_sub(1));
        Self {
            replaced,
            kept: kept.len(),
            sum: sum_of_lines(view, &kept),
            open: view.lines.end == document.line_count()
                && last.is_some_and(|line| line.ending().is_empty()),
        }
    }

    /// Writes it for the journal. The text may hold long-term keys.
    pub fn encode(&self) -> Zeroizing<String> {
        let room = self.replaced.iter().map(|replaced| 3 * replaced.raw.len() + 32).sum::<usize>();
        let mut text = Zeroizing::new(String::with_capacity(room + 64));
        let end = if self.open { "open" } else { "closed" };
        // Writing into a String can't fail.
        write!(text, "1 {} {:016x} {end}", self.kept, self.sum).unwrap_or_default();
        for Replaced { key, line, count, raw } in &self.replaced {
            let raw = Zeroizing::new(percent_encode(raw));
            write!(text, " {},{line},{count},{}", key.name(), *raw).unwrap_or_default();
        }
        text
    }

    /// Reads what [`Adopted::encode`] wrote; nothing if the text is anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        if words.next()? != "1" {
            return None;
        }
        let kept = words.next()?.parse().ok()?;
        let sum = u64::from_str_radix(words.next()?, 16).ok()?;
        let open = match words.next()? {
            "open" => true,
            "closed" => false,
            _ => return None,
        };
        let replaced = words
            .map(|word| {
                let mut fields = word.split(',');
                let mut next = || fields.next();
                Some(Replaced {
                    key: Key::of(next()?.as_bytes())?,
                    line: next()?.parse().ok()?,
                    count: next()?.parse().ok()?,
                    raw: Zeroizing::new(percent_decode(next()?)?),
                })
            })
            .collect::<Option<_>>()?;
        Some(Self { replaced, kept, sum, open })
    }

    fn fits(&self, view: &View<'_>, kept: &[usize]) -> bool {
        view.is_whole() && kept.len() >= self.kept && sum_of_lines(view, &kept[..self.kept]) == self.sum
    }
}

impl std::fmt::Debug for Adopted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Adopted").field("replaced", &self.replaced.len()).finish_non_exhaustive()
    }
}

/// Takes our lines out of a section and puts back what they replaced: to the byte where nobody
/// changed the section since, else key by key around the others' changes.
pub(super) fn restore(view: &View<'_>, record: Option<&Adopted>) -> Zeroizing<Vec<u8>> {
    let ours = view.our_lines();
    let kept: Vec<usize> = view.body().filter(|line| !ours.contains(line)).collect();
    match record {
        Some(record) if record.fits(view, &kept) => to_the_byte(view, record, &kept),
        Some(record) => key_by_key(view, &record.replaced),
        None => key_by_key(view, &[]),
    }
}

fn text_for(view: &View<'_>, replaced: &[Replaced]) -> Text {
    let room = replaced.iter().map(|replaced| replaced.raw.len() + 2).sum::<usize>();
    let section = view.lines.clone().map(|line| view.raw(line).len()).sum::<usize>();
    Text::new(view.document.line_ending().as_bytes(), room + section)
}

fn to_the_byte(view: &View<'_>, record: &Adopted, kept: &[usize]) -> Zeroizing<Vec<u8>> {
    let (kept, added) = kept.split_at(record.kept);
    let mut text = text_for(view, &record.replaced);
    text.push(view.raw(view.lines.start));
    let mut kept = kept.iter();
    let mut replaced = record.replaced.iter().peekable();
    let mut place = 1;
    loop {
        if let Some(next) = replaced.next_if(|next| next.line <= place) {
            text.push(&next.raw);
            place += next.count;
        } else if let Some(line) = kept.next() {
            text.push(view.raw(*line));
            place += 1;
        } else {
            break;
        }
    }
    for rest in replaced {
        text.push(&rest.raw);
    }
    if record.open && added.is_empty() && view.lines.end == view.document.line_count() {
        text.open_end();
    }
    for line in added {
        text.push(view.raw(*line));
    }
    view.replaced_by(&text)
}

fn key_by_key(view: &View<'_>, replaced: &[Replaced]) -> Zeroizing<Vec<u8>> {
    let ours = view.our_lines();
    let last = view.lines.clone().rev().find(|line| !ours.contains(line) && view.has_content(*line));
    // A key that somebody else has set by now is theirs; one whose line is gone comes back.
    let lost = |key: Key| view.entries_of(key).next().is_none();
    let mut text = text_for(view, replaced);
    for line in view.lines.clone() {
        let entry = view.entries.iter().find(|entry| entry.lines.start == line && view.is_ours(entry));
        if let Some(key) = entry.and_then(|entry| entry.key) {
            let first = view.our_entry(key).is_some_and(|first| first.lines.start == line);
            let foreign = view.entries_of(key).any(|entry| !view.is_ours(entry));
            for replaced in replaced.iter().filter(|replaced| replaced.key == key && first && !foreign) {
                text.push(&replaced.raw);
            }
        } else if !ours.contains(&line) {
            text.push(view.raw(line));
        }
        if Some(line) == last {
            for replaced in replaced.iter().filter(|replaced| lost(replaced.key)) {
                text.push(&replaced.raw);
            }
        }
    }
    view.replaced_by(&text)
}

fn sum_of_lines(view: &View<'_>, lines: &[usize]) -> u64 {
    fnv(lines.iter().flat_map(|line| {
        let raw = view.raw(*line);
        let ending = view.document.line(*line).map_or(0, |line| line.ending().len());
        raw[..raw.len() - ending].iter().copied().chain([b'\n'])
    }))
}

/// The section without a line of ours, and what it has instead.
pub(super) fn restored(view: &View<'_>, record: Option<&Adopted>) -> Document {
    Document::parse(&restore(view, record))
}
