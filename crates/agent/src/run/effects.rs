//! Doing what the state decided: calls in tasks of their own, files on the disk's thread.

use super::{Agent, Outcome, sign_ins};
use crate::code;
use crate::disk::DiskJob;
use crate::perform::{Performed, Refused, Renewed, Tools, perform, verify};
use hatrack_core::code_source::CodeSource;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::plan::{Plan, Start, WorldId};
use hatrack_core::state::{Effect, Wish};
use hatrack_vault::totp::Seed;
use hatrack_vault::{Kind, Vault};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::path::PathBuf;

impl Agent {
    pub(super) fn perform_effects(&mut self) {
        loop {
            let effects = self.state.effects();
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                self.perform_effect(effect);
            }
        }
    }

    fn perform_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Call { attempt, plan } => self.call(attempt, plan),
            Effect::Write { session, attempt, wish } if wish.is_held() => {
                self.delivered(session, attempt, &wish);
            }
            Effect::Write { session, attempt, wish } => {
                if let Some(credentials) = self.granted.get(&attempt).cloned() {
                    let config =
                        self.world(wish.world).map_or_else(PathBuf::new, |known| known.pair.config.clone());
                    self.disk.send(DiskJob::Write { session, attempt, wish, config, credentials });
                }
            }
            Effect::Erase { session, wish } if wish.is_held() => {
                self.live.remove(&session);
                let now = self.clock.now();
                self.state.erased(session, now);
            }
            Effect::Erase { session, wish } => self.disk.send(DiskJob::Erase { session, wish }),
            Effect::Forget { attempt } => {
                self.granted.remove(&attempt);
                // A call that carries a code goes on: its device's step is used up only when AWS
                // has answered.
                if let Some(task) = self.running.remove(&attempt) {
                    task.abort();
                }
            }
            Effect::ForgetSource(key) => {
                self.sources.remove(&key);
            }
            Effect::Verify { session, attempt, wish } => self.verify(session, attempt, &wish),
            Effect::FetchCode { prompt, mfa_serial, source, world } => {
                self.fetch_code(prompt, mfa_serial, source, world);
            }
            Effect::SignIn { attempt, provider, world, device_code } => {
                self.begin_sign_in(attempt, provider, world, device_code);
            }
            Effect::List { attempt, portal, world, all_before } => {
                self.begin_listing(attempt, &portal, world, all_before);
            }
            Effect::CancelListing { attempt } => self.abort_listing(attempt),
            Effect::CancelSignIn { attempt } => {
                if let Some(under_way) = self.sign_ins.remove(&attempt) {
                    under_way.task.abort();
                    self.tell_signed_in(&under_way.provider, None, &Err(sign_ins::cancelled()));
                }
            }
            Effect::ForgetCode { mfa_serial } => {
                self.codes.remove(&mfa_serial);
            }
        }
    }

    /// The credentials of an attempt stand where they were wanted, and can be handed out.
    pub(super) fn delivered(&mut self, session: SessionId, attempt: u64, wish: &Wish) {
        let now = self.clock.now();
        self.delivered = self.granted.get(&attempt).map(|it| (attempt, it.clone()));
        if let Some(credentials) = self.granted.get(&attempt) {
            self.live.insert(session, (attempt, credentials.clone()));
        }
        self.state.written(session, attempt, wish, now);
    }

    fn call(&mut self, attempt: u64, plan: Plan) {
        let now = self.clock.now();
        let tools = match self.tools(&plan) {
            Ok(tools) => tools,
            Err(failure) => {
                self.state.refused(attempt, failure, None, now);
                return;
            }
        };
        let carries_code = plan.mfa_serial().is_some();
        let outcomes = self.outcomes.clone();
        let task = tokio::spawn(async move {
            let result = perform(&plan, tools, now).await.map(Box::new);
            // The loop may have ended meanwhile.
            outcomes.send(Outcome::Performed { attempt, result }).ok();
        });
        if !carries_code {
            self.running.insert(attempt, task.abort_handle());
        }
    }

    fn tools(&mut self, plan: &Plan) -> Result<Tools, Failure> {
        let gone = || {
            Failure::new(
                FailureCode::NotFound,
                "The files that describe this role haven't been read.",
                "Activate the role again.",
            )
        };
        let known = self.world(plan.world).ok_or_else(gone)?;
        let (world, files) = (known.world.clone(), self.files.get(&known.pair).cloned().ok_or_else(gone)?);
        let center = self.center(&world);
        let source = match &plan.start {
            Start::Source(source) => self.sources.get(&source.key()).cloned(),
            Start::Origin(_) => None,
        };
        let held = match &plan.start {
            Start::Origin(origin) => origin.provider().and_then(|it| self.held.get(&it)).cloned(),
            Start::Source(_) => None,
        };
        let code = plan.mfa_serial().and_then(|serial| {
            let code = self.codes.remove(serial)?;
            self.last_codes.insert(serial.to_owned(), code.clone());
            Some(code)
        });
        Ok(Tools {
            world,
            files,
            caller: self.caller.clone(),
            vault: self.vault.asking(),
            center,
            clock: self.clock.clone(),
            source,
            held,
            code,
            session_name: self.state.settings().session_name.clone(),
            user: self.user.clone(),
            host: self.host.clone(),
        })
    }

    pub(super) fn performed(&mut self, attempt: u64, result: Result<Box<Performed>, Refused>) {
        self.running.remove(&attempt);
        let now = self.clock.now();
        match result {
            Ok(performed) => {
                let Performed { granted, credentials, sources, renewed } = *performed;
                if let Some(Renewed { provider, held, identity }) = renewed {
                    if let Some(held) = held {
                        self.held.insert(provider.clone(), (held, identity.end));
                    }
                    self.state.signed_in(&provider, identity, now);
                }
                self.sources.extend(sources);
                self.granted.insert(attempt, credentials);
                self.state.granted(attempt, granted, now);
            }
            Err(Refused { failure, over }) => {
                let over = over.as_ref().map(|(role, seconds)| (role.as_str(), *seconds));
                self.state.refused(attempt, failure, over, now);
            }
        }
    }

    /// Shows what was delivered to GetCallerIdentity, so that people see whose it really is.
    fn verify(&mut self, session: SessionId, attempt: u64, wish: &Wish) {
        let delivered = self.delivered.take().filter(|(delivered, _)| *delivered == attempt);
        let Some((_, credentials)) = delivered else { return };
        let Some(known) = self.world(wish.world) else { return };
        let (world, caller, outcomes) = (known.world.clone(), self.caller.clone(), self.outcomes.clone());
        let region = wish.region.as_deref();
        let files = self.files.get(&known.pair);
        let endpoint = files.map(|files| files.endpoint_of(&wish.role.id, region)).unwrap_or_default();
        tokio::spawn(async move {
            let result = verify(&caller, &world, &endpoint, &credentials).await;
            // The loop may have ended meanwhile.
            outcomes.send(Outcome::Verified { session, attempt, result }).ok();
        });
    }

    /// Fetches a device's code from where its codes come from.
    fn fetch_code(&mut self, prompt: PromptId, mfa_serial: String, source: CodeSource, world: WorldId) {
        let Some(known) = self.world(world) else { return };
        let (world, vault, clock) = (known.world.clone(), self.vault.asking(), self.clock.clone());
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            let result = match source {
                CodeSource::Vault => code_from_vault(&vault, &mfa_serial, clock.now()).await,
                CodeSource::Process { .. } | CodeSource::Ykman { .. } => code::obtain(&world, &source).await,
            };
            // The loop may have ended meanwhile.
            outcomes.send(Outcome::Code { prompt, result }).ok();
        });
    }

    pub(super) fn code_came(&mut self, prompt: PromptId, result: Result<Sealed, Failure>) {
        let answered = result.and_then(|code| self.answer_prompt(prompt, &code).map(|_| ()));
        if let Err(failure) = answered {
            let now = self.clock.now();
            let here = self.state.prompt(prompt).is_some_and(|prompt| {
                self.asked_here.iter().any(|(_, session)| prompt.sessions.contains(session))
            });
            let can_ask = here || self.somebody_can_ask();
            self.state.code_not_fetched(prompt, &failure, can_ask, now);
        }
    }
}

async fn code_from_vault(vault: &Vault, mfa_serial: &str, now: Timestamp) -> Result<Sealed, Failure> {
    let kept = vault.get(Kind::TotpSeed, mfa_serial).await?.ok_or_else(|| {
        Failure::new(
            FailureCode::NotFound,
            format!("The vault has no seed of {}.", hatrack_core::name::shown(mfa_serial)),
            "Type the code, or keep the seed: hat mfa keep-seed.",
        )
    })?;
    Seed::parse(&kept)?.code_at(now)
}
