//! The menu made from the present.

use super::organisations::{self, organisations};
use super::space::{Group, Rest, first_level, up_to_search};
use super::{Menu, MenuAction, ROWS, Row, Sign};
use crate::catalogue::{Outline, OutlineAccount, Role};
use crate::name::{RoleId, SessionId, shown};
use crate::snapshot::{Prompt, PromptState, SessionState, SessionView, SignIn, Snapshot};
use crate::view::{count, countdown};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// How many of the roles that were used last stand in the first level, which has to have space for
/// accounts, too.
const RECENTS: usize = 5;

/// Makes the menu of the present: sessions first, then favourites, recents, accounts,
/// organisations.
pub fn menu(snapshot: &Snapshot, outline: &Outline, now: Timestamp) -> Menu {
    let present = Present::new(snapshot, outline, now);
    let tail = present.tail();
    let groups = [
        Group { title: None, rows: present.sessions(), least: 4, rest: Rest::InWindow("More sessions…") },
        Group { title: Some("Favourites"), rows: present.favourites(), least: 3, rest: Rest::InTail },
        Group { title: Some("Recent"), rows: present.recents(), least: 2, rest: Rest::InTail },
        Group {
            title: None,
            rows: present.accounts(),
            least: 2,
            rest: Rest::Below { text: "More accounts", searched: present.more_accounts() },
        },
        Group {
            title: None,
            rows: organisations(snapshot, now),
            least: 2,
            rest: Rest::InWindow("More organisations…"),
        },
    ];
    let mut rows = first_level(groups, ROWS - tail.len());
    rows.extend(tail);
    Menu { rows }
}

/// Makes the menu of a tray that has lost the agent.
pub fn unconnected() -> Menu {
    let rows = vec![
        label("Not connected to the agent"),
        click("Connect", MenuAction::Connect),
        Row::Separator,
        click("Open Hatrack", MenuAction::ShowMain),
        click("Quit", MenuAction::Quit),
    ];
    Menu { rows }
}

/// Tells after how long the menu says something else by the passing of time alone; `None`: never.
pub fn next_change(snapshot: &Snapshot, now: Timestamp) -> Option<SignedDuration> {
    let delivered = snapshot.sessions.iter().filter(|session| session.state.is_delivered());
    delivered
        .filter_map(|session| session.expiration)
        .chain(organisations::ends(snapshot))
        .filter_map(|end| countdown::next_change_in_minutes(countdown::left(end, now)))
        .min()
}

/// The present with what is looked up in it.
struct Present<'a> {
    snapshot: &'a Snapshot,
    outline: &'a Outline,
    now: Timestamp,
    roles: HashMap<&'a RoleId, &'a Role>,
    delivered: HashSet<&'a RoleId>,
}

impl<'a> Present<'a> {
    fn new(snapshot: &'a Snapshot, outline: &'a Outline, now: Timestamp) -> Self {
        let of_accounts = outline.accounts.iter().flat_map(|account| &account.roles);
        let roles = outline.mentioned.iter().chain(of_accounts).map(|role| (&role.id, role)).collect();
        let delivered = snapshot.sessions.iter().filter(|session| session.state.is_delivered());
        let delivered = delivered.map(|session| &session.role_id).collect();
        Self { snapshot, outline, now, roles, delivered }
    }

    /// What is active, what waits for a person, what is under way, what ended.
    fn sessions(&self) -> Vec<Row> {
        let in_state = |wanted: fn(SessionState) -> bool| {
            self.snapshot.sessions.iter().filter(move |session| wanted(session.state))
        };
        let prompts = self.snapshot.prompts.iter().map(|prompt| self.prompt(prompt));
        let sign_ins = self.snapshot.sign_ins.iter().flat_map(|sign_in| self.sign_in(sign_in));
        in_state(SessionState::is_delivered)
            .map(|session| self.session(session))
            .chain(prompts)
            .chain(sign_ins)
            .chain(in_state(|state| !state.is_delivered()).filter_map(|session| self.undelivered(session)))
            .collect()
    }

