//! Who stands behind a process, as far as the system tells.
//!
//! Deliberately absent: command lines, which may carry secrets; trust in what is told: a process of
//! the same user can pass for another one, so this is for people to look at.

use hatrack_core::hand_out::{Program, Way};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
use elsewhere as platform;

/// How long a path is that is told.
const LONGEST: usize = 1024;

/// What the system tells of a process.
#[derive(Debug, Default)]
struct Told {
    parent: Option<u32>,
    executable: Option<String>,
    folder: Option<String>,
}

/// The program that is given credentials by the process at the other end of a connection: `hat`
/// itself stands there, and what it works for is its parent, or what it says it will start.
pub(crate) fn behind(process: Option<u32>, way: Way, starts: Option<&str>) -> Program {
    let Some(process) = process else {
        return Program { executable: starts.map(cut), ..Program::default() };
    };
    match way {
        Way::CredentialProcess | Way::Environment => {
            let parent = platform::told(process).parent;
            parent.map_or_else(Program::default, |parent| {
                let told = platform::told(parent);
                Program { process: Some(parent), executable: told.executable, folder: told.folder }
            })
        }
        Way::Exec | Way::Endpoint | Way::Console => {
            let told = platform::told(process);
            let executable = starts.map(cut).or(told.executable);
            Program { process: Some(process), executable, folder: told.folder }
        }
    }
}

fn cut(path: &str) -> String {
    path.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_works_for_its_parent_and_exec_for_what_it_starts() {
        let me = std::process::id();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let asked = behind(Some(child.id()), Way::CredentialProcess, None);
        let exec = behind(Some(child.id()), Way::Exec, Some("/usr/bin/terraform"));
        let endpoint = behind(Some(child.id()), Way::Endpoint, None);
        let id = child.id();
        child.kill().unwrap();
        child.wait().unwrap();
        let own = std::env::current_exe().unwrap().to_string_lossy().into_owned();
        let folder = std::env::current_dir().unwrap().to_string_lossy().into_owned();
        assert_eq!(asked, Program { process: Some(me), executable: Some(own), folder: Some(folder.clone()) });
        let exec_expected = Program {
            process: Some(id),
            executable: Some("/usr/bin/terraform".to_owned()),
            folder: Some(folder),
        };
        assert_eq!(exec, exec_expected);
        assert_ne!(endpoint.executable, asked.executable);
    }

    #[test]
    fn a_process_that_is_gone_is_told_without_a_face() {
        assert_eq!(behind(None, Way::CredentialProcess, None), Program::default());
        let gone = behind(Some(u32::MAX - 1), Way::Endpoint, None);
        assert_eq!((gone.executable, gone.folder), (None, None));
    }
}
