//! One listing under way.

use super::answers::{account, role_names};
use super::pages::{self, Answer, MOST_ACCOUNTS, Marks};
use super::{Found, Scope, Step, Stopped};
use crate::cache::{Cache, Token};
use crate::call::{Refusal, refused, sign_in_again};
use crate::outside::Outside;
use crate::portal::Door;
use crate::renewal::{fresh_token, renewed};
use aws_sdk_sso::types::AccountInfo;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::{Directory, Listed, Portal};
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How many accounts' roles are asked for at once: enough that 400 ms of latency cost nothing.
const AT_ONCE: usize = 8;
/// How old a listing of an account's roles may be, and that of an account in use.
const AGE: SignedDuration = SignedDuration::from_hours(24);
const USED_AGE: SignedDuration = SignedDuration::from_hours(1);
/// A token that ends sooner is renewed before anything is asked.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_mins(2);
/// After so many accounts in a row without an answer the portal counts as out of reach.
const UNANSWERED: usize = 5;
/// How often it is told how far it is, and how many of these times an estimate looks back.
const TICK: Duration = Duration::from_secs(1);
const LOOK_BACK: usize = 10;

pub(super) struct Listing<'a, O, F> {
    portal: &'a Portal,
    outside: &'a O,
    cache: &'a Cache,
    scope: Scope,
    tell: F,
    door: Door,
    token: Token,
    /// Whether the token was renewed and nothing was answered since.
    renewed: bool,
    /// Whether the portal doesn't take the token any more.
    rejected: bool,
    directory: Directory,
    /// The accounts that were told so far, by id; empty when all were.
    told: BTreeMap<String, Listed>,
    left_out: Vec<Failure>,
    marks: Marks,
    /// The page of accounts that is to be asked for: `Some(None)` is the first.
    page: Option<Option<String>>,
    all_told: bool,
    queue: VecDeque<String>,
    begun: HashSet<String>,
    done: usize,
    total: usize,
    unanswered: Vec<(String, Failure)>,
    /// How many were done at the last ticks.
    ticks: VecDeque<(Instant, usize)>,
    failure: Option<Failure>,
}

