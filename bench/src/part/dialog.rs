//! From the click on a role to a dialog that takes the keys of its MFA code.
//!
//! The floor is a bare window of the same web engine, WebKit's own MiniBrowser with one field, from
//! its start to its having the keyboard with the page's title. Ours ends when the dialog has the
//! keyboard, which is proved by typing: the code must reach the agent, all six digits of it.

use crate::Outcome;
use crate::desktop::{Bus, Display};
use crate::figures::Series;
use crate::home::{GUARDED, Home};
use crate::host::Host;
use crate::process::{Running, program, system_program, until};
use crate::report::{Report, Row, bounded, named};
use crate::resident;
use crate::screen::Screen;
use hatrack_core::snapshot::{PromptState, Snapshot};
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
    let display = Display::start(&home.path(""))?;
    home.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    home.set("DISPLAY", &display.name);
    // No accessibility bus, no hardware: on both sides alike.
    home.set("NO_AT_BRIDGE", "1");
    home.set("GDK_BACKEND", "x11");
    let screen = Screen::connect(&display.name)?;
    let mut host = Host::new(&bus.address)?;
    home.warm()?;
    let mut agent = Watched::new(home.client()?)?;
    let mut tray = home.command(program("hatrack-tray")?);
    let _tray = Running::start(tray.arg("--hidden").stdin(Stdio::null()).stderr(Stdio::null()))?;
    let item = host.registered()?;

    let mut floor = Series::new("MiniBrowser: start to focus");
    let mut ours = Series::new("click to focus in the dialog");
    let mut sent = Series::new("click to the typed code being with the agent");
    let mut lost = 0;
    for run in 0..RUNS {
        floor.push_wall(bare_window(&home, &screen)?);
        // The ids are others after each change of the menu's structure.
        let menu = host.menu_with(&item, 20)?;
        let row = menu.iter().find(|row| row.label.contains(GUARDED));
        let row = row.ok_or("the guarded role isn't in the menu")?.id;
        let begin = Instant::now();
        host.click(&item, row)?;
        focused(&screen, TITLE)?;
        ours.push_wall(begin.elapsed());
        // Wrong codes, each another: they come back at once and use nothing up.
        screen.type_digits(&format!("{:06}", 100_003 + run))?;
        if agent.gets_code()? {
            sent.push_wall(begin.elapsed());
        } else {
            lost += 1;
        }
        agent.dismiss()?;
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

/// What the agent tells.
struct Watched {
    agent: Client,
    now: Snapshot,
}

impl Watched {
    fn new(mut agent: Client) -> Outcome<Self> {
        agent.request(Wanted::Subscribe { face: Face::Terminal })?;
        Ok(Self { agent, now: Snapshot::default() })
    }

    /// Waits for something new, so long at most.
    fn look(&mut self, within: Duration) -> Outcome<()> {
        match self.agent.next_update_within(within)? {
            Some(Update::Snapshot(now)) => self.now = *now,
            Some(
                Update::Outline(_)
                | Update::Show(_)
                | Update::Open(_)
                | Update::SignedIn { .. }
                | Update::Progress(_),
            )
            | None => {}
        }
        Ok(())
    }

    /// Whether a typed code comes to the agent before long.
    fn gets_code(&mut self) -> Outcome<bool> {
        let end = Instant::now() + LOST_AFTER;
        while Instant::now() < end {
            self.look(Duration::from_millis(100))?;
            if is_code_there(&self.now) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes back what waits for a code, once no code is under way.
    fn dismiss(&mut self) -> Outcome<()> {
        until("the end of the question", Duration::ZERO, || {
            for prompt in self.now.prompts.iter().filter(|prompt| prompt.state == PromptState::Asking) {
                // It may be gone by now.
                self.agent.request(Wanted::DismissPrompt { prompt: prompt.id }).ok();
            }
            self.look(Duration::from_millis(100))?;
            Ok(self.now.prompts.is_empty().then_some(()))
        })
    }
}

fn is_code_there(now: &Snapshot) -> bool {
    now.prompts.iter().any(|prompt| match prompt.state {
        PromptState::Sending | PromptState::Holding => true,
        PromptState::Asking => prompt.refused.is_some(),
    })
}
