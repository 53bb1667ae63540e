//! `hatrack-sandbox`: the sandbox as a program, for `make demo` and for trying by hand.

use clap::{Parser, Subcommand};
use hatrack_sandbox::{Clock, Code, DEMO_MFA_SERIAL, Home, Sandbox, World, code_at, publish};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// A small AWS on loopback, for trying Hatrack.
#[derive(Debug, Parser)]
#[command(name = "hatrack-sandbox", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves until it is interrupted; prints the endpoint.
    Serve {
        /// The port on 127.0.0.1; a free one if it is 0.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// A world in JSON instead of the demo's.
        #[arg(long, value_name = "FILE")]
        world: Option<PathBuf>,
    },
    /// Writes a throw-away home for the demo; prints the variables to live in it.
    Home {
        /// The folder; it must not have an .aws yet.
        #[arg(long)]
        dir: PathBuf,
        /// The endpoint of a sandbox that runs.
        #[arg(long, value_name = "URL", required_unless_present = "port")]
        endpoint: Option<String>,
        /// Its port on 127.0.0.1, instead.
        #[arg(long, conflicts_with = "endpoint")]
        port: Option<u16>,
    },
    /// Prints the code that a virtual MFA device shows, and the seconds that are left to use it.
    Code {
        /// The device's serial number.
        #[arg(long, value_name = "SERIAL", default_value = DEMO_MFA_SERIAL)]
        device: String,
        /// A world in JSON instead of the demo's.
        #[arg(long, value_name = "FILE")]
        world: Option<PathBuf>,
    },
    /// Serves the demo's world and writes a home for it; prints the variables to live in it.
    Run {
        /// The folder; it must not have an .aws yet.
        #[arg(long)]
        dir: PathBuf,
        /// The port on 127.0.0.1; a free one if it is 0.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Writes the variables into this file too, once everything is ready.
        #[arg(long, value_name = "FILE")]
        env_file: Option<PathBuf>,
        /// Shows the code of the virtual MFA device while it runs.
        #[arg(long)]
        show_codes: bool,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has gone.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hatrack-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> io::Result<()> {
    let mut out = io::stdout();
    match command {
        Command::Serve { port, world } => {
            let sandbox = start(read_world(world.as_deref())?, port)?;
            writeln!(out, "{}", sandbox.endpoint())?;
            out.flush()?;
            wait()
        }
        Command::Home { dir, endpoint, port } => {
            let endpoint = endpoint.unwrap_or_else(|| format!("http://127.0.0.1:{}", port.unwrap_or(0)));
            write!(out, "{}", write_home(&dir)?.exports(&endpoint))
        }
        Command::Code { device, world } => {
            let world = read_world(world.as_deref())?;
            let code = world.mfa_device(&device).and_then(|device| code_at(device, Clock::default().now()));
            let Code { code, seconds_left } = code.ok_or_else(|| {
                io::Error::other(format!(
                    "There is no MFA device {device} in this world. Name one with --device."
                ))
            })?;
            writeln!(out, "{code} {seconds_left}")
        }
        Command::Run { dir, port, env_file, show_codes } => {
            let sandbox = start(World::demo(), port)?;
            let exports = write_home(&dir)?.exports(&sandbox.endpoint());
            if let Some(file) = env_file {
                publish(&file, &exports)?;
            }
            write!(out, "{exports}")?;
            out.flush()?;
            if show_codes { show(&sandbox) } else { wait() }
        }
    }
}

fn start(world: World, port: u16) -> io::Result<Sandbox> {
    Sandbox::start_on(world, port).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("Port {port} of 127.0.0.1 can't be used: {error}. Choose another with --port."),
        )
    })
}

fn write_home(dir: &Path) -> io::Result<Home> {
    Home::write_with_other_ways(dir).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("The home can't be written: {error}. Choose an empty folder with --dir."),
        )
    })
}

fn read_world(file: Option<&Path>) -> io::Result<World> {
    let Some(file) = file else { return Ok(World::demo()) };
    let failed = |reason: String| {
        io::Error::other(format!(
            "{} can't be read as a world: {reason}. Correct it, or leave --world out.",
            file.display()
        ))
    };
    let json = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    World::from_json(&json).map_err(|error| failed(error.to_string()))
}

/// Serves on; the end of the process is the end of the sandbox.
fn wait() -> ! {
    loop {
        thread::park();
    }
}

/// Shows the device's code on one line that is written again each second; off a terminal, a line for each code.
fn show(sandbox: &Sandbox) -> io::Result<()> {
    let mut out = io::stderr();
    let terminal = out.is_terminal();
    let mut shown = String::new();
    loop {
        if let Some(Code { code, seconds_left }) = sandbox.code_now(DEMO_MFA_SERIAL) {
            if terminal {
                write!(out, "\r  MFA code {code}  ·  {seconds_left:>2} s ")?;
                out.flush()?;
            } else if code != shown {
                writeln!(out, "MFA code {code}")?;
            }
            shown = code;
        }
        thread::sleep(Duration::from_secs(1));
    }
}
