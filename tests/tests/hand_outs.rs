//! Credentials without a file: AWS's own tools and SDKs get them from `credential_process`, from the
//! environment and from the container endpoint, and keep working across a renewal.

use acceptance::Place;
use acceptance::place::run;
use acceptance::program::{Running, program, python_program, root, system_program};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const ROLE: &str = "arn:aws:sts::666677778888:assumed-role/Analyst/";

/// Programs that say who they are: each with its arguments.
fn clients(place: &Place) -> Vec<(&'static str, PathBuf, Vec<String>)> {
    let script = |name: &str| root().join("tests/clients").join(name).to_string_lossy().into_owned();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let identity = ["sts", "get-caller-identity", "--output", "json"];
    let endpoint = place.sandbox.endpoint();
    vec![
        ("the AWS CLI 1", python_program("aws"), words(&identity)),
        // Debian's is too old to know AWS_ENDPOINT_URL.
        (
            "the AWS CLI 2",
            system_program("aws"),
            [words(&identity), words(&["--endpoint-url", &endpoint])].concat(),
        ),
        ("the SDK for Python", python_program("python"), vec![script("identity.py")]),
        ("the SDK for JavaScript", system_program("node"), vec![script("js/identity.mjs")]),
        ("the SDK for Ruby", system_program("ruby"), vec![script("identity.rb")]),
    ]
}

/// A home in which nothing but the way that is tried leads to the role.
fn home() -> Place {
    let mut place = Place::demo();
    place.set("AWS_REGION", "us-east-1");
    place
}

#[track_caller]
fn is_the_role(who: &str, command: &mut Command) {
    let told = run(command, "").succeeded().answer;
    assert!(told.contains(ROLE), "{who}: {told}");
}

/// Nothing of a session stands in the credentials file.
#[track_caller]
fn nothing_is_written(place: &Place, before: &str) {
    assert_eq!(place.read("credentials"), before);
}

#[test]
fn every_client_asks_the_credential_process() {
    let mut place = home();
    let hat = program("hat");
    let config = place.read("config");
    let section = format!(
        "\n[profile handed]\nregion = us-east-1\ncredential_process = \"{}\" credential-process data-analyst\n",
        hat.display()
    );
    place.write("config", &format!("{config}{section}"));
    place.set("AWS_PROFILE", "handed");
    let before = place.read("credentials");
    for (who, program, arguments) in clients(&place) {
        is_the_role(who, place.command(program).args(arguments));
    }
    nothing_is_written(&place, &before);
    let called = place.sandbox.requests().iter().filter(|call| call.action == "AssumeRole").count();
    assert_eq!(called, 1, "all of them are one session");
}

#[test]
fn every_client_takes_the_environment() {
    let place = home();
    let before = place.read("credentials");
    for (who, program, arguments) in clients(&place) {
        let mut command = place.command(acceptance::program::program("hat"));
        command.args(["exec", "data-analyst", "--"]).arg(program).args(arguments);
        is_the_role(who, &mut command);
    }
    let printed = place.json(&["env", "data-analyst"]);
    let variables: Vec<(&String, &str)> =
        printed.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap())).collect();
    assert!(variables.iter().all(|(_, value)| !value.is_empty()), "no variable is empty");
    for (who, program, arguments) in clients(&place) {
        is_the_role(who, place.command(program).args(arguments).envs(variables.iter().copied()));
    }
    nothing_is_written(&place, &before);
}

#[test]
fn every_client_asks_the_container_endpoint() {
    let place = home();
    let before = place.read("credentials");
    // Debian's SDK for Ruby is too old to know AWS_CONTAINER_CREDENTIALS_FULL_URI.
    let knowing = clients(&place).into_iter().filter(|(who, ..)| *who != "the SDK for Ruby");
    for (who, program, arguments) in knowing {
        let mut command = place.command(acceptance::program::program("hat"));
        command.args(["exec", "data-analyst", "--endpoint", "--"]).arg(program).args(arguments);
        is_the_role(who, &mut command);
    }
    nothing_is_written(&place, &before);
}

#[test]
fn a_private_agent_lives_as_long_as_what_it_serves() {
    let place = home();
    let client = root().join("tests/clients/identity.py");
    let mut command = place.command(program("hat"));
    command.args(["--no-agent", "exec", "data-analyst", "--endpoint", "--"]);
    is_the_role("a private agent's", command.arg(python_program("python")).arg(client));
    assert!(!place.has_agent());
}

/// A program that lives long, and asks for its credentials each time as they seem about to end.
struct Staying {
    process: Running,
    told: BufReader<std::process::ChildStdout>,
}

impl Staying {
    fn start(mut command: Command) -> Self {
        let mut process = Running::start(command.stdin(Stdio::piped()).stdout(Stdio::piped()));
        let told = BufReader::new(process.child().stdout.take().expect("a pipe"));
        Self { process, told }
    }

    fn key(&mut self) -> String {
        writeln!(self.process.child().stdin.as_mut().expect("a pipe")).expect("it reads");
        let mut line = String::new();
        self.told.read_line(&mut line).expect("it tells");
        let told: Value = serde_json::from_str(&line).expect("as it was made");
        assert!(told["arn"].as_str().expect("as it was made").starts_with(ROLE), "{told}");
        told["key"].as_str().expect("as it was made").to_owned()
    }
}

