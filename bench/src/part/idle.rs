//! What the agent and the tray cost while nobody does anything.

use crate::desktop::{Bus, Display};
use crate::home::{Home, ROLES, profile};
use crate::host::Host;
use crate::process::{Running, printed, program, system_program};
use crate::report::{Report, Row, Verdict, mebibytes, number, one_in};
use crate::resident::{self, Cost};
use crate::{Outcome, bare_item};
use hatrack_wire::{Answer, Command as Wanted};
use std::process::Stdio;
use std::time::Duration;

const SESSIONS: usize = 5;
const SETTLE: Duration = Duration::from_secs(8);
const OVER: Duration = Duration::from_secs(20);

/// Most bytes of agent and tray together.
const GOAL_PSS: u64 = 15 << 20;

/// Most milliseconds of CPU time in each second.
const GOAL_CPU: f64 = 0.1;

/// Most wake-ups in each second.
const GOAL_WAKEUPS: f64 = 0.5;

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let mut home = Home::new()?;
    let bus = Bus::start(&home.path(""))?;
    let display = Display::start(&home.path(""))?;
    home.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    home.set("DISPLAY", &display.name);
    let mut host = Host::new(&bus.address)?;
    for number in 0..SESSIONS {
        printed(&mut home.hat(&["use", &profile(number, number), "--as", &format!("output-{number}")])?)?;
    }
    let mut tray = home.command(program("hatrack-tray")?);
    let tray = Running::start(tray.arg("--hidden").stdin(Stdio::null()).stderr(Stdio::null()))?;
    let shown = host.registered()?;
    host.menu_with(&shown, 20)?;
    let mut bare = home.command(std::env::current_exe()?);
    let bare = Running::start(bare.args([bare_item::ARGUMENT, &ROLES.to_string()]).stdin(Stdio::null()))?;
    let shown = host.registered()?;
    host.menu_with(&shown, 20)?;
    let mut chromium = home.command(system_program("chromium")?);
    chromium.arg(format!("--user-data-dir={}", home.path("chromium").display()));
    chromium.args(["--no-sandbox", "--no-first-run", "--password-store=basic", "--app=about:blank"]);
    chromium.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    let chromium = Running::start(chromium.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
    std::thread::sleep(SETTLE);

    let Answer::Agent(status) = home.client()?.request(Wanted::Agent)? else {
        return Err("the agent told nothing about itself".into());
    };
    if status.active_sessions != SESSIONS {
        return Err(format!("{} sessions are active", status.active_sessions).into());
    }
    let (agent, tray) = ([status.pid], [tray.id()]);
    let windows = resident::tree(chromium.id())?;
    let [agent, tray, bare, chromium] = resident::watch([&agent, &tray, &[bare.id()], &windows], OVER)?;
    tell(report, agent, tray, bare, chromium);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of processes are small")]
fn tell(report: &mut Report, agent: Cost, tray: Cost, bare: Cost, chromium: Cost) {
    let ours = agent.pss + tray.pss;
    report.row(Row {
        what: format!("idle memory, {SESSIONS} sessions"),
        floor: format!("bare item {}", mebibytes(bare.pss)),
        ours: format!("agent {} + tray {}", mebibytes(agent.pss), mebibytes(tray.pss)),
        peer: format!("Chromium window {}", mebibytes(chromium.pss)),
        ratio: format!("{}, {} of peer", mebibytes(ours), one_in(ours as f64 / chromium.pss.max(1) as f64)),
        goal: format!("≤ {}", mebibytes(GOAL_PSS)),
        verdict: (ours <= GOAL_PSS).into(),
    });
    let beside = |what: &str, goal: f64, unit: &str, of: fn(&Cost) -> f64| {
        let ours = of(&agent) + of(&tray);
        Row {
            what: format!("idle {what}"),
            floor: format!("bare item {}", number(of(&bare))),
            ours: format!("agent {} + tray {}", number(of(&agent)), number(of(&tray))),
            peer: format!("Chromium window {}", number(of(&chromium))),
            ratio: format!("{} {unit}", number(ours)),
            goal: format!("≤ {goal} {unit}"),
            verdict: Verdict::from(ours <= goal),
        }
    };
    report.row(beside("CPU time", GOAL_CPU, "ms/s", |cost| cost.cpu));
    report.row(beside("wake-ups", GOAL_WAKEUPS, "/s", |cost| cost.wakeups));
}
