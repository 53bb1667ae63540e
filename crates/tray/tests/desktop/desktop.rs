//! All that stands around the tray in one test.

use super::agent::Agent;
use super::bus::Bus;
use super::host::Host;
use super::notifications::Server;
use hatrack_wire::Places;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A desktop session with an agent.
pub(crate) struct Desktop {
    pub(crate) agent: Agent,
    bus: Bus,
    windows: PathBuf,
    seen_windows: usize,
    home: TempDir,
}

/// A running tray, ended when dropped.
pub(crate) struct Tray(Child);

impl Desktop {
    /// A desktop session without a tray host and a notification server.
    pub(crate) async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let places = Places::of(|name| (name == "HATRACK_HOME").then(|| home.path().into())).unwrap();
        let windows = home.path().join("windows");
        std::fs::write(&windows, "#!/bin/sh\necho \"$*\" >> \"$0.log\"\n").unwrap();
        std::fs::set_permissions(&windows, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { agent: Agent::listen(&places), bus: Bus::start(home.path()), windows, seen_windows: 0, home }
    }

    /// Starts the tray.
    pub(crate) fn start_tray(&self, arguments: &[&str]) -> Tray {
        let child = Command::new(env!("CARGO_BIN_EXE_hatrack-tray"))
            .args(arguments)
            .env_clear()
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus.address)
            .env("HOME", self.home.path())
            .env("HATRACK_HOME", self.home.path())
            .env("HATRACK_AGENT", "/bin/false")
            .env("HATRACK_WINDOWS", &self.windows)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Tray(child)
    }

    /// A tray host, or a watcher that says that there is none.
    pub(crate) async fn host(&self, is_there: bool) -> Host {
        Host::new(self.bus.connect().await, is_there).await
    }

    /// A notification server.
    pub(crate) async fn notifications(&self) -> Server {
        Server::new(self.bus.connect().await).await
    }

    /// The arguments of the next start of the program with the windows.
    pub(crate) async fn started_window(&mut self) -> String {
        let log = self.windows.with_extension("log");
        let (log, seen) = (&log, self.seen_windows);
        self.seen_windows += 1;
        until("a window", async || std::fs::read_to_string(log).ok()?.lines().nth(seen).map(str::to_owned))
            .await
    }
}

impl Tray {
    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        until("the tray's end", async || self.0.try_wait().unwrap()).await
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits for what is to come; panics where it doesn't come at all.
pub(crate) async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(60);
    match tokio::time::timeout(limit, coming).await {
        Ok(come) => come,
        Err(_) => panic!("{what} never came"),
    }
}

/// Looks again and again until there is something to see.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    soon(what, async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}
