//! A session bus for one test, and GNOME's keyring on it.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const SECRETS: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";

/// A running bus without services that it could start, ended when dropped.
pub(crate) struct Bus {
    daemon: Child,
    address: String,
    runtime: tokio::runtime::Runtime,
    connection: zbus::Connection,
}

impl Bus {
    /// Starts a bus whose socket stands in this folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let config = folder.join("bus.conf");
        let text = format!(
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
        );
        std::fs::write(&config, text).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is needed for this test");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let connecting = async { zbus::connection::Builder::address(address.as_str())?.build().await };
        let connection = runtime.block_on(connecting).unwrap();
        Self { daemon, address, runtime, connection }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Owns a name without serving anything: a call to it waits for ever.
    pub(crate) fn take_name_and_say_nothing(&self, name: &str) {
        let asked = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
        let taken: u32 = self.call(asked, "org.freedesktop.DBus", "RequestName", &(name, 4_u32)).unwrap();
        assert_eq!(taken, 1);
    }

    fn call<B, R>(&self, to: (&str, &str), interface: &str, method: &str, body: &B) -> zbus::Result<R>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
        R: serde::de::DeserializeOwned + zbus::zvariant::Type,
    {
        let calling = self.connection.call_method(Some(to.0), to.1, Some(interface), method, body);
        self.runtime.block_on(calling)?.body().deserialize()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

/// A bus with GNOME's keyring, in a home of its own.
pub(crate) struct Desktop {
    keyring: Child,
    bus: Bus,
    folder: tempfile::TempDir,
}

impl Desktop {
    /// A keyring that is created and unlocked.
    pub(crate) fn with_keyring() -> Self {
        Self::start(&["--unlock"], true)
    }

    /// A service in which nobody has created a keyring.
    pub(crate) fn with_service_alone() -> Self {
        Self::start(&[], false)
    }

    fn start(arguments: &[&str], created: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bus = Bus::start(folder.path());
        let keyring = daemon(folder.path(), bus.address(), arguments);
        let desktop = Self { keyring, bus, folder };
        desktop.wait(created);
        desktop
    }

    /// Ends the service and starts it anew, as a login does.
    pub(crate) fn restart_keyring(&mut self) {
        self.keyring.kill().unwrap();
        self.keyring.wait().unwrap();
        self.keyring = daemon(self.folder(), self.bus.address(), &["--unlock"]);
        self.wait(true);
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn address(&self) -> &str {
        self.bus.address()
    }

    /// Locks the keyring.
    pub(crate) fn lock(&self) {
        let default = self.default().unwrap();
        let service = "org.freedesktop.Secret.Service";
        let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.bus.call((SECRETS, ROOT), service, "Lock", &(vec![default.clone()],)).unwrap();
        assert_eq!(locked, [default]);
    }

    /// How many things the keyring keeps.
    pub(crate) fn items(&self) -> usize {
        let default = self.default().unwrap();
        let asked = ("org.freedesktop.Secret.Collection", "Items");
        let to = (SECRETS, default.as_str());
        let items: OwnedValue = self.bus.call(to, "org.freedesktop.DBus.Properties", "Get", &asked).unwrap();
        Vec::<OwnedObjectPath>::try_from(items).unwrap().len()
    }

    /// The default keyring; `None` where the service isn't there or has none.
    fn default(&self) -> Option<OwnedObjectPath> {
        let service = "org.freedesktop.Secret.Service";
        let path: OwnedObjectPath =
            self.bus.call((SECRETS, ROOT), service, "ReadAlias", &("default",)).ok()?;
        (path.as_str() != "/").then_some(path)
    }

    /// Waits until the service is there, with its keyring if it gets one.
    fn wait(&self, created: bool) {
        let begun = Instant::now();
        let is_there = || {
            let bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
            self.bus.call(bus, "org.freedesktop.DBus", "NameHasOwner", &(SECRETS,)).unwrap_or(false)
                && (!created || self.default().is_some())
        };
        while !is_there() {
            assert!(begun.elapsed() < Duration::from_secs(30), "gnome-keyring-daemon doesn't start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.keyring.kill().ok();
        self.keyring.wait().ok();
    }
}

fn daemon(folder: &Path, address: &str, arguments: &[&str]) -> Child {
    let mut keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets"])
        .args(arguments)
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_RUNTIME_DIR", folder)
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env_remove("DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("gnome-keyring-daemon is needed for this test");
    keyring.stdin.take().unwrap().write_all(b"a test's").ok();
    keyring
}
