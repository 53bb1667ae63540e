//! Finding a role as somebody types, and what a catalogue of that size costs.

use crate::figures::Series;
use crate::home::Home;
use crate::process::{AT_MOST, Running, program};
use crate::report::{Report, Row, bounded, mebibytes, ms, named};
use crate::{Outcome, resident};
use hatrack_core::catalogue::{Catalogue, Sources};
use hatrack_core::identity_center::{Directory, Listed};
use hatrack_core::profile::{File, Profiles};
use hatrack_core::search::{Index, Search};
use hatrack_core::settings::Settings;
use hatrack_sandbox::World;
use hatrack_wire::{Answer, Client, Command as Wanted, Face, Update};
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32String};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

const START_URL: &str = "https://bench.awsapps.com/start";

/// The config file that knows the organisation.
pub(super) const CONFIG: &str = "[sso-session bench]\nsso_start_url = https://bench.awsapps.com/start\n\
     sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";

/// Roles in each account.
const ROLES: usize = 10;

/// What somebody types, letter by letter.
const TYPED: [&str; 3] = ["mobile prod admin", "payments 042 read", "stag 1234 sup"];

/// How often each is typed.
const RUNS: usize = 20;

/// Most milliseconds for a keystroke, by the number of accounts.
const SIZES: [(usize, f64); 2] = [(1_000, 4.0), (10_000, 16.0)];

/// Most times of the matcher alone.
const GOAL_BESIDE_MATCHER: f64 = 1.2;

/// Most milliseconds from the agent's start to a known catalogue of 10,000 roles.
const GOAL_START: f64 = 50.0;

/// Most bytes of an agent with 100,000 roles.
const GOAL_PSS: u64 = 60_000_000;

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    for (accounts, goal) in SIZES {
        let directory = directory(accounts);
        keystrokes(report, &directory, goal)?;
        through_the_agent(report, &directory, goal)?;
    }
    Ok(())
}

fn directory(accounts: usize) -> Directory {
    const TEAMS: [&str; 8] =
        ["payments", "search", "mobile", "data", "platform", "logistics", "support", "media"];
    const STAGES: [&str; 4] = ["development", "staging", "production", "sandbox"];
    const NAMES: [&str; ROLES] = [
        "AdministratorAccess",
        "ReadOnlyAccess",
        "PowerUserAccess",
        "Billing",
        "SupportUser",
        "NetworkAdministrator",
        "SecurityAudit",
        "DataScientist",
        "Operations",
        "Deployment",
    ];
    let mut directory = Directory::new(START_URL.to_owned());
    directory.set_accounts((0..accounts).map(|number| {
        let (team, stage) = (TEAMS[number / STAGES.len() % TEAMS.len()], STAGES[number % STAGES.len()]);
        Listed {
            id: format!("{:012}", 100_000_000_000 + number * 7_919),
            name: format!("{team}-{stage}-{number:05}"),
            email: format!("aws+{team}-{stage}-{number}@bench.example"),
        }
    }));
    let ids: Vec<String> = directory.accounts().iter().map(|account| account.id.clone()).collect();
    for id in ids {
        directory.set_roles(&id, NAMES, jiff::Timestamp::UNIX_EPOCH);
    }
    directory.complete = Some(jiff::Timestamp::UNIX_EPOCH);
    directory
}

/// Each beginning of what is typed.
fn beginnings() -> Vec<&'static str> {
    TYPED
        .iter()
        .flat_map(|typed| (1..=typed.len()).map(|end| &typed[..end]))
        .filter(|text| !text.ends_with(' '))
        .collect()
}

