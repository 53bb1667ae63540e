use super::*;
use hatrack_core::chain::Provider;
use hatrack_core::failure::FailureCode;
use hatrack_core::name::{OutputProfile, RoleId, SessionId};
use hatrack_core::snapshot::{
    About, Notice, NoticeKind, Prompt, PromptState, SessionState, SessionView, SignIn,
};
use hatrack_wire::{Capture, Sealed};

mod listing;

#[test]
fn it_connects_at_the_start_and_draws_all_once() {
    let (face, deeds) = Face::start(at(0));
    assert_eq!(
        deeds,
        [
            Deed::Menu(Change::Rebuild),
            Deed::Icon(Icon::Plain),
            Deed::Tooltip("Hatrack".to_owned()),
            Deed::Connect(Duration::ZERO)
        ]
    );
    assert_eq!(*face.menu(), menu::unconnected());
}

#[test]
fn what_the_agent_publishes_is_drawn_and_counts_down() {
    let mut face = connected();
    let deeds = face.step(published(Snapshot { sessions: vec![session(1)], ..Snapshot::default() }), at(0));
    assert_eq!(
        deeds,
        [
            Deed::Menu(Change::Rebuild),
            Deed::Icon(Icon::Active),
            Deed::Tooltip("Hatrack — 1 active, ends in 10 m".to_owned())
        ]
    );
    assert_eq!(face.deadline(at(0)), Some(SignedDuration::from_secs(1)));
    assert_eq!(face.step(Event::Looked, at(0)), []);
    let deeds = face.step(Event::TimeWent, at(1));
    assert!(
        matches!(&deeds[..], [Deed::Menu(Change::Retitle(titles)), Deed::Tooltip(_)] if titles.len() == 1)
    );
    assert_eq!(face.deadline(at(1)), Some(SignedDuration::from_secs(60)));
}

#[test]
fn an_idle_tray_never_wakes() {
    assert_eq!(connected().deadline(at(0)), None);
}

#[test]
fn a_window_is_asked_for_once_for_each_prompt_and_again_when_another_role_joins() {
    let mut face = connected();
    let show = || Deed::Run(Errand::Show(View::Prompt));
    let mut asks = |prompts: Vec<Prompt>| {
        let deeds = face.step(published(Snapshot { prompts, ..Snapshot::default() }), at(0));
        deeds.contains(&show())
    };
    assert!(!asks(vec![prompt(1, 1, false)]));
    assert!(asks(vec![prompt(1, 1, true)]));
    assert!(!asks(vec![prompt(1, 1, true)]));
    assert!(asks(vec![prompt(1, 2, true)]));
    assert!(asks(vec![prompt(1, 2, true), prompt(2, 1, true)]));
    assert!(!asks(vec![prompt(2, 1, true)]));
    assert!(!asks(vec![]));
}

#[test]
fn a_window_is_opened_only_where_none_was_there_to_show() {
    let mut face = connected();
    assert_eq!(face.step(Event::Activated, at(0)), [Deed::Run(Errand::Show(View::Main))]);
    let shown = |face: &mut Face, answer| face.step(Event::Answered(Errand::Show(View::Main), answer), at(0));
    assert_eq!(shown(&mut face, Ok(Answer::Shown(true))), []);
    assert_eq!(shown(&mut face, Ok(Answer::Shown(false))), [Deed::Open(View::Main)]);
    assert_eq!(shown(&mut face, Err(gone())), [Deed::Open(View::Main)]);
}

#[test]
fn clicks_become_errands() {
    let mut face = connected();
    let (role, profile) = (RoleId::of_profile("ops"), OutputProfile::parse("default").unwrap());
    for (action, errand) in [
        (
            MenuAction::Activate { role: role.clone(), output_profile: None },
            Errand::Activate { role: role.clone(), output_profile: None, held: false, renew: false },
        ),
        (
            MenuAction::Renew { role: role.clone(), output_profile: Some(profile.clone()) },
            Errand::Activate { role: role.clone(), output_profile: Some(profile), held: false, renew: true },
        ),
        (
            MenuAction::Renew { role: role.clone(), output_profile: None },
            Errand::Activate { role: role.clone(), output_profile: None, held: true, renew: true },
        ),
        (MenuAction::OpenConsole { role: role.clone() }, Errand::OpenConsole { role }),
        (MenuAction::Deactivate { session: SessionId(3) }, Errand::Deactivate(SessionId(3))),
        (MenuAction::DeactivateAll, Errand::DeactivateAll),
        (MenuAction::SignIn { portal: acme() }, Errand::SignIn { portal: acme() }),
        (MenuAction::SignOut { portal: acme() }, Errand::SignOut { portal: acme() }),
        (MenuAction::OpenAgain { sign_in: PromptId(4) }, Errand::OpenAgain(PromptId(4))),
        (MenuAction::CancelSignIn { sign_in: PromptId(4) }, Errand::CancelSignIn(PromptId(4))),
        (MenuAction::List { portal: acme() }, Errand::List { portal: acme() }),
        (MenuAction::CancelListing { portal: acme() }, Errand::CancelListing { portal: acme() }),
        (MenuAction::ShowMain, Errand::Show(View::Main)),
        (MenuAction::ShowPrompt, Errand::Show(View::Prompt)),
    ] {
        assert_eq!(face.step(Event::Clicked(action), at(0)), [Deed::Run(errand)]);
    }
}

