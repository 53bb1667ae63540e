//! The credentials of a live session, asked for once more.

use crate::Outcome;
use crate::figures::Series;
use crate::home::{Home, profile};
use crate::process::{printed, python, script, system_program, timed};
use crate::report::{Report, Row, bounded, named, one_in};
use std::process::Command;

const RUNS: usize = 25;

/// Most times of `/bin/true`.
const GOAL: f64 = 2.5;

/// Most share of the AWS CLI's time.
const GOAL_BESIDE_CLI: f64 = 1.0 / 300.0;

const OUTPUT: &str = "bench-output";

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let home = Home::new()?;
    let role = profile(3, 7);
    let activate = ["use", &role, "--as", OUTPUT];
    printed(&mut home.hat(&activate)?)?;
    let aws = system_program("aws")?;
    let python = python()?;

    let mut floor = Series::new("/bin/true");
    let mut ours = Series::new("hat use, of a live session");
    let mut cli = Series::new("aws configure export-credentials");
    let mut sdk = Series::new("boto3 get_credentials");
    for _ in 0..RUNS {
        floor.push(timed(&mut Command::new(system_program("true")?))?);
        ours.push(timed(&mut home.hat(&activate)?)?);
        let cli_arguments = ["configure", "export-credentials", "--profile", OUTPUT];
        cli.push(timed(home.command(&aws).args(cli_arguments))?);
        sdk.push(timed(home.command(&python).arg(script("credentials.py")).arg(OUTPUT))?);
    }

    let ratio = ours.ratio_to(&floor);
    report.row(Row {
        what: "cached credentials".to_owned(),
        floor: named(&floor),
        ours: named(&ours),
        ratio: bounded("", ratio, "×"),
        goal: format!("≤ {GOAL}× floor"),
        verdict: (ratio.upper <= GOAL).into(),
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
    report.series([floor, ours, cli, sdk]);
    Ok(())
}
