//! Listing a large organisation at its portal's pace.

use super::search::CONFIG;
use crate::figures::Series;
use crate::home::Home;
use crate::report::{Report, Row, ms, number};
use crate::{Outcome, resident};
use hatrack_sandbox::{Organisation, World};
use hatrack_wire::{Answer, Command as Wanted, Face, Update};
use std::fs;
use std::time::{Duration, Instant};

const START_URL: &str = "https://bench.awsapps.com/start";

/// The name of the token's file: the SHA-1 of the session's name, `bench`.
const TOKEN_FILE: &str = "e5c89c529dccb9b42716f4d9118d61079c883d9e.json";

const ACCOUNTS: u32 = 1000;
const ROLES: u32 = 10;

/// The portal's pace: requests a second, requests at once, and its latency.
const RATE: u32 = 20;
const BURST: u32 = 20;
const LATENCY: Duration = Duration::from_millis(80);

/// Accounts on a page of ListAccounts.
const PAGE: u32 = 100;

const GOAL: f64 = 1.05;
const GOAL_REFUSED: f64 = 0.01;
const GOAL_CPU: f64 = 0.02;

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let organisation = Organisation::generated(START_URL, "eu-west-1", ACCOUNTS, ROLES);
    let home = Home::of(World::default().organisation(organisation), CONFIG)?;
    let portal = home.sandbox().portal(START_URL);
    portal.set_pace(f64::from(RATE), BURST);
    portal.set_latency(LATENCY);
    let token = portal.sign_in("ann");
    let cache = home.path(".aws/sso/cache");
    fs::create_dir_all(&cache)?;
    fs::write(
        cache.join(TOKEN_FILE),
        serde_json::to_vec(&serde_json::json!({
            "startUrl": START_URL,
            "region": "eu-west-1",
            "accessToken": token.access_token,
            "expiresAt": token.expires_at.to_string(),
            "clientId": token.client_id,
            "clientSecret": token.client_secret,
            "registrationExpiresAt": token.registration_expires_at.to_string(),
            "refreshToken": token.refresh_token,
        }))?,
    )?;
    home.warm()?;
    let mut client = home.client()?;
    let Answer::Agent(status) = client.request(Wanted::Agent)? else {
        return Err("the agent told nothing about itself".into());
    };
    let before = resident::cpu_seconds(status.pid)?;
    let begin = Instant::now();
    client.request(Wanted::List { portal: None, all: true })?;
    client.request(Wanted::Subscribe { face: Face::Terminal })?;
    let mut first_rows = None;
    let listed = loop {
        match client.next_update()? {
            Update::Outline(outline) if outline.roles > 0 && first_rows.is_none() => {
                first_rows = Some(begin.elapsed());
            }
            Update::Snapshot(snapshot) => {
                let Some(listed) = snapshot.organisations.into_iter().next() else { continue };
                if listed.progress.is_none() && (listed.listed.is_some() || listed.failure.is_some()) {
                    break listed;
                }
            }
            Update::Outline(_)
            | Update::Open(_)
            | Update::SignedIn { .. }
            | Update::Progress(_)
            | Update::Show(_) => {}
        }
    };
    let wall = begin.elapsed();
    let cpu = (resident::cpu_seconds(status.pid)? - before) / wall.as_secs_f64();
    if let Some(failure) = listed.failure {
        return Err(failure.into());
    }
    let expected = usize::try_from(ACCOUNTS * ROLES)?;
    if listed.roles != expected || listed.failed_total > 0 {
        return Err(format!("{} of {expected} roles were listed", listed.roles).into());
    }
    let floor = f64::from(ACCOUNTS + ACCOUNTS / PAGE - BURST) / f64::from(RATE);
    let ratio = wall.as_secs_f64() / floor;
    let (calls, refused) = portal
        .counts()
        .values()
        .fold((0, 0), |(calls, refused), count| (calls + count.calls, refused + count.throttled));
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are small")]
    let share = refused as f64 / calls.max(1) as f64;
    report.row(Row {
        what: format!("listing {ACCOUNTS} accounts with {ROLES} roles each"),
        floor: format!("the portal's pace {} s", number(floor)),
        ours: format!("{} s", number(wall.as_secs_f64())),
        ratio: format!("{}×", number(ratio)),
        goal: format!("≤ {GOAL}× floor"),
        verdict: (ratio <= GOAL).into(),
        ..Row::default()
    });
    report.row(Row {
        what: "… refused as too early".to_owned(),
        ours: format!("{refused} of {calls} calls"),
        goal: format!("≤ {} %", number(GOAL_REFUSED * 100.0)),
        verdict: (share <= GOAL_REFUSED).into(),
        ..Row::default()
    });
    report.row(Row {
        what: "… CPU time".to_owned(),
        ours: format!("{} % of a core", number(cpu * 100.0)),
        goal: format!("≤ {} %", number(GOAL_CPU * 100.0)),
        verdict: (cpu <= GOAL_CPU).into(),
        ..Row::default()
    });
    if let Some(first) = first_rows {
        report.row(Row {
            what: "… first rows".to_owned(),
            floor: format!("three round trips {}", ms(LATENCY.as_secs_f64() * 3e3)),
            ours: ms(first.as_secs_f64() * 1e3),
            ..Row::default()
        });
    }
    let mut series = Series::new("listing a large organisation");
    series.push_wall(wall);
    report.series([series]);
    Ok(())
}
