//! From the click on a role to a dialog that takes the keys of its MFA code.
//!
//! The floor is a bare window of the same web engine, WebKit's own MiniBrowser with one field, from
//! its start to its window having the keyboard. Ours is proved by typing: the code must reach the
//! agent, all six digits of it.

use crate::Outcome;
use crate::desktop::{Bus, Display};
use crate::figures::Series;
use crate::home::{GUARDED, Home};
use crate::host::Host;
use crate::process::{Running, program, system_program, until};
use crate::report::{Report, Row, bounded, named};
use crate::resident;
use crate::screen::Screen;
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::{Client, Command as Wanted, Face, Update};
use std::process::Stdio;
use std::time::{Duration, Instant};

const RUNS: usize = 12;

/// Most times of a bare window.
const GOAL: f64 = 1.2;

const TITLE: &str = "MFA code";
const BARE_TITLE: &str = "Bare window";
const BARE_PAGE: &str = "data:text/html,<title>Bare window</title><input autofocus>";

const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// How long typed keys may take before they count as lost.
const LOST_AFTER: Duration = Duration::from_secs(3);

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let mut home = Home::new()?;
    let bus = Bus::start(&home.path(""))?;
    let display = Display::start()?;
    home.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    home.set("DISPLAY", &display.name);
    // No accessibility bus, no hardware: on both sides alike.
    home.set("NO_AT_BRIDGE", "1");
    home.set("GDK_BACKEND", "x11");
    let screen = Screen::connect(&display.name)?;
    let mut host = Host::new(&bus.address)?;
    home.warm()?;
    let mut agent = home.client()?;
    agent.request(Wanted::Subscribe { face: Face::Terminal })?;
    let mut tray = home.command(program("hatrack-tray")?);
    let _tray = Running::start(tray.arg("--hidden").stdin(Stdio::null()).stderr(Stdio::null()))?;
    let item = host.registered()?;
    let menu = host.menu_with(&item, 20)?;
    let row =
        menu.iter().find(|row| row.label.contains(GUARDED)).ok_or("the guarded role isn't in the menu")?.id;

    let mut floor = Series::new("MiniBrowser: start to focus");
    let mut ours = Series::new("click to focus in the dialog");
    let mut sent = Series::new("click to the typed code being with the agent");
    let mut lost = 0;
    for run in 0..RUNS {
        floor.push_wall(bare_window(&home, &screen)?);
        let begin = Instant::now();
        host.click(&item, row)?;
        focused(&screen, TITLE)?;
        ours.push_wall(begin.elapsed());
        // Wrong codes, each another: they come back at once and use nothing up.
        screen.type_digits(&format!("{:06}", 100_003 + run))?;
        if code_arrived(&mut agent)? {
            sent.push_wall(begin.elapsed());
        } else {
            lost += 1;
        }
        dismiss(&mut agent)?;
        let windows = program("hatrack")?;
        until("the end of the window's process", Duration::from_millis(10), || {
            Ok(resident::running(&windows)?.is_empty().then_some(()))
        })?;
    }

    let ratio = ours.ratio_to(&floor);
    report.row(Row {
        what: format!("click to MFA dialog, {} of {RUNS} codes whole", RUNS - lost),
        floor: named(&floor),
        ours: named(&ours),
        ratio: bounded("", ratio, "×"),
        goal: format!("≤ {GOAL}× floor, all codes"),
        verdict: (ratio.upper <= GOAL && lost == 0).into(),
        ..Row::default()
    });
    report.series([floor, ours, sent]);
    Ok(())
}

fn bare_window(home: &Home, screen: &Screen) -> Outcome<Duration> {
    let mut command = home.command(system_program("MiniBrowser")?);
    command.args(["--geometry=360x232", BARE_PAGE]);
    let begin = Instant::now();
    let _window = Running::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
    focused(screen, BARE_TITLE)?;
    Ok(begin.elapsed())
}

fn focused(screen: &Screen, title: &str) -> Outcome<()> {
    until(title, LOOK_AGAIN, || Ok(screen.focused_title()?.contains(title).then_some(())))
}

/// Whether the code came to the agent, and from there to AWS, before long.
fn code_arrived(agent: &mut Client) -> Outcome<bool> {
    let end = Instant::now() + LOST_AFTER;
    while Instant::now() < end {
        if let Some(Update::Snapshot(now)) = agent.next_update_within(Duration::from_millis(100))?
            && is_code_there(&now)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_code_there(now: &Snapshot) -> bool {
    use hatrack_core::snapshot::PromptState::{Asking, Holding, Sending};
    now.prompts.iter().any(|prompt| match prompt.state {
        Sending | Holding => true,
        Asking => prompt.refused.is_some(),
    })
}

/// Takes back what waits for a code, once the last one came back.
fn dismiss(agent: &mut Client) -> Outcome<()> {
    until("the end of the question", Duration::ZERO, || {
        let Some(Update::Snapshot(now)) = agent.next_update_within(Duration::from_millis(200))? else {
            // Nothing changes any more; whatever is asked now is asked for good.
            return Ok(None);
        };
        if now.prompts.is_empty() {
            return Ok(Some(()));
        }
        for prompt in &now.prompts {
            agent.request(Wanted::DismissPrompt { prompt: prompt.id })?;
        }
        Ok(None)
    })
}
