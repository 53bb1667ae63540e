//! GNOME's keyring on a bus, in a home of its own.

use crate::{Bus, Calls};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: (&str, &str, &str) = (NAME, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service");

/// How long the daemon may take to come.
const AT_MOST: Duration = Duration::from_secs(30);

/// A running Secret Service, ended when dropped.
#[derive(Debug)]
pub struct Keyring {
    daemon: Child,
    home: PathBuf,
    address: String,
    calls: Calls,
}

impl Keyring {
    /// Starts the service, and has it create and unlock a keyring in this home.
    pub fn unlocked(bus: &Bus, home: &Path) -> Result<Self> {
        Self::start(bus, home, true)
    }

    /// Starts the service alone: nobody has created a keyring.
    pub fn not_created(bus: &Bus, home: &Path) -> Result<Self> {
        Self::start(bus, home, false)
    }

    fn start(bus: &Bus, home: &Path, unlock: bool) -> Result<Self> {
        let calls = Calls::to(bus)?;
        let daemon = daemon(home, bus.address(), unlock)?;
        let (home, address) = (home.to_owned(), bus.address().to_owned());
        let keyring = Self { daemon, home, address, calls };
        keyring.wait(unlock)?;
        Ok(keyring)
    }

    /// Ends the service and starts it anew, unlocked, as a login does.
    pub fn restart(&mut self) -> Result<()> {
        self.daemon.kill()?;
        self.daemon.wait()?;
        self.daemon = daemon(&self.home, &self.address, true)?;
        self.wait(true)
    }

    /// Locks the keyring; tells whether there was one to lock.
    pub fn lock(&self) -> bool {
        let Some(default) = self.default() else { return false };
        let asked = (vec![default.clone()],);
        let answer: zbus::Result<(Vec<OwnedObjectPath>, OwnedObjectPath)> =
            self.calls.call(SERVICE, "Lock", &asked);
        answer.is_ok_and(|(locked, _prompt)| locked == [default])
    }

    /// How many things the keyring keeps; `None` where there is no keyring.
    pub fn items(&self) -> Option<usize> {
        let default = self.default()?;
        let asked = ("org.freedesktop.Secret.Collection", "Items");
        let to = (NAME, default.as_str(), "org.freedesktop.DBus.Properties");
        let items: OwnedValue = self.calls.call(to, "Get", &asked).ok()?;
        Some(Vec::<OwnedObjectPath>::try_from(items).ok()?.len())
    }

    /// The default keyring; `None` where the service isn't there or has none.
    fn default(&self) -> Option<OwnedObjectPath> {
        let path: OwnedObjectPath = self.calls.call(SERVICE, "ReadAlias", &("default",)).ok()?;
        (path.as_str() != "/").then_some(path)
    }

    /// Waits until the service is there, with its keyring if it gets one.
    fn wait(&self, created: bool) -> Result<()> {
        let begun = Instant::now();
        while !(self.calls.has_owner(NAME) && (!created || self.default().is_some())) {
            if begun.elapsed() > AT_MOST {
                return Err(Error::new(ErrorKind::TimedOut, "gnome-keyring-daemon doesn't start"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

fn daemon(home: &Path, address: &str, unlock: bool) -> Result<Child> {
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets"])
        .args(unlock.then_some("--unlock"))
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home)
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env_remove("DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| crate::needed("gnome-keyring-daemon", &error))?;
    // One that ends before it reads is noticed by who waits for its name.
    daemon.stdin.take().map(|mut stdin| stdin.write_all(b"a test's").ok());
    Ok(daemon)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_can_be_locked_and_comes_back_and_one_that_nobody_created_cannot() {
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path()).unwrap();
        let mut keyring = Keyring::unlocked(&bus, home.path()).unwrap();
        assert_eq!(keyring.items(), Some(0));
        assert!(keyring.lock());
        keyring.restart().unwrap();
        assert_eq!(keyring.items(), Some(0));
        drop(keyring);
        let other = tempfile::tempdir().unwrap();
        let bus = Bus::start(other.path()).unwrap();
        let keyring = Keyring::not_created(&bus, other.path()).unwrap();
        assert!(!keyring.lock() && keyring.items().is_none());
    }

    #[test]
    fn a_name_is_taken_once_and_a_bus_ends_with_its_value() {
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path()).unwrap();
        let calls = Calls::to(&bus).unwrap();
        assert!(!calls.has_owner(NAME));
        assert!(calls.take_name_and_say_nothing(NAME));
        assert!(calls.has_owner(NAME));
        let another = Calls::to(&bus).unwrap();
        assert!(!another.take_name_and_say_nothing(NAME));
        let process = format!("/proc/{}", bus.id());
        drop(bus);
        assert!(!Path::new(&process).exists());
    }
}
