//! The menu made from the present.

use super::{Menu, MenuAction, ROWS, Row, Sign};
use crate::catalogue::{Outline, OutlineAccount, Role};
use crate::name::{RoleId, shown};
use crate::snapshot::{
    Organisation, Prompt, PromptState, SessionState, SessionView, SignInStanding, Snapshot,
};
use crate::view::countdown;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// Makes the menu of the present: sessions first, then favourites, recents, accounts,
/// organisations.
pub fn menu(snapshot: &Snapshot, outline: &Outline, now: Timestamp) -> Menu {
    let present = Present::new(snapshot, outline, now);
    let tail = present.tail();
    let groups: Vec<Group> = [
        Group { title: None, rows: present.sessions(), least: 4, rest: Some("More sessions…") },
        Group { title: Some("Favourites"), rows: present.favourites(), least: 3, rest: None },
        Group { title: Some("Recent"), rows: present.recents(), least: 2, rest: None },
        Group { title: None, rows: present.accounts(), least: 3, rest: None },
        Group { title: None, rows: present.organisations(), least: 2, rest: Some("More organisations…") },
    ]
    .into_iter()
    .filter(|group| !group.rows.is_empty())
    .collect();
    let shares = shares(&groups, ROWS - tail.len());
    let mut rows = Vec::with_capacity(ROWS);
    for (group, share) in groups.into_iter().zip(shares) {
        if !rows.is_empty() {
            rows.push(Row::Separator);
        }
        rows.extend(group.title.map(label));
        rows.extend(cut(group.rows, share, group.rest));
    }
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
        .filter_map(|session| countdown::next_change_in_minutes(countdown::left(session.expiration?, now)))
        .min()
}

/// Rows that belong together in the first level.
struct Group {
    title: Option<&'static str>,
    rows: Vec<Row>,
    /// How many rows it has even where space is short.
    least: usize,
    /// What stands for the rows that found no space; `None` where the tail does.
    rest: Option<&'static str>,
}

/// Shares the space out: first to each group its least, then in the groups' order.
fn shares(groups: &[Group], space: usize) -> Vec<usize> {
    let titles = groups.iter().filter(|group| group.title.is_some()).count();
    let separators = groups.len().saturating_sub(1);
    let mut shares: Vec<usize> = groups.iter().map(|group| group.rows.len().min(group.least)).collect();
    let mut left = space.saturating_sub(titles + separators + shares.iter().sum::<usize>());
    for (share, group) in shares.iter_mut().zip(groups) {
        let more = left.min(group.rows.len() - *share);
        *share += more;
        left -= more;
    }
    shares
}

