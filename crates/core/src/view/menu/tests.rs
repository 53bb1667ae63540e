use super::*;
use crate::catalogue::Outline;
use crate::failure::{Failure, FailureCode};
use crate::name::{PromptId, RoleId, shown};
use crate::snapshot::{
    DeviceCode, Organisation, Problem, Progress, PromptState, SessionState, SignInStanding, Snapshot,
};
use crate::view::samples::{
    catalogue, in_seconds, now, organisation, production, prompt, role, session, sign_in, snapshot,
};
use jiff::SignedDuration;
use proptest::prelude::*;

#[test]
fn sessions_stand_first_then_favourites_recents_and_accounts() {
    let roles = catalogue([
        role("dev", "Acme"),
        production(role("live", "Acme")),
        role("ops", "Beta"),
        role("read", "Beta"),
    ]);
    let mut present = snapshot([
        session(1, "read", SessionState::AwaitingMfa, None),
        session(2, "dev", SessionState::Active, Some(in_seconds(2520))),
        session(3, "lost", SessionState::Failed, None),
    ]);
    present.prompts = vec![prompt(&[1])];
    present.settings.favourites = ids(["ops", "gone"]);
    present.recents = ids(["dev", "ops", "live"]);
    assert_eq!(
        outline(&menu(&present, &roles, now()).rows),
        [
            "dev → default · 42 m >",
            "read waits for a code…",
            "lost · failed >",
            "---",
            "[Favourites]",
            "ops · Beta",
            "---",
            "[Recent]",
            "PROD · live · Acme",
            "---",
            "Acme >",
            "Beta >",
            "All roles…",
            "---",
            "Open Hatrack",
            "Deactivate all",
            "Quit",
        ]
    );
}

#[test]
fn an_active_session_can_be_renewed_and_ended() {
    let present = snapshot([session(7, "dev", SessionState::Active, Some(in_seconds(2520)))]);
    let menu = menu(&present, &Outline::default(), now());
    assert_eq!(
        outline(menu.rows[0].below()),
        [
            "[Acme · 111122223333]",
            "[Profile default]",
            "[Region eu-central-1]",
            "---",
            "Renew",
            "Deactivate",
            "Show in Hatrack"
        ]
    );
}

#[test]
fn a_failed_session_tells_why() {
    let mut failed = session(7, "dev", SessionState::Failed, None);
    failed.failure = Some(Failure::new(FailureCode::Refused, "AWS refused the role.", ""));
    let menu = menu(&snapshot([failed]), &catalogue([role("dev", "Acme")]), now());
    let rows = outline(menu.rows[0].below());
    assert_eq!(rows[3..], ["[AWS refused the role.]", "---", "Activate again", "Clear"]);
}

#[test]
fn roles_that_wait_for_one_device_share_a_row() {
    for (state, expected) in [
        (PromptState::Asking, "a and 2 more wait for a code…"),
        (PromptState::Holding, "a and 2 more wait for the next code…"),
        (PromptState::Sending, "a and 2 more: checking the code…"),
    ] {
        let waiting = |id, name| session(id, name, SessionState::AwaitingMfa, None);
        let mut present = snapshot([waiting(1, "a"), waiting(2, "b"), waiting(3, "c")]);
        present.prompts = vec![prompt(&[1, 2, 3])];
        present.prompts[0].state = state;
        let rows = outline(&menu(&present, &Outline::default(), now()).rows);
        assert_eq!(rows[..2], [expected, "[No roles found in your AWS files]"]);
    }
}

#[test]
fn who_waits_for_a_sign_in_shares_a_row_that_opens_it_again_and_one_that_cancels_it() {
    let waiting = |id, name| session(id, name, SessionState::AwaitingBrowser, None);
    let mut present = snapshot([waiting(1, "a"), waiting(2, "b"), waiting(3, "saml")]);
    present.sign_ins = vec![sign_in(8, "acme", &[1, 2]), sign_in(9, "beta", &[])];
    present.sign_ins[1].device = Some(DeviceCode {
        user_code: "ABCD-EFGH".to_owned(),
        verification_uri: "https://device.example".to_owned(),
        expires: in_seconds(600),
    });
    let menu = menu(&present, &Outline::default(), now());
    assert_eq!(
        outline(&menu.rows)[..5],
        [
            "a and 1 more wait for the sign-in at acme…",
            "Cancel the sign-in at acme",
            "Signing in to beta… Code ABCD-EFGH",
            "Cancel the sign-in at beta",
            "[saml · waits for the browser…]",
        ]
    );
    let id = PromptId(8);
    assert_eq!(action_of(&menu.rows[0]), Some(&MenuAction::OpenAgain { sign_in: id }));
    assert_eq!(action_of(&menu.rows[1]), Some(&MenuAction::CancelSignIn { sign_in: id }));
}

