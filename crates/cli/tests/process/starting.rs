//! How `hat` finds an agent and starts one, and what it says where it can't.

use crate::world::{Say, Told, World, done, nothing, serve};
use hatrack_wire::{AgentStatus, Answer, Command, PROTOCOL, Places};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

#[test]
fn without_an_agent_and_its_program_it_says_what_is_missing() {
    let told = World::new().run(&["status"]);
    assert_eq!(told.exit, 1);
    assert!(
        told.stderr.contains("can't be started") && told.stderr.contains("Install Hatrack again"),
        "{told:?}"
    );
}

#[test]
fn an_agent_that_ends_at_once_is_quoted() {
    let world = World::new();
    let told = Told::from(world.hat_starting("quoted.sh", &["status"]).output().unwrap());
    assert_eq!(told.exit, 1);
    assert!(told.stderr.starts_with("hat: The agent didn't start: the lock file is a folder."), "{told:?}");
}

#[test]
fn a_started_agent_gets_no_aws_variable() {
    let world = World::new();
    let mut hat = world.hat_starting("environment.sh", &["status"]);
    hat.current_dir(world.path(""))
        .env("HATRACK_HOME", "here")
        .env("AWS_SECRET_ACCESS_KEY", "wJalr")
        .env("LANG", "C")
        .output()
        .unwrap();
    let environment = std::fs::read_to_string(world.path("here/env")).unwrap();
    assert!(environment.contains(&format!("HATRACK_HOME={}", world.path("here").display())));
    assert!(environment.contains("LANG=C") && !environment.contains("AWS_"));
}

#[test]
fn who_loses_the_race_uses_the_winner() {
    let world = World::new();
    let mut hat = world.hat_starting("loser.sh", &["status"]);
    let hat = hat.stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !world.path("lost").exists() {
        std::thread::yield_now();
    }
    let _agent = world.agent(|_| vec![done(), nothing()]);
    assert_eq!(Told::from(hat.wait_with_output().unwrap()).stderr, "Nothing is active.\n");
}

#[test]
fn a_private_agent_ends_before_the_command_does() {
    let world = World::new();
    let mut hat = world.hat_starting("private.sh", &["--no-agent", "status"]);
    hat.env("HATRACK_TEST_PROGRAM", std::env::current_exe().unwrap());
    assert_eq!(Told::from(hat.output().unwrap()).stderr, "Nothing is active.\n");
    assert!(world.path("ended").exists());
}

#[test]
fn an_agent_of_another_version_is_stopped_all_the_same() {
    let world = World::new();
    let mut agent = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["starting::plays_the_agent_of_another_version", "--exact"])
        .env("HATRACK_HOME", world.path(""))
        .env("HATRACK_TEST_PROGRAM", "itself")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !world.path("listening").exists() {
        std::thread::yield_now();
    }
    assert_eq!(world.run(&["agent", "stop"]).stdout, "The agent isn't running.\n");
    assert!(!agent.wait().unwrap().success());
}

/// Not a test of its own: what the one above runs.
#[test]
fn plays_the_agent_of_another_version() {
    let Some(home) = played_in() else { return };
    let places = Places::here().unwrap();
    places.prepare().unwrap();
    let listener = UnixListener::bind(places.socket()).unwrap();
    std::fs::write(home.join("listening"), "").unwrap();
    for socket in listener.incoming() {
        serve(&socket.unwrap(), PROTOCOL + 1, &mut |_| Vec::new());
    }
}

/// Not a test of its own: what `private.sh` runs for the one above.
#[test]
fn plays_the_private_agent() {
    let Some(home) = played_in() else { return };
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap());
    serve(&socket, PROTOCOL, &mut |_| vec![done(), nothing()]);
    std::fs::write(home.join("ended"), "").unwrap();
}

#[test]
fn a_stale_socket_is_no_agent() {
    let world = World::new();
    world.places().prepare().unwrap();
    drop(UnixListener::bind(world.places().socket()).unwrap());
    let stdout = "The agent isn't running.\n".to_owned();
    for line in [["agent", "status"], ["agent", "stop"]] {
        assert_eq!(world.run(&line), Told { exit: 0, stdout: stdout.clone(), stderr: String::new() });
    }
    assert_eq!(world.run(&["agent", "--json"]).stdout, "{\n  \"running\": false\n}\n");
}

#[test]
fn a_running_agent_tells_about_itself() {
    let world = World::new();
    let status = AgentStatus { pid: 7, version: "0.1.0".to_owned(), active_sessions: 1, faces: 2 };
    let _agent = world.agent(move |command| {
        assert!(matches!(command, Command::Agent));
        vec![Say::Answer(Ok(Answer::Agent(status.clone())))]
    });
    let stdout = "The agent 0.1.0 runs as process 7; sessions: 1, faces: 2.\n".to_owned();
    assert_eq!(world.run(&["agent"]), Told { exit: 0, stdout, stderr: String::new() });
}

#[test]
fn an_agent_of_another_version_is_told_with_the_remedy() {
    let world = World::new();
    let _agent = world.agent_of(PROTOCOL + 1, |_| Vec::new());
    let told = world.run(&["roles"]);
    assert_eq!(told.exit, 1);
    assert!(told.stderr.contains("another version") && told.stderr.contains("hat agent stop"), "{told:?}");
}

/// The home that this test program is to play an agent in, if a test started it for that.
fn played_in() -> Option<PathBuf> {
    std::env::var_os("HATRACK_TEST_PROGRAM")?;
    std::env::var_os("HATRACK_HOME").map(PathBuf::from)
}
