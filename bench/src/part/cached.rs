//! The credentials of a live session, asked for once more: what every call of an AWS tool costs.

use crate::Outcome;
use crate::figures::Series;
use crate::home::{Home, profile};
use crate::process::{printed, program, python, script, system_program, timed};
use crate::report::{Report, Row, bounded, named, one_in};
use std::process::Command;

const RUNS: usize = 60;

/// Most times of `/bin/true`.
const GOAL: f64 = 2.5;

/// Most times of itself with few profiles.
const GOAL_OF_MANY: f64 = 1.2;

/// Most share of the AWS CLI's time.
const GOAL_BESIDE_CLI: f64 = 1.0 / 300.0;

/// How large the helper may be, in bytes.
const GOAL_OF_SIZE: u64 = 3_000_000;

const MANY: usize = 100_000;

const OUTPUT: &str = "bench-output";

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let few = Home::with_one_of((3, 7), 0)?;
    let many = Home::with_one_of((3, 7), MANY)?;
    let role = profile(3, 7);
    let ask = ["credential-process", &role];
    for home in [&few, &many] {
        printed(&mut home.hat(&["use", &role, "--as", OUTPUT])?)?;
        printed(&mut home.hat(&ask)?)?;
    }
    let aws = system_program("aws")?;
    let python = python()?;

    let mut floor = Series::new("/bin/true");
    let mut ours = Series::new("hat credential-process");
    let mut of_many = Series::new("hat credential-process, 100,000 profiles");
    let mut using = Series::new("hat use, of a live session");
    let mut cli = Series::new("aws configure export-credentials");
    let mut sdk = Series::new("boto3 get_credentials");
    let commands = || -> Outcome<[Command; 6]> {
        let mut by_cli = few.command(&aws);
        by_cli.args(["configure", "export-credentials", "--profile", OUTPUT]);
        let mut by_sdk = few.command(&python);
        by_sdk.arg(script("credentials.py")).arg(OUTPUT);
        Ok([
            Command::new(system_program("true")?),
            few.hat(&ask)?,
            many.hat(&ask)?,
            few.hat(&["use", &role, "--as", OUTPUT])?,
            by_cli,
            by_sdk,
        ])
    };
    for round in 0..RUNS {
        let mut commands = commands()?;
        let series = [&mut floor, &mut ours, &mut of_many, &mut using, &mut cli, &mut sdk];
        // Who comes after a Python finds the machine's caches full of it: each comes there in its turn.
        for step in 0..commands.len() {
            let at = (round + step) % commands.len();
            series[at].push(timed(&mut commands[at])?);
        }
    }

    for series in [&ours, &of_many] {
        let ratio = series.ratio_to(&floor);
        report.row(Row {
            what: "cached credentials".to_owned(),
            floor: named(&floor),
            ours: named(series),
            ratio: bounded("", ratio, "×"),
            goal: format!("≤ {GOAL}× floor"),
            verdict: (ratio.upper <= GOAL).into(),
            ..Row::default()
        });
    }
    let growth = of_many.ratio_to(&ours);
    report.row(Row {
        what: "… with 100,000 profiles beside one".to_owned(),
        ratio: bounded("", growth, "×"),
        goal: format!("≤ {GOAL_OF_MANY}×"),
        verdict: (growth.upper <= GOAL_OF_MANY).into(),
        ..Row::default()
    });
    let beside_cli = ours.ratio_to(&cli);
    report.row(Row {
        what: "… beside the AWS CLI 2".to_owned(),
        peer: named(&cli),
        ratio: format!("{} of peer", one_in(beside_cli.median)),
        goal: format!("≤ {} of peer", one_in(GOAL_BESIDE_CLI)),
        verdict: (beside_cli.upper <= GOAL_BESIDE_CLI).into(),
        ..Row::default()
    });
    report.row(Row {
        what: "… beside boto3".to_owned(),
        peer: named(&sdk),
        ratio: format!("{} of peer", one_in(ours.ratio_to(&sdk).median)),
        ..Row::default()
    });
    let size = std::fs::metadata(program("hat")?)?.len();
    report.row(Row {
        what: "the helper's size".to_owned(),
        ours: format!("{:.2} MB", f64::from(u32::try_from(size)?) / 1e6),
        goal: "≤ 3 MB".to_owned(),
        verdict: (size <= GOAL_OF_SIZE).into(),
        ..Row::default()
    });
    report.series([floor, ours, of_many, using, cli, sdk]);
    Ok(())
}