impl<'a, O: Outside, F: FnMut(Step<'_>)> Listing<'a, O, F> {
    pub(super) async fn begin(
        portal: &'a Portal,
        directory: Directory,
        scope: Scope,
        outside: &'a O,
        cache: &'a Cache,
        tell: F,
    ) -> Result<Found, Box<Stopped>> {
        let ready = async {
            let token = fresh_token(portal, outside, cache, TOKEN_MARGIN).await?;
            Ok((token, Door::of(portal, outside).await?))
        };
        let (token, door) = match ready.await {
            Ok(ready) => ready,
            Err(failure) => return Err(Box::new(Stopped { directory, failure })),
        };
        let listing = Self {
            portal,
            outside,
            cache,
            scope,
            tell,
            door,
            token,
            renewed: false,
            rejected: false,
            directory,
            told: BTreeMap::new(),
            left_out: Vec::new(),
            marks: Marks::default(),
            page: Some(None),
            all_told: false,
            queue: VecDeque::new(),
            begun: HashSet::new(),
            done: 0,
            total: 0,
            unanswered: Vec::new(),
            ticks: VecDeque::new(),
            failure: None,
        };
        listing.run().await
    }

    async fn run(mut self) -> Result<Found, Box<Stopped>> {
        let mut asked = JoinSet::new();
        let mut ticks = interval_at(Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.ask(&mut asked);
            if asked.is_empty() {
                if self.failure.is_none() && self.rejected {
                    self.renew().await;
                    continue;
                }
                return self.end();
            }
            tokio::select! {
                Some(answer) = asked.join_next() => match answer {
                    Ok(Answer::Accounts { from, result }) => self.accounts(from, result),
                    Ok(Answer::Roles { account, result }) => self.roles(account, result),
                    Err(_) => self.failure = Some(broken_off()),
                },
                _ = ticks.tick() => self.tick(),
            }
        }
    }

    /// Asks as much as may be asked at once. The accounts come before their roles.
    fn ask(&mut self, asked: &mut JoinSet<Answer>) {
        if self.failure.is_some() || self.rejected {
            return;
        }
        if let Some(from) = self.page.take() {
            asked.spawn(pages::accounts(self.door.clone(), self.token.clone(), from));
        }
        while asked.len() < AT_ONCE
            && let Some(account) = self.queue.pop_front()
        {
            asked.spawn(pages::roles(self.door.clone(), self.token.clone(), account));
        }
    }

    fn accounts(
        &mut self,
        from: Option<String>,
        result: Result<(Vec<AccountInfo>, Option<String>), Refusal>,
    ) {
        let (told, next) = match result {
            Ok(page) => page,
            Err(refusal) if refusal.is_about_token() => {
                self.page = Some(from);
                self.rejected = true;
                return;
            }
            Err(refusal) => {
                self.failure = Some(refused(refusal, "to list the accounts", self.door.host()));
                return;
            }
        };
        self.renewed = false;
        for told in told {
            match account(told) {
                Ok(listed) => _ = self.told.insert(listed.id.clone(), listed),
                Err(failure) => self.left_out.push(failure),
            }
        }
        match next {
            Some(next) if self.marks.take_accounts(&next) && self.told.len() <= MOST_ACCOUNTS => {
                self.page = Some(Some(next));
            }
            Some(_) => self.failure = Some(pages::without_end(self.door.host())),
            None => self.all_told = true,
        }
        self.take_accounts();
        self.queue_due();
        if from.is_none() {
            self.step();
        }
    }

    /// Puts the accounts that were told into the directory. Until all were, none goes.
    fn take_accounts(&mut self) {
        if self.all_told {
            let told = std::mem::take(&mut self.told);
            return self.directory.set_accounts(told.into_values());
        }
        let mut listed = self.told.clone();
        for known in self.directory.accounts() {
            listed.entry(known.id.clone()).or_insert_with(|| Listed {
                id: known.id.clone(),
                name: known.name.clone(),
                email: known.email.clone(),
            });
        }
        self.directory.set_accounts(listed.into_values());
    }

    /// Queues the accounts whose roles are to be listed, the most urgent first.
    fn queue_due(&mut self) {
        let before = self.scope.all_before;
        let age = if before.is_some() { SignedDuration::MIN } else { AGE };
        let is_used = |id: &str| self.scope.used.contains(id);
        let due = self.directory.due(self.outside.now(), age, USED_AGE, is_used);
        let is_wanted = |id: &String| {
            let account = self.directory.account(id);
            let is_old = before.is_none_or(|before| {
                account.is_some_and(|it| it.failure.is_some() || it.listed.is_none_or(|at| at < before))
            });
            is_old && (self.all_told || self.told.contains_key(id))
        };
        let waiting: HashSet<String> = self.queue.drain(..).collect();
        let begun = &mut self.begun;
        let fits = |id: &String| waiting.contains(id) || (is_wanted(id) && begun.insert(id.clone()));
        self.queue = due.into_iter().filter(fits).collect();
        self.total = self.begun.len();
    }

    fn roles(&mut self, account: String, result: Result<Vec<String>, Refusal>) {
        let is_first = self.done == 0;
        match result {
            Ok(told) => {
                self.renewed = false;
                self.charge_unanswered();
                let (names, complaint) = role_names(told, &account);
                let names = names.iter().map(String::as_str);
                self.directory.set_roles(&account, names, self.outside.now());
                if let Some(complaint) = complaint {
                    self.directory.set_failure(&account, complaint);
                }
                self.done += 1;
            }
            Err(refusal) if refusal.is_about_token() => {
                self.rejected = true;
                self.queue.push_front(account);
            }
            Err(refusal) if refusal.is_too_often() => {
                self.failure = Some(refused(refusal, "to list the roles", self.door.host()));
            }
            Err(refusal) => {
                let is_answer = refusal.is_about_account();
                let what = format!("to list the roles of the account {account}");
                let failure = refused(refusal, &what, self.door.host());
                if is_answer {
                    self.directory.set_failure(&account, failure.to_string());
                    self.done += 1;
                } else {
                    self.unanswered.push((account, failure));
                    if self.unanswered.len() >= UNANSWERED {
                        self.failure = self.unanswered.pop().map(|(_, failure)| failure);
                        self.unanswered.clear();
                    }
                }
            }
        }
        if is_first && self.done > 0 {
            self.step();
        }
    }

    /// The portal answers others: what was not answered is those accounts' own trouble.
    fn charge_unanswered(&mut self) {
        for (account, failure) in self.unanswered.drain(..) {
            self.directory.set_failure(&account, failure.to_string());
            self.done += 1;
        }
    }

    /// Renews a token that is not taken any more, once.
    async fn renew(&mut self) {
        let renewed = if self.renewed {
            Err(sign_in_again(self.portal.name(), "isn't taken any more"))
        } else {
            renewed(self.portal, self.outside, self.cache, &self.token).await
        };
        match renewed {
            Ok(token) => {
                self.token = token;
                self.renewed = true;
                self.rejected = false;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn end(mut self) -> Result<Found, Box<Stopped>> {
        if let Some(failure) = self.failure.take() {
            return Err(Box::new(Stopped { directory: self.directory, failure }));
        }
        self.charge_unanswered();
        self.directory.complete = Some(self.outside.now());
        Ok(Found { directory: self.directory, left_out: self.left_out })
    }

    fn tick(&mut self) {
        if self.ticks.len() == LOOK_BACK {
            self.ticks.pop_front();
        }
        self.ticks.push_back((Instant::now(), self.done));
        self.step();
    }

    fn step(&mut self) {
        let step = Step {
            directory: &self.directory,
            accounts_done: self.done,
            accounts_total: self.all_told.then_some(self.total),
            seconds_left: self.seconds_left(),
        };
        (self.tell)(step);
    }

    fn seconds_left(&self) -> Option<u32> {
        if !self.all_told {
            return None;
        }
        let left = u32::try_from(self.total.saturating_sub(self.done)).unwrap_or(u32::MAX);
        let measured = self.ticks.front().and_then(|(at, done)| {
            let seconds = at.elapsed().as_secs_f64();
            let done = u32::try_from(self.done.saturating_sub(*done)).unwrap_or(u32::MAX);
            (seconds >= 2.0 && done > 0).then(|| f64::from(done) / seconds)
        });
        let rate = measured.unwrap_or_else(|| self.door.rate());
        Duration::try_from_secs_f64((f64::from(left) / rate).ceil()).ok()?.as_secs().try_into().ok()
    }
}

fn broken_off() -> Failure {
    Failure::new(FailureCode::Cancelled, "The listing of the organisation was broken off.", "Try again.")
}