    fn session(&self, session: &SessionView) -> Row {
        let left = session.expiration.map(|expiration| countdown::left(expiration, self.now));
        let left = left.map(|left| format!(" · {}", countdown::words_in_minutes(left))).unwrap_or_default();
        let (mark, sign) = self.mark(&session.role_id);
        let place = session.output_profile.as_ref().map(|profile| format!(" → {profile}"));
        let text = format!("{mark}{}{}{left}", shown(&session.role), place.unwrap_or_default());
        let mut rows = about(session);
        let renew = MenuAction::Renew {
            role: session.role_id.clone(),
            output_profile: session.output_profile.clone(),
        };
        rows.extend([
            Row::Separator,
            action("Renew".to_owned(), renew, session.state == SessionState::Active, false, None),
            click("Open console", MenuAction::OpenConsole { role: session.role_id.clone() }),
            click("Deactivate", MenuAction::Deactivate { session: session.id }),
            click("Show in Hatrack", MenuAction::ShowMain),
        ]);
        Row::Submenu { text, sign: Some(sign.unwrap_or(Sign::Active)), rows }
    }

    fn prompt(&self, prompt: &Prompt) -> Row {
        let (roles, wait) = self.waiting(&prompt.sessions).unwrap_or(("A role".to_owned(), "waits"));
        let text = match prompt.state {
            PromptState::Asking => format!("{roles} {wait} for a code…"),
            PromptState::Holding => format!("{roles} {wait} for the next code…"),
            PromptState::Sending => format!("{roles}: checking the code…"),
        };
        action(text, MenuAction::ShowPrompt, true, false, Some(Sign::Waiting))
    }

    /// A sign-in in the browser: a click shows it again, and the row below takes it back.
    fn sign_in(&self, sign_in: &SignIn) -> [Row; 2] {
        let (id, provider) = (sign_in.id, shown(sign_in.provider.name()));
        let wait = match self.waiting(&sign_in.sessions) {
            Some((roles, wait)) => format!("{roles} {wait} for the sign-in at {provider}…"),
            None => format!("Signing in to {provider}…"),
        };
        let text = match &sign_in.device {
            Some(device) => format!("{wait} Code {}", shown(&device.user_code)),
            None => wait,
        };
        [
            action(text, MenuAction::OpenAgain { sign_in: id }, true, false, Some(Sign::Waiting)),
            click(&format!("Cancel the sign-in at {provider}"), MenuAction::CancelSignIn { sign_in: id }),
        ]
    }

    /// Who waits, and the verb that goes with it; `None` where nobody does.
    fn waiting(&self, sessions: &[SessionId]) -> Option<(String, &'static str)> {
        let mut waiting = self.snapshot.sessions.iter().filter(|session| sessions.contains(&session.id));
        let role = shown(&waiting.next()?.role);
        Some(match waiting.count() {
            0 => (role, "waits"),
            others => (format!("{role} and {others} more"), "wait"),
        })
    }

    /// The row of a session that isn't delivered; `None` where the row of a prompt or of a
    /// sign-in speaks for it.
    fn undelivered(&self, session: &SessionView) -> Option<Row> {
        let role = shown(&session.role);
        match session.state {
            SessionState::Active | SessionState::Renewing => None,
            SessionState::AwaitingMfa | SessionState::Authenticating => {
                let prompted =
                    self.snapshot.prompts.iter().any(|prompt| prompt.sessions.contains(&session.id));
                (!prompted).then(|| label(&format!("{role} · activating…")))
            }
            SessionState::AwaitingBrowser => {
                let spoken_for =
                    self.snapshot.sign_ins.iter().any(|sign_in| sign_in.sessions.contains(&session.id));
                (!spoken_for).then(|| label(&format!("{role} · waits for the browser…")))
            }
            SessionState::Ending => Some(label(&format!("{role} · ending…"))),
            SessionState::Expired => Some(self.over(session, format!("{role} · expired"))),
            SessionState::Failed => Some(self.over(session, format!("{role} · failed"))),
        }
    }

    /// A session that ended by itself.
    fn over(&self, session: &SessionView, text: String) -> Row {
        let again = MenuAction::Activate {
            role: session.role_id.clone(),
            output_profile: session.output_profile.clone(),
        };
        let known = self.roles.contains_key(&session.role_id);
        let mut rows = about(session);
        rows.extend([
            Row::Separator,
            action("Activate again".to_owned(), again, known, false, None),
            click("Clear", MenuAction::Deactivate { session: session.id }),
        ]);
        Row::Submenu { text, sign: Some(Sign::Trouble), rows }
    }

    fn favourites(&self) -> Vec<Row> {
        self.known(&self.snapshot.settings.favourites).map(|role| self.role_with_account(role)).collect()
    }

    fn recents(&self) -> Vec<Row> {
        let favourites: HashSet<&RoleId> = self.snapshot.settings.favourites.iter().collect();
        self.known(&self.snapshot.recents)
            .filter(|role| !favourites.contains(&role.id) && !self.delivered.contains(&role.id))
            .take(RECENTS)
            .map(|role| self.role_with_account(role))
            .collect()
    }

