//! A desktop without a screen: X, a session bus, a keyring, a panel with a tray, a notification
//! daemon. All of it is what people have; only the home is the test's own.

use crate::program::{program, run_folder, system_program};
use crate::{Place, Running, until};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use tokio::runtime::Runtime;
use zbus::Connection;
use zbus::zvariant::{DynamicType, OwnedValue, Type};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A panel with nothing in it but the tray.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"#;

/// A desktop session in a throw-away home. Everything in it ends with it.
#[derive(Debug)]
pub struct Desktop {
    /// The home.
    pub place: Place,
    /// The bus.
    pub bus: Bus,
    started: Vec<Running>,
    _daemon: Running,
    _screen: Running,
}

/// A login without a screen: a session bus, and an unlocked keyring on it.
#[derive(Debug)]
pub struct Login {
    /// The home.
    pub place: Place,
    _keyring: Running,
    _daemon: Running,
}

/// A connection to the session bus.
#[derive(Debug)]
pub struct Bus {
    connection: Connection,
    runtime: Runtime,
}

impl Login {
    /// Starts the bus and the keyring for this home.
    pub fn new(mut place: Place) -> Self {
        let (daemon, address) = start_bus(&place);
        place.set("DBUS_SESSION_BUS_ADDRESS", address.as_str());
        let keyring = start_keyring(&place, &Bus::connect(&address));
        Self { place, _keyring: keyring, _daemon: daemon }
    }
}

impl Desktop {
    /// A session with a screen, a bus and a keyring, but neither tray nor notifications.
    pub fn bare(mut place: Place) -> Self {
        for (name, folder) in
            [("XDG_CONFIG_HOME", ".config"), ("XDG_DATA_HOME", ".local"), ("XDG_CACHE_HOME", ".cache")]
        {
            let path = place.folder().join(folder);
            fs::create_dir(&path).expect("a folder can be made");
            place.set(name, path.to_string_lossy());
        }
        // No accessibility bus, and no settings but those of the test.
        for (name, value) in [("NO_AT_BRIDGE", "1"), ("GTK_A11Y", "none"), ("GSETTINGS_BACKEND", "memory")] {
            place.set(name, value);
        }
        let mut xvfb = place.command(system_program("Xvfb"));
        // A screen whose last client leaves would start over, and turn away who is just coming.
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let (screen, number) = start_and_read_line(&mut xvfb);
        place.set("DISPLAY", format!(":{number}"));
        let (daemon, address) = start_bus(&place);
        place.set("DBUS_SESSION_BUS_ADDRESS", address.as_str());
        let bus = Bus::connect(&address);
        let keyring = start_keyring(&place, &bus);
        Self { place, bus, started: vec![keyring], _daemon: daemon, _screen: screen }
    }

    /// A session with a tray and notifications as well.
    pub fn new(place: Place) -> Self {
        let mut desktop = Self::bare(place);
        let dunst = desktop.run(&system_program("dunst"), &[]);
        desktop.bus.wait_for("org.freedesktop.Notifications");
        let settings = desktop.panel_settings();
        let panel = desktop.panel();
        desktop.started.extend([panel, settings, dunst]);
        desktop
    }

    /// Starts what the panel asks for its settings.
    pub fn panel_settings(&self) -> Running {
        let settings = self.place.folder().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&settings).expect("a folder can be made");
        fs::write(settings.join("xfce4-panel.xml"), PANEL).expect("a file can be written");
        let xfconf = self.run(&system_program("xfce4/xfconf/xfconfd"), &[]);
        self.bus.wait_for("org.xfce.Xfconf");
        xfconf
    }

    /// Starts the panel, and waits until its tray is there.
    pub fn panel(&self) -> Running {
        let panel = self.run(&system_program("xfce4-panel"), &["--disable-wm-check"]);
        until("the panel's tray", || {
            let there: bool =
                self.bus.property(WATCHER, "/StatusNotifierWatcher", "IsStatusNotifierHostRegistered")?;
            there.then_some(())
        });
        panel
    }

    /// Starts one of our own programs.
    pub fn hatrack(&self, name: &str, arguments: &[&str]) -> Running {
        self.run(&program(name), arguments)
    }

    /// The bus names of the items that the panel's tray has taken.
    pub fn tray_items(&self) -> Vec<String> {
        let items = self.bus.property(WATCHER, "/StatusNotifierWatcher", "RegisteredStatusNotifierItems");
        let items: Vec<String> = items.unwrap_or_default();
        items.into_iter().map(|item| item.split('/').next().unwrap_or_default().to_owned()).collect()
    }

    /// The titles and bodies of the notifications that the daemon took, the latest first.
    pub fn notifications(&self) -> Vec<String> {
        let (name, path) = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications");
        let call = |method: &str| self.bus.call::<_, ()>(name, path, "org.dunstproject.cmd0", method, &());
        // Only what has left the screen is in the history.
        call("NotificationCloseAll");
        let history: Option<Vec<std::collections::HashMap<String, OwnedValue>>> =
            self.bus.call(name, path, "org.dunstproject.cmd0", "NotificationListHistory", &());
        let text = |value: Option<&OwnedValue>| {
            value.and_then(|value| String::try_from(value.try_clone().ok()?).ok()).unwrap_or_default()
        };
        let history = history.unwrap_or_default();
        history.iter().map(|it| format!("{}\n{}", text(it.get("summary")), text(it.get("body")))).collect()
    }

    /// The titles of the windows that can be seen.
    pub fn visible_windows(&self, title: &str) -> usize {
        let mut search = self.place.command(system_program("xdotool"));
        search.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]);
        crate::place::run(&mut search, "").answer.lines().count()
    }

    /// The number of menus that are open.
    pub fn menus(&self) -> usize {
        let mut tree = self.place.command(system_program("xdotool"));
        tree.args(["search", "--onlyvisible", "--class", "wrapper"]);
        crate::place::run(&mut tree, "").answer.lines().count()
    }

    /// Moves the pointer to this point, and clicks.
    pub fn click_at(&self, x: u32, y: u32, button: &str) {
        let mut click = self.place.command(system_program("xdotool"));
        click.args(["mousemove", &x.to_string(), &y.to_string(), "click", button]);
        crate::place::run(&mut click, "").succeeded();
    }

    /// Keeps a picture of the screen, for people to look at.
    pub fn picture(&self, name: &str) {
        let folder = run_folder().join("screenshots");
        fs::create_dir_all(&folder).expect("a folder can be made");
        let mut import = self.place.command(system_program("import"));
        import.args(["-window", "root"]).arg(folder.join(format!("{name}.png")));
        crate::place::run(&mut import, "").succeeded();
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Running {
        let mut command = self.place.command(program);
        Running::start(command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()))
    }
}

