//! Sign-ins at organisations, from the menu and from a notification, and listings meanwhile.

use super::agent::{ADDRESS, SIGN_IN};
use super::desktop::Desktop;
use super::samples::{found, listing, organisation, sign_in_ended};
use hatrack_core::chain::Provider;
use hatrack_core::snapshot::{Notice, Organisation, Progress, SignIn, SignInStanding, Snapshot};
use hatrack_wire::Command;
use std::time::Instant;

#[tokio::test]
async fn a_sign_in_from_the_menu_opens_the_browser_once_and_again_on_request() {
    let mut desktop = Desktop::new().await;
    let mut host = desktop.host(true).await;
    let _tray = desktop.start_tray(&["--hidden"]);
    desktop.agent.next().await;
    let item = host.registered().await;
    desktop.agent.publish(with([organisation("acme", SignInStanding::SignedOut)]));
    let menu = item.menu_with("acme · sign in…").await;
    assert_eq!(desktop.starts(), (0, 0), "nothing opens before the click");
    item.click(menu.id_of("acme · sign in…")).await;
    is_sign_in(&desktop.agent.next().await, "acme");
    assert_eq!(desktop.shown_in_browser().await, ADDRESS);
    let standing = SignInStanding::SigningIn { sign_in: SIGN_IN };
    let provider = Provider::IdentityCenter("acme".to_owned());
    let sign_ins = vec![SignIn { id: SIGN_IN, provider, sessions: Vec::new(), device: None }];
    desktop.agent.publish(Snapshot { sign_ins, ..with([organisation("acme", standing)]) });
    let menu = item.menu_with("acme · signing in…").await;
    item.wait_for_status("NeedsAttention").await;
    item.click(menu.id_of("acme · signing in…")).await;
    assert!(matches!(desktop.agent.next().await, Command::OpenAgain { sign_in: SIGN_IN }));
    assert_eq!(desktop.shown_in_browser().await, ADDRESS);
    item.click(menu.id_of("Cancel the sign-in at acme")).await;
    assert!(matches!(desktop.agent.next().await, Command::DismissPrompt { prompt: SIGN_IN }));
    desktop.agent.publish(with([listing("acme", None)]));
    let menu = item.menu_with("Sign out").await;
    item.click(menu.id_of("List its roles again")).await;
    let listed = desktop.agent.next().await;
    assert!(matches!(&listed, Command::List { portal: Some(portal), all: true } if portal == "acme"));
    item.click(menu.id_of("Sign out")).await;
    let left = desktop.agent.next().await;
    assert!(matches!(&left, Command::SignOut { provider: Some(portal) } if portal == "acme"));
    assert_eq!(desktop.starts(), (0, 2));
}

#[tokio::test]
async fn sign_ins_that_ended_are_one_quiet_notification_whose_button_signs_in() {
    let mut desktop = Desktop::new().await;
    let mut server = desktop.notifications().await;
    let _tray = desktop.start_tray(&["--hidden"]);
    desktop.agent.next().await;
    let ended = |names: &[&str], notices: Vec<Notice>| {
        let organisations = names.iter().map(|name| organisation(name, SignInStanding::Ended));
        Snapshot { notices, ..with(organisations) }
    };
    desktop.agent.publish(ended(&["acme"], vec![sign_in_ended(1, "acme")]));
    let one = server.sent().await;
    assert_eq!((one.title.as_str(), one.urgency), ("The sign-in at acme has ended", 0));
    assert_eq!(one.actions[2..], ["sign-in acme", "Sign in", "show-main", "Show"]);
    assert_eq!(desktop.starts(), (0, 0), "nothing opens by itself");
    server.press(one.id, &one.actions[2]).await;
    is_sign_in(&desktop.agent.next().await, "acme");
    assert_eq!(desktop.shown_in_browser().await, ADDRESS);
    let names = ["o0", "o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8", "o9"];
    let notices = names.iter().zip(2..).map(|(name, id)| sign_in_ended(id, name)).collect();
    desktop.agent.publish(ended(&names, notices));
    let all = server.sent().await;
    assert_eq!(all.title, "10 sign-ins have ended");
    assert_eq!(all.actions[2..], ["show-main", "Show"]);
    desktop.agent.publish(ended(&["p"], vec![sign_in_ended(12, "p")]));
    let next = server.sent().await;
    assert_eq!((next.title.as_str(), next.replaces), ("The sign-in at p has ended", all.id));
    assert_eq!(desktop.starts(), (0, 1));
}

#[tokio::test]
async fn a_listing_moves_the_rows_of_the_menu_once_a_second_at_most() {
    let mut desktop = Desktop::new().await;
    let mut host = desktop.host(true).await;
    let _tray = desktop.start_tray(&["--hidden"]);
    desktop.agent.next().await;
    let item = host.registered().await;
    desktop.agent.publish(with([listing("acme", Some(Progress::default()))]));
    let before = item.menu_with("acme · listing its accounts…").await.revision;
    let began = Instant::now();
    for done in 1..=15 {
        desktop.agent.publish_outline(&found(done));
        let progress = Progress { done, total: Some(15), seconds_left: None };
        desktop.agent.publish(with([listing("acme", Some(progress))]));
        if done % 5 == 0 {
            item.menu_with(&format!("Account {}", done - 1)).await;
        }
    }
    let after = item.menu_with("acme · listing 15 of 15 accounts…").await.revision;
    let seconds = u32::try_from(began.elapsed().as_secs()).unwrap();
    assert!(after > before, "accounts came");
    assert!(after - before <= seconds + 1, "{} times within {seconds} s", after - before);
}

fn is_sign_in(command: &Command, portal: &str) {
    match command {
        Command::SignIn { provider: Some(provider), device_code: false } if provider == portal => {}
        other => panic!("{other:?}"),
    }
}

fn with(organisations: impl IntoIterator<Item = Organisation>) -> Snapshot {
    Snapshot { organisations: organisations.into_iter().collect(), ..Snapshot::default() }
}
