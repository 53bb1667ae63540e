//! Kills, tried on a child: this test binary again, told by a variable what to do.

use super::*;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};

const HOME: &str = "HATRACK_TEST_VAULT";
const STOP: &str = "HATRACK_TEST_STOP";

/// Not a test of its own: what the child does. Without the variable it does nothing.
#[tokio::test]
async fn child() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let home = Path::new(&home);
    let mut vault =
        vault_in(&home.join("data/vault"), &Arc::new(Drawer::in_folder(home.join("drawer"))), PATIENT);
    if let Ok(stop) = std::env::var(STOP) {
        stop_at(&mut vault, stop);
    }
    for number in 0_u64.. {
        if let Err(failure) = put(&vault, "work", &format!("{SECRET}-{number}")).await {
            println!("{failure}");
            std::process::exit(5);
        }
    }
}

fn child_of(home: &Home) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "tests::crash::child", "--nocapture", "--test-threads=1"])
        .env(HOME, home.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Kills a child that has come to this step.
fn kill_at(step: Step, home: &Home) {
    let mut child = child_of(home).env(STOP, format!("{step:?}")).spawn().unwrap();
    let mut said = Vec::new();
    let mut out = child.stdout.take().unwrap();
    while !said.ends_with(b"there\n") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        said.push(byte[0]);
    }
    kill(child);
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_kill_between_two_steps_leaves_the_old_vault_or_the_new_one() {
    for step in [Step::SealedStaged, Step::IndexStaged, Step::SealedNamed, Step::IndexNamed] {
        let home = Home::new();
        put(&home.vault(), "old", "old").await.unwrap();
        kill_at(step, &home);
        let is_new = matches!(step, Step::SealedNamed | Step::IndexNamed);
        let vault = home.vault();
        assert_eq!(get(&vault, "old").await, Ok(Some("old".to_owned())), "{step:?}");
        assert_eq!(get(&vault, "work").await.unwrap().is_some(), is_new, "{step:?}");
        // The first opening has brought the index to what the sealed file holds.
        assert_eq!(listed(&vault), if is_new { vec!["old", "work"] } else { vec!["old"] }, "{step:?}");
        // The lock died with its holder, and what it left is swept.
        put(&vault, "next", "next").await.unwrap();
        assert_eq!(home.names(), ["index.json", "vault.age", "vault.lock"], "{step:?}");
    }
}

#[tokio::test]
async fn a_kill_while_a_vault_is_begun_leaves_none_or_a_whole_one() {
    for step in [Step::SealedStaged, Step::SealedNamed] {
        let home = Home::new();
        kill_at(step, &home);
        assert_eq!(home.sealed().is_some(), step == Step::SealedNamed);
        let vault = home.vault();
        assert_eq!(get(&vault, "work").await.unwrap().is_some(), step == Step::SealedNamed);
        put(&vault, "next", "next").await.unwrap();
        assert_eq!(get(&home.vault(), "next").await, Ok(Some("next".to_owned())));
    }
}

#[tokio::test]
async fn a_kill_at_any_moment_leaves_a_vault_that_opens() {
    let home = Home::new();
    put(&home.vault(), "old", "old").await.unwrap();
    let mut killed_at = 0_u64;
    for round in 0..40_u64 {
        let child = child_of(&home).spawn().unwrap();
        // From before the first save to well into the loop, in uneven steps.
        killed_at = (killed_at * 31 + round * 7919 + 3) % 29_989;
        std::thread::sleep(Duration::from_micros(killed_at));
        kill(child);
        let vault = home.vault();
        assert_eq!(get(&vault, "old").await, Ok(Some("old".to_owned())));
        let work = get(&vault, "work").await.unwrap();
        assert!(work.is_none_or(|work| work.starts_with(SECRET)));
    }
}

#[tokio::test]
async fn a_disk_without_room_leaves_the_old_vault_and_says_so() {
    let home = Home::new();
    put(&home.vault(), "old", "old").await.unwrap();
    let before = (home.sealed(), home.index());
    let child = child_of(&home);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])
        .arg(child.get_program())
        .args(child.get_args())
        .env(HOME, home.folder.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let out = shell.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert_eq!(out.status.code(), Some(5), "{said}");
    assert!(said.contains("vault.age could not be written: ") && said.contains("Make room"), "{said}");
    assert_eq!((home.sealed(), home.index()), before);
    assert_eq!(home.names(), ["index.json", "vault.age", "vault.lock"]);
}
