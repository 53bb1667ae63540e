//! `hat login` and `hat logout`.

use super::Manner;
use crate::connect::{client, done, subscribe, unexpected};
use crate::dialogue::waiting_for;
use crate::events::{self, Event, Events};
use crate::print;
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::PromptId;
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::client::Sender;
use hatrack_wire::{Answer, Command, FromAgent, Open, Update};
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;

/// How long the agent may take to say what became of a sign-in that is over, or to hear that it is
/// taken back.
const GRACE: Duration = Duration::from_secs(1);

/// What the shell makes of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// A sign-in as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    provider: &'a str,
    roles: &'a [String],
}

/// How a person wants to sign in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// With a code that is typed in on any device.
    pub(super) device_code: bool,
    /// Without a browser for the code's page.
    pub(super) no_browser: bool,
}

pub(super) fn run(manner: Manner, provider: Option<String>, wanted: Wanted) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    subscribe(&mut client)?;
    let named = provider.clone();
    let command = Command::SignIn { provider, device_code: wanted.device_code };
    let Answer::SignIn(sign_in) = client.request(command)? else {
        return Err(unexpected());
    };
    let (sender, receiver, early) = client.split();
    let events = Events::of(receiver, early);
    let opens = !wanted.no_browser;
    let waiting = Waiting { sign_in, sender, events, seen: Seen::NotYet, provider: None, told: false, opens };
    let Some(Ended { provider, roles }) = waiting.follow()? else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let organisation = matches!(provider, Some(Provider::IdentityCenter(_)));
    let provider = provider.as_ref().map(Provider::name).or(named.as_deref()).unwrap_or("the provider");
    if manner.json {
        print::json(&Told { provider, roles: &roles })?;
    } else {
        print::answer(&rendered(provider, &roles))?;
        if organisation {
            print::talk("Its accounts and roles are being listed; hat sync shows how far that is.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Forgets a sign-in.
pub(super) fn out(manner: Manner, provider: Option<String>) -> Result<ExitCode, Failure> {
    let words = match &provider {
        Some(provider) => format!("Signed out of {}.", print::shown(provider)),
        None => "Signed out.".to_owned(),
    };
    done(&client(manner.no_agent)?.request(Command::SignOut { provider })?)?;
    print::talk(&words);
    Ok(ExitCode::SUCCESS)
}

fn rendered(provider: &str, roles: &[String]) -> String {
    let mut text = format!("Signed in at {}.\n", print::shown(provider));
    for role in roles {
        text.extend(["  ", &print::sentence(role), "\n"]);
    }
    text
}

/// A sign-in that ended well.
struct Ended {
    /// Where, if a snapshot told it.
    provider: Option<Provider>,
    /// The roles that it offers.
    roles: Vec<String>,
}

/// A sign-in that is waited for.
struct Waiting {
    sign_in: PromptId,
    sender: Sender,
    events: Events,
    seen: Seen,
    /// Where, once a snapshot told it.
    provider: Option<Provider>,
    /// Whether the code for any device was shown.
    told: bool,
    /// Whether a browser opens the code's page.
    opens: bool,
}

/// What the snapshots told of the sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nothing yet.
    NotYet,
    /// It waits.
    Waiting,
    /// It is over; how is about to be told.
    Over,
}

impl Waiting {
    /// Waits for the end: the provider and the roles that it offers; `None` after Ctrl-C.
    fn follow(mut self) -> Result<Option<Ended>, Failure> {
        loop {
            let limit = (self.seen == Seen::Over).then_some(GRACE);
            match self.events.next(limit) {
                None => return Err(taken_back()),
                Some(Event::Interrupt) => {
                    self.take_back();
                    return Ok(None);
                }
                Some(Event::NoBrowser(url)) => self.shown(events::tell(&url))?,
                Some(Event::FromAgent(Err(failure))) => return Err(failure),
                Some(Event::FromAgent(Ok(FromAgent::Update(update)))) => match update {
                    Update::SignedIn { sign_in, result } if sign_in == self.sign_in => {
                        return result.map(|roles| Some(Ended { provider: self.provider, roles }));
                    }
                    Update::Open(Open { url, window: None }) => self.shown(self.events.open(&url))?,
                    Update::Snapshot(snapshot) => self.look(&snapshot)?,
                    Update::SignedIn { .. }
                    | Update::Open(_)
                    | Update::Outline(_)
                    | Update::Progress(_)
                    | Update::Show(_) => {}
                },
                Some(Event::Line(_) | Event::FromAgent(Ok(FromAgent::Answer { .. }))) => {}
            }
        }
    }

    fn look(&mut self, snapshot: &Snapshot) -> Result<(), Failure> {
        let sign_in = snapshot.sign_ins.iter().find(|it| it.id == self.sign_in);
        if let Some(sign_in) = sign_in {
            self.provider = Some(sign_in.provider.clone());
        }
        // The code is shown before any page opens: who did not see it here must not confirm it there.
        if let Some(device) = sign_in.and_then(|it| it.device.as_ref()).filter(|_| !self.told) {
            self.told = true;
            print::talk(&format!(
                "Your code is {}. Confirm it only on a page that shows the same code.\n{}",
                print::shown(&device.user_code),
                print::sentence(&device.verification_uri),
            ));
            if self.opens {
                self.sender.send(Command::OpenAgain { sign_in: self.sign_in })?;
            }
        }
        self.seen = match (sign_in, self.seen) {
            (Some(sign_in), Seen::NotYet) => {
                print::talk(&waiting_for(sign_in));
                Seen::Waiting
            }
            (Some(_), Seen::Waiting | Seen::Over) => Seen::Waiting,
            (None, Seen::NotYet) => Seen::NotYet,
            (None, Seen::Waiting | Seen::Over) => Seen::Over,
        };
        Ok(())
    }

    /// A sign-in that no browser can show is taken back.
    fn shown(&mut self, shown: Result<(), Failure>) -> Result<(), Failure> {
        if shown.is_err() {
            self.take_back();
        }
        shown
    }

    /// Has it taken back, and waits until the agent has heard it: a private one ends with the
    /// connection.
    fn take_back(&mut self) {
        let Ok(sent) = self.sender.send(Command::DismissPrompt { prompt: self.sign_in }) else { return };
        loop {
            match self.events.next(Some(GRACE)) {
                Some(Event::FromAgent(Ok(FromAgent::Answer { id, .. }))) if id == sent => return,
                Some(Event::FromAgent(Err(_)) | Event::Interrupt) | None => return,
                Some(Event::FromAgent(Ok(_)) | Event::Line(_) | Event::NoBrowser(_)) => {}
            }
        }
    }
}

fn taken_back() -> Failure {
    Failure::new(FailureCode::Cancelled, "The sign-in was taken back.", "")
}
