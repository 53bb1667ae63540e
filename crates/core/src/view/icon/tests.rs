use super::*;
use crate::snapshot::SessionState;
use crate::view::samples::{
    catalogue, in_seconds, now, organisation, production, prompt, role, session, sign_in, signed_in, snapshot,
};

#[test]
fn the_icon_tells_what_matters_most() {
    let roles = catalogue([role("dev", "Acme"), production(role("live", "Acme"))]);
    let active = |name: &str| session(1, name, SessionState::Active, Some(in_seconds(60)));
    for (sessions, waits, expected) in [
        (vec![], false, Icon::Plain),
        (vec![session(1, "dev", SessionState::Failed, None)], false, Icon::Plain),
        (vec![active("dev")], false, Icon::Active),
        (vec![active("gone")], false, Icon::Active),
        (vec![active("dev"), active("live")], false, Icon::Danger),
        (vec![active("live")], true, Icon::Attention),
    ] {
        let mut present = snapshot(sessions);
        present.prompts = if waits { vec![prompt(&[1])] } else { vec![] };
        assert_eq!(icon(&present, &roles), expected, "{present:?}");
    }
}

#[test]
fn the_tooltip_counts_and_tells_the_next_end() {
    let active = |id, seconds| session(id, "dev", SessionState::Active, Some(in_seconds(seconds)));
    let waiting = session(9, "ops\u{202e}", SessionState::AwaitingMfa, None);
    for (sessions, prompts, expected) in [
        (vec![], vec![], "Hatrack"),
        (vec![active(1, 720)], vec![], "Hatrack — 1 active, ends in 12 m"),
        (vec![active(1, 7200), active(2, 720)], vec![], "Hatrack — 2 active, next ends in 12 m"),
        (vec![active(1, 30)], vec![], "Hatrack — 1 active, ends in under 1 m"),
        (vec![active(1, -30)], vec![], "Hatrack — 1 active"),
        (vec![waiting.clone()], vec![prompt(&[9])], "Hatrack — ops\\u{202e} waits for a code"),
        (
            vec![waiting, active(1, 720)],
            vec![prompt(&[9])],
            "Hatrack — ops\\u{202e} waits for a code, 1 active, ends in 12 m",
        ),
    ] {
        let mut present = snapshot(sessions);
        present.prompts = prompts;
        assert_eq!(tooltip(&present, now()), expected);
    }
}

#[test]
fn a_sign_in_that_waits_calls_for_a_person_and_one_that_ended_is_told_quietly() {
    let roles = catalogue([role("dev", "Acme")]);
    let active = session(1, "dev", SessionState::Active, Some(in_seconds(720)));
    let waiting = session(2, "ops", SessionState::AwaitingBrowser, None);
    let organisations = |names: &[&str]| {
        let mut organisations = vec![organisation("in", signed_in(in_seconds(60)))];
        organisations.extend(names.iter().map(|name| organisation(name, SignInStanding::Ended)));
        organisations
    };
    for (sign_ins, ended, expected, words) in [
        (vec![], vec!["acme\n"], Icon::Active, "1 active, ends in 12 m, sign-in at acme\\u{a} ended"),
        (vec![], vec!["a", "b"], Icon::Active, "1 active, ends in 12 m, 2 sign-ins ended"),
        (
            vec![sign_in(8, "acme", &[])],
            vec![],
            Icon::Attention,
            "signing in to acme, 1 active, ends in 12 m",
        ),
        (
            vec![sign_in(8, "acme", &[2])],
            vec![],
            Icon::Attention,
            "ops waits for the sign-in at acme, 1 active, ends in 12 m",
        ),
    ] {
        let mut present = snapshot([active.clone(), waiting.clone()]);
        present.sign_ins = sign_ins;
        present.organisations = organisations(&ended);
        assert_eq!(icon(&present, &roles), expected);
        assert_eq!(tooltip(&present, now()), format!("Hatrack — {words}"));
    }
}