#[test]
fn a_refused_errand_is_told() {
    let refused = Failure::new(FailureCode::NotOurs, "Profile default isn't Hatrack's.", "Choose another.");
    let deeds = connected().step(Event::Answered(Errand::DeactivateAll, Err(refused)), at(0));
    let [Deed::Notify(Notification { about: None, text })] = &deeds[..] else { panic!("{deeds:?}") };
    assert_eq!(
        (text.title.as_str(), text.body.as_str()),
        ("Profile default isn't Hatrack's.", "Choose another.")
    );
}

#[test]
fn a_notice_is_shown_once_and_none_from_before_the_start() {
    let mut face = connected();
    let notices = vec![notice(1, at(-5)), notice(2, at(5))];
    let shown = |face: &mut Face, notices: &[Notice]| {
        let snapshot = Snapshot { notices: notices.to_vec(), ..Snapshot::default() };
        let deeds = face.step(published(snapshot), at(6));
        deeds.iter().filter(|deed| matches!(deed, Deed::Notify(_))).count()
    };
    assert_eq!(shown(&mut face, &notices), 1);
    assert_eq!(shown(&mut face, &notices), 0);
    assert_eq!(shown(&mut face, &[notice(3, at(6))]), 1);
}

#[test]
fn a_lost_agent_is_tried_thrice_and_then_left_until_a_click() {
    let mut face = connected();
    face.step(published(Snapshot { sessions: vec![session(1)], ..Snapshot::default() }), at(0));
    let before = face.menu().clone();
    for pause in PATIENCE {
        assert_eq!(face.step(Event::Lost(gone()), at(0)), [Deed::Connect(pause)]);
    }
    assert_eq!(face.menu().rows.len(), before.rows.len());
    let deeds = face.step(Event::Lost(gone()), at(2));
    assert_eq!(
        deeds,
        [
            Deed::Menu(Change::Rebuild),
            Deed::Icon(Icon::Plain),
            Deed::Tooltip("Hatrack — not connected".to_owned())
        ]
    );
    assert_eq!(*face.menu(), menu::unconnected());
    assert_eq!(face.deadline(at(2)), None);
    assert_eq!(
        face.step(Event::Clicked(MenuAction::Connect), at(3)),
        [Deed::Connect(Duration::ZERO), Deed::Tooltip("Hatrack".to_owned())]
    );
    assert_eq!(face.step(Event::Clicked(MenuAction::Connect), at(3)), []);
}

#[test]
fn only_a_connection_that_lived_renews_the_patience() {
    let mut face = connected();
    assert_eq!(face.step(Event::Lost(gone()), at(1)), [Deed::Connect(PATIENCE[0])]);
    face.step(Event::Connected, at(2));
    assert_eq!(face.step(Event::Lost(gone()), at(3)), [Deed::Connect(PATIENCE[1])]);
    face.step(Event::Connected, at(4));
    assert_eq!(face.step(Event::Lost(gone()), at(64)), [Deed::Connect(PATIENCE[0])]);
}

#[test]
fn another_agent_begins_its_prompts_and_notices_anew() {
    let mut face = connected();
    let full = || Snapshot {
        prompts: vec![prompt(1, 1, true)],
        notices: vec![notice(1, at(5))],
        ..Snapshot::default()
    };
    assert_eq!(face.step(published(full()), at(5)).len(), 5);
    face.step(Event::Lost(gone()), at(6));
    face.step(Event::Connected, at(7));
    let mut next = full();
    next.notices[0].at = at(7);
    let deeds = face.step(published(next), at(7));
    assert!(matches!(&deeds[..], [Deed::Notify(_), Deed::Run(Errand::Show(View::Prompt))]), "{deeds:?}");
}

