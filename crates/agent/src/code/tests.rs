use super::*;
use crate::world::tests::environment;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A folder whose `bin` may have a program that stands in for ykman.
fn place(ykman: Option<&str>) -> (tempfile::TempDir, World) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    if let Some(script) = ykman {
        let file = folder.path().join("bin/ykman");
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
    let mut environment = environment(&[("PATH", &path), ("AWS_PROFILE", "work")]);
    environment.folder = folder.path().to_str().unwrap().to_owned();
    let world = World::of(&environment).unwrap();
    (folder, world)
}

async fn process(command: &str) -> Result<Sealed, Failure> {
    let (_folder, world) = place(None);
    obtain(&world, &CodeSource::Process { command: command.to_owned() }).await
}

async fn ykman(script: Option<&str>, account: &str) -> Result<Sealed, Failure> {
    let (_folder, world) = place(script);
    obtain(&world, &CodeSource::Ykman { account: account.to_owned() }).await
}

#[tokio::test]
async fn a_command_is_a_line_for_the_shell_as_aws_vault_s_users_write_it() {
    assert_eq!(process("echo 'code: 123456' | cut -d' ' -f2").await.unwrap().open(), "123456");
    assert_eq!(process("printf '  012345\\r\\n'").await.unwrap().open(), "012345");
    assert_eq!(process("test \"$AWS_PROFILE\" = work && echo 654321").await.unwrap().open(), "654321");
}

#[tokio::test]
async fn what_is_no_code_is_refused_and_not_shown() {
    for printed in ["12345", "1234567", "12 3456", "123456 123456", "code 482913", "", "١٢٣٤٥٦", "+12345"]
    {
        let failure = process(&format!("printf '%s' '{printed}'")).await.unwrap_err();
        assert_eq!(
            failure.happened,
            "The mfa_process gave no code: what it printed is not one code of six digits."
        );
        assert!(!failure.to_string().contains("482913"));
    }
}

#[tokio::test]
async fn a_failing_command_is_told_with_its_first_line() {
    let failure = process("printf 'no \\033[31mdevice\\nsecond line\\n' >&2; exit 7").await.unwrap_err();
    assert_eq!(
        failure.happened,
        "The mfa_process gave no code: it ended with exit code 7; it said: no [31mdevice."
    );
    assert_eq!(failure.code, FailureCode::Refused);
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_with_all_that_it_started() {
    let (folder, world) = place(None);
    let source = CodeSource::Process { command: "sleep 60 & echo $! >child; wait".to_owned() };
    let failure = obtain_within(&world, &source, Duration::from_secs(1)).await.unwrap_err();
    assert!(failure.happened.contains("longer than 1 seconds"), "{failure}");
    let child: i32 = fs::read_to_string(folder.path().join("child")).unwrap().trim().parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    let mut looks = 0;
    while rustix::process::test_kill_process(child).is_ok() && looks < 200 && !is_ended(child) {
        looks += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(looks < 200, "what the command started lives on");
}

/// Whether a process has ended, though nobody asked yet how.
fn is_ended(pid: rustix::process::Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    status.contains(") Z ")
}

#[tokio::test]
async fn a_yubikey_is_asked_for_one_account() {
    let script = r#"[ "$*" = "oath accounts code --single Amazon Web Services:ada@1" ] || exit 9
echo "Touch your YubiKey..." >&2
echo 031337"#;
    let code = ykman(Some(script), "Amazon Web Services:ada@1").await.unwrap();
    assert_eq!(code.open(), "031337");
}

#[tokio::test]
async fn a_yubikey_s_refusals_say_what_to_do() {
    let missing = "echo 'ERROR: Failed connecting to the YubiKey.' >&2; exit 1";
    for (script, account, happened, remedy) in [
        (Some(missing), "a", "ERROR: Failed connecting to the YubiKey.", "Plug in"),
        (Some("echo a 123456; echo ab 654321"), "a", "not one code", "Name one account only"),
        (Some("echo 12345678"), "a", "not one code", "six digits"),
        (None, "a", "ykman could not be started", "Install yubikey-manager"),
        (Some("echo 123456"), "--help", "can't be the name of an account", "accounts list"),
        (Some("echo 123456"), "a\nb", "can't be the name of an account", "accounts list"),
    ] {
        let failure = ykman(script, account).await.unwrap_err();
        assert!(failure.happened.contains(happened), "{failure}");
        assert!(failure.remedy.contains(remedy), "{failure}");
    }
}

#[tokio::test]
async fn a_seed_is_the_vault_s_business() {
    let (_folder, world) = place(None);
    assert!(obtain(&world, &CodeSource::Vault).await.is_err());
}
