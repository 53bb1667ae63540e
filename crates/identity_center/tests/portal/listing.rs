//! What a portal assigns, listed at its pace.

use crate::desk::{Desk, START_URL, calls, open, organisation};
use hatrack_core::failure::FailureCode;
use hatrack_core::identity_center::Directory;
use hatrack_identity_center::{Found, Outside, Scope, Stopped, discover};
use hatrack_sandbox::{AssignedAccount, Organisation, PortalFault};
use jiff::SignedDuration;

async fn list(desk: &Desk, directory: Directory, scope: Scope) -> Result<Found, Box<Stopped>> {
    discover(&desk.portal, directory, scope, &desk.way, &desk.cache, |_| {}).await
}

fn nothing() -> Directory {
    Directory::new(START_URL.to_owned())
}

fn id(number: u64) -> String {
    format!("{:012}", 100_000_000_000 + number * 7_919)
}

fn listed(directory: &Directory) -> usize {
    directory.accounts().iter().filter(|account| account.listed.is_some()).count()
}

#[tokio::test]
async fn every_account_is_listed_at_the_portals_pace() {
    let (sandbox, desk) = open(organisation(130));
    desk.sign_in(&sandbox).await;
    let mut steps: Vec<(usize, usize, Option<usize>, Option<u32>)> = Vec::new();
    let found = discover(&desk.portal, nothing(), Scope::default(), &desk.way, &desk.cache, |step| {
        steps.push((step.directory.len(), step.accounts_done, step.accounts_total, step.seconds_left));
    })
    .await
    .unwrap();
    assert_eq!((found.directory.accounts().len(), found.directory.len()), (130, 390));
    assert!(found.directory.complete.is_some() && found.left_out.is_empty());

    assert_eq!((steps[0].0, steps[0].2), (0, None), "how many there are isn't known before the last page");
    assert_eq!((steps[1].0, steps[1].1), (3, 1), "the first rows come with the first answer");
    let (_, done, total, left) = *steps.last().unwrap();
    assert_eq!(total, Some(130));
    assert!(done > 0 && left.is_some_and(|left| left > 0), "{done} done, {left:?} s left");

    let counts = sandbox.portal(START_URL).counts();
    let throttled: u64 = counts.values().map(|count| count.throttled).sum();
    assert!(throttled <= 1, "{counts:?}");
    assert_eq!((counts["ListAccounts"].calls, counts["ListAccountRoles"].calls), (2, 130));
}

#[tokio::test]
async fn only_what_is_due_is_listed_again() {
    let (sandbox, desk) = open(organisation(6));
    desk.sign_in(&sandbox).await;
    let first = list(&desk, nothing(), Scope::default()).await.unwrap().directory;
    let roles = || calls(&sandbox, "ListAccountRoles");
    assert_eq!(roles(), 6);
    let second = list(&desk, first, Scope::default()).await.unwrap().directory;
    assert_eq!(roles(), 6, "a day hasn't passed");

    let mut aged = second.clone();
    let long_ago = desk.way.now() - SignedDuration::from_hours(2);
    aged.set_roles(&id(3), ["Old"], long_ago);
    let scope = Scope { used: [id(3)].into(), ..Scope::default() };
    let third = list(&desk, aged, scope).await.unwrap().directory;
    assert_eq!(roles(), 7, "an hour has, for an account in use");
    assert!(!third.has_role(&id(3), "Old"));

    let moment = desk.way.now();
    let scope = Scope { all_before: Some(moment), ..Scope::default() };
    let all = list(&desk, third, scope.clone()).await.unwrap().directory;
    assert_eq!(roles(), 13);
    list(&desk, all, scope).await.unwrap();
    assert_eq!(roles(), 13, "the same wish again finds nothing left to do");
}

#[tokio::test]
async fn a_listing_goes_on_where_the_token_ended() {
    let (sandbox, desk) = open(organisation(30));
    desk.sign_in(&sandbox).await;
    let portal = sandbox.portal(START_URL);
    portal.end_sign_ins_after(12);
    let stopped = list(&desk, nothing(), Scope::default()).await.unwrap_err();
    assert_eq!(stopped.failure.code, FailureCode::SignInNeeded, "{}", stopped.failure);
    let kept = listed(&stopped.directory);
    assert_eq!(kept, 11, "one call told the accounts");
    assert_eq!(stopped.directory.accounts().len(), 30);
    assert!(stopped.directory.accounts().iter().all(|account| account.failure.is_none()));
    assert!(stopped.directory.complete.is_none());

    portal.mend();
    desk.sign_in(&sandbox).await;
    let before = portal.counts()["ListAccountRoles"].calls;
    let found = list(&desk, stopped.directory, Scope::default()).await.unwrap();
    assert_eq!(listed(&found.directory), 30);
    assert_eq!(portal.counts()["ListAccountRoles"].calls - before, 19);
}

#[tokio::test]
async fn a_token_that_can_be_renewed_is_and_nobody_notices() {
    let (sandbox, desk) = open(organisation(30));
    desk.sign_in(&sandbox).await;
    let mut ended = false;
    let found = discover(&desk.portal, nothing(), Scope::default(), &desk.way, &desk.cache, |step| {
        if step.accounts_done > 0 && !ended {
            ended = true;
            sandbox.portal(START_URL).end_access_tokens();
        }
    })
    .await
    .unwrap();
    assert_eq!(listed(&found.directory), 30);
    assert_eq!(calls(&sandbox, "CreateToken"), 2);
}

