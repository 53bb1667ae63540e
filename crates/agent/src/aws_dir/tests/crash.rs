//! Kills and full disks, tried on a child: this test binary again, told by a variable what to do.

use super::*;
use std::process::{Command, Stdio};

const CHILD: &str = "aws_dir::tests::crash::child";
const OLD: &str = "[a]\nx = 1\n";

/// Not a test of its own: what the child does. Without the variable it does nothing.
#[test]
fn child() {
    let Some(home) = child::home() else { return };
    let mut dir = dir_in(Path::new(&home));
    let once = child::stop_where_told(&mut dir) || std::env::var_os("HATRACK_TEST_ONCE").is_some();
    for serial in 1.. {
        if let Err(failure) = deliver(&dir, "p", serial, false) {
            println!("{failure}");
            std::process::exit(5);
        }
        if once {
            return;
        }
        dir.erase(&profile("p")).unwrap();
    }
}

/// Old, or whole and new: the text of a delivery with some number, and nothing else.
fn assert_old_or_new(home: &Home) {
    let text = home.text();
    assert!(text.starts_with(OLD), "{text:?}");
    if text != OLD {
        let owned = home.dir().owned().unwrap();
        assert!(owned.len() == 1 && owned[0].intact, "{text:?}");
        let taken_back = delivery::erase(text.as_bytes(), &profile("p"), None);
        let Erased::Gone { text, .. } = taken_back else { panic!("no mark") };
        assert_eq!(&text[..], OLD.as_bytes());
    }
    let left = home.names().iter().filter(|name| name.ends_with(".hatrack-tmp")).count();
    assert!(left <= 1, "{:?}", home.names());
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_file_or_the_new_one() {
    let home = Home::with(OLD);
    let mut killed_at = 0_u64;
    for round in 0..120_u64 {
        let child = child::of(&home, CHILD).spawn().unwrap();
        // From before the first write to well into the loop, in uneven steps.
        killed_at = (killed_at * 31 + round * 7919 + 3) % 29_989;
        std::thread::sleep(std::time::Duration::from_micros(killed_at));
        child::kill(child);
        assert_old_or_new(&home);
    }
    home.dir().erase(&profile("p")).unwrap();
    assert_eq!((home.text(), home.names()), (OLD.to_owned(), vec!["credentials".to_owned()]));
}

#[test]
fn a_kill_between_two_steps_leaves_the_old_file_or_the_new_one() {
    for step in [Step::Read, Step::Staged, Step::Checked, Step::Named] {
        let home = Home::with(OLD);
        child::run_and_kill_at(step, &mut child::of(&home, CHILD));
        assert_old_or_new(&home);
        assert_eq!(home.text() == OLD, step != Step::Named, "{step:?}");
        // The lock died with its holder, and what it left is swept.
        deliver(&home.dir(), "p", 7, false).unwrap();
        assert_eq!(home.names(), ["credentials"]);
    }
}

#[test]
fn a_disk_without_room_leaves_the_old_file_and_says_so() {
    let home = Home::with(OLD);
    // The journal's entry is written first; let it stand, so that the credentials are what fails.
    deliver(&home.dir(), "p", 9, false).unwrap();
    let before = home.text();
    for blocks in [0, 1] {
        let child = child::of(&home, CHILD);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"])
            .arg(child.get_program())
            .args(child.get_args())
            .env(child::HOME, home.folder.path())
            .env("HATRACK_TEST_ONCE", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let out = shell.output().unwrap();
        let said = String::from_utf8_lossy(&out.stdout);
        assert_eq!(out.status.code(), Some(5), "{said}");
        assert!(said.contains("could not be written: ") && said.contains("nothing was changed."), "{said}");
        assert!(said.contains(home.folder.path().to_str().unwrap()), "{said}");
        assert_eq!((home.text(), home.names()), (before.clone(), vec!["credentials".to_owned()]));
    }
}
