//! Hand-outs: a role's live credentials for a program, at once where there are any; else when a
//! person has given what is needed.
//!
//! Deliberately absent: a second activation for a second caller (the state has one for all), and
//! writing anything to a file: what is activated here is held.

use super::Agent;
use crate::connection::ConnectionId;
use crate::credentials::Credentials;
use crate::program;
use hatrack_core::catalogue::Role;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::{Allow, Consumer, Program, Standing, Way};
use hatrack_core::name::{PromptId, SessionId, shown};
use hatrack_core::snapshot::{SessionState, SessionView};
use hatrack_core::state::Manner;
use hatrack_wire::{Answer, Ask, HandOut, HandedOut, OpenConsole};
use jiff::{SignedDuration, Timestamp};

/// How long a renewal that is under way is waited for before the credentials of before are given.
const RENEWAL: SignedDuration = SignedDuration::from_millis(1500);

/// How long a program waits for a person at most.
const LONGEST_WAIT: u32 = 3600;

/// What is done with the credentials.
#[derive(Clone, Debug)]
pub(super) enum Wants {
    /// The program gets them.
    Keys,
    /// The program gets an endpoint to ask for them.
    Endpoint,
    /// They become a sign-in at the console.
    Console(Box<OpenConsole>),
}

/// A hand-out that is under way.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) connection: ConnectionId,
    pub(super) id: u64,
    pub(super) asked: HandOut,
    pub(super) wants: Wants,
    pub(super) role: Role,
    pub(super) program: Program,
}

/// A hand-out that can't be given yet.
#[derive(Debug)]
pub(super) struct Waiting {
    errand: Errand,
    step: Step,
    until: Timestamp,
}

/// What a hand-out waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A person's word.
    Consent(PromptId),
    /// The end of an activation.
    Session(SessionId),
    /// The end of a silent renewal.
    Renewal(SessionId),
}

impl Waiting {
    pub(super) fn is_of(&self, connection: ConnectionId) -> bool {
        self.errand.connection == connection
    }
}

impl Agent {
    /// Whether a request can be met with what is in memory, without a look at any file.
    pub(super) fn is_live(&self, connection: ConnectionId, asked: &HandOut) -> bool {
        let live = || {
            let role = self.files_of(connection).ok()?.role(&asked.role).ok()?;
            self.live_session(connection, &role)
        };
        live().is_some()
    }

    pub(super) fn hand_out(&mut self, connection: ConnectionId, id: u64, asked: HandOut, wants: Wants) {
        let began = self.errand(connection, id, asked, wants).and_then(|errand| {
            if let Wants::Console(wanted) = &errand.wants {
                self.check_console(&errand, wanted)?;
                if let Some(answer) = self.portal_link(&errand, wanted) {
                    self.answer(connection, id, answer);
                    return Ok(());
                }
            }
            self.ask_first(errand)
        });
        if let Err(failure) = began {
            self.answer(connection, id, Err(failure));
        }
    }

    fn errand(
        &self,
        connection: ConnectionId,
        id: u64,
        asked: HandOut,
        wants: Wants,
    ) -> Result<Errand, Failure> {
        let role = self.files_of(connection)?.role(&asked.role)?;
        let process = self.faces.get(&connection).and_then(|face| face.process);
        let program = program::behind(process, asked.way, asked.program.as_deref());
        Ok(Errand { connection, id, asked, wants, role, program })
    }

    /// Goes on where the program may be given the credentials, else has a person asked.
    fn ask_first(&mut self, errand: Errand) -> Result<(), Failure> {
        let now = self.clock.now();
        let consent = match self.state.consent(&errand.role.id, &errand.program, now) {
            Standing::Allowed => return self.go_on(errand),
            Standing::Refused => return Err(not_allowed(&errand)),
            Standing::Asked(consent) => consent,
            Standing::Unknown if self.somebody_can_ask() => {
                let (way, program) = (errand.asked.way, errand.program.clone());
                self.state.ask_consent(&errand.role, way, program, now)
            }
            Standing::Unknown => {
                return Err(Failure::new(
                    FailureCode::PersonNeeded,
                    format!(
                        "A person is to be asked before {} is handed out, and nobody can be asked here.",
                        shown(&errand.role.name)
                    ),
                    "Start Hatrack's tray, or run hat attend on a terminal.",
                ));
            }
        };
        let until = now + self.patience(&errand.asked);
        self.hand_outs.push(Waiting { errand, step: Step::Consent(consent), until });
        Ok(())
    }

