use super::*;
use crate::failure::FailureCode;
use crate::name::{OutputProfile, RoleId, SessionId};
use crate::view::samples::{in_seconds, now};

#[test]
fn each_kind_has_its_words() {
    let denied = Failure::new(FailureCode::Refused, "AWS refused the role.", "Check its trust policy.");
    for (kind, expiration, failure, title, body, buttons) in [
        (
            NoticeKind::Activated,
            Some(in_seconds(3600)),
            None,
            "ops is active",
            "Acme, profile default. It ends in 1 h 0 m.",
            vec!["Show"],
        ),
        (
            NoticeKind::EndsSoon,
            Some(in_seconds(300)),
            None,
            "ops ends in 5 m",
            "Acme, profile default. Renewing it needs you.",
            vec!["Renew", "Show"],
        ),
        (
            NoticeKind::Expired,
            Some(in_seconds(0)),
            None,
            "ops has ended",
            "Acme, profile default. Its credentials were removed.",
            vec!["Activate again", "Show"],
        ),
        (
            NoticeKind::Failed,
            None,
            Some(denied.clone()),
            "ops was not activated",
            "AWS refused the role. Check its trust policy.",
            vec!["Try again", "Show"],
        ),
        (
            NoticeKind::RenewalFailed,
            Some(in_seconds(250)),
            Some(denied),
            "ops was not renewed and ends in 4 m",
            "AWS refused the role. Check its trust policy.",
            vec!["Renew", "Show"],
        ),
        (
            NoticeKind::Disturbed,
            None,
            None,
            "Another program changed profile default",
            "What it wrote stays as it is. Activate the role again to write its own.",
            vec!["Activate again", "Show"],
        ),
    ] {
        let text = text(&Notice { kind, about: about(1, "ops", expiration), failure, ..notice(1, 1) }, now());
        let labels: Vec<&str> = text.buttons.iter().map(|button| button.label.as_str()).collect();
        assert_eq!((text.title.as_str(), text.body.as_str(), labels), (title, body, buttons));
    }
}

#[test]
fn foreign_texts_are_escaped() {
    let about = about(1, "ops\u{202e}\n", None);
    let text = text(&Notice { about, ..notice(1, 1) }, now());
    assert_eq!(text.title, "ops\\u{202e}\\u{a} is active");
}

#[test]
fn an_organisation_s_notices_are_quiet_and_say_what_changed() {
    let of = |kind, gained, lost| {
        let about = About::Organisation { name: "acme\u{202e}".to_owned(), gained, lost };
        text(&Notice { kind, about, ..notice(1, 1) }, now())
    };
    let ended = of(NoticeKind::SignInEnded, 0, 0);
    assert_eq!(ended.title, "The sign-in at acme\\u{202e} has ended");
    assert_eq!(ended.buttons[0].action, MenuAction::SignIn { portal: "acme\u{202e}".to_owned() });
    assert_eq!(ended.weight, Weight::Quiet);
    for (gained, lost, body) in [
        (1, 0, "You gained 1 role."),
        (0, 3, "You lost 3 roles."),
        (2, 1, "You gained 2 roles and lost 1 role."),
    ] {
        assert_eq!(of(NoticeKind::RolesChanged, gained, lost).body, body);
    }
}

#[test]
fn what_happened_before_the_start_stays_unsaid() {
    let mut seen = Seen::since(now());
    let old = Notice { at: in_seconds(-1), ..notice(1, 1) };
    assert_eq!(ids(seen.unseen(&with([old.clone(), notice(2, 2)]))), [2]);
    assert_eq!(ids(seen.unseen(&with([old, notice(2, 2)]))), [0_u64; 0]);
}

#[test]
fn of_each_session_the_newest_is_shown_once() {
    let mut seen = Seen::since(now());
    assert_eq!(ids(seen.unseen(&with([]))), [0_u64; 0]);
    assert_eq!(ids(seen.unseen(&with([notice(1, 7), notice(2, 8), notice(3, 7)]))), [2, 3]);
    assert_eq!(ids(seen.unseen(&with([notice(2, 8), notice(3, 7), notice(4, 7)]))), [4]);
}

#[test]
fn after_the_first_snapshot_a_clock_set_back_hides_nothing() {
    let mut seen = Seen::since(now());
    seen.unseen(&with([]));
    assert_eq!(ids(seen.unseen(&with([Notice { at: in_seconds(-7200), ..notice(1, 1) }]))), [1]);
}

#[test]
fn another_agent_counts_from_the_beginning() {
    let mut seen = Seen::since(now());
    seen.unseen(&with([notice(40, 1)]));
    seen.with_new_agent(in_seconds(10));
    let before = notice(1, 1);
    let after = Notice { at: in_seconds(11), ..notice(2, 2) };
    assert_eq!(ids(seen.unseen(&with([before, after]))), [2]);
}

#[test]
fn who_wishes_none_gets_none_and_none_later() {
    let mut seen = Seen::since(now());
    let mut snapshot = with([notice(1, 1)]);
    snapshot.settings.notifications = false;
    assert_eq!(ids(seen.unseen(&snapshot)), [0_u64; 0]);
    snapshot.settings.notifications = true;
    assert_eq!(ids(seen.unseen(&snapshot)), [0_u64; 0]);
}

fn ids(notices: Vec<&Notice>) -> Vec<u64> {
    notices.into_iter().map(|notice| notice.id).collect()
}

fn with(notices: impl IntoIterator<Item = Notice>) -> Snapshot {
    Snapshot { notices: notices.into_iter().collect(), ..Snapshot::default() }
}

fn notice(id: u64, session: u64) -> Notice {
    Notice { id, at: now(), kind: NoticeKind::Activated, about: about(session, "ops", None), failure: None }
}

fn about(session: u64, role: &str, expiration: Option<Timestamp>) -> About {
    About::Session {
        session: SessionId(session),
        role_id: RoleId::of_profile("ops"),
        role: role.to_owned(),
        account_name: "Acme".to_owned(),
        output_profile: OutputProfile::parse("default").unwrap(),
        expiration,
    }
}