    fn known(&self, ids: &'a [RoleId]) -> impl Iterator<Item = &'a Role> {
        ids.iter().filter_map(|id| self.roles.get(id).copied())
    }

    fn accounts(&self) -> Vec<Row> {
        let accounts = &self.outline.accounts;
        let mut same_names: HashMap<&str, usize> = HashMap::new();
        for account in accounts {
            *same_names.entry(&account.name).or_default() += 1;
        }
        let is_unique = |account: &OutlineAccount| same_names.get(account.name.as_str()) == Some(&1);
        accounts.iter().map(|account| self.account(account, is_unique(account))).collect()
    }

    /// Whether there are accounts that the outline hasn't.
    fn more_accounts(&self) -> bool {
        self.outline.accounts_total > self.outline.accounts.len()
    }

    fn account(&self, account: &OutlineAccount, unique: bool) -> Row {
        let (id, name) = (account.id.as_str(), account.name.as_str());
        let text = match (id, name) {
            ("", "") => "Other roles".to_owned(),
            (id, "") => shown(id),
            (id, name) if unique || id == name || id.is_empty() => shown(name),
            (id, name) => format!("{} · {}", shown(name), shown(id)),
        };
        let roles = account.roles.iter().map(|role| self.role(role, &shown(role.name_in_account())));
        let rows = up_to_search(roles.collect(), account.total > account.roles.len());
        Row::Submenu { text, sign: None, rows }
    }

    fn role_with_account(&self, role: &Role) -> Row {
        let name = shown(role.name_in_account());
        let text = match role.account_name.as_str() {
            "" => name,
            account => format!("{name} · {}", shown(account)),
        };
        self.role(role, &text)
    }

    fn role(&self, role: &Role, text: &str) -> Row {
        let (mark, sign) = self.mark(&role.id);
        let activate = MenuAction::Activate { role: role.id.clone(), output_profile: None };
        action(format!("{mark}{text}"), activate, true, self.delivered.contains(&role.id), sign)
    }

    /// The word and the sign of a production role.
    fn mark(&self, role: &RoleId) -> (&'static str, Option<Sign>) {
        match self.roles.get(role).is_some_and(|role| role.is_production()) {
            true => ("PROD · ", Some(Sign::Production)),
            false => ("", None),
        }
    }

    /// What always stands at the end.
    fn tail(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        rows.push(match self.outline.roles {
            0 if self.snapshot.organisations.is_empty() => label("No roles found in your AWS files"),
            0 => label("No roles known yet"),
            _ => click("All roles…", MenuAction::ShowMain),
        });
        rows.push(Row::Separator);
        let problems = self.snapshot.problems.len();
        if problems > 0 {
            let text = format!("{} in your AWS files…", count::of(problems, "problem"));
            rows.push(click(&text, MenuAction::ShowMain));
        }
        let anything = !self.snapshot.sessions.is_empty();
        rows.extend([
            click("Open Hatrack", MenuAction::ShowMain),
            action("Deactivate all".to_owned(), MenuAction::DeactivateAll, anything, false, None),
            click("Quit", MenuAction::Quit),
        ]);
        rows
    }
}

/// What is to be known about a session at one glance.
fn about(session: &SessionView) -> Vec<Row> {
    let account = match (shown(&session.account_name), shown(&session.account_id)) {
        (name, id) if name == id || id.is_empty() => name,
        (name, id) if name.is_empty() => id,
        (name, id) => format!("{name} · {id}"),
    };
    let account = (!account.is_empty()).then(|| label(&account));
    let profile = match &session.output_profile {
        Some(profile) => label(&format!("Profile {profile}")),
        None => label("Held by Hatrack, in no file"),
    };
    let region = session.region.as_deref().map(|region| label(&format!("Region {}", shown(region))));
    let failure = session.failure.as_ref().map(|failure| label(&shown(&failure.happened)));
    account.into_iter().chain([profile]).chain(region).chain(failure).collect()
}

pub(super) fn label(text: &str) -> Row {
    Row::Label { text: text.to_owned() }
}

pub(super) fn click(text: &str, does: MenuAction) -> Row {
    action(text.to_owned(), does, true, false, None)
}

pub(super) fn action(
    text: String,
    action: MenuAction,
    enabled: bool,
    checked: bool,
    sign: Option<Sign>,
) -> Row {
    Row::Action { text, action, enabled, checked, sign }
}
