//! `hat env`.

use super::Manner;
use crate::arguments::Env;
use crate::connect::unexpected;
use crate::given::{Given, Line, Wanted};
use crate::shell::Shell;
use crate::{offer, print, variables};
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::Way;
use hatrack_wire::{Answer, Command};
use std::io::IsTerminal;
use std::process::ExitCode;

pub(super) fn run(manner: Manner, asked: &Env) -> Result<ExitCode, Failure> {
    let role = offer::role_or_offer(asked.role.as_deref())?;
    let wanted = Wanted {
        role: &role,
        way: Way::Environment,
        program: None,
        duration_seconds: asked.wish.duration,
        region: asked.wish.region.clone(),
        wait_seconds: None,
    };
    let (_, given) = Line::open(manner.no_agent)?.ask(&wanted, |it| Command::HandOut(Box::new(it)))?;
    let given = match given {
        Given::Answer(Answer::HandedOut(given)) => given,
        Given::Answer(_) => return Err(unexpected()),
        Given::Interrupted => return Ok(super::interrupted()),
    };
    let shell = if manner.json { Shell::Json } else { asked.shell.unwrap_or_else(Shell::here) };
    print::secret_lines(&shell.lines(&variables::of_keys(&given))?)?;
    if std::io::stdout().is_terminal()
        && let Some(how) = shell.how_to_take("hat env …")
    {
        print::talk(&format!("These are secrets on your screen. To have this shell take them: {how}"));
    }
    Ok(ExitCode::SUCCESS)
}
