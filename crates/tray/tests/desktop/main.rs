//! The real `hatrack-tray` on a session bus of its own, with a tray host, a notification server and
//! an agent that are this test's.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the whole of it is a test")]

mod agent;
mod desktop;
mod host;
mod notifications;
mod samples;
mod sign_ins;

use desktop::Desktop;
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::{NoticeKind, Snapshot};
use hatrack_wire::{Ask, Command, Face, View, Which};
use notifications::Sent;
use samples::{active, failed, notice, prompt};

#[tokio::test]
async fn a_late_host_shows_the_menu_and_a_click_activates_and_asks_in_a_window() {
    let mut desktop = Desktop::new().await;
    let mut tray = desktop.start_tray(&["--hidden"]);
    assert!(matches!(desktop.agent.next().await, Command::Subscribe { face: Face::Tray }));
    let mut host = desktop.host(true).await;
    let item = host.registered().await;
    let menu = item.menu_with("Acme").await;
    item.click(menu.id_of("dev__1")).await;
    let Command::Activate(activate) = desktop.agent.next().await else { panic!("not an activation") };
    assert_eq!(
        (activate.role.as_str(), activate.ask, activate.renew),
        ("profile:dev_1", Ask::InWindow, false)
    );
    desktop.agent.publish(Snapshot { prompts: vec![prompt()], ..Snapshot::default() });
    assert!(matches!(desktop.agent.next().await, Command::Show(View::Prompt)));
    assert_eq!(desktop.started_window().await, "--prompt");
    item.wait_for_status("NeedsAttention").await;
    item.activate().await;
    assert!(matches!(desktop.agent.next().await, Command::Show(View::Main)));
    assert_eq!(desktop.started_window().await, "");
    let quit = item.menu_with("Quit").await;
    item.click(quit.id_of("Quit")).await;
    assert!(matches!(desktop.agent.next().await, Command::Quit));
    assert!(tray.end().await.success());
}

#[tokio::test]
async fn an_active_session_is_told_by_menu_icon_and_tooltip_and_can_be_ended() {
    let mut desktop = Desktop::new().await;
    let mut host = desktop.host(true).await;
    let _tray = desktop.start_tray(&[]);
    desktop.agent.next().await;
    let item = host.registered().await;
    item.menu_with("Acme").await;
    let plain = item.pixmap_sizes_and_first().await;
    assert_eq!(plain.0, [16, 22, 24, 32, 48]);
    desktop.agent.publish(Snapshot { sessions: vec![active(7)], ..Snapshot::default() });
    let menu = item.menu_with("Deactivate").await;
    let row = menu.row_that_begins_with("dev__1 → default · ");
    assert!(row.ends_with(" m"), "{row}");
    assert_ne!(item.pixmap_sizes_and_first().await, plain);
    assert!(item.tooltip().await.starts_with("Hatrack — 1 active, ends in "));
    item.click(menu.id_of("Deactivate")).await;
    let ended = desktop.agent.next().await;
    assert!(matches!(ended, Command::Deactivate(Which::Session(SessionId(7)))), "{ended:?}");
}

#[tokio::test]
async fn a_host_that_comes_back_and_an_agent_that_comes_back_are_found() {
    let mut desktop = Desktop::new().await;
    let mut host = desktop.host(true).await;
    let _tray = desktop.start_tray(&[]);
    desktop.agent.next().await;
    host.item_with("Acme").await;
    host.go_away().await;
    let mut host = desktop.host(true).await;
    let item = host.item_with("Acme").await;
    desktop.agent.hang_up();
    assert!(matches!(desktop.agent.next().await, Command::Subscribe { face: Face::Tray }));
    desktop.agent.publish(Snapshot { sessions: vec![failed(1)], ..Snapshot::default() });
    item.menu_with("dev__1 · failed").await;
}

#[tokio::test]
async fn where_no_tray_is_shown_the_window_opens() {
    let mut desktop = Desktop::new().await;
    let _host = desktop.host(false).await;
    let _tray = desktop.start_tray(&[]);
    let commands = [desktop.agent.next().await, desktop.agent.next().await];
    assert!(commands.iter().any(|command| matches!(command, Command::Show(View::Main))), "{commands:?}");
    assert_eq!(desktop.started_window().await, "");
}

#[tokio::test]
async fn a_second_tray_ends_at_once() {
    let mut desktop = Desktop::new().await;
    let _tray = desktop.start_tray(&["--hidden"]);
    desktop.agent.next().await;
    assert!(desktop.start_tray(&["--hidden"]).end().await.success());
}

#[tokio::test]
async fn notices_are_shown_without_markup_replaced_and_acted_on() {
    let mut desktop = Desktop::new().await;
    let mut server = desktop.notifications().await;
    let _tray = desktop.start_tray(&["--hidden"]);
    desktop.agent.next().await;
    let about = |id, kind| notice(id, kind, "<b>Acme</b> & Co");
    let publish = |notices| Snapshot { notices, ..Snapshot::default() };
    desktop.agent.publish(publish(vec![about(1, NoticeKind::Activated)]));
    let first = server.sent().await;
    assert_eq!(first.title, "dev_1 is active");
    assert!(first.body.starts_with("&lt;b&gt;Acme&lt;/b&gt; &amp; Co, profile default."), "{}", first.body);
    assert_eq!(first.replaces, 0);
    desktop.agent.publish(publish(vec![about(1, NoticeKind::Activated), about(2, NoticeKind::EndsSoon)]));
    let Sent { id, replaces, actions, .. } = server.sent().await;
    assert_eq!(replaces, first.id);
    assert_eq!(actions[2..], ["renew default profile:dev_1", "Renew", "show-main", "Show"]);
    server.press(id, &actions[2]).await;
    let Command::Activate(activate) = desktop.agent.next().await else { panic!("not an activation") };
    assert!(activate.renew && activate.role == "profile:dev_1");
}

#[tokio::test]
async fn what_it_does_not_know_is_wrong_usage() {
    let desktop = Desktop::new().await;
    assert_eq!(desktop.start_tray(&["--visible"]).end().await.code(), Some(2));
}
