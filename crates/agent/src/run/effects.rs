//! Doing what the state decided: calls in tasks of their own, files on the disk's thread.

use super::{Agent, Outcome};
use crate::disk::DiskJob;
use crate::files::FilePair;
use crate::perform::{Performed, Tools, filled_session_name, perform};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::plan::{Plan, Start};
use hatrack_core::state::Effect;
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
            Effect::Write { session, attempt, wish } => {
                if let Some(credentials) = self.granted.get(&attempt).cloned() {
                    let config =
                        self.world(wish.world).map_or_else(PathBuf::new, |known| known.pair.config.clone());
                    self.disk.send(DiskJob::Write { session, attempt, wish, config, credentials });
                }
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
            Effect::ForgetCode { mfa_serial } => {
                self.codes.remove(&mfa_serial);
            }
        }
    }

    fn call(&mut self, attempt: u64, plan: Plan) {
        let now = self.clock.now();
        let tools = match self.tools(&plan) {
            Ok(tools) => tools,
            Err(failure) => {
                self.state.refused(attempt, failure, now);
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
        let source = match &plan.start {
            Start::Source(source) => self.sources.get(&source.key()).cloned(),
            Start::Origin(_) => None,
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
            source,
            code,
            session_name: filled_session_name(&self.state.settings().session_name, &self.user, &self.host),
        })
    }

    pub(super) fn performed(&mut self, attempt: u64, result: Result<Box<Performed>, Failure>) {
        self.running.remove(&attempt);
        let now = self.clock.now();
        match result {
            Ok(performed) => {
                let Performed { granted, credentials, sources } = *performed;
                self.sources.extend(sources);
                self.granted.insert(attempt, credentials);
                self.state.granted(attempt, granted, now);
            }
            Err(failure) => self.state.refused(attempt, failure, now),
        }
    }

    /// Reads files although they did not change, as the settings did.
    pub(super) fn read_anew(&mut self, pair: FilePair) {
        self.disk.send(DiskJob::Read { pair, settings: Box::new(self.state.settings().clone()), anew: true });
    }
}
