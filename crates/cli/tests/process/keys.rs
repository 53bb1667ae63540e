//! `hat key` and `hat mfa`: what goes to the agent, and what a person is asked and told.

use crate::world::{Say, Told, World, answer, done, nothing};
use hatrack_core::code_source::CodeSource;
use hatrack_core::profile::KeyFacts;
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::{
    Answer, Command, Device, KeptBy, KeyCommand, KeyView, MfaCommand, Update, VaultCommand, VaultView,
};
use std::sync::mpsc;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const PHONE: &str = "arn:aws:iam::123456789012:mfa/eve";

#[test]
fn a_key_from_stdin_goes_to_the_vault_and_its_secret_nowhere_else() {
    let world = World::new();
    let agent = world.agent(add);
    let told = world.run_with(
        &["key", "add", "work", "--mfa", PHONE],
        &format!("Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
    );
    assert_eq!((told.exit, told.stderr.as_str()), (0, ""));
    assert!(told.stdout.contains(ID) && told.stdout.contains("0 days") && !told.stdout.contains(SECRET));
    agent.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_secret_is_asked_for_and_not_shown() {
    use crate::person::{at_terminal, read_until};
    use std::io::Write;
    let world = World::new();
    let _agent = world.agent(add);
    let (mut terminal, hat) = at_terminal(&mut world.hat(&["key", "add", "work", "--mfa", PHONE]));
    read_until(&mut terminal, "Access key id: ");
    terminal.write_all(format!("{ID}\n").as_bytes()).unwrap();
    let shown = read_until(&mut terminal, "Secret access key: ");
    assert!(shown.contains(ID), "what is no secret is shown: {shown:?}");
    terminal.write_all(format!("{SECRET}\n").as_bytes()).unwrap();
    let shown = read_until(&mut terminal, "\r\n");
    assert!(!shown.contains(&SECRET[..4]), "{shown:?}");
    assert!(hat.wait_with_output().unwrap().status.success());
}

#[test]
fn what_is_no_key_never_reaches_the_agent() {
    for (line, stdin) in [
        (&["key", "add", "work"][..], "hello"),
        (&["key", "add", "work"], ""),
        (&["key", "add", "work", "--id", "eve"], SECRET),
        (&["key", "add", "work", ID, SECRET], ""),
    ] {
        let told = World::new().run_with(line, stdin);
        assert_eq!(told.exit, 2, "{told:?}");
        assert!(!told.stderr.contains(&SECRET[..10]) || line.len() == 5, "{told:?}");
    }
}

#[test]
fn an_import_is_shown_first_and_wants_consent() {
    for (line, exit, expected) in [
        (&["key", "import", "work"][..], 3, &[false][..]),
        (&["key", "import", "work", "--yes"], 0, &[false, true]),
    ] {
        let world = World::new();
        let (tell, told) = mpsc::channel();
        let agent = world.agent(move |command| {
            let Command::Key(KeyCommand::Import { profile, really }) = command else { panic!("{command:?}") };
            assert_eq!(profile, "work");
            tell.send(really).unwrap();
            vec![answer(Answer::Diff("-aws_secret_access_key = …\n".to_owned()))]
        });
        let output = world.run(line);
        agent.join().unwrap();
        assert_eq!(
            (output.exit, output.stdout.as_str()),
            (exit, "-aws_secret_access_key = …\n"),
            "{output:?}"
        );
        assert_eq!(told.iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn each_step_of_a_rotation_is_told() {
    let world = World::new();
    let _agent = world.agent(|command| match command {
        Command::Subscribe { .. } => vec![done(), nothing()],
        Command::Key(KeyCommand::Rotate { name }) => {
            assert_eq!(name, "work");
            let step = |words: &str| Say::Update(Update::Progress(words.to_owned()));
            vec![
                step("The new key is made."),
                step("The old one is gone."),
                answer(Answer::Keys(vec![key()])),
            ]
        }
        other => panic!("{other:?}"),
    });
    let told = world.run(&["key", "rotate", "work"]);
    assert_eq!((told.exit, told.stderr.as_str()), (0, "The new key is made.\nThe old one is gone.\n"));
    assert!(told.stdout.contains(ID));
}

#[test]
fn the_list_is_json_for_scripts_and_a_hint_where_it_is_empty() {
    let world = World::new();
    let _agent = world.agent(|_| vec![answer(Answer::Keys(vec![key()]))]);
    let told: serde_json::Value =
        serde_json::from_str(&world.run(&["key", "list", "--json"]).stdout).unwrap();
    assert_eq!((&told[0]["name"], &told[0]["is_old"]), (&"work".into(), &false.into()));
    let world = World::new();
    let _agent = world.agent(|_| vec![answer(Answer::Keys(Vec::new()))]);
    let told = world.run(&["key", "list"]);
    assert!(told.stdout.is_empty() && told.stderr.contains("hat key add"), "{told:?}");
}

#[test]
fn removing_a_key_wants_consent() {
    assert_eq!(World::new().run(&["key", "remove", "work"]).exit, 3);
    let world = World::new();
    let _agent = world.agent(|command| {
        assert!(matches!(command, Command::Key(KeyCommand::Remove { name }) if name == "work"));
        vec![answer(Answer::Keys(Vec::new()))]
    });
    assert_eq!(world.run(&["key", "remove", "work", "--yes"]).exit, 0);
}

#[test]
fn the_vault_is_told_sealed_and_opened() {
    for (line, kept_by, open, expected) in [
        (&["key", "vault"][..], KeptBy::Nothing, false, "Nothing is in the vault yet."),
        (&["key", "vault", "--keyring"], KeptBy::Keyring, true, "in the system's keyring, and open."),
        (&["key", "lock"], KeptBy::Passphrase, false, "Open it with hat key unlock."),
        (&["key", "unlock"], KeptBy::Passphrase, true, "with a passphrase, and open."),
        (&["key", "vault", "--passphrase"], KeptBy::Passphrase, true, "with a passphrase, and open."),
    ] {
        let world = World::new();
        let (tell, told) = mpsc::channel();
        let agent = world.agent(move |command| {
            let Command::Vault(command) = command else { panic!("{command:?}") };
            tell.send(command).unwrap();
            vec![answer(Answer::Vault(VaultView { kept_by, open }))]
        });
        let output = world.run_with(line, " open sesame \n");
        assert!(output.exit == 0 && output.stdout.contains(expected), "{output:?}");
        agent.join().unwrap();
        let passphrase = match told.recv().unwrap() {
            VaultCommand::Status | VaultCommand::Lock | VaultCommand::SealWithKeyring => continue,
            VaultCommand::Unlock { passphrase } | VaultCommand::SealWithPassphrase { passphrase } => {
                passphrase
            }
        };
        assert_eq!(passphrase.open(), " open sesame ");
    }
}

#[test]
fn a_seed_is_kept_after_a_warning_and_a_consent() {
    let told = World::new().run_with(&["mfa", "keep-seed", PHONE], "JBSWY3DPEHPK3PXP\n");
    assert_eq!(told.exit, 3, "{told:?}");
    let world = World::new();
    let _agent = world.agent(|command| {
        let Command::Mfa(MfaCommand::KeepSeed { mfa_serial, seed }) = command else { panic!("{command:?}") };
        assert_eq!((mfa_serial.as_str(), seed.open()), (PHONE, "JBSWY3DPEHPK3PXP"));
        vec![done()]
    });
    let told = world.run_with(&["mfa", "keep-seed", PHONE, "--yes"], "JBSWY3DPEHPK3PXP\n");
    assert_eq!(told.exit, 0);
    assert!(told.stderr.contains("no second factor") && !told.stderr.contains("JBSW"), "{told:?}");
}

#[test]
fn a_source_of_codes_changes_that_wish_alone() {
    let process = CodeSource::Process { command: "pass otp aws".to_owned() };
    let before = Settings { mfa_session_hours: 3, ..Settings::default() };
    let with = |source: CodeSource| {
        let mut settings = before.clone();
        settings.code_sources.insert(PHONE.to_owned(), source);
        settings
    };
    for (line, present, expected, words) in [
        (
            &["--process", "pass otp aws"][..],
            before.clone(),
            Some(with(process.clone())),
            "the command pass otp aws",
        ),
        (&["--none"], with(process.clone()), Some(before.clone()), "a person"),
        (&["--none"], before.clone(), None, "a person"),
        (&[], with(CodeSource::Vault), None, "the vault"),
    ] {
        let world = World::new();
        let (tell, told) = mpsc::channel();
        let agent = world.agent(move |command| match command {
            Command::Subscribe { .. } => {
                vec![
                    done(),
                    Say::Present(Box::new(Snapshot { settings: present.clone(), ..Snapshot::default() })),
                ]
            }
            Command::ChangeSettings(settings) => {
                tell.send(settings).unwrap();
                vec![done()]
            }
            other => panic!("{other:?}"),
        });
        let line: Vec<&str> = ["mfa", "source", PHONE].iter().chain(line).copied().collect();
        let stdout = format!("Codes of {PHONE} come from {words}.\n");
        assert_eq!(world.run(&line), Told { exit: 0, stdout, stderr: String::new() });
        agent.join().unwrap();
        assert_eq!(told.iter().collect::<Vec<_>>(), Vec::from_iter(expected));
    }
}

#[test]
fn devices_are_listed() {
    let world = World::new();
    let _agent = world.agent(|command| {
        assert!(matches!(command, Command::Mfa(MfaCommand::Devices { role }) if role == "Admin"));
        let device = Device { mfa_serial: PHONE.to_owned(), enabled: None, seed_in_vault: true };
        vec![answer(Answer::Devices(vec![device]))]
    });
    let told: serde_json::Value =
        serde_json::from_str(&world.run(&["mfa", "devices", "Admin", "--json"]).stdout).unwrap();
    assert_eq!((&told[0]["mfa_serial"], &told[0]["seed_in_vault"]), (&PHONE.into(), &true.into()));
}

/// An agent that expects the key to be added.
fn add(command: Command) -> Vec<Say> {
    let Command::Key(KeyCommand::Add { name, access_key_id, secret_access_key, mfa_serial }) = command else {
        panic!("{command:?}")
    };
    assert_eq!((name.as_str(), access_key_id.as_str(), mfa_serial.as_deref()), ("work", ID, Some(PHONE)));
    assert_eq!(secret_access_key.open(), SECRET);
    vec![answer(Answer::Keys(vec![key(), KeyView { name: "other".to_owned(), ..key() }]))]
}

fn key() -> KeyView {
    let facts = KeyFacts { access_key_id: ID.to_owned(), ..KeyFacts::default() };
    KeyView { name: "work".to_owned(), facts, added: "2999-01-01T00:00:00Z".parse().unwrap() }
}
