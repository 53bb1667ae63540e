//! The agent's life: one for each person, found again after a crash, deaf to nobody, and close with
//! what it knows.

use acceptance::place::{run, update_with};
use acceptance::{Place, Running, program, until};
use hatrack_core::snapshot::SessionState;
use hatrack_wire::{Command as Wanted, Face, Update};
use serde_json::json;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};

/// Ends an agent as a crash would.
fn crash(pid: u32) {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("as this test made it");
    assert!(killed.success());
}

#[test]
fn commands_that_race_to_start_the_agent_share_one() {
    let place = Place::demo();
    let mut racers: Vec<Running> = (0..8)
        .map(|_| {
            let mut hat = place.command(program("hat"));
            Running::start(hat.args(["agent", "status", "--json"]).stdout(Stdio::null()))
        })
        .collect();
    let mut more: Vec<Running> = (0..8)
        .map(|_| {
            let mut hat = place.command(program("hat"));
            Running::start(hat.args(["roles", "--json"]).stdout(Stdio::null()))
        })
        .collect();
    for racer in racers.iter_mut().chain(&mut more) {
        assert!(racer.ended().success());
    }
    let ours = fs::canonicalize(program("hatrack-agent")).unwrap();
    let home = place.folder().to_string_lossy().into_owned();
    let agents = fs::read_dir("/proc").unwrap().flatten().filter(|process| {
        fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == ours)
            && fs::read(process.path().join("environ"))
                .is_ok_and(|environ| String::from_utf8_lossy(&environ).contains(&home))
    });
    assert_eq!(agents.count(), 1);
}

#[test]
fn a_crashed_agent_is_replaced_and_the_truth_is_found_out_again() {
    let place = Place::demo();
    let before = place.read("credentials");
    place.hat(&["use", "playground", "--as", "lives"]).succeeded();
    let pid = place.agent_pid();
    crash(pid);
    until("the crash", || (!place.has_agent()).then_some(()));
    assert!(place.places().socket().exists(), "a crash leaves its socket");
    // What ended while no agent ran: an hour ago by its own mark.
    let text = place.read("credentials");
    let mark = text.lines().find(|line| line.starts_with("# managed by Hatrack")).unwrap();
    let expires = mark.split(" expires ").nth(1).unwrap().split(' ').next().unwrap();
    let dead = text[text.find("\n[lives]").unwrap()..]
        .replace("lives", "dead")
        .replace(expires, "2020-01-01T00:00:00Z");
    place.write("credentials", &(text.clone() + &dead));
    let status = place.json(&["status"]);
    let mut active = status.as_array().unwrap().iter().filter(|session| session["state"] == "active");
    assert_eq!(active.next().unwrap()["output_profile"], "lives");
    assert_eq!(active.next(), None);
    assert_ne!(place.agent_pid(), pid);
    until("the expired section's end", || (place.read("credentials") == text).then_some(()));
    place.hat(&["off", "--all"]).succeeded();
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn a_stopped_agent_leaves_what_it_delivered_and_says_so() {
    let place = Place::demo();
    place.hat(&["use", "playground", "--as", "stays"]).succeeded();
    place.hat(&["agent", "stop"]).succeeded();
    until("the agent's end", || (!place.has_agent()).then_some(()));
    assert!(place.read("credentials").contains("[stays]"));
    assert_eq!(place.json(&["agent", "status"])["running"], json!(false));
    assert!(!place.has_agent(), "asking for it doesn't start it");
    assert_eq!(place.json(&["status"])[0]["output_profile"], "stays");
}

#[test]
fn what_others_write_is_noticed_and_shown() {
    let place = Place::demo();
    let mut client = place.client();
    client.request(Wanted::Subscribe { face: Face::Terminal }).unwrap();
    let has = |update: &Update, name: &str| match update {
        Update::Outline(outline) => {
            outline.accounts.iter().flat_map(|account| &account.roles).any(|role| role.name == name)
        }
        Update::Snapshot(_)
        | Update::Show(_)
        | Update::Open(_)
        | Update::SignedIn { .. }
        | Update::Progress(_) => false,
    };
    update_with(&mut client, "the catalogue", |update| has(update, "playground").then_some(()));
    let added =
        "\n[profile added]\nrole_arn = arn:aws:iam::777788889999:role/Playground\nsource_profile = demo\n";
    // As editors do: a new file takes the old one's place.
    let draft = place.path("config.draft");
    fs::write(&draft, place.read("config") + added).unwrap();
    fs::rename(&draft, place.path("config")).unwrap();
    update_with(&mut client, "the added role", |update| has(update, "added").then_some(()));
    // And as a shell's >> does.
    place.write("config", &(place.read("config") + &added.replace("added", "later")));
    update_with(&mut client, "the later role", |update| has(update, "later").then_some(()));
    place.write("config", &(place.read("config") + "[broken\n"));
    update_with(&mut client, "the problem", |update| match update {
        Update::Snapshot(snapshot) => snapshot.problems.iter().any(|it| it.line.is_some()).then_some(()),
        Update::Outline(_)
        | Update::Show(_)
        | Update::Open(_)
        | Update::SignedIn { .. }
        | Update::Progress(_) => None,
    });
    // Another program takes the section away: it isn't active any more.
    let before = place.read("credentials");
    place.hat(&["use", "playground", "--as", "work"]).succeeded();
    let active = |update: &Update| match update {
        Update::Snapshot(snapshot) => {
            Some(snapshot.sessions.iter().any(|session| session.state == SessionState::Active))
        }
        Update::Outline(_)
        | Update::Show(_)
        | Update::Open(_)
        | Update::SignedIn { .. }
        | Update::Progress(_) => None,
    };
    update_with(&mut client, "the session", |update| active(update).filter(|active| *active));
    place.write("credentials", &before);
    update_with(&mut client, "the session's end", |update| active(update).filter(|active| !*active));
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn the_agent_is_closed_to_other_processes() {
    let place = Place::demo();
    drop(place.client());
    let pid = place.agent_pid();
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    for (path, mode) in
        [(place.places().socket().to_owned(), 0o600), (place.places().run().to_owned(), 0o700)]
    {
        let found = fs::metadata(&path).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, mode, "{}", path.display());
        assert_eq!(found.uid(), fs::metadata(place.folder()).unwrap().uid());
    }
}

/// The kernel gives the files of a process that may not be dumped to root. Where the tests run as
/// root themselves this can be seen for another user's process only, so the agent runs as `nobody`.
#[test]
fn the_agent_can_not_be_dumped() {
    let place = Place::demo();
    let folder = tempfile::tempdir().unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let agent = folder.path().join("hatrack-agent");
    fs::copy(program("hatrack-agent"), &agent).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let home = folder.path().join("home");
    let mut command = place.command(if is_root { "setpriv".into() } else { agent.clone() });
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&agent);
    }
    command.env("HATRACK_HOME", &home).env("HOME", folder.path()).stdout(Stdio::null());
    let agent = Running::start(&mut command);
    until("the agent's socket", || home.join("run/agent.sock").exists().then_some(()));
    let owner = fs::metadata(format!("/proc/{}/environ", agent.id())).unwrap().uid();
    let user = fs::metadata(home.join("run/agent.sock")).unwrap().uid();
    assert_eq!((owner, user != 0), (0, is_root || user != 0));
}

