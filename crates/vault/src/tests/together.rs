//! Several at once: tasks of one process, and processes.

use super::*;
use std::process::{Command, Stdio};

const HOME: &str = "HATRACK_TEST_TOGETHER";
const NAME: &str = "HATRACK_TEST_NAME";
const EACH: usize = 12;

/// Not a test of its own: what the child does. Without the variable it does nothing.
#[tokio::test]
async fn child() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let (home, name) = (Path::new(&home), std::env::var(NAME).unwrap());
    let vault =
        vault_in(&home.join("data/vault"), &Arc::new(Drawer::in_folder(home.join("drawer"))), PATIENT);
    for number in 0..EACH {
        put(&vault, &format!("{name}-{number:02}"), SECRET).await.unwrap();
    }
}

#[tokio::test]
async fn processes_at_once_lose_nothing_and_begin_one_vault() {
    let home = Home::new();
    let children: Vec<_> = (0..4)
        .map(|number| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "tests::together::child", "--nocapture", "--test-threads=1"]);
            command.env(HOME, home.folder.path()).env(NAME, number.to_string());
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    }
    let vault = home.vault();
    let names: Vec<String> =
        (0..4).flat_map(|child| (0..EACH).map(move |number| format!("{child}-{number:02}"))).collect();
    assert_eq!(listed(&vault), names);
    for name in &names {
        assert_eq!(get(&vault, name).await, Ok(Some(SECRET.to_owned())), "{name}");
    }
    assert_eq!(home.drawer.keys().len(), 1, "the keys of those who came second are taken out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_at_once_lose_nothing() {
    let home = Home::new();
    let vault = home.vault();
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let vault = vault.clone();
            tokio::spawn(async move { put(&vault, &format!("{number:02}"), SECRET).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!(listed(&vault).len(), 20);
    assert_eq!(home.drawer.keys().len(), 1);
}