#[test]
fn accounts_without_space_stand_a_level_below_and_more_than_the_outline_are_searched() {
    let mut roles = catalogue((0..25).map(|number| role("r", &format!("{number:02}"))));
    roles.roles = 10_000;
    let menu = menu(&Snapshot::default(), &roles, now());
    assert_eq!(outline(&menu.rows)[18..21], ["18 >", "More accounts >", "Search 10,000 roles…"]);
    assert_eq!(menu.rows[19].below().len(), 6);
    assert_eq!(menu.rows.len(), ROWS);
}

#[test]
fn organisations_stand_last_and_only_so_many_of_them() {
    let mut present = snapshot([]);
    present.organisations = (0..30).map(|n| organisation(&format!("o{n}"), SignInStanding::Ended)).collect();
    present.recents = ids((0..20).map(|n| format!("r{n}")));
    let roles = catalogue((0..20).map(|n| role(&format!("r{n}"), &format!("a{n:02}"))));
    let rows = outline(&menu(&present, &roles, now()).rows);
    assert_eq!(rows[..7], ["[Recent]", "r0 · a00", "r1 · a01", "r2 · a02", "r3 · a03", "r4 · a04", "---"]);
    assert_eq!(rows[18..21], ["o0 · sign-in ended, sign in…", "More organisations…", "All roles…"]);
}

#[test]
fn accounts_of_one_name_are_told_apart_and_full_ones_end_in_a_search() {
    let mut other = role("other", "Acme");
    other.account_id = "222".to_owned();
    let mut nameless = role("nameless", "");
    nameless.account_id = String::new();
    let many = (0..26).map(|number| role(&format!("r{number}"), "Acme"));
    let menu = menu(&Snapshot::default(), &catalogue(many.chain([other, nameless])), now());
    assert_eq!(outline(&menu.rows)[..3], ["Acme · id of Acme >", "Acme · 222 >", "Other roles >"]);
    let rows = outline(menu.rows[0].below());
    assert_eq!((rows.len(), rows[23].as_str(), rows[24].as_str()), (25, "r23", "Search…"));
}

#[test]
fn foreign_characters_are_escaped() {
    let roles = catalogue([role("evil\u{202e}\n", "A\u{7}")]);
    let menu = menu(&Snapshot::default(), &roles, now());
    assert_eq!(menu.rows[0].text(), Some("A\\u{7}"));
    assert_eq!(menu.row(&[0, 0]).and_then(Row::text), Some("evil\\u{202e}\\u{a}"));
}

#[test]
fn time_alone_changes_only_titles_and_only_when_foretold() {
    let present = snapshot([
        session(1, "dev", SessionState::Active, Some(in_seconds(2520))),
        session(2, "ops", SessionState::Renewing, Some(in_seconds(90))),
        session(3, "old", SessionState::Failed, Some(in_seconds(10))),
    ]);
    let roles = Outline::default();
    let before = menu(&present, &roles, now());
    let wait = next_change(&present, now()).unwrap();
    assert_eq!(wait, SignedDuration::from_secs(1));
    assert_eq!(before.change_to(&menu(&present, &roles, now())), Change::Nothing);
    assert_eq!(
        before.change_to(&menu(&present, &roles, in_seconds(1))),
        Change::Retitle(vec![Title { path: vec![0], text: "dev → default · 41 m".to_owned() }])
    );
    assert_eq!(next_change(&present, in_seconds(1)), Some(SignedDuration::from_secs(30)));
    assert_eq!(next_change(&present, in_seconds(5000)), None);
}

