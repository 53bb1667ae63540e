//! Rules that mark roles: what fits a pattern gets tags and a colour.
//!
//! A pattern is a glob (`*` any letters, `?` one letter, whatever their case). Without a slash it is
//! held against the account's name and id and the role's name; with two, `ORGANISATION/ACCOUNT/ROLE`,
//! against all three, the account by name or id.

use crate::failure::{Failure, FailureCode};
use crate::name::shown;
use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

/// How many rules count, and how long a pattern may be.
pub const MOST_RULES: usize = 64;
const LONGEST: usize = 200;

/// One rule of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(default)]
pub struct Rule {
    /// What it fits.
    pub pattern: String,
    /// The tags that it gives; `production` marks roles as production.
    pub tags: Vec<String>,
    /// The colour that it gives; of several rules that fit, the first one's counts.
    pub colour: Option<Colour>,
}

/// A colour of an account's bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Blue.
    Blue,
    /// Purple.
    Purple,
    /// Teal.
    Teal,
    /// Orange.
    Orange,
    /// Green.
    Green,
    /// Pink.
    Pink,
    /// Slate.
    Slate,
    /// Olive.
    Olive,
    /// Red, the colour of danger.
    Red,
}

/// Which rules fit something, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fits(u64);

/// Rules ready to be applied. What an organisation, an account and a role's name fit is found out
/// once for each, and put together for each role.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Compiled>);

#[derive(Clone, Debug)]
struct Compiled {
    glob: Glob,
    tags: Vec<String>,
    colour: Option<Colour>,
}

#[derive(Clone, Debug)]
enum Glob {
    Anything(WildMatch),
    Path(Box<[WildMatch; 3]>),
}

/// What an account or a role's name fits: by itself, and as its part of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartFits {
    alone: u64,
    in_path: u64,
}

impl Rule {
    /// Accepts the rule, or says what is wrong with it.
    pub fn check(&self) -> Result<(), Failure> {
        let refused =
            |happened: String, remedy: &str| Err(Failure::new(FailureCode::Usage, happened, remedy));
        let pattern = self.pattern.trim();
        if pattern.is_empty() || pattern.chars().count() > LONGEST {
            return refused(
                format!("A rule's pattern has 1 to {LONGEST} letters."),
                "Write what it fits, *prod* for instance.",
            );
        }
        if ![0, 2].contains(&pattern.matches('/').count()) {
            return refused(
                format!("The pattern \"{}\" has not two slashes.", shown(pattern)),
                "Write ORGANISATION/ACCOUNT/ROLE, */prod*/Admin for instance, or no slash at all.",
            );
        }
        Ok(())
    }
}

impl Rules {
    /// Makes rules ready; one that can't be accepted fits nothing.
    pub fn of(rules: &[Rule]) -> Self {
        let compiled = |rule: &Rule| {
            let glob = |text: &str| WildMatch::new_case_insensitive(text);
            let pattern = rule.pattern.trim();
            let parts: Vec<&str> = pattern.split('/').collect();
            let glob = match (rule.check(), parts.as_slice()) {
                (Ok(()), [organisation, account, role]) => {
                    Glob::Path(Box::new([glob(organisation), glob(account), glob(role)]))
                }
                (Ok(()), _) => Glob::Anything(glob(pattern)),
                // A place is kept, so that the others keep theirs.
                (Err(_), _) => Glob::Path(Box::new([glob(""), glob(""), glob("")])),
            };
            let tags = rule.tags.iter().map(|tag| shown(tag.trim())).filter(|tag| !tag.is_empty());
            Compiled { glob, tags: tags.collect(), colour: rule.colour }
        };
        Self(rules.iter().take(MOST_RULES).map(compiled).collect())
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rules whose path begins with this organisation.
    pub fn of_organisation(&self, name: &str) -> Fits {
        self.bits(|glob| match glob {
            Glob::Anything(_) => false,
            Glob::Path(path) => path[0].matches(name),
        })
    }

    /// The rules that an account fits.
    pub fn of_account(&self, name: &str, id: &str) -> PartFits {
        self.part(1, |glob| glob.matches(name) || glob.matches(id))
    }

    /// The rules that a role's name fits.
    pub fn of_role(&self, name: &str) -> PartFits {
        self.part(2, |glob| glob.matches(name))
    }

    fn part(&self, place: usize, matches: impl Fn(&WildMatch) -> bool) -> PartFits {
        let alone = self.bits(|glob| match glob {
            Glob::Anything(glob) => matches(glob),
            Glob::Path(_) => false,
        });
        let in_path = self.bits(|glob| match glob {
            Glob::Anything(_) => false,
            Glob::Path(path) => matches(&path[place]),
        });
        PartFits { alone: alone.0, in_path: in_path.0 }
    }

    fn bits(&self, fits: impl Fn(&Glob) -> bool) -> Fits {
        let bits = (0..).zip(&self.0).filter(|(_, rule)| fits(&rule.glob));
        Fits(bits.fold(0, |bits, (at, _): (u32, _)| bits | 1 << at))
    }

    /// The tags that rules give, each once.
    pub fn tags(&self, fits: Fits) -> impl Iterator<Item = &str> {
        let mut seen = Vec::new();
        self.fitting(fits).flat_map(|rule| &rule.tags).map(String::as_str).filter(move |tag| {
            let is_new = !seen.contains(tag);
            seen.push(tag);
            is_new
        })
    }

    /// The colour that the first rule gives that has one.
    pub fn colour(&self, fits: Fits) -> Option<Colour> {
        self.fitting(fits).find_map(|rule| rule.colour)
    }

    fn fitting(&self, fits: Fits) -> impl Iterator<Item = &Compiled> {
        (0..).zip(&self.0).filter(move |(at, _): &(u32, _)| fits.0 >> at & 1 == 1).map(|(_, rule)| rule)
    }
}

impl Fits {
    /// The rules that a role fits, by what its parts fit.
    pub fn together(organisation: Self, account: PartFits, role: PartFits) -> Self {
        Self(account.alone | role.alone | organisation.0 & account.in_path & role.in_path)
    }

