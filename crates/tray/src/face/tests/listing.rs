//! The menu while a listing finds accounts and counts.

use super::*;
use hatrack_core::catalogue::{OutlineAccount, Role};
use hatrack_core::snapshot::{Organisation, Progress, SignInStanding};

#[test]
fn a_listing_rebuilds_the_menu_once_a_second_at_most() {
    let mut face = connected();
    assert_eq!(rebuilds(&face.step(found(1), at(5))), 1);
    let deeds: Vec<Deed> = (2..50).flat_map(|accounts| face.step(found(accounts), in_ms(5_010))).collect();
    assert_eq!(rebuilds(&deeds), 0);
    assert_eq!(face.deadline(in_ms(5_010)), Some(SignedDuration::from_millis(990)));
    assert_eq!(rebuilds(&face.step(Event::TimeWent, at(6))), 1);
    assert_eq!(face.menu().rows.len(), menu::ROWS);
    assert_eq!(face.deadline(at(6)), None);
}

#[test]
fn nothing_that_is_found_moves_under_the_pointer_of_who_looks() {
    let mut face = connected();
    face.step(found(1), at(0));
    assert_eq!(rebuilds(&face.step(found(2), in_ms(10))), 0);
    assert_eq!(rebuilds(&face.step(Event::Looked, in_ms(20))), 1, "who looks sees the present");
    for seconds in 1..10 {
        assert_eq!(rebuilds(&face.step(found(2 + usize::try_from(seconds).unwrap()), at(seconds))), 0);
    }
    let by_a_session = published(Snapshot { sessions: vec![session(1)], ..Snapshot::default() });
    assert_eq!(rebuilds(&face.step(by_a_session, at(5))), 1);
    let click = MenuAction::DeactivateAll;
    assert_eq!(rebuilds(&face.step(Event::Clicked(click), at(9))), 1, "a click closes the menu");
    face.step(Event::Looked, at(20));
    face.step(found(20), at(21));
    assert_eq!(face.deadline(at(21)).map(|left| left < SignedDuration::from_secs(10)), Some(true));
    assert_eq!(rebuilds(&face.step(Event::TimeWent, at(30))), 1);
}

#[test]
fn the_counts_of_a_listing_retitle_once_a_second_at_most_and_never_rebuild() {
    let mut face = connected();
    let listing = |done| {
        let progress = Some(Progress { done, total: Some(1_000), seconds_left: None });
        published(Snapshot { organisations: vec![organisation(progress)], ..Snapshot::default() })
    };
    assert_eq!(rebuilds(&face.step(listing(0), at(0))), 1);
    let menus = |deeds: Vec<Deed>| deeds.into_iter().filter(|deed| matches!(deed, Deed::Menu(_))).count();
    assert_eq!(menus((1..20).flat_map(|done| face.step(listing(done), in_ms(500))).collect()), 0);
    assert_eq!(face.deadline(in_ms(500)), Some(SignedDuration::from_millis(500)));
    let deeds = face.step(Event::TimeWent, at(1));
    assert!(matches!(&deeds[..], [Deed::Menu(Change::Retitle(titles))] if titles.len() == 1), "{deeds:?}");
    assert_eq!(face.deadline(at(1)), None);
    let ended = Snapshot { organisations: vec![organisation(None)], ..Snapshot::default() };
    assert_eq!(rebuilds(&face.step(published(ended), in_ms(1_100))), 1);
}

#[test]
fn a_clock_that_was_set_back_holds_nothing_up() {
    let mut face = connected();
    face.step(found(1), at(5_000));
    assert_eq!(rebuilds(&face.step(found(2), at(0))), 1);
}

#[test]
fn production_is_warned_of_while_the_menu_waits() {
    let mut face = connected();
    face.step(published(Snapshot { sessions: vec![session(1)], ..Snapshot::default() }), at(0));
    face.step(Event::Looked, at(1));
    let mut ops = role(0);
    ops.id = RoleId::of_profile("ops");
    ops.tags = vec!["production".to_owned()];
    let outline = Outline { roles: 1, mentioned: vec![ops], ..Outline::default() };
    let deeds = face.step(Event::Update(Update::Outline(Box::new(outline))), at(1));
    assert!(deeds.contains(&Deed::Icon(Icon::Danger)), "{deeds:?}");
    assert_eq!(rebuilds(&deeds), 0);
}

/// An outline with so many accounts of one role each.
fn found(accounts: usize) -> Event {
    let account = |number| {
        let id = format!("{number:012}");
        OutlineAccount { name: id.clone(), id, total: 1, roles: vec![role(number)] }
    };
    let listed = (0..accounts.min(25)).map(account).collect();
    let outline =
        Outline { roles: accounts, accounts_total: accounts, accounts: listed, ..Outline::default() };
    Event::Update(Update::Outline(Box::new(outline)))
}

fn role(number: usize) -> Role {
    Role { id: RoleId(format!("sso:https://acme.example:{number:012}:Admin")), ..Role::default() }
}

fn rebuilds(deeds: &[Deed]) -> usize {
    deeds.iter().filter(|deed| **deed == Deed::Menu(Change::Rebuild)).count()
}

fn organisation(progress: Option<Progress>) -> Organisation {
    Organisation {
        name: acme(),
        start_url: "https://acme.example/start".to_owned(),
        region: "eu-central-1".to_owned(),
        sign_in: SignInStanding::SignedIn { until: at(3_600), renews: true },
        accounts: 1,
        roles: 1,
        listed: None,
        progress,
        waits: false,
        failure: None,
        failed_total: 0,
        failed: Vec::new(),
        gained_total: 0,
        gained: Vec::new(),
        lost_total: 0,
        lost: Vec::new(),
    }
}

fn in_ms(milliseconds: i64) -> Timestamp {
    at(0) + SignedDuration::from_millis(milliseconds)
}
