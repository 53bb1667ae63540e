//! A session bus of our own, and a display without a screen but with a window manager, without
//! which no new window gets the keyboard.

use crate::Outcome;
use crate::process::{Running, system_program, until};
use crate::screen::Screen;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A session bus without services that it could start.
#[derive(Debug)]
pub(crate) struct Bus {
    pub(crate) address: String,
    _daemon: Running,
}

/// A display without a screen.
#[derive(Debug)]
pub(crate) struct Display {
    /// What DISPLAY is to be.
    pub(crate) name: String,
    _window_manager: Running,
    _server: Running,
}

impl Bus {
    /// Starts a bus whose socket stands in this folder.
    pub(crate) fn start(folder: &Path) -> Outcome<Self> {
        let config = folder.join("bus.conf");
        std::fs::write(
            &config,
            format!(
                r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                <busconfig>
                  <type>session</type>
                  <listen>unix:dir={}</listen>
                  <policy context="default">
                    <allow send_destination="*" eavesdrop="true"/>
                    <allow eavesdrop="true"/>
                    <allow own="*"/>
                  </policy>
                </busconfig>"#,
                folder.display()
            ),
        )?;
        let mut command = Command::new(system_program("dbus-daemon")?);
        command.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile", "--print-address"]);
        let (daemon, address) = first_line(command)?;
        Ok(Self { address, _daemon: daemon })
    }
}

impl Display {
    /// Starts a display that has a number of its own; its window manager's home is this folder.
    pub(crate) fn start(folder: &Path) -> Outcome<Self> {
        let mut command = Command::new(system_program("Xvfb")?);
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let (server, number) = first_line(command)?;
        let name = format!(":{number}");
        let mut command = Command::new(system_program("openbox")?);
        command.env_clear().env("DISPLAY", &name).env("HOME", folder).env("XDG_CACHE_HOME", folder);
        let window_manager =
            Running::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
        let screen = Screen::connect(&name)?;
        until("the window manager", Duration::from_millis(10), || {
            Ok(screen.has_window_manager()?.then_some(()))
        })?;
        Ok(Self { name, _window_manager: window_manager, _server: server })
    }
}

/// Starts a server that says on its first line where it is.
fn first_line(mut command: Command) -> Outcome<(Running, String)> {
    let mut server =
        Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let mut line = String::new();
    if let Some(output) = server.child().stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    let line = line.trim().to_owned();
    if line.is_empty() { Err(format!("{command:?} ended at once").into()) } else { Ok((server, line)) }
}
