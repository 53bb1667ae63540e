//! `hat sync`: has organisations listed anew, and tells how far that is.

use super::Manner;
use crate::connect::{client, subscribe, unexpected};
use crate::events::{Event, Events};
use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::snapshot::{Organisation, Progress, SignInStanding, Snapshot};
use hatrack_wire::client::Sender;
use hatrack_wire::{Answer, Command, FromAgent, Open, Update};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::process::ExitCode;

/// What the shell makes of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// How wide the bar is.
const WIDTH: usize = 24;

/// An organisation after its listing, as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    name: &'a str,
    accounts: usize,
    roles: usize,
    gained: usize,
    lost: usize,
    failed: usize,
    failure: Option<&'a Failure>,
}

pub(super) fn run(manner: Manner, organisation: Option<String>, all: bool) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    subscribe(&mut client)?;
    let Answer::Listing(names) = client.request(Command::List { portal: organisation, all })? else {
        return Err(unexpected());
    };
    let (sender, receiver, early) = client.split();
    let listing = Listing {
        names: names.into_iter().collect(),
        sender,
        // What was so before the listing began says nothing of it.
        events: Events::of(receiver, early.into_iter().filter(|it| !matches!(it, Update::Snapshot(_)))),
        bar: std::io::stderr().is_terminal() && !manner.json,
        drawn: false,
        told_browser: false,
    };
    let Some(organisations) = listing.follow()? else { return Ok(ExitCode::from(INTERRUPTED)) };
    if manner.json {
        print::json(&organisations.iter().map(told).collect::<Vec<_>>())?;
    } else {
        for organisation in &organisations {
            print::answer(&rendered(organisation))?;
        }
    }
    let incomplete = organisations
        .iter()
        .any(|organisation| organisation.failure.is_some() || organisation.failed_total > 0);
    Ok(if incomplete { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn told(organisation: &Organisation) -> Told<'_> {
    Told {
        name: &organisation.name,
        accounts: organisation.accounts,
        roles: organisation.roles,
        gained: organisation.gained_total,
        lost: organisation.lost_total,
        failed: organisation.failed_total,
        failure: organisation.failure.as_ref(),
    }
}

/// Listings that are waited for.
struct Listing {
    names: BTreeSet<String>,
    sender: Sender,
    events: Events,
    /// Whether a bar is drawn on the terminal.
    bar: bool,
    drawn: bool,
    told_browser: bool,
}

impl Listing {
    /// Waits for the end of all; `None` after Ctrl-C.
    fn follow(mut self) -> Result<Option<Vec<Organisation>>, Failure> {
        loop {
            match self.events.next(None) {
                None => return Err(unexpected()),
                Some(Event::Interrupt) => {
                    self.clear();
                    self.take_back();
                    print::talk("Stopped; what was listed stays.");
                    return Ok(None);
                }
                Some(Event::NoBrowser(url)) => crate::events::tell(&url).inspect_err(|_| self.take_back())?,
                Some(Event::FromAgent(Err(failure))) => {
                    self.clear();
                    return Err(failure);
                }
                Some(Event::FromAgent(Ok(FromAgent::Update(update)))) => match update {
                    Update::Snapshot(snapshot) => {
                        if let Some(ended) = self.look(&snapshot)? {
                            self.clear();
                            return Ok(Some(ended));
                        }
                    }
                    Update::Open(Open { url, window: None }) => {
                        self.events.open(&url).inspect_err(|_| self.take_back())?;
                    }
                    Update::Open(_)
                    | Update::Outline(_)
                    | Update::SignedIn { .. }
                    | Update::Progress(_)
                    | Update::Show(_) => {}
                },
                Some(Event::Line(_) | Event::FromAgent(Ok(FromAgent::Answer { .. }))) => {}
            }
        }
    }

    /// Looks how far the listings are; all of them, once they are over.
    fn look(&mut self, snapshot: &Snapshot) -> Result<Option<Vec<Organisation>>, Failure> {
        let ours: Vec<&Organisation> =
            snapshot.organisations.iter().filter(|it| self.names.contains(&it.name)).collect();
        for waiting in ours.iter().filter(|it| it.waits) {
            if !matches!(waiting.sign_in, SignInStanding::SigningIn { .. }) {
                return Err(Failure::new(
                    FailureCode::SignInNeeded,
                    format!("Nobody is signed in at {}.", print::shown(&waiting.name)),
                    "Sign in: hat login.",
                ));
            }
            if !std::mem::replace(&mut self.told_browser, true) {
                print::talk(&format!(
                    "Sign in at {} in the browser; this waits for it.",
                    print::shown(&waiting.name)
                ));
            }
        }
        if ours.iter().any(|it| it.waits || it.progress.is_some()) {
            if let Some((organisation, progress)) = ours.iter().find_map(|it| Some((it, it.progress?))) {
                self.draw(&organisation.name, progress);
            }
            return Ok(None);
        }
        Ok(Some(ours.into_iter().cloned().collect()))
    }

    fn draw(&mut self, name: &str, progress: Progress) {
        if self.bar {
            print::talk_on(&format!("\r\u{1b}[K{} {}", print::shown(name), words(progress)));
            self.drawn = true;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            print::talk_on("\r\u{1b}[K");
        }
    }

    fn take_back(&mut self) {
        for portal in std::mem::take(&mut self.names) {
            // One that is over needs no end.
            self.sender.send(Command::CancelListing { portal }).ok();
        }
    }
}

/// `[######······] 412 of 1,000 accounts, about 30 s left`.
fn words(progress: Progress) -> String {
    let Some(total) = progress.total else { return "looking for accounts…".to_owned() };
    let filled = (progress.done * WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    let bar = format!("[{}{}]", "#".repeat(filled), "·".repeat(WIDTH - filled));
    let left = match progress.seconds_left {
        None => String::new(),
        Some(seconds @ 0..60) => format!(", about {seconds} s left"),
        Some(seconds) => format!(", about {} m left", seconds.div_ceil(60)),
    };
    format!("{bar} {} of {} accounts{left}", grouped(progress.done), grouped(total))
}

fn rendered(organisation: &Organisation) -> String {
    let mut text = format!(
        "{}: {} roles in {} accounts\n",
        print::shown(&organisation.name),
        grouped(organisation.roles),
        grouped(organisation.accounts)
    );
    let mut named = |sign: &str, names: &[String], total: usize| {
        for name in names {
            text.extend(["  ", sign, " ", &print::sentence(name), "\n"]);
        }
        if total > names.len() {
            text.extend(["  ", sign, " and ", &grouped(total - names.len()), " more\n"]);
        }
    };
    named("+", &organisation.gained, organisation.gained_total);
    named("-", &organisation.lost, organisation.lost_total);
    let failed: Vec<String> = organisation
        .failed
        .iter()
        .map(|account| format!("{} ({}): {}", account.name, account.id, account.failure))
        .collect();
    named("!", &failed, organisation.failed_total);
    if let Some(failure) = &organisation.failure {
        text.extend(["  ! ", &print::words(failure), "\n"]);
    }
    text
}

/// `12,345`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_a_bar_and_in_words() {
        let progress = |done, total, seconds_left| words(Progress { done, total, seconds_left });
        assert_eq!(progress(0, None, None), "looking for accounts…");
        assert_eq!(
            progress(500, Some(1000), Some(25)),
            "[############············] 500 of 1,000 accounts, about 25 s left"
        );
        assert_eq!(
            progress(0, Some(12_000), Some(601)),
            "[························] 0 of 12,000 accounts, about 11 m left"
        );
        assert!(progress(3, Some(3), None).starts_with("[########################] 3 of 3"));
        assert!(progress(0, Some(0), None).starts_with("[########################]"));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_changed_and_what_failed_is_told_by_name() {
        let organisation = Organisation {
            name: "acme\u{1b}".to_owned(),
            start_url: String::new(),
            region: String::new(),
            sign_in: SignInStanding::SignedOut,
            accounts: 2,
            roles: 1500,
            listed: None,
            progress: None,
            waits: false,
            failure: None,
            failed_total: 0,
            failed: Vec::new(),
            gained_total: 3,
            gained: vec!["prod/Admin".to_owned()],
            lost_total: 1,
            lost: vec!["dev/Old".to_owned()],
        };
        assert_eq!(
            rendered(&organisation),
            "acme\\u{1b}: 1,500 roles in 2 accounts\n  + prod/Admin\n  + and 2 more\n  - dev/Old\n"
        );
    }
}
