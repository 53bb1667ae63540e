use super::*;
use crate::failure::FailureCode;
use crate::name::{OutputProfile, RoleId, SessionId};
use crate::view::samples::{in_seconds, now, organisation, signed_in};

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
fn ten_sign_ins_that_ended_while_the_lid_was_closed_are_one_notification() {
    let names: Vec<String> = (0..10).map(|n| format!("o{n}")).collect();
    let mut snapshot = with(names.iter().zip(1..).map(|(name, id)| ended(id, name)));
    snapshot.organisations = names.iter().map(|name| organisation(name, SignInStanding::Ended)).collect();
    let mut seen = Seen::since(now());
    let told = announcements(&mut seen, &snapshot, now());
    let [Announcement { about: NoticeSubject::SignIns, text }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(text.title, "10 sign-ins have ended");
    assert!(text.body.starts_with("o0, o1, o2, o3, o4, o5, o6, o7, o8 and o9. What is active"), "{text:?}");
    assert_eq!((text.buttons.len(), text.weight), (1, Weight::Quiet));
    assert_eq!(announcements(&mut seen, &snapshot, now()), []);
}

#[test]
fn an_ended_sign_in_is_named_until_somebody_signs_in() {
    let mut seen = Seen::since(now());
    let mut snapshot = with([ended(1, "acme"), ended(2, "beta"), ended(3, "elsewhere")]);
    snapshot.organisations =
        vec![organisation("acme", SignInStanding::Ended), organisation("beta", signed_in(in_seconds(60)))];
    let title = |told: &[Announcement]| told.first().map(|told| told.text.title.clone());
    let told = announcements(&mut seen, &snapshot, now());
    assert_eq!(title(&told).as_deref(), Some("The sign-in at acme has ended"));
    assert_eq!(told[0].text.buttons[0].action, MenuAction::SignIn { portal: "acme".to_owned() });
    snapshot.organisations[1].sign_in = SignInStanding::Ended;
    assert_eq!(announcements(&mut seen, &snapshot, now()), []);
    snapshot.notices.push(ended(4, "beta"));
    let told = announcements(&mut seen, &snapshot, now());
    assert_eq!(title(&told).as_deref(), Some("2 sign-ins have ended"));
    snapshot.organisations[0].sign_in = signed_in(in_seconds(60));
    snapshot.notices.push(ended(5, "acme"));
    assert_eq!(announcements(&mut seen, &snapshot, now()), []);
}

#[test]
fn an_organisation_s_other_news_do_not_hide_the_end_of_its_sign_in() {
    let about = About::Organisation { name: "acme".to_owned(), gained: 1, lost: 0 };
    let changed = Notice { kind: NoticeKind::RolesChanged, about, ..notice(2, 1) };
    let mut snapshot = with([ended(1, "acme"), changed]);
    snapshot.organisations = vec![organisation("acme", SignInStanding::Ended)];
    let told = announcements(&mut Seen::since(now()), &snapshot, now());
    let subjects: Vec<_> = told.into_iter().map(|told| told.about).collect();
    assert_eq!(subjects, [NoticeSubject::SignIns, NoticeSubject::Organisation("acme".to_owned())]);
}

#[test]
fn of_many_names_the_first_are_listed() {
    let names: Vec<String> = (0..12).map(|n| format!("o{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(listed(&names), "o0, o1, o2, o3, o4, o5, o6, o7, o8, o9 and 2 more");
    assert_eq!((listed(&names[..2]), listed(&["a\u{202e}"])), ("o0 and o1".into(), "a\\u{202e}".into()));
}

#[test]
fn a_sign_in_that_failed_can_be_tried_again() {
    let failure = Failure::new(FailureCode::Refused, "Access was denied.", "Ask your administrator.");
    let text = sign_in_failed("acme\n", &failure);
    assert_eq!(text.title, "You are not signed in at acme\\u{a}");
    assert_eq!(text.body, "Access was denied. Ask your administrator.");
    assert_eq!(text.buttons[0].action, MenuAction::SignIn { portal: "acme\n".to_owned() });
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

fn ended(id: u64, portal: &str) -> Notice {
    let about = About::Organisation { name: portal.to_owned(), gained: 0, lost: 0 };
    Notice { kind: NoticeKind::SignInEnded, about, ..notice(id, 1) }
}

fn about(session: u64, role: &str, expiration: Option<Timestamp>) -> About {
    About::Session {
        session: SessionId(session),
        role_id: RoleId::of_profile("ops"),
        role: role.to_owned(),
        account_name: "Acme".to_owned(),
        output_profile: Some(OutputProfile::parse("default").unwrap()),
        expiration,
    }
}
