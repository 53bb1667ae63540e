//! A session bus without services that it could start.

use std::io::{BufRead, BufReader, Error, Result};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running session bus, ended when dropped.
#[derive(Debug)]
pub struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    /// Starts a bus whose socket and configuration stand in this folder.
    pub fn start(folder: &Path) -> Result<Self> {
        let config = folder.join("bus.conf");
        std::fs::write(&config, configuration(folder))
            .map_err(|error| Error::new(error.kind(), format!("{}: {error}", config.display())))?;
        let mut daemon = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(&config)
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| crate::needed("dbus-daemon", &error))?;
        let mut address = String::new();
        let said = daemon.stdout.take().map(|output| BufReader::new(output).read_line(&mut address));
        let bus = Self { daemon, address: address.trim().to_owned() };
        said.transpose()?;
        if bus.address.is_empty() {
            return Err(Error::other(format!("dbus-daemon ended at once in {}", folder.display())));
        }
        Ok(bus)
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is to be.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The daemon's process.
    pub fn id(&self) -> u32 {
        self.daemon.id()
    }

    /// Opens a new connection to it.
    pub async fn connect(&self) -> zbus::Result<zbus::Connection> {
        zbus::connection::Builder::address(self.address.as_str())?.build().await
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

fn configuration(folder: &Path) -> String {
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
    )
}
