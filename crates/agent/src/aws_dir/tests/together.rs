//! Several writers at once, with others that know no lock.
//!
//! The others come in at set points inside our writer, so that nothing depends on luck.

use super::*;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// What another program does, in place, as the AWS CLI's writer does.
fn append(path: &Path, text: &str) {
    fs::File::options().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn eight_writers_lose_nothing_of_each_other_nor_of_a_program_without_a_lock() {
    const EACH: u32 = 12;
    let home = Home::with("[theirs-0]\nx = 0\n");
    let foreign = Arc::new(AtomicU32::new(1));
    let seen_by_reader = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for writer in 0..8_u32 {
            let (mut dir, foreign, seen) = (home.dir(), Arc::clone(&foreign), Arc::clone(&seen_by_reader));
            scope.spawn(move || {
                let steps = AtomicU32::new(writer);
                dir.between = Arc::new(move |step, real| {
                    // Every fifth step of each writer, whichever step it is, somebody else comes in.
                    if step != Step::Named && steps.fetch_add(1, Ordering::Relaxed).is_multiple_of(5) {
                        let n = foreign.fetch_add(1, Ordering::Relaxed);
                        append(real, &format!("[theirs-{n}]\nx = {n}\n"));
                    }
                    seen.lock().unwrap().push(fs::read(real).unwrap());
                });
                for serial in 1..=EACH {
                    deliver(&dir, &format!("ours-{writer}"), serial, false).unwrap();
                }
            });
        }
    });
    let text = home.text();
    for writer in 0..8 {
        assert_eq!(text.matches(&format!("[ours-{writer}]\n")).count(), 1);
    }
    assert_eq!(text.matches(&values(EACH).1).count(), 8);
    let foreign = foreign.load(Ordering::Relaxed);
    assert!(foreign > 50, "{foreign}");
    for n in 0..foreign {
        assert_eq!(text.matches(&format!("[theirs-{n}]\nx = {n}\n")).count(), 1, "{n}");
    }
    assert_eq!(home.dir().owned().unwrap().iter().filter(|owned| owned.intact).count(), 8);
    assert_eq!(home.names(), ["credentials"]);
    for text in seen_by_reader.lock().unwrap().iter() {
        assert!(text.starts_with(b"[theirs-0]\nx = 0\n") && text.ends_with(b"\n"));
    }
    for writer in 0..8 {
        home.dir().erase(&profile(&format!("ours-{writer}"))).unwrap();
    }
    assert!(!home.text().contains("ours") && home.text().matches("theirs").count() == foreign as usize);
}

/// Another program comes in once at each of the points, and both versions are there in the end.
#[test]
fn whoever_comes_in_at_any_point_is_not_overwritten() {
    type Act = fn(&Path);
    let acts: [(&str, Act); 3] = [
        ("appends", |real| append(real, "[theirs]\n")),
        ("rewrites", |real| fs::write(real, fs::read_to_string(real).unwrap() + "[theirs]\n").unwrap()),
        ("replaces", |real| {
            let text = fs::read_to_string(real).unwrap() + "[theirs]\n";
            let beside = real.with_file_name("beside");
            fs::write(&beside, text).unwrap();
            fs::rename(&beside, real).unwrap();
        }),
    ];
    for (name, act) in acts {
        for point in [Step::Read, Step::Staged, Step::Checked, Step::Named] {
            let home = Home::with("[a]\nx = 1\n");
            let mut dir = home.dir();
            let once = AtomicU32::new(0);
            dir.between = Arc::new(move |step, real| {
                if step == point && once.fetch_add(1, Ordering::Relaxed) == 0 {
                    act(real);
                }
            });
            deliver(&dir, "p", 1, false).unwrap();
            let text = home.text();
            assert!(
                text.contains("[p]\n") && text.contains("[theirs]\n") && text.contains("[a]\nx = 1\n"),
                "{name} at {point:?}: {text}"
            );
            assert_eq!(home.names(), ["credentials"]);
        }
    }
}

#[test]
fn a_file_that_appears_first_is_not_overwritten() {
    let home = Home::with("");
    fs::remove_file(home.credentials()).unwrap();
    let mut dir = home.dir();
    dir.between = Arc::new(|step, real| {
        if step == Step::Staged && !real.exists() {
            fs::write(real, "[theirs]\n").unwrap();
        }
    });
    deliver(&dir, "p", 1, false).unwrap();
    assert!(home.text().starts_with("[theirs]\n\n[p]\n"));
}

#[test]
fn a_link_put_there_meanwhile_is_followed_not_replaced() {
    let home = Home::with("[a]\n");
    let elsewhere = home.path("elsewhere");
    fs::write(&elsewhere, "[b]\n").unwrap();
    for point in [Step::Read, Step::Staged, Step::Checked] {
        let mut dir = home.dir();
        let target = elsewhere.clone();
        dir.between = Arc::new(move |step, real| {
            if step == point && *real != target && !real.is_symlink() {
                fs::remove_file(real).unwrap();
                std::os::unix::fs::symlink(&target, real).unwrap();
            }
        });
        deliver(&dir, "p", 1, false).unwrap();
        assert!(home.credentials().is_symlink(), "{point:?}");
        assert!(fs::read_to_string(&elsewhere).unwrap().contains("[p]"), "{point:?}");
        home.dir().erase(&profile("p")).unwrap();
        fs::remove_file(home.credentials()).unwrap();
        fs::write(home.credentials(), "[a]\n").unwrap();
    }
}

#[test]
fn a_program_that_never_rests_ends_the_attempt_and_its_file_stands() {
    let home = Home::with("[a]\n");
    let mut dir = home.dir();
    dir.between = Arc::new(|step, real| {
        if step == Step::Checked {
            append(real, "# again\n");
        }
    });
    let failure = deliver(&dir, "p", 1, false).unwrap_err();
    assert!(failure.happened.contains("again and again"), "{failure}");
    assert!(!home.text().contains("[p]"));
    assert_eq!(home.names(), ["credentials"]);
}
