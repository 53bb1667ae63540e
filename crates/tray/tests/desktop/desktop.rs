//! All that stands around the tray in one test.

use super::agent::Agent;
use super::host::Host;
use super::notifications::Server;
use hatrack_testbed::Bus;
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
    windows: Program,
    browser: Program,
    home: TempDir,
}

/// A script that stands in for a program and notes the arguments of each start.
struct Program {
    path: PathBuf,
    seen: usize,
}

/// A running tray, ended when dropped.
pub(crate) struct Tray(Child);

impl Desktop {
    /// A desktop session without a tray host and a notification server.
    pub(crate) async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let places = Places::of(|name| (name == "HATRACK_HOME").then(|| home.path().into())).unwrap();
        let [windows, browser] = ["windows", "browser"].map(|name| Program::new(home.path().join(name)));
        Self { agent: Agent::listen(&places), bus: Bus::start(home.path()).unwrap(), windows, browser, home }
    }

    /// Starts the tray.
    pub(crate) fn start_tray(&self, arguments: &[&str]) -> Tray {
        let child = Command::new(env!("CARGO_BIN_EXE_hatrack-tray"))
            .args(arguments)
            .env_clear()
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.address())
            .env("HOME", self.home.path())
            .env("HATRACK_HOME", self.home.path())
            .env("HATRACK_AGENT", "/bin/false")
            .env("HATRACK_WINDOWS", &self.windows.path)
            .env("BROWSER", &self.browser.path)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Tray(child)
    }

    /// A tray host, or a watcher that says that there is none.
    pub(crate) async fn host(&self, is_there: bool) -> Host {
        Host::new(self.connect().await, is_there).await
    }

    /// A notification server.
    pub(crate) async fn notifications(&self) -> Server {
        Server::new(self.connect().await).await
    }

    async fn connect(&self) -> zbus::Connection {
        soon("the bus", self.bus.connect()).await.unwrap()
    }

    /// The arguments of the next start of the program with the windows.
    pub(crate) async fn started_window(&mut self) -> String {
        self.windows.next_start("a window").await
    }

    /// The address that the browser showed next.
    pub(crate) async fn shown_in_browser(&mut self) -> String {
        self.browser.next_start("the browser").await
    }

    /// How often a window and the browser were started.
    pub(crate) fn starts(&self) -> (usize, usize) {
        (self.windows.starts().len(), self.browser.starts().len())
    }
}

impl Program {
    fn new(path: PathBuf) -> Self {
        std::fs::write(&path, "#!/bin/sh\necho \"$*\" >> \"$0.log\"\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { path, seen: 0 }
    }

    async fn next_start(&mut self, what: &str) -> String {
        let seen = self.seen;
        self.seen += 1;
        until(what, async || self.starts().into_iter().nth(seen)).await
    }

    fn starts(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.path.with_extension("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
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
