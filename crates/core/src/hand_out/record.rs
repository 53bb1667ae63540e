//! The list of who was given credentials.

use super::{Consumer, Program, Way};
use crate::name::RoleId;
use jiff::Timestamp;

/// How many consumers are remembered.
const KEPT: usize = 100;

/// How many consumers are remembered, for who tells people so.
pub const fn most_kept() -> usize {
    KEPT
}

/// Who was given credentials since the agent's start, the latest last.
#[derive(Clone, Debug, Default)]
pub struct Record {
    consumers: Vec<Consumer>,
}

impl Record {
    /// Adds a hand-out; the same program by the same way is one consumer. Where there are too many,
    /// the one that asked longest ago and can't ask any more is forgotten.
    pub fn add(&mut self, consumer: Consumer) {
        let known = self.consumers.iter().position(|it| {
            it.role_id == consumer.role_id && it.way == consumer.way && it.program == consumer.program
        });
        let consumer = match known.map(|at| self.consumers.remove(at)) {
            Some(known) => Consumer {
                first: known.first,
                count: known.count + consumer.count,
                open: known.open || consumer.open,
                ..consumer
            },
            None => consumer,
        };
        self.consumers.push(consumer);
        while self.consumers.len() > KEPT {
            let oldest = self.consumers.iter().position(|it| !it.open).unwrap_or(0);
            self.consumers.remove(oldest);
        }
    }

    /// An endpoint served a role's credentials once more.
    pub fn served(&mut self, role: &RoleId, program: &Program, now: Timestamp) {
        let known = self
            .consumers
            .iter()
            .position(|it| it.role_id == *role && it.way == Way::Endpoint && it.program == *program);
        if let Some(at) = known {
            let mut consumer = self.consumers.remove(at);
            consumer.last = now;
            consumer.count += 1;
            self.consumers.push(consumer);
        }
    }

    /// An endpoint ended.
    pub fn closed(&mut self, role: &RoleId, program: &Program) {
        for it in &mut self.consumers {
            if it.role_id == *role && it.way == Way::Endpoint && it.program == *program {
                it.open = false;
            }
        }
    }

    /// Them all, the latest first.
    pub fn consumers(&self) -> impl Iterator<Item = &Consumer> {
        self.consumers.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_900_000_000 + 60 * minute).unwrap()
    }

    fn consumer(process: u32, way: Way, minute: i64) -> Consumer {
        Consumer {
            role_id: RoleId("profile:Admin".to_owned()),
            role: "Admin".to_owned(),
            account_name: "Prod".to_owned(),
            way,
            program: Program { process: Some(process), ..Program::default() },
            first: at(minute),
            last: at(minute),
            count: u64::from(way != Way::Endpoint),
            open: way == Way::Endpoint,
        }
    }

    fn told(record: &Record) -> Vec<(u32, u64, Timestamp, Timestamp)> {
        record.consumers().map(|it| (it.program.process.unwrap(), it.count, it.first, it.last)).collect()
    }

    #[test]
    fn the_same_program_by_the_same_way_is_one_consumer_and_the_latest_stands_first() {
        let mut record = Record::default();
        record.add(consumer(1, Way::CredentialProcess, 0));
        record.add(consumer(2, Way::CredentialProcess, 1));
        record.add(consumer(1, Way::Environment, 2));
        record.add(consumer(1, Way::CredentialProcess, 3));
        let expected = [(1, 2, at(0), at(3)), (1, 1, at(2), at(2)), (2, 1, at(1), at(1))];
        assert_eq!(told(&record), expected);
    }

    #[test]
    fn an_endpoint_counts_what_it_served_until_it_is_closed() {
        let mut record = Record::default();
        let endpoint = consumer(7, Way::Endpoint, 0);
        record.add(endpoint.clone());
        record.served(&endpoint.role_id, &endpoint.program, at(5));
        record.served(&endpoint.role_id, &endpoint.program, at(9));
        assert_eq!(told(&record), [(7, 2, at(0), at(9))]);
        assert!(record.consumers().all(|it| it.open));
        record.closed(&endpoint.role_id, &endpoint.program);
        assert!(record.consumers().all(|it| !it.open));
    }

    #[test]
    fn too_many_make_the_oldest_go_but_never_one_that_can_still_ask() {
        let mut record = Record::default();
        record.add(consumer(0, Way::Endpoint, 0));
        for process in 1..=u32::try_from(KEPT).unwrap() {
            record.add(consumer(process, Way::CredentialProcess, i64::from(process)));
        }
        let processes: Vec<u32> = told(&record).into_iter().map(|(process, ..)| process).collect();
        assert_eq!(processes.len(), KEPT);
        assert!(processes.contains(&0) && !processes.contains(&1));
    }
}