impl Drop for Desktop {
    /// Ends what our programs started by themselves: it has this home and no other process has.
    fn drop(&mut self) {
        let home = format!("HATRACK_HOME={}\0", self.place.folder().join("hatrack").display());
        let agent = program("hatrack-agent").canonicalize().ok();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let is_ours = fs::read(process.path().join("environ"))
                .is_ok_and(|variables| String::from_utf8_lossy(&variables).contains(&home));
            // The agent is asked to end, by the home.
            let is_agent = agent.is_some() && fs::read_link(process.path().join("exe")).ok() == agent;
            let started = self.started.iter().any(|it| process.file_name() == *it.id().to_string());
            if is_ours && !is_agent && !started {
                Command::new("kill").arg(process.file_name()).stderr(Stdio::null()).status().ok();
            }
        }
    }
}

impl Bus {
    fn connect(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        let connection = runtime.block_on(async {
            zbus::connection::Builder::address(address)?.method_timeout(crate::wait::AT_MOST).build().await
        });
        Self { connection: connection.expect("the bus that was just started answers"), runtime }
    }

    /// Waits until somebody owns this name.
    #[track_caller]
    pub fn wait_for(&self, name: &str) {
        until(name, || {
            let (bus, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
            self.call::<_, bool>(bus, path, bus, "NameHasOwner", &name)?.then_some(())
        });
    }

    /// Calls a method; `None` where that fails.
    pub fn call<B, R>(&self, to: &str, path: &str, interface: &str, method: &str, body: &B) -> Option<R>
    where
        B: serde::Serialize + DynamicType,
        R: serde::de::DeserializeOwned + Type,
    {
        let calling = self.connection.call_method(Some(to), path, Some(interface), method, body);
        self.runtime.block_on(calling).ok()?.body().deserialize().ok()
    }

    /// Reads a property of the interface that has the same name as the bus name; `None` where that fails.
    pub fn property<R>(&self, to: &str, path: &str, name: &str) -> Option<R>
    where
        R: TryFrom<OwnedValue>,
    {
        let properties = "org.freedesktop.DBus.Properties";
        let value: OwnedValue = self.call(to, path, properties, "Get", &(to, name))?;
        R::try_from(value).ok()
    }
}

fn start_bus(place: &Place) -> (Running, String) {
    let config = place.folder().join("bus.conf");
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
        place.folder().display()
    );
    fs::write(&config, text).expect("a file can be written");
    let mut daemon = place.command(system_program("dbus-daemon"));
    daemon.arg(format!("--config-file={}", config.display()));
    start_and_read_line(daemon.args(["--nofork", "--nopidfile", "--print-address"]))
}

/// Starts GNOME's keyring, made anew and unlocked, and waits until it is there.
fn start_keyring(place: &Place, bus: &Bus) -> Running {
    let mut keyring = place.command(system_program("gnome-keyring-daemon"));
    keyring.args(["--unlock", "--foreground", "--components=secrets"]).stdin(Stdio::piped());
    let mut keyring = Running::start(keyring.stdout(Stdio::null()).stderr(Stdio::null()));
    let password = keyring.child().stdin.take();
    password.map(|mut stdin| stdin.write_all(b"a test's").ok());
    bus.wait_for("org.freedesktop.secrets");
    keyring
}

/// Starts a program that tells on its first line where it is.
fn start_and_read_line(command: &mut Command) -> (Running, String) {
    let mut running = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut line = String::new();
    let output = running.child().stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut line).expect("its output can be read");
    assert!(!line.trim().is_empty(), "{command:?} ended without a word");
    (running, line.trim().to_owned())
}
