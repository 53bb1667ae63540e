//! What was measured, and what follows from it.

use std::time::Duration;

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// The CPU time of a whole process.
    pub(crate) cpu: Option<Duration>,
}

/// The runs of one thing, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    runs: Vec<Run>,
}

/// A median, and below what it is with 90 % confidence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounded {
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Series {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), runs: Vec::new() }
    }

    pub(crate) fn push(&mut self, run: Run) {
        self.runs.push(run);
    }

    pub(crate) fn push_wall(&mut self, wall: Duration) {
        self.push(Run { wall, cpu: None });
    }

    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }

    /// The wall time in milliseconds that this share of the runs keeps below.
    pub(crate) fn wall(&self, share: f64) -> f64 {
        quantile(self.walls().collect(), share)
    }

    pub(crate) fn median(&self) -> f64 {
        self.wall(0.5)
    }

    /// The median CPU time in milliseconds, where it was measured.
    pub(crate) fn cpu(&self) -> Option<f64> {
        let all: Option<Vec<f64>> = self.runs.iter().map(|run| run.cpu.map(millis)).collect();
        all.filter(|all| !all.is_empty()).map(|all| quantile(all, 0.5))
    }

    /// How many times the other one's wall time this takes, run by run.
    pub(crate) fn ratio_to(&self, floor: &Self) -> Bounded {
        self.compare(floor, |ours, floor| ours / floor)
    }

    /// How many milliseconds more than the other one this takes, run by run.
    pub(crate) fn more_than(&self, floor: &Self) -> Bounded {
        self.compare(floor, |ours, floor| ours - floor)
    }

    fn compare(&self, floor: &Self, by: impl Fn(f64, f64) -> f64) -> Bounded {
        Bounded::of(self.walls().zip(floor.walls()).map(|(ours, floor)| by(ours, floor)).collect())
    }

    /// The wall times' median with its bound.
    pub(crate) fn bounded(&self) -> Bounded {
        Bounded::of(self.walls().collect())
    }

    fn walls(&self) -> impl Iterator<Item = f64> {
        self.runs.iter().map(|run| millis(run.wall))
    }
}

impl Bounded {
    /// The bound is an order statistic: the number of runs below the true median is binomial.
    #[expect(clippy::cast_precision_loss, reason = "counts of runs are small")]
    fn of(values: Vec<f64>) -> Self {
        let count = values.len() as f64;
        let share = 0.5 + 1.2816 / (2.0 * count.max(1.0).sqrt());
        Self { median: quantile(values.clone(), 0.5), upper: quantile(values, share.min(1.0)) }
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The value that this share of the values keeps below, between the two nearest; NaN of none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index between 0 and a small count"
)]
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = share * values.len().saturating_sub(1) as f64;
    let below = values.get(at.floor() as usize).copied().unwrap_or(f64::NAN);
    let above = values.get(at.ceil() as usize).copied().unwrap_or(f64::NAN);
    below + (above - below) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(walls: &[u64]) -> Series {
        let mut series = Series::new("x");
        walls.iter().for_each(|wall| series.push_wall(Duration::from_millis(*wall)));
        series
    }

    #[test]
    fn medians_and_quantiles_lie_where_they_should() {
        let ten = series(&[10, 1, 9, 2, 8, 3, 7, 4, 6, 5]);
        assert!((ten.median() - 5.5).abs() < 1e-9);
        assert!((ten.wall(1.0) - 10.0).abs() < 1e-9);
        assert!(series(&[]).median().is_nan());
        assert_eq!(ten.cpu(), None);
    }

    #[test]
    fn comparisons_are_made_run_by_run_and_bounded_above() {
        let (ours, floor) = (series(&[2, 40, 6]), series(&[1, 10, 2]));
        let ratio = ours.ratio_to(&floor);
        assert!((ratio.median - 3.0).abs() < 1e-9);
        assert!(ratio.upper > ratio.median && ratio.upper <= 4.0);
        assert!((ours.more_than(&floor).median - 4.0).abs() < 1e-9);
    }
}
