//! Reading shared files with very many profiles, in process.

use crate::Outcome;
use crate::figures::Series;
use crate::process::{printed, python, script};
use crate::report::{Report, Row, bounded, named, one_in};
use hatrack_core::catalogue::{Catalogue, Sources};
use hatrack_core::profile::{File, Profiles};
use hatrack_core::settings::Settings;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Most share of botocore's time.
const GOAL_BESIDE_BOTOCORE: f64 = 1.0 / 50.0;

/// How many profiles, the most milliseconds for them, and how often we and botocore read them.
const SIZES: [(usize, f64, usize, usize); 2] = [(10_000, 10.0, 40, 5), (100_000, 120.0, 12, 1)];

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    for (profiles, goal, runs, peer_runs) in SIZES {
        let path = folder.path().join(format!("config-{profiles}"));
        std::fs::write(&path, config(profiles))?;
        let mut floor = Series::new(format!("{profiles} profiles: bytes read, lines counted"));
        let mut ours = Series::new(format!("{profiles} profiles: read and listed"));
        let mut peer = Series::new(format!("{profiles} profiles: botocore load_config"));
        for run in 0..runs {
            floor.push_wall(timed(|| count_lines(&path))?);
            ours.push_wall(timed(|| list(&path, profiles))?);
            if run < peer_runs {
                peer.push_wall(botocore(&path, profiles)?);
            }
        }
        let wall = ours.bounded();
        report.row(Row {
            what: format!("{profiles} profiles"),
            floor: format!("read + scan {}", crate::report::ms(floor.median())),
            ours: bounded("", wall, " ms"),
            ratio: bounded("", ours.ratio_to(&floor), "×"),
            goal: format!("≤ {goal} ms"),
            verdict: (wall.upper <= goal).into(),
            ..Row::default()
        });
        let beside = wall.upper / peer.wall(0.0);
        report.row(Row {
            what: "… beside botocore".to_owned(),
            peer: named(&peer),
            ratio: format!("{} of peer", one_in(ours.median() / peer.median())),
            goal: format!("≤ {} of peer", one_in(GOAL_BESIDE_BOTOCORE)),
            verdict: (beside <= GOAL_BESIDE_BOTOCORE).into(),
            ..Row::default()
        });
        report.series([floor, ours, peer]);
    }
    Ok(())
}

fn timed(act: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let begin = Instant::now();
    act()?;
    Ok(begin.elapsed())
}

fn count_lines(path: &Path) -> Outcome<()> {
    let bytes = std::fs::read(path)?;
    black_box(bytes.iter().filter(|byte| **byte == b'\n').count());
    Ok(())
}

/// What the agent does with the files before it can show a list.
fn list(path: &Path, profiles: usize) -> Outcome<()> {
    let bytes = std::fs::read(path)?;
    let read = Profiles::read(Some(File { path: "config", bytes: &bytes }), None);
    let (catalogue, problems) = Catalogue::of(&Sources {
        profiles: &read,
        settings: &Settings::default(),
        saml_roles: &BTreeMap::new(),
        directories: &[],
        source: "config",
    });
    let is_whole = catalogue.len() == profiles && problems.is_empty() && read.problems.is_empty();
    black_box(catalogue);
    if is_whole { Ok(()) } else { Err("not every profile was listed".into()) }
}

fn botocore(path: &Path, profiles: usize) -> Outcome<Duration> {
    let said = printed(Command::new(python()?).arg(script("load_config.py")).arg(path))?;
    let (seconds, count) = said.trim().split_once(' ').ok_or("botocore's script said nothing")?;
    // One more: the profile that the others start from.
    if count.parse::<usize>()? != profiles + 1 {
        return Err(format!("botocore read {count} profiles").into());
    }
    Ok(Duration::try_from_secs_f64(seconds.parse()?)?)
}

fn config(profiles: usize) -> String {
    let mut text = "[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nregion = eu-central-1\n"
        .to_owned();
    for number in 0..profiles {
        write!(
            text,
            "\n[profile team{:04}-role{:02}]\nrole_arn = arn:aws:iam::{:012}:role/role{:02}\n\
             source_profile = base\nregion = eu-central-1\n",
            number / 10,
            number % 10,
            100_000_000_000 + number / 10,
            number % 10
        )
        .ok();
        if number % 2 == 0 {
            text.push_str("mfa_serial = arn:aws:iam::111122223333:mfa/user\n");
        }
    }
    text
}