#[test]
fn what_a_click_does_is_never_changed_by_a_retitle() {
    let roles = |name| catalogue([role(name, "Acme")]);
    let one = menu(&Snapshot::default(), &roles("a"), now());
    let other = menu(&Snapshot::default(), &roles("b"), now());
    assert_eq!(one.change_to(&other), Change::Rebuild);
    assert_eq!(one.change_to(&unconnected()), Change::Rebuild);
}

proptest! {
    #[test]
    fn no_level_has_too_many_rows_and_every_id_decodes(present in presents()) {
        let (snapshot, catalogue) = present;
        let menu = menu(&snapshot, &catalogue, now());
        let mut levels = vec![menu.rows.as_slice()];
        while let Some(rows) = levels.pop() {
            prop_assert!(!rows.is_empty() && rows.len() <= ROWS);
            for row in rows {
                match row {
                    Row::Action { action, .. } => {
                        prop_assert_eq!(MenuAction::from_id(&action.id()), Some(action.clone()));
                    }
                    Row::Submenu { rows, .. } => levels.push(rows),
                    Row::Label { text } => prop_assert!(!text.is_empty()),
                    Row::Separator => {}
                }
                let text: Vec<char> = row.text().unwrap_or_default().chars().collect();
                // Of a text from outside at most 120 characters stand, some of them escaped.
                prop_assert!(text.len() < 3_000, "{text:?}");
                for part in text.chunks(100) {
                    let part: String = part.iter().collect();
                    prop_assert_eq!(shown(&part), part);
                }
            }
        }
    }

    #[test]
    fn a_change_leads_from_the_old_menu_to_the_next(
        old in presents(), new in presents(), elsewhere in any::<bool>(), seconds in 0i64..5000
    ) {
        let before = menu(&old.0, &old.1, now());
        let (snapshot, catalogue) = if elsewhere { &new } else { &old };
        let after = menu(snapshot, catalogue, in_seconds(seconds));
        match before.change_to(&after) {
            Change::Nothing => prop_assert_eq!(before, after),
            Change::Rebuild => prop_assert!(elsewhere),
            Change::Retitle(titles) => {
                let mut retitled = before;
                for title in titles {
                    prop_assert_ne!(retitled.row(&title.path).and_then(Row::text), Some(title.text.as_str()));
                    set_text(&mut retitled.rows, &title);
                }
                prop_assert_eq!(retitled, after);
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_changes_before_it_is_foretold(present in presents()) {
        let (snapshot, catalogue) = present;
        let before = menu(&snapshot, &catalogue, now());
        match next_change(&snapshot, now()) {
            None => prop_assert_eq!(&before, &menu(&snapshot, &catalogue, in_seconds(1_000_000))),
            Some(wait) => {
                let just_before = now() + (wait - SignedDuration::from_nanos(1));
                prop_assert_eq!(&before, &menu(&snapshot, &catalogue, just_before));
            }
        }
    }

    #[test]
    fn a_listing_that_goes_on_only_retitles(
        present in presents(), done in 0usize..5000, total in 0usize..5000, seconds in any::<u32>()
    ) {
        let (mut snapshot, mut catalogue) = present;
        for organisation in &mut snapshot.organisations {
            organisation.progress = Some(Progress::default());
        }
        let before = menu(&snapshot, &catalogue, now());
        for organisation in &mut snapshot.organisations {
            organisation.progress = Some(Progress { done, total: Some(total), seconds_left: Some(seconds) });
            organisation.roles += done;
        }
        // Of accounts that the outline hasn't, only the count is seen.
        catalogue.roles += if catalogue.roles > 0 { done } else { 0 };
        let after = menu(&snapshot, &catalogue, now());
        prop_assert_ne!(before.change_to(&after), Change::Rebuild);
    }
}

/// Names as somebody else's portal and files may have them.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            " ",
            "a\nb",
            "\r[profile x]",
            "\u{202e}gnp.exe",
            "<b>bold</b> & more",
            "__ &x",
            "\u{1b}[31mred",
            "\u{0}",
            "ünïcödé 🎩",
        ])
        .prop_map(str::to_owned),
        (1usize..400).prop_map(|length| "\u{202e}x".repeat(length)),
        any::<String>(),
    ]
}

