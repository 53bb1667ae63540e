//! From the start of the tray to its whole menu having been read by the desktop.

use crate::desktop::Bus;
use crate::figures::Series;
use crate::home::{Home, ROLES};
use crate::host::Host;
use crate::process::{Running, program};
use crate::report::{Report, Row, bounded, named};
use crate::{Outcome, bare_item};
use std::process::{Command, Stdio};
use std::time::Instant;

const RUNS: usize = 25;

/// Most times of a bare item.
const GOAL: f64 = 3.0;

/// As many rows stand at the menu's top at least, once it shows the accounts.
const TOP_ROWS: usize = 20;

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let mut home = Home::new()?;
    let bus = Bus::start(&home.path(""))?;
    home.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    let mut host = Host::new(&bus.address)?;
    home.warm()?;

    let mut floor = Series::new("bare item: start to menu read");
    let mut registered = Series::new("hatrack-tray: start to registered");
    let mut ours = Series::new("hatrack-tray: start to menu read");
    for _ in 0..RUNS {
        let bare = home.command(std::env::current_exe()?);
        let (_, read) = start(bare, &[bare_item::ARGUMENT, &ROLES.to_string()], &mut host)?;
        floor.push_wall(read);
        let (there, read) = start(home.command(program("hatrack-tray")?), &["--hidden"], &mut host)?;
        registered.push_wall(there);
        ours.push_wall(read);
    }

    let ratio = ours.ratio_to(&floor);
    report.row(Row {
        what: format!("tray usable, {ROLES} roles"),
        floor: named(&floor),
        ours: named(&ours),
        ratio: bounded("", ratio, "×"),
        goal: format!("≤ {GOAL}× floor"),
        verdict: (ratio.upper <= GOAL).into(),
        ..Row::default()
    });
    report.series([floor, registered, ours]);
    Ok(())
}

/// Starts an item; tells how long it took to register, and until all its rows were read.
fn start(
    mut command: Command,
    arguments: &[&str],
    host: &mut Host,
) -> Outcome<(std::time::Duration, std::time::Duration)> {
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let _process = Running::start(&mut command)?;
    let item = host.registered()?;
    let rows = host.menu_with(&item, TOP_ROWS)?;
    let read = begin.elapsed();
    if rows.len() < ROLES {
        return Err(format!("the menu has only {} rows", rows.len()).into());
    }
    Ok((item.at.duration_since(begin), read))
}