    /// Gives what is live, or activates the role.
    fn go_on(&mut self, errand: Errand) -> Result<(), Failure> {
        let now = self.clock.now();
        match self.live_session(errand.connection, &errand.role) {
            Some((session, false)) => self.give(errand, session),
            Some((session, true)) => {
                let step = Step::Renewal(session);
                self.hand_outs.push(Waiting { errand, step, until: now + RENEWAL });
                Ok(())
            }
            None => self.activate_held(errand, now),
        }
    }

    fn activate_held(&mut self, errand: Errand, now: Timestamp) -> Result<(), Failure> {
        let (session, attempt) = self.activate_for(&errand, now)?;
        match errand.asked.ask {
            Ask::Here => {
                self.asked_here.push((errand.connection, session));
                let answer = Answer::Accepted { session, attempt };
                self.answer(errand.connection, errand.id, Ok(answer));
            }
            Ask::InWindow => {
                let until = now + self.patience(&errand.asked);
                self.hand_outs.push(Waiting { errand, step: Step::Session(session), until });
            }
        }
        Ok(())
    }

    /// Begins to activate a role so that the agent holds it.
    pub(super) fn activate_for(
        &mut self,
        errand: &Errand,
        now: Timestamp,
    ) -> Result<(SessionId, u64), Failure> {
        let asked = &errand.asked;
        let (_, mut wish) = self.wish(errand.connection, &asked.role, asked.region.clone())?;
        wish.output_profile = None;
        wish.duration_seconds = asked.duration_seconds;
        wish.confirmed.clone_from(&asked.confirmed);
        super::activate::check_duration(asked.duration_seconds)?;
        let manner = Manner {
            renew: false,
            in_window: asked.ask == Ask::InWindow,
            can_ask: asked.ask == Ask::Here || self.somebody_can_ask(),
            has_code: false,
        };
        let began = self.state.activate(wish, manner, now)?;
        self.note_sign_in_of(errand.connection, began.0);
        Ok(began)
    }

    /// Gives live credentials.
    fn give(&mut self, errand: Errand, session: SessionId) -> Result<(), Failure> {
        match errand.wants {
            Wants::Keys => {
                let (credentials, view) = self.credentials_of(session).ok_or_else(gone)?;
                let handed_out = handed_out(credentials, &view)?;
                self.note(&errand, 1, false);
                self.answer(errand.connection, errand.id, Ok(Answer::HandedOut(Box::new(handed_out))));
                Ok(())
            }
            Wants::Endpoint => self.serve(errand, session),
            Wants::Console(ref wanted) => {
                let wanted = wanted.clone();
                self.console(&errand, session, &wanted)
            }
        }
    }

    /// Remembers who was given credentials.
    pub(super) fn note(&mut self, errand: &Errand, count: u64, open: bool) {
        let now = self.clock.now();
        self.state.handed_out(Consumer {
            role_id: errand.role.id.clone(),
            role: errand.role.name.clone(),
            account_name: errand.role.account_name.clone(),
            way: match errand.wants {
                Wants::Keys => errand.asked.way,
                Wants::Endpoint => Way::Endpoint,
                Wants::Console(_) => Way::Console,
            },
            program: errand.program.clone(),
            first: now,
            last: now,
            count,
            open,
        });
    }

    /// Takes a person's word on a program.
    pub(super) fn answer_consent(&mut self, consent: PromptId, allow: Allow) -> Result<Answer, Failure> {
        let now = self.clock.now();
        self.state.answer_consent(consent, allow, now).ok_or_else(|| {
            Failure::new(FailureCode::NotFound, "Nobody waits for this answer any more.", "")
        })?;
        let (answered, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.hand_outs)
            .into_iter()
            .partition(|waiting| waiting.step == Step::Consent(consent));
        self.hand_outs = waiting;
        for Waiting { errand, .. } in answered {
            let (connection, id) = (errand.connection, errand.id);
            let went_on = if allow == Allow::Refuse { Err(not_allowed(&errand)) } else { self.go_on(errand) };
            if let Err(failure) = went_on {
                self.answer(connection, id, Err(failure));
            }
        }
        Ok(Answer::Done)
    }