    /// Whether no rule fits.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str, tag: &str, colour: Option<Colour>) -> Rule {
        Rule { pattern: pattern.to_owned(), tags: vec![tag.to_owned()], colour }
    }

    fn given<'a>(
        rules: &'a Rules,
        organisation: &str,
        account: (&str, &str),
        role: &str,
    ) -> (Vec<&'a str>, Option<Colour>) {
        let fits = Fits::together(
            rules.of_organisation(organisation),
            rules.of_account(account.0, account.1),
            rules.of_role(role),
        );
        (rules.tags(fits).collect(), rules.colour(fits))
    }

    #[test]
    fn a_pattern_fits_names_ids_and_paths_whatever_the_case() {
        let rules = Rules::of(&[
            rule("*prod*", "production", Some(Colour::Red)),
            rule("1111*", "first", Some(Colour::Blue)),
            rule("acme/dev-?/admin", "careful", None),
            rule("*/*/ReadOnly", "calm", Some(Colour::Green)),
        ]);
        let shop = |role| given(&rules, "acme", ("Shop-PROD", "111122223333"), role);
        assert_eq!(shop("Admin"), (vec!["production", "first"], Some(Colour::Red)));
        assert_eq!(shop("ReadOnly"), (vec!["production", "first", "calm"], Some(Colour::Red)));
        let dev = ("dev-1", "444455556666");
        assert_eq!(given(&rules, "acme", dev, "Admin"), (vec!["careful"], None));
        assert_eq!(given(&rules, "other", dev, "Admin"), (vec![], None));
        assert_eq!(given(&rules, "other", dev, "ProdReader"), (vec!["production"], Some(Colour::Red)));
    }

    #[test]
    fn tags_are_given_once_and_shown_harmlessly() {
        let rules =
            Rules::of(&[rule("*", "a\u{202e}", None), rule("*", "a\u{202e}", None), rule("x", " ", None)]);
        assert_eq!(given(&rules, "", ("x", ""), ""), (vec!["a\\u{202e}"], None));
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused_and_fits_nothing() {
        for pattern in ["", "  ", "a/b", "a/b/c/d", &"x".repeat(201)] {
            let bad = rule(pattern, "t", Some(Colour::Red));
            assert_eq!(bad.check().unwrap_err().code, FailureCode::Usage, "{pattern}");
            let rules = Rules::of(&[bad, rule("*", "all", None)]);
            assert_eq!(given(&rules, "a", ("b", "c"), "d"), (vec!["all"], None), "{pattern}");
        }
        let many: Vec<Rule> = (0..100).map(|n| rule("*", &format!("t{n}"), None)).collect();
        assert_eq!(given(&Rules::of(&many), "", ("", ""), "").0.len(), MOST_RULES);
    }
}
