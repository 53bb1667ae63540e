//! An agent that acts nothing: it serves canned roles and sessions, to look at the windows with.
//!
//! `HATRACK_HOME=/tmp/look cargo run -p hatrack --example canned_agent -- three`, then start
//! `hatrack` with the same HATRACK_HOME. Scenes: `three`, `many`, `ten-thousand`,
//! `hundred-thousand`, `long`, `empty`, `prompt`, `long-prompt`, `refused`, `waiting`, `fetching`,
//! `browser`, `root`, `clock`, `locked`, `no-keyring`, `organisations`, `listing`. The code 000000 is
//! refused, every other one is taken.

#[cfg(unix)]
mod organisations;
#[cfg(unix)]
mod roles;
#[cfg(unix)]
mod scene;
#[cfg(unix)]
mod told;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scene = std::env::args().nth(1).unwrap_or_else(|| "three".to_owned());
    let places = hatrack_wire::Places::here()?;
    places.prepare()?;
    if places.socket().exists() {
        std::fs::remove_file(places.socket())?;
    }
    let listener = std::os::unix::net::UnixListener::bind(places.socket())?;
    println!("ready");
    let stage = std::sync::Arc::new(std::sync::Mutex::new(scene::Stage::new(&scene)));
    for stream in listener.incoming() {
        let (stream, stage) = (stream?, std::sync::Arc::clone(&stage));
        std::thread::spawn(move || {
            if let Err(error) = scene::serve(&stream, &stage) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    eprintln!("This example needs Unix sockets. Run it on Linux or macOS.");
}
