//! Hostile values, read back by the shells themselves.

use super::*;
use std::process::Command;

const HOSTILE: &[&str] = &[
    "plain",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY==",
    "it's",
    "'; touch canary; '",
    "\\'; touch canary; '\\",
    "$(touch canary)",
    "`touch canary`",
    "${IFS}x",
    "a\nb; touch canary\n",
    "a\r\nb",
    "\"; touch canary; \"",
    "%PATH%",
    "!!",
    "a\\",
    "\\",
    "\\\\'",
    " leading and trailing ",
    "~/x *?[a]",
    "(x) {y} <z> |&;",
    "\u{2018}; touch canary; \u{2019}",
    "caf\u{e9} \u{1f3a9}",
    "-n",
    "#x",
];

fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Has a shell take the lines over and start a program that tells the variable's bytes.
fn read_back(shell: Shell, program: &str, option: &str, value: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let lines = shell.lines(&[Variable::set("CANARY", value), Variable::unset("AWS_PROFILE")]).unwrap();
    let script = format!("{}printenv CANARY\nprintenv AWS_PROFILE\n", lines.as_str());
    let ran = Command::new(program)
        .args([option, &script])
        .env("AWS_PROFILE", "inherited")
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!folder.path().join("canary").exists(), "{program} ran {value:?}");
    let mut told = ran.stdout;
    assert_eq!(told.pop(), Some(b'\n'), "{program}, {value:?}: {}", String::from_utf8_lossy(&ran.stderr));
    told
}

#[test]
fn every_shell_that_is_here_reads_hostile_values_as_text() {
    let mut tried = 0;
    for (shell, program, option) in [
        (Shell::Bash, "bash", "-c"),
        (Shell::Bash, "dash", "-c"),
        (Shell::Zsh, "zsh", "-fc"),
        (Shell::Fish, "fish", "-c"),
        (Shell::Powershell, "pwsh", "-c"),
    ] {
        if !is_here(program) {
            continue;
        }
        tried += 1;
        for value in HOSTILE {
            assert_eq!(
                String::from_utf8_lossy(&read_back(shell, program, option, value)),
                *value,
                "{program}"
            );
        }
    }
    assert!(tried > 0 || cfg!(windows), "no shell is here at all");
}

#[test]
fn each_shell_has_its_own_quotes() {
    let hostile = "a'b\\c\u{2019}d";
    for (shell, set) in [
        (Shell::Bash, "export X='a'\\''b\\c\u{2019}d'\n"),
        (Shell::Zsh, "export X='a'\\''b\\c\u{2019}d'\n"),
        (Shell::Fish, "set -gx X 'a\\'b\\\\c\u{2019}d'\n"),
        (Shell::Powershell, "$env:X = 'a''b\\c\u{2019}\u{2019}d'\n"),
        (Shell::Cmd, "set \"X=a'b\\c\u{2019}d\"\n"),
        (Shell::Json, "{\n  \"X\": \"a'b\\\\c\u{2019}d\"\n}\n"),
    ] {
        assert_eq!(shell.lines(&[Variable::set("X", hostile)]).unwrap().as_str(), set, "{shell:?}");
    }
}

#[test]
fn an_empty_variable_is_unset_and_never_exported() {
    for (shell, unset) in [
        (Shell::Bash, "unset AWS_PROFILE\n"),
        (Shell::Fish, "set -e AWS_PROFILE\n"),
        (Shell::Powershell, "Remove-Item -ErrorAction Ignore Env:AWS_PROFILE\n"),
        (Shell::Cmd, "set \"AWS_PROFILE=\"\n"),
        (Shell::Json, "{}\n"),
    ] {
        let lines = shell.lines(&[Variable::unset("AWS_PROFILE")]).unwrap();
        assert_eq!(lines.as_str(), unset, "{shell:?}");
    }
}

#[test]
fn what_a_shell_can_not_be_given_is_refused() {
    for value in ["a\"b", "%PATH%", "a!b", "a^b", "a\nb", "a\rb", "a\u{1b}b"] {
        let failure = Shell::Cmd.lines(&[Variable::set("X", value)]).unwrap_err();
        assert!(failure.happened.contains('X') && !failure.happened.contains(value), "{failure}");
    }
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Powershell, Shell::Cmd] {
        assert!(shell.lines(&[Variable::set("X", "a\0b")]).is_err(), "{shell:?}");
    }
}

#[test]
fn a_remark_stays_one() {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Powershell, Shell::Cmd] {
        let remark = shell.remark("a\ntouch canary & calc");
        assert_eq!(remark.matches('\n').count(), 1, "{shell:?}: {remark}");
    }
    assert!(!Shell::Cmd.remark("a & calc").contains('&'));
}
