//! Delivering, erasing, and what the journal keeps meanwhile.

use super::*;

#[test]
fn the_first_delivery_makes_a_closed_folder_and_a_closed_file() {
    let home = Home::new();
    let delivered = deliver(&home.dir(), "default", 1, false).unwrap();
    assert_eq!(delivered, Delivered { changed: true, tightened: None });
    assert_eq!((home.mode_of(".aws"), home.mode_of(".aws/credentials")), (0o700, 0o600));
    assert_eq!(home.names(), ["credentials"]);
    let owned = home.dir().owned().unwrap();
    assert_eq!(owned.len(), 1);
    assert!(owned[0].intact);
    assert_eq!(home.dir().erase(&profile("default")), Ok(Erasure::Gone));
    assert_eq!(home.text(), "");
    assert_eq!(home.dir().erase(&profile("default")), Ok(Erasure::NotThere));
}

#[test]
fn erasing_restores_the_file_to_the_byte() {
    for text in ["", "[a]\nx = 1", "[a]\r\nx = 1\r\n", "\u{FEFF}[a]\nx = 1\n\n\n", "# only a comment\n"] {
        let home = Home::with(text);
        deliver(&home.dir(), "p", 1, false).unwrap();
        deliver(&home.dir(), "p", 2, false).unwrap();
        assert!(home.text().starts_with(text));
        assert_eq!(home.dir().erase(&profile("p")), Ok(Erasure::Gone));
        assert_eq!(home.text(), text);
    }
}

#[test]
fn the_same_delivery_again_writes_nothing() {
    let home = Home::with("[a]\nx = 1\n");
    assert!(deliver(&home.dir(), "p", 1, false).unwrap().changed);
    let before = target::Seen::read(&home.credentials()).unwrap().unwrap();
    assert!(!deliver(&home.dir(), "p", 1, false).unwrap().changed);
    let after = target::Seen::read(&home.credentials()).unwrap().unwrap();
    assert!(before.is_same(&after));
    assert_eq!(before.metadata.modified().unwrap(), after.metadata.modified().unwrap());
}

#[test]
fn what_an_adoption_replaces_is_in_the_journal_until_it_is_back() {
    let theirs = "[p]\n# mine\naws_access_key_id = AKIAOLD\noutput = json\naws_secret_access_key = old";
    let home = Home::with(theirs);
    let journal = Journal::in_folder(&home.path("data"));
    let refused = deliver(&home.dir(), "p", 1, false).unwrap_err();
    assert_eq!(refused.code, hatrack_core::failure::FailureCode::NotOurs);
    assert_eq!(home.dir().check(&profile("p"), false), Err(refused));
    assert_eq!(home.dir().check(&profile("p"), true), Ok(()));
    assert_eq!(journal.deliveries(), []);

    deliver(&home.dir(), "p", 1, true).unwrap();
    deliver(&home.dir(), "p", 2, false).unwrap();
    let entries = journal.deliveries();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].adopted.is_some() && !home.text().contains("AKIAOLD"));
    // Another process, later: nothing but the files.
    assert_eq!(home.dir().erase(&profile("p")), Ok(Erasure::Gone));
    assert_eq!(home.text(), theirs);
    assert_eq!(journal.deliveries(), []);
}

#[test]
fn a_lost_journal_is_told() {
    let home = Home::with("[p]\naws_access_key_id = AKIAOLD\n");
    deliver(&home.dir(), "p", 1, true).unwrap();
    fs::remove_dir_all(home.path("data")).unwrap();
    assert_eq!(home.dir().erase(&profile("p")), Ok(Erasure::Lost));
    assert_eq!(home.text(), "[p]\n");
}

#[test]
fn a_journal_that_cannot_be_written_stops_the_delivery() {
    let home = Home::with("[p]\naws_access_key_id = AKIAOLD\n");
    fs::write(home.path("data"), "").unwrap();
    assert!(deliver(&home.dir(), "p", 1, true).is_err());
    assert_eq!(home.text(), "[p]\naws_access_key_id = AKIAOLD\n");
}

#[test]
fn a_delivery_that_fails_leaves_the_journal_as_it_was() {
    let home = Home::with("[p]\naws_access_key_id = AKIAOLD\n");
    let mut dir = home.dir();
    let folder = home.path(".aws");
    dir.between = Arc::new(move |step, _| {
        if step == Step::Read {
            fs::rename(&folder, folder.with_extension("away")).unwrap();
        }
    });
    assert!(deliver(&dir, "p", 1, true).is_err());
    assert_eq!(Journal::in_folder(&home.path("data")).deliveries(), []);
}

#[test]
fn the_config_file_has_a_say() {
    let home = Home::with("");
    fs::write(home.path(".aws/config"), "[profile p]\nsso_session = x\n[default]\nrole_arn = y\n").unwrap();
    let failure = home.dir().check(&profile("p"), true).unwrap_err();
    assert!(failure.happened.contains("sso_session"), "{failure}");
    assert_eq!(deliver(&home.dir(), "p", 1, true).unwrap_err(), failure);
    assert_eq!(home.dir().default_profile().unwrap(), profile("hatrack"));
    fs::remove_file(home.path(".aws/config")).unwrap();
    assert_eq!(home.dir().default_profile().unwrap(), profile("default"));
}
