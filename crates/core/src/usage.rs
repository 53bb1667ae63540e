//! How often and how lately roles were used, so that what a person means is found first.

use crate::name::RoleId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// After so many seconds a use counts half as much: a week.
const HALF_LIFE: f64 = 7.0 * 24.0 * 3600.0;

/// How many roles are remembered.
const MOST: usize = 500;

/// How much the most used role weighs.
const HEAVIEST: f64 = 40.0;

/// The uses of roles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uses(BTreeMap<RoleId, Use>);

/// The uses of one role: what they come to, as of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Use {
    score: f64,
    at: Timestamp,
}

impl Use {
    fn now(self, now: Timestamp) -> f64 {
        let age = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.score * (-age / HALF_LIFE).exp2()
    }
}

impl Uses {
    /// Counts a use; where there are too many roles, the one that counts least is forgotten.
    pub fn used(&mut self, role: &RoleId, now: Timestamp) {
        let before = self.0.get(role).map_or(0.0, |it| it.now(now));
        self.0.insert(role.clone(), Use { score: before + 1.0, at: now });
        if self.0.len() > MOST {
            let least = self.0.iter().min_by(|(_, a), (_, b)| a.now(now).total_cmp(&b.now(now)));
            if let Some(least) = least.map(|(role, _)| role.clone()) {
                self.0.remove(&least);
            }
        }
    }

    /// What the uses of each role weigh now, at most 40: a little more than two letters of a search.
    pub fn weights(&self, now: Timestamp) -> impl Iterator<Item = (&RoleId, u32)> {
        self.0.iter().map(move |(role, it)| {
            let weight = (10.0 * it.now(now).ln_1p()).min(HEAVIEST);
            // From 0 to 40: nothing is lost but the fraction.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the number is between 0 and 40"
            )]
            let weight = weight.round() as u32;
            (role, weight)
        })
    }
}

// A score is a sum of finite numbers.
impl Eq for Uses {}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    fn weight(uses: &Uses, role: &str, now: Timestamp) -> u32 {
        let id = RoleId::of_profile(role);
        uses.weights(now).find(|(role, _)| **role == id).map_or(0, |(_, weight)| weight)
    }

    #[test]
    fn often_and_lately_weigh_and_long_ago_does_not() {
        let mut uses = Uses::default();
        for _ in 0..20 {
            uses.used(&RoleId::of_profile("daily"), at(0));
        }
        uses.used(&RoleId::of_profile("once"), at(0));
        assert!(weight(&uses, "daily", at(0)) > weight(&uses, "once", at(0)));
        assert!(weight(&uses, "once", at(0)) > 0);
        assert_eq!(weight(&uses, "daily", at(120)), 0);
        uses.used(&RoleId::of_profile("once"), at(28));
        assert!(weight(&uses, "once", at(28)) >= weight(&uses, "daily", at(28)) / 2);
        assert_eq!(weight(&uses, "never", at(0)), 0);
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_thousand_uses_break_nothing() {
        let mut uses = Uses::default();
        for _ in 0..10_000 {
            uses.used(&RoleId::of_profile("a"), at(10));
        }
        assert_eq!(weight(&uses, "a", at(0)), 40);
    }

    #[test]
    fn the_role_that_counts_least_is_forgotten_when_there_are_too_many() {
        let mut uses = Uses::default();
        uses.used(&RoleId::of_profile("old"), at(0));
        for n in 0..MOST {
            uses.used(&RoleId::of_profile(&format!("r{n}")), at(1));
        }
        assert_eq!(uses.0.len(), MOST);
        assert_eq!(weight(&uses, "old", at(1)), 0);
    }

    #[test]
    fn it_is_kept_as_it_is() {
        let mut uses = Uses::default();
        uses.used(&RoleId::of_profile("a"), at(3));
        let text = serde_json::to_string(&uses).unwrap();
        assert_eq!(serde_json::from_str::<Uses>(&text).unwrap(), uses);
    }
}
