//! A plain key on its way out of the file and back, with kills and other programs in between.

use super::*;
use hatrack_core::delivery::plain::PlainKey;
use hatrack_core::failure::FailureCode;
use std::sync::Mutex;

const REST: &str = "[a]\nx = 1\n";

fn key() -> PlainKey {
    PlainKey {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Zeroizing::new("secret-of-work".to_owned()),
    }
}

fn with_key() -> String {
    format!(
        "{REST}\n[work]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        key().access_key_id,
        *key().secret_access_key
    )
}

/// Not a test of its own: what the child does. Without the variable it does nothing.
#[test]
fn child() {
    let Some(home) = child::home() else { return };
    let mut dir = dir_in(Path::new(&home));
    child::stop_where_told(&mut dir);
    dir.take_out_plain_key(&profile("work"), &key()).unwrap();
}

#[test]
fn a_kill_between_two_steps_leaves_the_key_whole_or_takes_it_whole() {
    for step in [Step::Read, Step::Staged, Step::Checked, Step::Named] {
        let home = Home::with(&with_key());
        child::run_and_kill_at(step, &mut child::of(&home, "aws_dir::tests::plain::child"));
        let expected = if step == Step::Named { REST.to_owned() } else { with_key() };
        assert_eq!(home.text(), expected, "{step:?}");
        // What the killed one left behind is swept by the next.
        home.dir().put_back_plain_key(&profile("work"), &key()).unwrap();
        home.dir().take_out_plain_key(&profile("work"), &key()).unwrap();
        assert_eq!((home.text(), home.names()), (REST.to_owned(), vec!["credentials".to_owned()]));
    }
}

#[test]
fn what_another_program_writes_meanwhile_is_kept() {
    for step in [Step::Read, Step::Staged, Step::Checked] {
        let home = Home::with(&with_key());
        let mut dir = home.dir();
        let others = Mutex::new(Some("[theirs]\ny = 2\n"));
        dir.between = Arc::new(move |now, real| {
            if now == step
                && let Some(theirs) = others.lock().unwrap().take()
            {
                let text = fs::read_to_string(real).unwrap();
                fs::write(real, format!("{theirs}{text}")).unwrap();
            }
        });
        dir.take_out_plain_key(&profile("work"), &key()).unwrap();
        assert_eq!(home.text(), format!("[theirs]\ny = 2\n{REST}"), "{step:?}");
    }
}

#[test]
fn another_key_that_comes_in_meanwhile_stays() {
    let home = Home::with(&with_key());
    let mut dir = home.dir();
    let other = with_key().replace("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7ANOTHER");
    let theirs = other.clone();
    dir.between = Arc::new(move |step, real| {
        if step == Step::Staged {
            fs::write(real, &theirs).unwrap();
        }
    });
    let failure = dir.take_out_plain_key(&profile("work"), &key()).unwrap_err();
    assert!(failure.happened.contains("another key by now"), "{failure}");
    let failure = dir.put_back_plain_key(&profile("work"), &key()).unwrap_err();
    assert_eq!((failure.code, home.text()), (FailureCode::NotOurs, other));
}

#[test]
fn links_are_followed_and_what_cannot_be_replaced_is_told_before_anything_is_done() {
    let home = Home::with(&with_key());
    fs::rename(home.credentials(), home.path("real")).unwrap();
    std::os::unix::fs::symlink(home.path("real"), home.credentials()).unwrap();
    let found = home.dir().find_plain_key(&profile("work")).unwrap();
    assert_eq!(found.key, key());
    assert!(!format!("{found:?}").contains("secret-of-work"), "{found:?}");
    home.dir().take_out_plain_key(&profile("work"), &key()).unwrap();
    assert!(home.credentials().is_symlink());
    assert_eq!((home.text(), home.mode_of("real")), (REST.to_owned(), 0o600));

    home.dir().put_back_plain_key(&profile("work"), &key()).unwrap();
    fs::hard_link(home.path("real"), home.path("second")).unwrap();
    let failure = home.dir().find_plain_key(&profile("work")).unwrap_err();
    assert!(failure.happened.contains("second name"), "{failure}");
    assert_eq!(home.text(), with_key());
}
