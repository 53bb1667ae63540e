use super::*;
use crate::failure::{Failure, FailureCode};
use crate::name::PromptId;
use crate::view::samples::{in_seconds, now, organisation, signed_in};

#[test]
fn each_standing_has_its_words_and_its_click() {
    let click = |standing, waits| {
        let organisation = Organisation { waits, ..organisation("acme", standing) };
        match row(&organisation, now()) {
            Row::Action { text, action, .. } => (text, action),
            other => panic!("{other:?}"),
        }
    };
    let sign_in = || MenuAction::SignIn { portal: "acme".to_owned() };
    for (standing, waits, text) in [
        (SignInStanding::SignedOut, false, "acme · sign in…"),
        (SignInStanding::Ended, false, "acme · sign-in ended, sign in…"),
        (SignInStanding::Ended, true, "acme · sign in to list its roles…"),
        (SignInStanding::SignedOut, true, "acme · sign in to list its roles…"),
    ] {
        assert_eq!(click(standing, waits), (text.to_owned(), sign_in()));
    }
    let id = PromptId(4);
    assert_eq!(
        click(SignInStanding::SigningIn { sign_in: id }, true),
        ("acme · signing in…".to_owned(), MenuAction::OpenAgain { sign_in: id })
    );
}

#[test]
fn below_an_organisation_stands_what_is_known_and_what_can_be_done() {
    let plain = organisation("acme", signed_in(in_seconds(3 * 3600)));
    assert_eq!(
        below(&plain),
        ["Signed in for 3 h 0 m", "120 roles in 14 accounts", "---", "List its roles again", "Sign out"]
    );
    let mut eventful = organisation("acme", SignInStanding::SignedIn { until: now(), renews: true });
    eventful.gained_total = 1_200;
    eventful.lost_total = 1;
    eventful.failed_total = 2;
    eventful.failure = Some(Failure::new(FailureCode::Unreachable, "The portal can't be reached.", ""));
    eventful.progress = Some(Progress::default());
    assert_eq!(
        below(&eventful),
        [
            "Signed in, renewed without you",
            "120 roles in 14 accounts",
            "1,200 roles gained, 1 lost",
            "2 accounts can't be listed…",
            "The portal can't be reached.",
            "---",
            "Stop listing its roles",
            "Sign out"
        ]
    );
}

#[test]
fn who_is_signed_in_sees_so_and_where_not_all_is_listed() {
    let text = |until, failed_total| {
        let organisation =
            Organisation { failed_total, ..organisation("acme", signed_in(in_seconds(until))) };
        row(&organisation, now()).text().unwrap().to_owned()
    };
    assert_eq!(text(1, 0), "acme · signed in");
    assert_eq!(text(1, 2), "acme · signed in, not all is listed");
    assert_eq!(text(0, 0), "acme · sign-in ended");
}

#[test]
fn a_listing_tells_how_far_it_is_and_how_long_it_takes() {
    for (done, total, seconds_left, expected) in [
        (0, None, None, "acme · listing its accounts…"),
        (0, Some(1), None, "acme · listing 0 of 1 account…"),
        (120, Some(1_000), Some(119), "acme · listing 120 of 1,000 accounts, 2 m left"),
        (999, Some(1_000), Some(0), "acme · listing 999 of 1,000 accounts, under 1 m left"),
    ] {
        let mut listing = organisation("acme", signed_in(in_seconds(3600)));
        listing.progress = Some(Progress { done, total, seconds_left });
        assert_eq!(row(&listing, now()).text(), Some(expected));
    }
}

#[test]
fn those_that_want_a_person_stand_first() {
    let present = Snapshot {
        organisations: vec![
            organisation("out", SignInStanding::SignedOut),
            organisation("in", signed_in(in_seconds(60))),
            organisation("ended", SignInStanding::Ended),
            organisation("under way", SignInStanding::SigningIn { sign_in: PromptId(1) }),
        ],
        ..Snapshot::default()
    };
    let names: Vec<String> = organisations(&present, now())
        .iter()
        .map(|row| row.text().unwrap().split(" · ").next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["under way", "ended", "in", "out"]);
}

fn below(organisation: &Organisation) -> Vec<String> {
    let row = row(organisation, now());
    row.below().iter().map(|row| row.text().unwrap_or("---").to_owned()).collect()
}
