//! The table: one row for each goal, and below it what the rows were made from.

use crate::figures::{Bounded, Series};
use std::error::Error;
use std::fmt::Write as _;

/// One comparison.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) floor: String,
    pub(crate) ours: String,
    pub(crate) peer: String,
    pub(crate) ratio: String,
    pub(crate) goal: String,
    pub(crate) verdict: Verdict,
}

/// How a goal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    /// There is no goal.
    #[default]
    None,
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    series: Vec<Series>,
    not_measured: Vec<String>,
}

impl From<bool> for Verdict {
    fn from(met: bool) -> Self {
        if met { Self::Met } else { Self::Missed }
    }
}

const HEADINGS: [&str; 7] = ["what", "floor", "ours", "peer", "ratio (90 % bound)", "goal", ""];

impl Report {
    pub(crate) fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn series(&mut self, series: impl IntoIterator<Item = Series>) {
        self.series.extend(series);
    }

    pub(crate) fn not_measured(&mut self, part: &str, error: &dyn Error) {
        self.not_measured.push(format!("{part}: {error}"));
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.not_measured.is_empty()
    }

    /// The table for a terminal.
    pub(crate) fn text(&self) -> String {
        let mut text = aligned(&self.goals(), "  ");
        text.push('\n');
        text.push_str(&aligned(&self.figures(), "  "));
        self.failures(&mut text, "");
        text
    }

    /// The same in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "# Speed, as ratios inside one run\n\n".to_owned();
        for table in [self.goals(), self.figures()] {
            for (at, row) in table.iter().enumerate() {
                writeln!(text, "| {} |", row.join(" | ")).ok();
                if at == 0 {
                    writeln!(text, "|{}", "---|".repeat(row.len())).ok();
                }
            }
            text.push('\n');
        }
        self.failures(&mut text, "- ");
        text
    }

    fn goals(&self) -> Vec<Vec<String>> {
        let heading = HEADINGS.map(str::to_owned).to_vec();
        let rows = self.rows.iter().map(|row| {
            let verdict = match row.verdict {
                Verdict::Met => "met",
                Verdict::Missed => "MISSED",
                Verdict::None => "",
            };
            let cells = [&row.what, &row.floor, &row.ours, &row.peer, &row.ratio, &row.goal];
            cells.into_iter().cloned().chain([verdict.to_owned()]).collect()
        });
        std::iter::once(heading).chain(rows).collect()
    }

    fn figures(&self) -> Vec<Vec<String>> {
        let heading =
            ["series", "runs", "wall ms, median", "p95", "CPU ms, median"].map(str::to_owned).to_vec();
        let rows = self.series.iter().map(|series| {
            vec![
                series.name.clone(),
                series.len().to_string(),
                number(series.median()),
                number(series.wall(0.95)),
                series.cpu().map(number).unwrap_or_default(),
            ]
        });
        std::iter::once(heading).chain(rows).collect()
    }

    fn failures(&self, text: &mut String, mark: &str) {
        for failure in &self.not_measured {
            writeln!(text, "{mark}not measured: {failure}").ok();
        }
    }
}

/// Milliseconds with three digits that say something.
pub(crate) fn ms(value: f64) -> String {
    format!("{} ms", number(value))
}

/// Mebibytes of so many bytes.
#[expect(clippy::cast_precision_loss, reason = "sizes of processes are small")]
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", number(bytes as f64 / 1_048_576.0))
}

/// `name 1.2 ms`.
pub(crate) fn named(series: &Series) -> String {
    format!("{} {}", series.name, ms(series.median()))
}

/// `1.2 (≤ 1.3)` with a sign or a unit.
pub(crate) fn bounded(before: &str, value: Bounded, unit: &str) -> String {
    format!("{before}{}{unit} (≤ {}{unit})", number(value.median), number(value.upper))
}

/// `1/340` of a share.
pub(crate) fn one_in(share: f64) -> String {
    format!("1/{:.0}", 1.0 / share)
}

/// A number with three digits that say something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn aligned(table: &[Vec<String>], gap: &str) -> String {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        table.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in table {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(text, "{}", cells.join(gap).trim_end()).ok();
    }
    text
}