#[tokio::test]
async fn an_account_in_trouble_costs_that_account_alone() {
    let (sandbox, desk) = open(organisation(12));
    desk.sign_in(&sandbox).await;
    let portal = sandbox.portal(START_URL);
    let earlier = list(&desk, nothing(), Scope::default()).await.unwrap().directory;
    portal.fail(PortalFault::Account { account_id: id(2), status: 403, code: "ForbiddenException" });
    portal.fail(PortalFault::Account { account_id: id(5), status: 500, code: "InternalServerException" });
    portal.fail(PortalFault::BadJson { account_id: id(7) });
    let scope = Scope { all_before: Some(desk.way.now()), ..Scope::default() };
    let found = list(&desk, earlier.clone(), scope).await.unwrap().directory;
    let failed: Vec<_> = found.accounts().iter().filter(|account| account.failure.is_some()).collect();
    let ids: Vec<_> = failed.iter().map(|account| account.id.clone()).collect();
    assert_eq!(ids, [id(2), id(5), id(7)]);
    assert!(failed[0].failure.as_ref().unwrap().contains(&id(2)), "{:?}", failed[0].failure);
    assert_eq!(found.len(), earlier.len(), "what they had stays");
    assert!(found.complete.is_some());

    portal.mend();
    let before = portal.counts()["ListAccountRoles"].calls;
    let healed = list(&desk, found, Scope::default()).await.unwrap().directory;
    assert_eq!(portal.counts()["ListAccountRoles"].calls - before, 3, "they are tried again at once");
    assert!(healed.accounts().iter().all(|account| account.failure.is_none()));
}

#[tokio::test]
async fn accounts_come_and_go_and_a_failure_changes_nothing() {
    let (sandbox, desk) = open(organisation(4));
    desk.sign_in(&sandbox).await;
    let portal = sandbox.portal(START_URL);
    let first = list(&desk, nothing(), Scope::default()).await.unwrap().directory;
    portal.unassign(&id(1));
    portal.assign(AssignedAccount::new("222222222222", "New").permission_sets(["View"]));
    portal.assign(AssignedAccount::new(id(2), "Renamed").permission_sets(["View"]));
    let second = list(&desk, first.clone(), Scope::default()).await.unwrap().directory;
    assert!(second.account(&id(1)).is_none());
    assert!(second.has_role("222222222222", "View"));
    assert_eq!(second.account(&id(2)).unwrap().name, "Renamed");

    portal.fail(PortalFault::EndlessPages);
    let stopped = list(&desk, second.clone(), Scope::default()).await.unwrap_err();
    assert!(stopped.failure.happened.contains("pages don't end"), "{}", stopped.failure);
    assert_eq!(stopped.directory, second);
    drop(sandbox);
    let stopped = list(&desk, second.clone(), Scope::default()).await.unwrap_err();
    assert_eq!(stopped.failure.code, FailureCode::Unreachable);
    assert_eq!(stopped.directory, second);
}

#[tokio::test]
async fn an_account_that_is_told_twice_is_listed_once() {
    let (sandbox, desk) = open(organisation(5));
    desk.sign_in(&sandbox).await;
    sandbox.portal(START_URL).fail(PortalFault::Duplicates);
    let found = list(&desk, nothing(), Scope::default()).await.unwrap().directory;
    let again = list(&desk, found, Scope::default()).await.unwrap().directory;
    assert_eq!((again.accounts().len(), again.len()), (5, 15));
    assert_eq!(calls(&sandbox, "ListAccountRoles"), 5);
}

#[tokio::test]
async fn names_are_kept_as_they_are_and_roles_that_cant_be_are_named() {
    let (sandbox, desk) = open(Organisation::hostile(START_URL, "eu-west-1"));
    desk.sign_in(&sandbox).await;
    let found = list(&desk, nothing(), Scope::default()).await.unwrap().directory;
    for account in &sandbox.world().organisations[0].accounts {
        let known = found.account(&account.id).unwrap();
        assert_eq!(known.name, account.name);
        assert!(found.has_role(&account.id, "Admin"));
        if let Some(failure) = &known.failure {
            assert!(failure.contains(&account.id), "{failure}");
            assert!(!failure.chars().any(|c| c.is_control() || c == '\u{202e}'), "{failure:?}");
        }
        for role in found.roles(known) {
            assert!(role.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b)), "{role:?}");
        }
    }
    assert!(found.accounts().iter().filter(|account| account.failure.is_some()).count() >= 18);
}

#[tokio::test]
async fn a_listing_that_is_dropped_asks_nothing_more() {
    let (sandbox, desk) = open(organisation(200));
    desk.sign_in(&sandbox).await;
    let (some, mut begun) = tokio::sync::watch::channel(false);
    let listing = discover(&desk.portal, nothing(), Scope::default(), &desk.way, &desk.cache, |step| {
        some.send_replace(step.accounts_done > 0);
    });
    tokio::select! {
        _ = listing => panic!("it can't be at its end"),
        begun = begun.wait_for(|begun| *begun) => assert!(begun.is_ok()),
    }
    // What is on its way arrives; the next turn would have come by then.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let asked = calls(&sandbox, "ListAccountRoles");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(calls(&sandbox, "ListAccountRoles"), asked);
}