/// The first rows; where some are left out and a text stands for them, it takes the last place.
fn cut(mut rows: Vec<Row>, space: usize, rest: Option<&str>) -> Vec<Row> {
    if rows.len() > space {
        let kept = if rest.is_some() { space.saturating_sub(1) } else { space };
        rows.truncate(kept);
        rows.extend(rest.map(|text| click(text, MenuAction::ShowMain)));
    }
    rows
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
        in_state(SessionState::is_delivered)
            .map(|session| self.session(session))
            .chain(prompts)
            .chain(in_state(|state| !state.is_delivered()).filter_map(|session| self.undelivered(session)))
            .collect()
    }

    fn session(&self, session: &SessionView) -> Row {
        let left = session.expiration.map(|expiration| countdown::left(expiration, self.now));
        let left = left.map(|left| format!(" · {}", countdown::words_in_minutes(left))).unwrap_or_default();
        let (mark, sign) = self.mark(&session.role_id);
        let text = format!("{mark}{} → {}{left}", shown(&session.role), session.output_profile);
        let mut rows = about(session);
        let renew = MenuAction::Renew {
            role: session.role_id.clone(),
            output_profile: session.output_profile.clone(),
        };
        rows.extend([
            Row::Separator,
            action("Renew".to_owned(), renew, session.state == SessionState::Active, false, None),
            click("Deactivate", MenuAction::Deactivate { session: session.id }),
            click("Show in Hatrack", MenuAction::ShowMain),
        ]);
        Row::Submenu { text, sign: Some(sign.unwrap_or(Sign::Active)), rows }
    }

    fn prompt(&self, prompt: &Prompt) -> Row {
        let mut waiting =
            self.snapshot.sessions.iter().filter(|session| prompt.sessions.contains(&session.id));
        let role = waiting.next().map_or_else(|| "A role".to_owned(), |session| shown(&session.role));
        let others = waiting.count();
        let (roles, wait) = match others {
            0 => (role, "waits"),
            others => (format!("{role} and {others} more"), "wait"),
        };
        let text = match prompt.state {
            PromptState::Asking => format!("{roles} {wait} for a code…"),
            PromptState::Holding => format!("{roles} {wait} for the next code…"),
            PromptState::Sending => format!("{roles}: checking the code…"),
        };
        action(text, MenuAction::ShowPrompt, true, false, Some(Sign::Waiting))
    }

    /// The row of a session that isn't delivered; `None` where a prompt's row speaks for it.
    fn undelivered(&self, session: &SessionView) -> Option<Row> {
        let role = shown(&session.role);
        match session.state {
            SessionState::Active | SessionState::Renewing => None,
            SessionState::AwaitingMfa | SessionState::Authenticating => {
                let prompted =
                    self.snapshot.prompts.iter().any(|prompt| prompt.sessions.contains(&session.id));
                (!prompted).then(|| label(&format!("{role} · activating…")))
            }
            SessionState::AwaitingBrowser => Some(label(&format!("{role} · waits for the browser…"))),
            SessionState::Ending => Some(label(&format!("{role} · ending…"))),
            SessionState::Expired => Some(self.over(session, format!("{role} · expired"))),
            SessionState::Failed => Some(self.over(session, format!("{role} · failed"))),
        }
    }

    /// A session that ended by itself.
    fn over(&self, session: &SessionView, text: String) -> Row {
        let again = MenuAction::Activate {
            role: session.role_id.clone(),
            output_profile: Some(session.output_profile.clone()),
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

    fn account(&self, account: &OutlineAccount, unique: bool) -> Row {
        let (id, name) = (account.id.as_str(), account.name.as_str());
        let text = match (id, name) {
            ("", "") => "Other roles".to_owned(),
            (id, "") => shown(id),
            (id, name) if unique || id == name || id.is_empty() => shown(name),
            (id, name) => format!("{} · {}", shown(name), shown(id)),
        };
        let space = if account.total > ROWS { ROWS - 1 } else { ROWS };
        let mut rows: Vec<Row> = account
            .roles
            .iter()
            .take(space)
            .map(|role| self.role(role, &shown(role.name_in_account())))
            .collect();
        if account.total > space {
            rows.push(click("Search…", MenuAction::ShowMain));
        }
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

    /// Who is signed in where.
    fn organisations(&self) -> Vec<Row> {
        self.snapshot.organisations.iter().map(organisation).collect()
    }

    /// What always stands at the end.
    fn tail(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        if self.outline.roles == 0 {
            rows.push(label("No roles found in your AWS files"));
        } else {
            rows.push(click("All roles…", MenuAction::ShowMain));
        }
        rows.push(Row::Separator);
        match self.snapshot.problems.len() {
            0 => {}
            1 => rows.push(click("1 problem in your AWS files…", MenuAction::ShowMain)),
            count => rows.push(click(&format!("{count} problems in your AWS files…"), MenuAction::ShowMain)),
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

/// An organisation: a click signs in where nobody is; a level below has the rest.
fn organisation(organisation: &Organisation) -> Row {
    let name = shown(&organisation.name);
    let portal = || organisation.name.clone();
    let sign_in =
        |text: String, sign| action(text, MenuAction::SignIn { portal: portal() }, true, false, sign);
    match organisation.sign_in {
        SignInStanding::SignedOut => sign_in(format!("Sign in to {name}…"), None),
        SignInStanding::Ended => sign_in(format!("{name} · sign-in ended, sign in…"), Some(Sign::Trouble)),
        SignInStanding::SigningIn { .. } => {
            action(format!("{name} · signing in…"), MenuAction::ShowMain, true, false, Some(Sign::Waiting))
        }
        SignInStanding::SignedIn { .. } => {
            let roles = match (organisation.roles, organisation.accounts) {
                (1, _) => "1 role".to_owned(),
                (roles, 1) => format!("{roles} roles in 1 account"),
                (roles, accounts) => format!("{roles} roles in {accounts} accounts"),
            };
            let listing = match organisation.progress {
                Some(_) => label("Listing its roles…"),
                None => click("List its roles again", MenuAction::List { portal: portal() }),
            };
            let rows = vec![
                label("Signed in"),
                label(&roles),
                Row::Separator,
                listing,
                click("Sign out", MenuAction::SignOut { portal: portal() }),
            ];
            Row::Submenu { text: name, sign: None, rows }
        }
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
    let profile = label(&format!("Profile {}", session.output_profile));
    let region = session.region.as_deref().map(|region| label(&format!("Region {}", shown(region))));
    let failure = session.failure.as_ref().map(|failure| label(&shown(&failure.happened)));
    account.into_iter().chain([profile]).chain(region).chain(failure).collect()
}

fn label(text: &str) -> Row {
    Row::Label { text: text.to_owned() }
}

fn click(text: &str, does: MenuAction) -> Row {
    action(text.to_owned(), does, true, false, None)
}

fn action(text: String, action: MenuAction, enabled: bool, checked: bool, sign: Option<Sign>) -> Row {
    Row::Action { text, action, enabled, checked, sign }
}
