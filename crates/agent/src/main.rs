//! `hatrack-agent`: takes its place as the one agent of this user, or serves one command alone.

use hatrack_agent::clock::Clock;
use hatrack_agent::connection::{ConnectionId, FromFace, serve};
use hatrack_agent::door::{self, Door};
use hatrack_agent::hardening::harden;
use hatrack_agent::run::{Start, run};
use hatrack_vault::{SystemKeyring, Vault};
use hatrack_wire::place::Places;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How long the last answers may take on their way out.
const LAST_WORDS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let ended = match arguments.next() {
        None => listen(),
        Some(argument) if argument == "--private" => {
            let pipe = arguments.next();
            serve_one(pipe.as_deref().map(Path::new))
        }
        Some(argument) if argument == "--version" => {
            println!("hatrack-agent {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Some(_) => Err("It takes no arguments; hat and hatrack start it.".to_owned()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Who started it reads the one line of its output.
            println!("{why}");
            eprintln!("hatrack-agent: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Serves all faces of this user; ends at once where another agent does.
fn listen() -> Result<(), String> {
    let places = prepare()?;
    places.prepare().map_err(|error| error.to_string())?;
    let lock_file = places.lock_file();
    let told = |error: &std::io::Error| format!("{}: {error}", lock_file.display());
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_file)
        .map_err(|error| told(&error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(told(&error)),
    }
    runtime()?.block_on(async {
        let door =
            Door::open(places.socket()).map_err(|error| format!("{}: {error}", places.socket().display()))?;
        let (to_loop, faces) = mpsc::unbounded_channel();
        let mut acting = std::pin::pin!(run(start(&places, faces), Box::pin(told_to_end())));
        say_ready();
        let mut serving = JoinSet::new();
        let mut last = 0;
        loop {
            tokio::select! {
                () = &mut acting => break,
                stream = door.next() => match stream {
                    Ok((stream, process)) => {
                        last += 1;
                        serving.spawn(serve(stream, process, ConnectionId(last), to_loop.clone()));
                    }
                    // Out of file descriptors, for instance: faces that leave make room.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(_) = serving.join_next() => {}
            }
        }
        drop(door);
        tokio::time::timeout(LAST_WORDS, async { while serving.join_next().await.is_some() {} }).await.ok();
        Ok(())
    })
}

/// Serves the one command that started it, and ends with it.
fn serve_one(pipe: Option<&Path>) -> Result<(), String> {
    let places = prepare()?;
    runtime()?.block_on(async {
        let (stream, process) = door::private(pipe).await.map_err(|error| error.to_string())?;
        let (to_loop, faces) = mpsc::unbounded_channel();
        tokio::join!(
            serve(stream, process, ConnectionId(1), to_loop),
            run(start(&places, faces), Box::pin(std::future::pending()))
        );
        Ok(())
    })
}

fn prepare() -> Result<Places, String> {
    harden().map_err(|error| format!("The process can't be protected against being read: {error}"))?;
    Places::here().map_err(|error| error.to_string())
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
}

fn start(places: &Places, faces: mpsc::UnboundedReceiver<FromFace>) -> Start {
    Start {
        clock: Clock::real(),
        config: places.config().to_owned(),
        data: places.data().to_owned(),
        run: places.run().to_owned(),
        faces,
        vault: Vault::open(places.data().join("vault"), Arc::new(SystemKeyring)),
        user: whoami::username().unwrap_or_default(),
        host: whoami::hostname().unwrap_or_default(),
    }
}

fn say_ready() {
    // Nobody need listen.
    let mut output = std::io::stdout();
    output.write_all(b"ready\n").and_then(|()| output.flush()).ok();
}

/// Returns when the system asks the process to end.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(windows)]
    tokio::signal::ctrl_c().await.ok();
}
