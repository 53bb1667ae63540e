//! Accesses that end in time, whatever the keyring does.

use super::{Condition, Keyring, KeyringError};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether an access may bring up the keyring's own dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// Nobody is there who asked for anything.
    Never,
    /// A person has just asked for something that needs the keyring.
    MayPrompt,
}

/// A keyring with a time limit.
#[derive(Clone)]
pub(crate) struct Bounded {
    keyring: Arc<dyn Keyring>,
    limit: Duration,
    taken: Arc<Taken>,
}

impl Bounded {
    pub(crate) fn new(keyring: Arc<dyn Keyring>, limit: Duration) -> Self {
        Self { keyring, limit, taken: Arc::default() }
    }

    /// Accesses the keyring if it is open, or if a person may be asked to open it. Blocks for no
    /// longer than the limit.
    pub(crate) fn access<T: Send + 'static>(
        &self,
        asking: Asking,
        job: impl FnOnce(&dyn Keyring) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        self.run(move |keyring| match (keyring.look()?, asking) {
            (Condition::Ready, _) | (Condition::Locked, Asking::MayPrompt) => job(keyring),
            (Condition::Locked, Asking::Never) => Err(KeyringError::Locked),
            (Condition::NotCreated, _) => Err(KeyringError::NotCreated),
        })
    }

    /// Tells how the keyring is; of an open one, whether this trial works too.
    pub(super) fn condition(
        &self,
        trial: impl FnOnce(&dyn Keyring) -> Result<(), KeyringError> + Send + 'static,
    ) -> Result<Condition, KeyringError> {
        self.run(move |keyring| match keyring.look()? {
            Condition::Ready => trial(keyring).map(|()| Condition::Ready),
            condition @ (Condition::Locked | Condition::NotCreated) => Ok(condition),
        })
    }

    fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&dyn Keyring) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let begun = Instant::now();
        // A keyring that hangs gets one thread of ours, and its person one dialog.
        let turn = Taken::turn(&self.taken, self.limit).ok_or(KeyringError::Silent)?;
        let (sender, answer) = sync_channel(1);
        let keyring = Arc::clone(&self.keyring);
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let answer = job(&*keyring);
            drop(turn);
            // Who asked may have lost patience meanwhile.
            sender.send(answer).ok();
        });
        thread.map_err(|_| KeyringError::Unusable("no thread could be started for it".to_owned()))?;
        match answer.recv_timeout(self.limit.saturating_sub(begun.elapsed())) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(KeyringError::Silent),
            Err(RecvTimeoutError::Disconnected) => {
                Err(KeyringError::Unusable("the access to it ended early".to_owned()))
            }
        }
    }
}

/// Whether somebody has the turn.
#[derive(Default)]
struct Taken {
    by_somebody: Mutex<bool>,
    given_back: Condvar,
}

/// The right to access the keyring, until it is dropped.
struct Turn(Arc<Taken>);

impl Taken {
    /// Waits for the turn; `None` if it isn't given back in time.
    fn turn(this: &Arc<Self>, limit: Duration) -> Option<Turn> {
        let taken = this.by_somebody.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = this.given_back.wait_timeout_while(taken, limit, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(Turn(Arc::clone(this)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.by_somebody.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.given_back.notify_one();
    }
}
