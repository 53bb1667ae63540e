//! What holds for the menu of every present, whatever its names are.

use super::*;
use crate::name::shown;
use crate::snapshot::{Organisation, Problem, Progress};
use proptest::prelude::*;

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
        catalogue.accounts_total += 1;
        let before = menu(&snapshot, &catalogue, now());
        for organisation in &mut snapshot.organisations {
            organisation.progress = Some(Progress { done, total: Some(total), seconds_left: Some(seconds) });
            organisation.roles += done;
        }
        // Nothing is seen of accounts that the outline hasn't, but that there are some.
        catalogue.accounts_total += 1;
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
