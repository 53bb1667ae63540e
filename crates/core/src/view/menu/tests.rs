use super::*;
use crate::catalogue::Outline;
use crate::failure::{Failure, FailureCode};
use crate::name::{PromptId, RoleId};
use crate::snapshot::{DeviceCode, PromptState, SessionState, SignInStanding, Snapshot};
use crate::view::samples::{
    catalogue, in_seconds, now, organisation, production, prompt, role, session, sign_in, snapshot,
};
use jiff::SignedDuration;

mod properties;

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
            "Open console",
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
    roles.accounts_total = 1_000;
    let menu = menu(&Snapshot::default(), &roles, now());
    assert_eq!(outline(&menu.rows)[18..21], ["18 >", "More accounts >", "All roles…"]);
    let below = ["19 >", "20 >", "21 >", "22 >", "23 >", "24 >", "Search…"];
    assert_eq!(outline(menu.rows[19].below()), below);
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
