//! Finds roles as somebody types.
//!
//! A query is words with blanks between; each must be found, with gaps allowed, either in what
//! belongs to the account (name, id, e-mail, organisation) or in what belongs to the role (name,
//! profiles, tags). Accounts have many roles and roles the same few names, so that each text is
//! matched once for all entries that share it.
//!
//! Deliberately absent: any meaning of the words, and of what is found.

use crate::catalogue::{Catalogue, Fields};
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32String};
use std::collections::HashMap;
use std::fmt;

/// How much of one field can be found, in characters. Texts from outside may be of any length.
const LONGEST_FIELD: usize = 256;

/// How many words, and of what length, a query has at most.
const MOST_WORDS: usize = 8;
const LONGEST_WORD: usize = 64;

/// What can be found, in the order of a catalogue.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Each text once; entries share those of accounts and of roles.
    texts: Vec<Utf32String>,
    entries: Vec<Entry>,
}

/// Where the texts of an entry are.
#[derive(Clone, Copy, Debug)]
struct Entry {
    account: u32,
    role: u32,
}

impl Index {
    /// Makes everything in a catalogue findable.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut index = Self::default();
        index.entries.reserve_exact(catalogue.len());
        let mut roles: HashMap<String, u32> = HashMap::new();
        // The roles of an account stand together; several organisations may tell of it.
        let mut account: (&str, Vec<(&str, u32)>) = ("", Vec::new());
        for fields in catalogue.fields() {
            if account.0 != fields.account_id {
                account = (fields.account_id, Vec::new());
            }
            let told = account.1.iter().find(|(organisation, _)| *organisation == fields.organisation);
            let account_at = match told {
                Some((_, at)) => *at,
                None => {
                    let at = index.add(&text([
                        fields.account_name,
                        fields.account_id,
                        fields.email,
                        fields.organisation,
                    ]));
                    account.1.push((fields.organisation, at));
                    at
                }
            };
            let role = index.role(&fields, &mut roles);
            index.entries.push(Entry { account: account_at, role });
        }
        index
    }

    /// The text of a role; those that say nothing but the role's name are shared.
    fn role(&mut self, fields: &Fields<'_>, known: &mut HashMap<String, u32>) -> u32 {
        let plain = fields.name.is_empty() && fields.profiles.is_empty() && fields.tags.is_empty();
        if plain && let Some(at) = known.get(fields.role_name) {
            return *at;
        }
        let own = [fields.role_name, fields.name].into_iter();
        let at = self.add(&text(
            own.chain(fields.profiles.iter().map(String::as_str)).chain(fields.tags.iter().copied()),
        ));
        if plain {
            known.insert(fields.role_name.to_owned(), at);
        }
        at
    }

    fn add(&mut self, text: &str) -> u32 {
        self.texts.push(Utf32String::from(text));
        u32::try_from(self.texts.len() - 1).unwrap_or(u32::MAX)
    }
}

/// Fields with a blank between, each cut where it gets too long.
fn text<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for field in fields.into_iter().filter(|field| !field.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(field.chars().take(LONGEST_FIELD));
    }
    text
}

/// What a query found, and what is kept of it for the next letter and the next page.
pub struct Search {
    matcher: Matcher,
    words: Vec<Word>,
    /// The entries that were found, by their score; as many as `ordered` stand in order.
    hits: Vec<Hit>,
    ordered: usize,
}

/// A word of the query, with how well each text matches it: 0 where it doesn't.
struct Word {
    text: String,
    scores: Vec<u16>,
}

/// An entry that was found. The better one is the greater one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    score: u32,
    /// Counted backwards, so that of two equal ones the earlier is the greater.
    backwards: u32,
}

impl Default for Search {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), words: Vec::new(), hits: Vec::new(), ordered: 0 }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("hits", &self.hits.len()).finish_non_exhaustive()
    }
}

impl Search {
    /// Searches. `weights` are added to the scores of the
    /// entries at these positions: roles that are used often come first among equals.
    ///
    /// Of a query that goes on from the last one only what the last one left is looked at.
    pub fn find(&mut self, index: &Index, query: &str, weights: &HashMap<u32, u32>) {
        let words: Vec<String> = query
            .split_whitespace()
            .take(MOST_WORDS)
            .map(|word| word.chars().take(LONGEST_WORD).collect())
            .collect();
        let mut before = std::mem::take(&mut self.words);
        before.retain(|word| word.scores.len() == index.texts.len());
        self.words = words.into_iter().map(|text| self.scored(index, text, &before)).collect();
        self.hits.clear();
        self.ordered = 0;
        for (position, entry) in (0_u32..).zip(&index.entries) {
            let mut score = 0;
            let all = self.words.iter().all(|word| {
                let best = word.score(entry.account).max(word.score(entry.role));
                score += u32::from(best);
                best > 0
            });
            if all {
                self.hits.push(Hit { score, backwards: u32::MAX - position });
            }
        }
        if !weights.is_empty() {
            for hit in &mut self.hits {
                hit.score += weights.get(&hit.position()).copied().unwrap_or(0);
            }
        }
    }

    /// How many entries the last query found.
    pub fn found(&self) -> usize {
        self.hits.len()
    }

    /// The positions of the entries from one place on, the best first.
    pub fn page(&mut self, from: usize, count: usize) -> impl ExactSizeIterator<Item = u32> + '_ {
        let end = from.saturating_add(count).min(self.hits.len());
        if end > self.ordered {
            let rest = &mut self.hits[self.ordered..];
            let wanted = end - self.ordered;
            let descending = |a: &Hit, b: &Hit| b.cmp(a);
            if wanted < rest.len() {
                rest.select_nth_unstable_by(wanted - 1, descending);
            }
            rest[..wanted].sort_unstable_by(descending);
            self.ordered = end;
        }
        self.hits[from.min(end)..end].iter().map(Hit::position)
    }

    fn scored(&mut self, index: &Index, text: String, before: &[Word]) -> Word {
        if let Some(same) = before.iter().find(|word| word.text == text) {
            return Word { text, scores: same.scores.clone() };
        }
        let begun =
            before.iter().filter(|word| text.starts_with(&word.text)).max_by_key(|word| word.text.len());
        let atom = Atom::new(&text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
        let scores = index
            .texts
            .iter()
            .enumerate()
            .map(|(at, haystack)| {
                if begun.is_some_and(|word| word.scores[at] == 0) {
                    return 0;
                }
                // A match that is worth nothing is a match.
                atom.score(haystack.slice(..), &mut self.matcher).map_or(0, |score| score.max(1))
            })
            .collect();
        Word { text, scores }
    }
}

impl Word {
    fn score(&self, text: u32) -> u16 {
        usize::try_from(text).ok().and_then(|at| self.scores.get(at)).copied().unwrap_or(0)
    }
}

impl Hit {
    fn position(&self) -> u32 {
        u32::MAX - self.backwards
    }
}

#[cfg(test)]
mod tests;