#[test]
fn quitting_ends_it_whatever_the_agent_says() {
    for answer in [Ok(Answer::Done), Err(gone())] {
        let mut face = connected();
        assert_eq!(face.step(Event::Clicked(MenuAction::Quit), at(0)), [Deed::Run(Errand::Quit)]);
        assert_eq!(face.step(Event::Lost(gone()), at(0)), []);
        assert_eq!(face.step(Event::Answered(Errand::Quit, answer), at(0)), [Deed::End]);
    }
}

#[test]
fn the_browser_is_opened_for_an_address_that_the_agent_wants_shown_and_a_window_of_ours_is_not() {
    let mut face = connected();
    let url = || Sealed::new("https://acme.example/authorize".to_owned());
    let open = |window| Event::Update(Update::Open(Open { url: url(), window }));
    assert_eq!(face.step(open(None), at(0)), [Deed::Browse(Address { url: url(), browser: Vec::new() })]);
    let (name, endpoints) = ("idp".to_owned(), Vec::new());
    let window = Capture { name, endpoints, post_to: url(), sign_in: PromptId(1) };
    assert_eq!(face.step(open(Some(window)), at(0)), []);
}

#[test]
fn a_sign_in_that_was_asked_for_here_tells_when_it_fails_and_once() {
    let ended = |code| {
        let result = Err(Failure::new(code, "Access was denied.", "Ask your administrator."));
        Event::Update(Update::SignedIn { sign_in: PromptId(4), result })
    };
    let begun = || {
        let mut face = connected();
        let answer = Ok(Answer::SignIn(PromptId(4)));
        face.step(Event::Answered(Errand::SignIn { portal: acme() }, answer), at(0));
        face
    };
    let mut face = begun();
    let deeds = face.step(ended(FailureCode::Refused), at(0));
    let [Deed::Notify(Notification { about: Some(about), text })] = &deeds[..] else { panic!("{deeds:?}") };
    assert_eq!(*about, NoticeSubject::Organisation(acme()));
    assert_eq!(text.buttons[0].action, MenuAction::SignIn { portal: acme() });
    assert_eq!(face.step(ended(FailureCode::Refused), at(0)), []);
    assert_eq!(begun().step(ended(FailureCode::Cancelled), at(0)), []);
    assert_eq!(connected().step(ended(FailureCode::Refused), at(0)), []);
    let mut face = begun();
    let (provider, sessions) = (Provider::IdentityCenter(acme()), vec![SessionId(1)]);
    let sign_ins = vec![SignIn { id: PromptId(4), provider, sessions, device: None }];
    face.step(published(Snapshot { sign_ins, ..Snapshot::default() }), at(0));
    assert_eq!(face.step(ended(FailureCode::Refused), at(0)), []);
}

fn acme() -> String {
    "acme".to_owned()
}

fn connected() -> Face {
    let (mut face, _) = Face::start(at(0));
    face.step(Event::Connected, at(0));
    face.step(published(Snapshot::default()), at(0));
    face
}

fn published(snapshot: Snapshot) -> Event {
    Event::Update(Update::Snapshot(Box::new(snapshot)))
}

fn gone() -> Failure {
    Failure::new(FailureCode::Unreachable, "The agent ended.", "Try again.")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_355_600 + seconds).unwrap()
}

fn session(id: u64) -> SessionView {
    SessionView {
        id: SessionId(id),
        attempt: 1,
        role_id: RoleId::of_profile("ops"),
        role: "ops".to_owned(),
        role_name: "Ops".to_owned(),
        account_id: "111122223333".to_owned(),
        account_name: "Acme".to_owned(),
        output_profile: Some(OutputProfile::parse("default").unwrap()),
        credentials_file: "~/.aws/credentials".to_owned(),
        region: None,
        state: SessionState::Active,
        arn: None,
        expiration: Some(at(600)),
        since: Some(at(0)),
        verified: true,
        renews: false,
        failure: None,
    }
}

fn prompt(id: u64, sessions: u64, in_window: bool) -> Prompt {
    Prompt {
        id: PromptId(id),
        mfa_serial: "arn:aws:iam::111122223333:mfa/ada".to_owned(),
        sessions: (0..sessions).map(SessionId).collect(),
        in_window,
        state: PromptState::Asking,
        refused: None,
        fetching: None,
        next_code_at: None,
    }
}

fn notice(id: u64, at: Timestamp) -> Notice {
    Notice {
        id,
        at,
        kind: NoticeKind::Activated,
        about: About::Session {
            session: SessionId(1),
            role_id: RoleId::of_profile("ops"),
            role: "ops".to_owned(),
            account_name: "Acme".to_owned(),
            output_profile: Some(OutputProfile::parse("default").unwrap()),
            expiration: None,
        },
        failure: None,
    }
}
