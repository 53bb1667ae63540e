//! Canned organisations, and what little the commands do to them.

use crate::roles::START_URL;
use hatrack_core::chain::Provider;
use hatrack_core::name::PromptId;
use hatrack_core::snapshot::{
    DeviceCode, FailedAccount, Organisation, Progress, SignIn, SignInStanding, Snapshot,
};
use jiff::{SignedDuration, Timestamp};

/// One of each kind; in the scene `listing`, the first is being listed.
pub(crate) fn all(scene: &str, now: Timestamp) -> Vec<Organisation> {
    let signed_in = SignInStanding::SignedIn { until: now + SignedDuration::from_mins(410), renews: true };
    let acme = Organisation {
        accounts: 600,
        roles: 3_000,
        listed: Some(now - SignedDuration::from_mins(52)),
        failed_total: 2,
        failed: vec![
            failed("111122223333", "Acme Legacy", "AWS refused ListAccountRoles: the account is suspended."),
            failed("444455556666", "Acme Sandbox 7", "The portal gave no answer in time."),
        ],
        gained_total: 3,
        gained: vec![
            "Team 004 prod/Support".to_owned(),
            "Team 011 dev/Deploy".to_owned(),
            "Team 011 dev/Billing".to_owned(),
        ],
        lost_total: 1,
        lost: vec!["Team 002 test/AdministratorAccess".to_owned()],
        ..organisation("acme", START_URL, "eu-central-1", signed_in)
    };
    let mut all = vec![
        Organisation {
            sign_in: SignInStanding::Ended,
            accounts: 12,
            roles: 31,
            listed: Some(now),
            ..organisation("globex", "https://globex.awsapps.com/start", "us-east-1", SignInStanding::Ended)
        },
        organisation(
            "initech-gov",
            "https://start.us-gov-home.awsapps.com/directory/initech",
            "us-gov-west-1",
            SignInStanding::SignedOut,
        ),
    ];
    match scene {
        "listing" => {
            all.insert(
                0,
                Organisation {
                    progress: Some(Progress { done: 212, total: Some(1_000), seconds_left: Some(41) }),
                    ..acme
                },
            );
        }
        "long" => {
            let name = "Hostile\u{202e}emaN <img src=x onerror=alert(1)>\u{7}".to_owned();
            let endless = "Endless ".repeat(38);
            let hostile = Organisation {
                failed: vec![failed("999900001111", &endless, &endless)],
                gained: vec![endless.clone()],
                name,
                ..acme
            };
            all.insert(0, hostile);
        }
        _ => all.insert(0, acme),
    }
    all
}

/// A sign-in begins.
pub(crate) fn sign_in(
    snapshot: &mut Snapshot,
    portal: &str,
    id: PromptId,
    device_code: bool,
    now: Timestamp,
) {
    let device = device_code.then(|| DeviceCode {
        user_code: "BQKW-TJLM".to_owned(),
        verification_uri: "https://device.sso.eu-central-1.amazonaws.com/".to_owned(),
        expires: now + SignedDuration::from_mins(10),
    });
    let provider = Provider::IdentityCenter(portal.to_owned());
    snapshot.sign_ins.push(SignIn { id, provider, sessions: Vec::new(), device });
    if let Some(organisation) = find(snapshot, portal) {
        organisation.sign_in = SignInStanding::SigningIn { sign_in: id };
    }
}

/// A sign-in is taken back.
pub(crate) fn take_back(snapshot: &mut Snapshot, id: PromptId) {
    for organisation in &mut snapshot.organisations {
        if organisation.sign_in == (SignInStanding::SigningIn { sign_in: id }) {
            organisation.sign_in = SignInStanding::SignedOut;
        }
    }
}

/// Somebody signs out.
pub(crate) fn sign_out(snapshot: &mut Snapshot, portal: &str) {
    if let Some(organisation) = find(snapshot, portal) {
        organisation.sign_in = SignInStanding::SignedOut;
    }
}

/// A listing begins.
pub(crate) fn list(snapshot: &mut Snapshot, portal: &str) {
    if let Some(organisation) = find(snapshot, portal) {
        organisation.progress = Some(Progress { done: 0, total: None, seconds_left: None });
    }
}

/// A listing is taken back.
pub(crate) fn cancel(snapshot: &mut Snapshot, portal: &str) {
    if let Some(organisation) = find(snapshot, portal) {
        organisation.progress = None;
    }
}

fn find<'a>(snapshot: &'a mut Snapshot, portal: &str) -> Option<&'a mut Organisation> {
    snapshot.organisations.iter_mut().find(|organisation| organisation.name == portal)
}

fn failed(id: &str, name: &str, failure: &str) -> FailedAccount {
    FailedAccount { id: id.to_owned(), name: name.to_owned(), failure: failure.to_owned() }
}

fn organisation(name: &str, start_url: &str, region: &str, sign_in: SignInStanding) -> Organisation {
    Organisation {
        name: name.to_owned(),
        start_url: start_url.to_owned(),
        region: region.to_owned(),
        sign_in,
        accounts: 0,
        roles: 0,
        listed: None,
        progress: None,
        waits: false,
        failure: None,
        failed_total: 0,
        failed: Vec::new(),
        gained_total: 0,
        gained: Vec::new(),
        lost_total: 0,
        lost: Vec::new(),
    }
}