fn keystrokes(report: &mut Report, directory: &Directory, goal: f64) -> Outcome<()> {
    let profiles = Profiles::read(Some(File { path: "config", bytes: CONFIG.as_bytes() }), None);
    let (catalogue, _) = Catalogue::of(&Sources {
        profiles: &profiles,
        settings: &Settings::default(),
        saml_roles: &BTreeMap::new(),
        directories: &[Arc::new(directory.clone())],
        source: "config",
    });
    let index = Index::of(&catalogue);
    // The same texts, each once.
    let texts: BTreeSet<String> = catalogue
        .fields()
        .flat_map(|it| {
            let account = [it.account_name, it.account_id, it.email, it.organisation].join(" ");
            [account, it.role_name.to_owned()]
        })
        .collect();
    let haystacks: Vec<Utf32String> = texts.iter().map(|text| Utf32String::from(text.as_str())).collect();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut search = Search::default();
    let none = HashMap::new();
    let mut floor = Series::new(format!("the matcher alone, {} roles", catalogue.len()));
    let mut ours = Series::new(format!("a keystroke, {} roles", catalogue.len()));
    for _ in 0..RUNS {
        for query in beginnings() {
            let begin = Instant::now();
            for word in query.split(' ') {
                let atom =
                    Atom::new(word, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
                let found =
                    haystacks.iter().filter(|text| atom.score(text.slice(..), &mut matcher).is_some());
                black_box(found.count());
            }
            floor.push_wall(begin.elapsed());
            let begin = Instant::now();
            search.find(&index, query, &none);
            let page: Vec<u32> = search.page(0, 50).collect();
            let rows: Vec<_> =
                page.into_iter().filter_map(|at| catalogue.role(usize::try_from(at).ok()?)).collect();
            black_box(rows);
            ours.push_wall(begin.elapsed());
        }
    }
    let ratio = ours.ratio_to(&floor);
    report.row(Row {
        what: format!("a keystroke among {} roles", catalogue.len()),
        floor: named(&floor),
        ours: format!("{}, p95 {}", ms(ours.median()), ms(ours.wall(0.95))),
        ratio: bounded("", ratio, "×"),
        goal: format!("p95 ≤ {}, ≤ {GOAL_BESIDE_MATCHER}× floor", ms(goal)),
        verdict: (ours.wall(0.95) <= goal && ratio.upper <= GOAL_BESIDE_MATCHER).into(),
        ..Row::default()
    });
    report.series([floor, ours]);
    Ok(())
}

/// The same through the socket, from the agent's start on.
fn through_the_agent(report: &mut Report, directory: &Directory, goal: f64) -> Outcome<()> {
    let roles = directory.len();
    let home = Home::of(World::default(), CONFIG)?;
    let folder = home.places()?.data().join("organisations");
    std::fs::create_dir_all(&folder)?;
    let name = Sha256::digest(START_URL.as_bytes()).iter().take(16).fold(String::new(), |mut name, byte| {
        write!(name, "{byte:02x}").ok();
        name
    });
    std::fs::write(folder.join(name).with_extension("json"), serde_json::to_vec(directory)?)?;
    let mut started = Series::new(format!("agent's start to {roles} known roles"));
    for _ in 0..10 {
        let begin = Instant::now();
        let agent = start(&home)?;
        let mut client = connected(&home)?;
        outline_with(&mut client, roles)?;
        started.push_wall(begin.elapsed());
        client.request(Wanted::Stop).ok();
        drop(client);
        drop(agent);
        home.without_agent()?;
    }
    let agent = start(&home)?;
    let mut client = connected(&home)?;
    outline_with(&mut client, roles)?;
    let mut ours = Series::new(format!("a keystroke through the socket, {roles} roles"));
    for _ in 0..RUNS {
        for query in beginnings() {
            let command = Wanted::Roles { query: query.to_owned(), from: 0, count: 50 };
            let begin = Instant::now();
            let Answer::Roles(page) = client.request(command)? else { return Err("no roles came".into()) };
            black_box(page);
            ours.push_wall(begin.elapsed());
        }
    }
    let pss = resident::pss(agent.id())?;
    report.row(Row {
        what: format!("… answered by the agent, {roles} roles"),
        ours: format!("{}, p95 {}", ms(ours.median()), ms(ours.wall(0.95))),
        goal: format!("p95 ≤ {}", ms(goal)),
        verdict: (ours.wall(0.95) <= goal).into(),
        ..Row::default()
    });
    if roles <= 10_000 {
        report.row(Row {
            what: format!("{roles} known roles after the agent's start"),
            ours: named(&started),
            goal: format!("≤ {}", ms(GOAL_START)),
            verdict: (started.median() <= GOAL_START).into(),
            ..Row::default()
        });
    } else {
        report.row(Row {
            what: format!("the agent with {roles} roles, searched"),
            ours: mebibytes(pss),
            goal: format!("≤ {}", mebibytes(GOAL_PSS)),
            verdict: (pss <= GOAL_PSS).into(),
            ..Row::default()
        });
    }
    report.series([started, ours]);
    Ok(())
}

fn start(home: &Home) -> Outcome<Running> {
    let mut agent = home.command(program("hatrack-agent")?);
    Running::start(agent.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}

fn connected(home: &Home) -> Outcome<Client> {
    let end = Instant::now() + AT_MOST;
    loop {
        match home.client() {
            Ok(client) => return Ok(client),
            Err(error) if Instant::now() > end => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_micros(200)),
        }
    }
}

fn outline_with(client: &mut Client, roles: usize) -> Outcome<()> {
    client.request(Wanted::Subscribe { face: Face::Windows })?;
    loop {
        match client.next_update()? {
            Update::Outline(outline) if outline.roles == roles => return Ok(()),
            Update::Outline(_)
            | Update::Snapshot(_)
            | Update::Open(_)
            | Update::SignedIn { .. }
            | Update::Progress(_)
            | Update::Show(_) => {}
        }
    }
}