#[test]
fn no_secret_is_in_arguments_logs_or_snapshots() {
    let place = Place::demo();
    let mut client = place.client();
    client.request(Wanted::Subscribe { face: Face::Terminal }).unwrap();
    let code = place.code();
    let mut said = String::new();
    let used = place.hat_reading(&["use", "production-admin", "--as", "quiet", "--token-code", "-"], &code);
    let used = used.succeeded();
    said += &(used.answer + &used.talk);
    let mut seen = String::new();
    update_with(&mut client, "the session", |update| {
        seen.extend([serde_json::to_string(update).unwrap(), format!("{update:?}")]);
        match update {
            Update::Snapshot(snapshot) => {
                snapshot.sessions.iter().any(|it| it.state == SessionState::Active).then_some(())
            }
            Update::Outline(_)
            | Update::Show(_)
            | Update::Open(_)
            | Update::SignedIn { .. }
            | Update::Progress(_) => None,
        }
    });
    let doctor = run(place.command(program("hat")).args(["doctor", "--json"]), "");
    said += &(doctor.answer + &doctor.talk);
    said += &place.hat(&["status", "--all", "--json"]).answer;
    said += &place.hat(&["profiles"]).answer;
    let pid = place.agent_pid();
    said += &String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).unwrap());
    let environ = fs::read(format!("/proc/{pid}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&environ).contains("AWS_"), "the agent keeps no caller's variables");
    for file in files_below(place.places().config()).into_iter().chain(files_below(place.places().data())) {
        said += &String::from_utf8_lossy(&fs::read(file).unwrap());
    }
    let text = place.read("credentials");
    let secrets = text.lines().filter_map(|line| {
        let (key, value) = line.split_once(" = ")?;
        (key == "aws_secret_access_key" || key == "aws_session_token").then_some(value)
    });
    let secrets: Vec<&str> = secrets.chain([code.as_str()]).collect();
    assert_eq!(secrets.len(), 4);
    for secret in secrets {
        assert!(!seen.contains(secret), "a snapshot holds a secret");
        assert!(!said.contains(secret), "a secret was told");
    }
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
