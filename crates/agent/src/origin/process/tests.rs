#![cfg(unix)]

use super::*;
use crate::world::tests::environment;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const GOOD: &str = r#"{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"s","SessionToken":"t","Expiration":"2099-01-01T00:00:00Z"}"#;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A folder whose `bin` has a program of this name and text.
    fn with(name: &str, script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bin").join(name);
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn world(&self) -> World {
        let mut environment = environment(&[("PATH", "bin:/usr/bin:/bin"), ("AWS_REGION", "eu-west-1")]);
        environment.folder = self.folder.path().to_str().unwrap().to_owned();
        World::of(&environment).unwrap()
    }

    async fn run(&self, command: &str) -> Result<Credentials, Failure> {
        load(&self.world(), "p", command, Duration::from_secs(20)).await
    }
}

#[tokio::test]
async fn a_program_runs_in_the_callers_world() {
    let script = format!(
        r#"[ "$AWS_REGION" = eu-west-1 ] && [ "$HOME" = /home/ada ] && [ -z "$(cat)" ] || exit 9
[ "$1" = "a b" ] || exit 8
case "$PWD" in */*) printf '%s' '{GOOD}';; esac"#
    );
    let credentials = Place::with("give", &script).run("give 'a b'").await.unwrap();
    assert_eq!(credentials.access_key_id, "ASIAX");
    assert_eq!(credentials.session_token.unwrap().open(), "t");
    assert!(credentials.expiration.is_some());
}

#[tokio::test]
async fn no_shell_reads_the_command() {
    let place = Place::with("give", &format!("printf '%s' '{GOOD}'; echo \"$*\" >args"));
    place.run("give $(touch canary) ; touch canary").await.unwrap();
    assert!(!place.folder.path().join("canary").exists());
    let arguments = fs::read_to_string(place.folder.path().join("args")).unwrap();
    assert_eq!(arguments.trim(), "$(touch canary) ; touch canary");
}

#[tokio::test]
async fn a_refusal_shows_what_the_program_said() {
    let failure = Place::with("x", r"printf 'no \033[31mluck\n' >&2; exit 3").run("x").await.unwrap_err();
    assert!(failure.happened.contains("exit code 3; it said: no [31mluck"), "{failure}");
    let failure = Place::with("x", "echo hidden").run("x").await.unwrap_err();
    assert!(failure.happened.contains("not the JSON") && !failure.happened.contains("hidden"), "{failure}");
    let failure = Place::with("x", "").run("nowhere --at all").await.unwrap_err();
    assert!(failure.happened.contains("could not be started"), "{failure}");
    let failure = Place::with("x", "").run("x 'y").await.unwrap_err();
    assert!(failure.happened.contains("open quote"), "{failure}");
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let failure = Place::with("x", "exec cat /dev/zero").run("x").await.unwrap_err();
    assert!(failure.happened.contains("gave no credentials"), "{failure}");
}

#[tokio::test]
async fn what_takes_too_long_ends_with_all_that_it_started() {
    let place = Place::with("x", "sleep 1000 & echo $! >child; wait");
    let failure = load(&place.world(), "p", "x", Duration::from_millis(700)).await.unwrap_err();
    assert!(failure.happened.contains("took longer"), "{failure}");
    let child = fs::read_to_string(place.folder.path().join("child")).unwrap();
    let state = format!("/proc/{}/stat", child.trim());
    while fs::read_to_string(&state).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