    /// Goes on with what waits no more.
    pub(super) fn settle_hand_outs(&mut self) {
        let now = self.clock.now();
        for waiting in std::mem::take(&mut self.hand_outs) {
            let Waiting { errand, step, until } = waiting;
            let (connection, id) = (errand.connection, errand.id);
            let is_over = until <= now;
            let went_on = match step {
                Step::Consent(consent) if is_over || !self.state.is_asked(consent) => Err(nobody(&errand)),
                Step::Session(session) => match self.state.session_state(session) {
                    Some((SessionState::Active | SessionState::Renewing, _)) => self.give(errand, session),
                    Some((SessionState::Failed | SessionState::Expired, failure)) => {
                        Err(failure.cloned().unwrap_or_else(taken_back))
                    }
                    Some((SessionState::Ending, _)) | None => Err(taken_back()),
                    Some(_) if is_over => Err(nobody(&errand)),
                    Some(_) => {
                        self.hand_outs.push(Waiting { errand, step, until });
                        Ok(())
                    }
                },
                Step::Renewal(session) => match self.state.session_state(session) {
                    Some((SessionState::Renewing, _)) if !is_over => {
                        self.hand_outs.push(Waiting { errand, step, until });
                        Ok(())
                    }
                    Some((SessionState::Active | SessionState::Renewing, _)) => self.give(errand, session),
                    Some(_) | None => self.go_on(errand),
                },
                Step::Consent(_) => {
                    self.hand_outs.push(Waiting { errand, step, until });
                    Ok(())
                }
            };
            if let Err(failure) = went_on {
                self.answer(connection, id, Err(failure));
            }
        }
        let waiting: Vec<_> = self.hand_outs.iter().map(|waiting| waiting.step).collect();
        let questions: Vec<_> = self.state.questions().map(|question| question.id).collect();
        for consent in questions.into_iter().filter(|it| !waiting.contains(&Step::Consent(*it))) {
            self.state.withdraw_consent(consent);
        }
    }

    /// When [`Agent::settle_hand_outs`] is due next.
    pub(super) fn hand_outs_due(&self) -> Option<Timestamp> {
        self.hand_outs.iter().map(|waiting| waiting.until).min()
    }

    pub(super) fn live_session(&self, connection: ConnectionId, role: &Role) -> Option<(SessionId, bool)> {
        let world = self.faces.get(&connection)?.world.clone().ok()?;
        let file = self.credentials_file_of(connection).ok()?;
        self.state.live_session(world, &file, &role.id)
    }

    /// The credentials of a session that is delivered, with the session. Those that stood in the file
    /// when the agent started are read from there.
    pub(super) fn credentials_of(&self, session: SessionId) -> Option<(Credentials, SessionView)> {
        let view = self.state.session(session).filter(|view| view.state.is_delivered())?;
        if let Some((_, credentials)) =
            self.live.get(&session).filter(|(attempt, _)| *attempt == view.attempt)
        {
            return Some((credentials.clone(), view));
        }
        let pair =
            self.files.keys().find(|pair| crate::files::shown(&pair.credentials) == view.credentials_file)?;
        let keys = self.files.get(pair)?.static_keys(view.output_profile.as_ref()?.as_str())?;
        Some((Credentials { expiration: view.expiration, ..keys }, view))
    }

    /// Forgets the credentials of sessions that are over.
    pub(super) fn forget_dead(&mut self) {
        let state = &self.state;
        self.live.retain(|session, _| {
            state.session_state(*session).is_some_and(|(state, _)| state.is_delivered())
        });
    }

    fn patience(&self, asked: &HandOut) -> SignedDuration {
        let seconds = asked.wait_seconds.unwrap_or(self.state.settings().hand_out_wait_seconds);
        SignedDuration::from_secs(seconds.min(LONGEST_WAIT).into())
    }
}

fn handed_out(credentials: Credentials, view: &SessionView) -> Result<HandedOut, Failure> {
    // Without an end, AWS tools would never ask for new ones.
    let expiration = credentials.expiration.ok_or_else(gone)?;
    Ok(HandedOut {
        role_id: view.role_id.clone(),
        role: view.role.clone(),
        account_id: Some(view.account_id.clone()).filter(|id| !id.is_empty()),
        region: view.region.clone(),
        access_key_id: credentials.access_key_id,
        secret_access_key: credentials.secret_access_key,
        session_token: credentials.session_token,
        expiration,
    })
}

pub(super) fn gone() -> Failure {
    Failure::new(
        FailureCode::NotFound,
        "The session ended at this very moment, or another program changed its section.",
        "Try again.",
    )
}

fn taken_back() -> Failure {
    Failure::new(
        FailureCode::Cancelled,
        "The activation was taken back.",
        "Try again, and answer the prompt.",
    )
}

fn not_allowed(errand: &Errand) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("A person refused to hand out {}.", shown(&errand.role.name)),
        "Try again in half a minute, and allow it in Hatrack.",
    )
}

fn nobody(errand: &Errand) -> Failure {
    Failure::new(
        FailureCode::PersonNeeded,
        format!("{} waits for a person in Hatrack, and nobody answered in time.", shown(&errand.role.name)),
        "Answer what Hatrack asks, and try again.",
    )
}