fn organisations() -> impl Strategy<Value = Vec<Organisation>> {
    let standing = prop_oneof![
        (0i64..5000, any::<bool>())
            .prop_map(|(seconds, renews)| SignInStanding::SignedIn { until: in_seconds(seconds), renews }),
        any::<u64>().prop_map(|id| SignInStanding::SigningIn { sign_in: PromptId(id) }),
        Just(SignInStanding::Ended),
        Just(SignInStanding::SignedOut),
    ];
    let progress = (any::<usize>(), any::<Option<usize>>(), any::<Option<u32>>());
    let progress = progress.prop_map(|(done, total, seconds_left)| Progress { done, total, seconds_left });
    let one = (hostile(), hostile(), standing, prop::option::of(progress), any::<bool>(), 0usize..3);
    let one = one.prop_map(|(name, start_url, standing, progress, waits, counts)| Organisation {
        name,
        start_url,
        progress,
        waits,
        failed_total: counts,
        gained_total: counts * 1000,
        lost_total: counts / 2,
        failure: (counts == 1).then(|| Failure::new(FailureCode::Unreachable, "It is \u{7} down.", "")),
        listed: (counts > 0).then(now),
        ..organisation("", standing)
    });
    prop::collection::vec(one, 0..12)
}

fn presents() -> impl Strategy<Value = (Snapshot, Outline)> {
    let states = prop::sample::select(vec![
        SessionState::AwaitingMfa,
        SessionState::AwaitingBrowser,
        SessionState::Authenticating,
        SessionState::Active,
        SessionState::Renewing,
        SessionState::Ending,
        SessionState::Expired,
        SessionState::Failed,
    ]);
    let sessions = prop::collection::vec((0usize..60, states, 0i64..5000), 0..30);
    let numbers = || prop::collection::vec(0usize..60, 0..30);
    let names = prop::collection::vec(hostile(), 8);
    let waiting = (0usize..4, 0usize..4, any::<bool>());
    (sessions, 0usize..200, 1usize..40, numbers(), numbers(), waiting, organisations(), names).prop_map(
        |(sessions, roles, accounts, favourites, recents, waiting, organisations, names)| {
            let (prompts, sign_ins, problem) = waiting;
            let roles = (0..roles).map(|n| {
                let mut role = role(&format!("r {n}"), &format!("a{}", n % accounts));
                role.account_name.clone_from(&names[n % accounts % 8]);
                role.role_name.clone_from(&names[n % 8]);
                role
            });
            let mut present = snapshot(sessions.into_iter().zip(1..).map(|((n, state, seconds), id)| {
                session(id, &format!("r {n}"), state, Some(in_seconds(seconds)))
            }));
            present.prompts = vec![prompt(&[1, 2]); prompts];
            present.sign_ins = (0..sign_ins).map(|n| sign_in(90, &names[n], &[3, 4])).collect();
            present.organisations = organisations;
            present.settings.favourites = ids(favourites.iter().map(|n| format!("r {n}")));
            present.recents = ids(recents.iter().map(|n| format!("r {n}")));
            present.problems.extend(problem.then(|| Problem {
                file: String::new(),
                line: None,
                profile: None,
                message: String::new(),
            }));
            (present, catalogue(roles))
        },
    )
}

fn ids(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<RoleId> {
    names.into_iter().map(|name| RoleId::of_profile(name.as_ref())).collect()
}

fn action_of(row: &Row) -> Option<&MenuAction> {
    match row {
        Row::Action { action, .. } => Some(action),
        Row::Label { .. } | Row::Submenu { .. } | Row::Separator => None,
    }
}

fn outline(rows: &[Row]) -> Vec<String> {
    let line = |row: &Row| match row {
        Row::Label { text } => format!("[{text}]"),
        Row::Action { text, .. } => text.clone(),
        Row::Submenu { text, .. } => format!("{text} >"),
        Row::Separator => "---".to_owned(),
    };
    rows.iter().map(line).collect()
}

fn set_text(rows: &mut [Row], title: &Title) {
    let (last, above) = title.path.split_last().unwrap();
    let rows = above.iter().fold(rows, |rows, position| match &mut rows[*position] {
        Row::Submenu { rows, .. } => rows.as_mut_slice(),
        row => panic!("{row:?} has no level below"),
    });
    match &mut rows[*last] {
        Row::Label { text } | Row::Action { text, .. } | Row::Submenu { text, .. } => {
            text.clone_from(&title.text);
        }
        Row::Separator => panic!("a separator has no text"),
    }
}