#[test]
fn programs_that_live_long_take_renewed_credentials_over() {
    let mut place = home();
    let hat = program("hat");
    let config = place.read("config");
    let section = format!(
        "\n[profile handed]\nregion = us-east-1\ncredential_process = \"{}\" credential-process data-analyst --duration 15m\n",
        hat.display()
    );
    place.write("config", &format!("{config}{section}"));
    let client = root().join("tests/clients/staying.py");
    // A session of 15 minutes is in every SDK's window from its beginning: each use asks again.
    place.hat(&["use", "data-analyst", "--as", "work", "--duration", "15m"]).succeeded();
    let mut endpoint = place.command(&hat);
    endpoint.args(["exec", "data-analyst", "--endpoint", "--"]).arg(python_program("python")).arg(&client);
    let mut endpoint = Staying::start(endpoint);
    place.set("AWS_PROFILE", "handed");
    let mut process = place.command(python_program("python"));
    process.arg(&client);
    let mut process = Staying::start(process);

    let before = (endpoint.key(), process.key());
    assert_eq!(before.0, before.1, "one session");
    place.unset("AWS_PROFILE");
    place.hat(&["use", "data-analyst", "--as", "work", "--duration", "15m", "--renew"]).succeeded();
    let after = (endpoint.key(), process.key());
    assert_eq!(after.0, after.1);
    assert_ne!(before.0, after.0, "both have gone on with the new credentials");
}

#[test]
fn a_command_is_hats_own_process_with_its_exit_code_and_signals() {
    let place = home();
    let hat = program("hat");
    let exec = |words: &[&str]| {
        let mut command = place.command(&hat);
        command.args(["exec", "data-analyst", "--"]).args(words);
        command
    };
    for code in [0, 1, 42, 255] {
        let ran = run(&mut exec(&["sh", "-c", &format!("exit {code}")]), "");
        assert_eq!(ran.code, code, "{}", ran.talk);
    }
    let mut running =
        Running::start(exec(&["sh", "-c", "echo $$ $PPID; kill -TERM $$"]).stdout(Stdio::piped()));
    let id = running.id();
    let mut told = String::new();
    BufReader::new(running.child().stdout.take().unwrap()).read_line(&mut told).unwrap();
    assert_eq!(told.split(' ').next(), Some(id.to_string().as_str()), "nothing of hat stands between");
    let ended = running.ended();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(15));
    assert_eq!(run(&mut exec(&["no-such-command"]), "").code, 127);
    assert_eq!(
        run(&mut exec(&["sh", "-c", "printf %s \"$AWS_PROFILE$AWS_DEFAULT_PROFILE\""]), "").answer,
        ""
    );
}

#[test]
fn nobody_to_ask_is_exit_code_3_and_nothing_on_stdout() {
    let place = home();
    for arguments in [
        &["credential-process", "production-readonly"][..],
        &["env", "production-readonly"],
        &["exec", "production-readonly", "--", "true"],
        &["serve", "production-readonly"],
    ] {
        place.hat(arguments).refused(3, "MFA");
    }
    place.hat(&["credential-process", "no-such-role"]).refused(4, "no-such-role");
}

/// Has a real shell complete this line; the answer has the words that it offers.
#[track_caller]
fn completed(place: &Place, shell: &str, line: &str) -> String {
    let hat = program("hat");
    let path = format!("{}:/usr/bin:/bin", hat.parent().expect("a folder").display());
    let mut command = place.command(system_program(shell));
    match shell {
        "bash" => command.arg(root().join("tests/clients/completed.bash")).arg(line),
        _ => command.args(["-c", &format!("hat completions {shell} | source; complete -C '{line}'")]),
    };
    run(command.env("PATH", path), "").answer
}

#[test]
fn shells_complete_roles_from_the_running_agent_and_start_none() {
    let place = home();
    for shell in ["fish", "bash"] {
        assert!(!completed(&place, shell, "hat use data-an").contains("data-analyst"), "{shell}");
        assert!(!place.has_agent(), "{shell}");
    }
    place.hat(&["agent", "start"]).succeeded();
    for shell in ["fish", "bash"] {
        let told = completed(&place, shell, "hat use data-an");
        assert!(told.lines().any(|line| line.starts_with("data-analyst")), "{shell}: {told}");
        let told = completed(&place, shell, "hat cred");
        assert!(told.contains("credential-process"), "{shell}: {told}");
    }
}

#[test]
fn the_prompt_tells_the_role_and_starts_nothing() {
    let mut place = home();
    assert_eq!(place.hat(&["prompt"]).succeeded().answer, "");
    assert!(!place.has_agent());
    place.hat(&["use", "data-analyst", "--as", "work"]).succeeded();
    assert_eq!(place.hat(&["prompt"]).succeeded().answer, "");
    place.set("AWS_PROFILE", "work");
    let told = place.hat(&["prompt"]).succeeded().answer;
    assert!(told.starts_with("data-analyst ") && told.ends_with(" m\n"), "{told:?}");
}

#[test]
fn a_folder_only_offers_its_role() {
    let mut place = home();
    std::fs::write(place.folder().join(".hatrack"), "role = data-analyst\n").unwrap();
    for arguments in [&["use"][..], &["env"], &["exec", "--", "true"], &["console", "--print"]] {
        place.hat(arguments).refused(2, "offers data-analyst");
    }
    assert_eq!(place.hat(&["prompt"]).succeeded().answer, "data-analyst?\n");
    assert!(place.sandbox.requests().is_empty(), "nothing is activated unasked");
    // What is named, and what is active, goes before it.
    place.hat(&["use", "playground", "--as", "work"]).succeeded();
    place.set("AWS_PROFILE", "work");
    assert!(place.hat(&["prompt"]).succeeded().answer.starts_with("playground "));
}
