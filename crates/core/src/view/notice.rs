//! What a desktop notification says, and which ones are shown.
//!
//! Deliberately absent: markup. Texts are plain, with foreign characters escaped; who hands them to
//! a server that reads markup escapes them for it.

use crate::failure::Failure;
use crate::name::{OutputProfile, RoleId, SessionId, shown};
use crate::snapshot::{About, Notice, NoticeKind, SignInStanding, Snapshot};
use crate::view::menu::MenuAction;
use crate::view::{count, countdown};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A notification as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText {
    /// One line.
    pub title: String,
    /// One or two sentences.
    pub body: String,
    /// What can be done at once, the most likely first.
    pub buttons: Vec<Button>,
    /// How much it matters.
    pub weight: Weight,
}

/// A button of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// A verb.
    pub label: String,
    /// What it does.
    pub action: MenuAction,
}

/// How much a notification matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Good to know; it may go by unseen.
    Quiet,
    /// Access is lost or will be, or something was asked for and didn't happen.
    Normal,
}

/// Words a notice.
pub fn text(notice: &Notice, now: Timestamp) -> NoticeText {
    match &notice.about {
        About::Session { role_id, role, account_name, output_profile, expiration, .. } => {
            let subject = Subject { role_id, role, account_name, output_profile, expiration: *expiration };
            of_session(notice, &subject, now)
        }
        About::Organisation { name, gained, lost } => of_organisation(notice, name, *gained, *lost),
    }
}

/// What a session's notice speaks of.
struct Subject<'a> {
    role_id: &'a RoleId,
    role: &'a str,
    account_name: &'a str,
    output_profile: &'a Option<OutputProfile>,
    expiration: Option<Timestamp>,
}

fn of_session(notice: &Notice, subject: &Subject<'_>, now: Timestamp) -> NoticeText {
    let (role, profile) = (shown(subject.role), subject.output_profile);
    let place = match (shown(subject.account_name), profile) {
        (account, Some(profile)) if account.is_empty() => format!("Profile {profile}"),
        (account, Some(profile)) => format!("{account}, profile {profile}"),
        (account, None) if account.is_empty() => "Held by Hatrack".to_owned(),
        (account, None) => format!("{account}, held by Hatrack"),
    };
    let left = subject.expiration.map(|expiration| countdown::left(expiration, now));
    let left = left.filter(SignedDuration::is_positive).map(countdown::words);
    let renew = || {
        button("Renew", MenuAction::Renew { role: subject.role_id.clone(), output_profile: profile.clone() })
    };
    let again = |label: &str| {
        let output_profile = profile.clone();
        button(label, MenuAction::Activate { role: subject.role_id.clone(), output_profile })
    };
    let (title, body, buttons, weight) = match notice.kind {
        NoticeKind::Activated => {
            let lasting = left.map(|left| format!(" It ends in {left}.")).unwrap_or_default();
            (format!("{role} is active"), format!("{place}.{lasting}"), vec![show()], Weight::Quiet)
        }
        NoticeKind::EndsSoon => {
            let title = match left {
                Some(left) => format!("{role} ends in {left}"),
                None => format!("{role} has ended"),
            };
            (title, format!("{place}. Renewing it needs you."), vec![renew(), show()], Weight::Normal)
        }
        NoticeKind::Expired => {
            let body = format!("{place}. Its credentials were removed.");
            (format!("{role} has ended"), body, vec![again("Activate again"), show()], Weight::Normal)
        }
        NoticeKind::Failed => {
            let body = happened(notice, "Open Hatrack to see why.");
            (format!("{role} was not activated"), body, vec![again("Try again"), show()], Weight::Normal)
        }
        NoticeKind::RenewalFailed => {
            let title = match left {
                Some(left) => format!("{role} was not renewed and ends in {left}"),
                None => format!("{role} was not renewed"),
            };
            let body = happened(notice, "Open Hatrack to see why.");
            (title, body, vec![renew(), show()], Weight::Normal)
        }
        NoticeKind::Disturbed => {
            let body =
                happened(notice, "What it wrote stays as it is. Activate the role again to write its own.");
            let title = match profile {
                Some(profile) => format!("Another program changed profile {profile}"),
                None => format!("{role} was disturbed"),
            };
            (title, body, vec![again("Activate again"), show()], Weight::Normal)
        }
        // These speak of organisations alone.
        NoticeKind::SignInEnded | NoticeKind::RolesChanged => (role, place, vec![show()], Weight::Quiet),
    };
    NoticeText { title, body, buttons, weight }
}

fn of_organisation(notice: &Notice, name: &str, gained: usize, lost: usize) -> NoticeText {
    match notice.kind {
        NoticeKind::SignInEnded => sign_ins_ended(&[name]),
        NoticeKind::RolesChanged
        | NoticeKind::Activated
        | NoticeKind::EndsSoon
        | NoticeKind::Expired
        | NoticeKind::Failed
        | NoticeKind::RenewalFailed
        | NoticeKind::Disturbed => {
            let roles = |count| count::of(count, "role");
            let body = match (gained, lost) {
                (gained, 0) => format!("You gained {}.", roles(gained)),
                (0, lost) => format!("You lost {}.", roles(lost)),
                (gained, lost) => format!("You gained {} and lost {}.", roles(gained), roles(lost)),
            };
            let title = format!("Your roles in {} changed", shown(name));
            NoticeText { title, body, buttons: vec![show()], weight: Weight::Quiet }
        }
    }
}

/// Words the ends of sign-ins at these portals. A button signs in where there is one; several are
/// signed in at one by one, where a person can see which.
fn sign_ins_ended(portals: &[&str]) -> NoticeText {
    const MEANING: &str = "What is active stays so until it ends. New credentials need a sign-in.";
    let (title, body, sign_in) = match portals {
        [portal] => {
            let sign_in = button("Sign in", MenuAction::SignIn { portal: (*portal).to_owned() });
            (format!("The sign-in at {} has ended", shown(portal)), MEANING.to_owned(), Some(sign_in))
        }
        several => {
            let title = format!("{} have ended", count::of(several.len(), "sign-in"));
            (title, format!("{}. {MEANING}", listed(several)), None)
        }
    };
    let buttons = sign_in.into_iter().chain([show()]).collect();
    NoticeText { title, body, buttons, weight: Weight::Quiet }
}

/// Names in a sentence: `acme, beta and gamma`; of many the first.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 10;
    let mut parts: Vec<String> = names.iter().take(MOST).map(|name| shown(name)).collect();
    let last = match names.len().saturating_sub(MOST) {
        0 => parts.pop().unwrap_or_default(),
        others => format!("{} more", count::number(others)),
    };
    if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
}

/// Words a sign-in that a person asked for and that came to nothing.
pub fn sign_in_failed(portal: &str, failure: &Failure) -> NoticeText {
    NoticeText {
        title: format!("You are not signed in at {}", shown(portal)),
        body: failure_text(failure),
        buttons: vec![button("Try again", MenuAction::SignIn { portal: portal.to_owned() }), show()],
        weight: Weight::Normal,
    }
}

/// Words what a person should know of a console that was just opened.
pub fn hint(role: &str, words: &str) -> NoticeText {
    let title = format!("The console of {} is open", shown(role));
    NoticeText { title, body: shown(words), buttons: vec![show()], weight: Weight::Quiet }
}

fn happened(notice: &Notice, otherwise: &str) -> String {
    notice.failure.as_ref().map_or_else(|| otherwise.to_owned(), failure_text)
}

fn show() -> Button {
    button("Show", MenuAction::ShowMain)
}

/// What a notice is about, to tell whether a newer one replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NoticeSubject {
    /// A session.
    Session(SessionId),
    /// What an organisation assigns, by its portal's name.
    Organisation(String),
    /// The sign-ins that have ended, all of them.
    SignIns,
}

impl Notice {
    /// What it is about, without what is told of it.
    pub fn subject(&self) -> NoticeSubject {
        match (self.kind, &self.about) {
            (_, About::Session { session, .. }) => NoticeSubject::Session(*session),
            (NoticeKind::SignInEnded, About::Organisation { .. }) => NoticeSubject::SignIns,
            (_, About::Organisation { name, .. }) => NoticeSubject::Organisation(name.clone()),
        }
    }
}

/// One notification that is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What it is about; it replaces an older one about the same.
    pub about: NoticeSubject,
    /// What it says.
    pub text: NoticeText,
}

/// Takes what has not been shown yet and words it.
///
/// However many sign-ins ended, while a lid was closed for instance, one notification names them
/// all; one that somebody renewed meanwhile isn't named.
pub fn announcements(seen: &mut Seen, snapshot: &Snapshot, now: Timestamp) -> Vec<Announcement> {
    let words = |notice: &Notice| match notice.subject() {
        NoticeSubject::SignIns => sign_ins_ended(&ended_sign_ins(snapshot)),
        NoticeSubject::Session(_) | NoticeSubject::Organisation(_) => text(notice, now),
    };
    let unseen = seen.unseen(snapshot).into_iter();
    unseen.map(|notice| Announcement { about: notice.subject(), text: words(notice) }).collect()
}

/// The portals whose sign-ins ended, as notices tell, and that nobody signed in at since.
fn ended_sign_ins(snapshot: &Snapshot) -> Vec<&str> {
    let mut portals = Vec::new();
    for notice in snapshot.notices.iter().filter(|notice| notice.kind == NoticeKind::SignInEnded) {
        if let About::Organisation { name, .. } = &notice.about
            && is_so_still(notice, snapshot)
            && !portals.contains(&name.as_str())
        {
            portals.push(name);
        }
    }
    portals
}

/// Whether what a notice tells is worth telling yet.
fn is_so_still(notice: &Notice, snapshot: &Snapshot) -> bool {
    match (notice.kind, &notice.about) {
        (NoticeKind::SignInEnded, About::Organisation { name, .. }) => snapshot
            .organisations
            .iter()
            .any(|organisation| organisation.name == *name && organisation.sign_in == SignInStanding::Ended),
        (_, About::Organisation { .. } | About::Session { .. }) => true,
    }
}

/// Words a command that was refused, for a face that has no better place to say so.
pub fn refused(failure: &Failure) -> NoticeText {
    NoticeText {
        title: shown(&failure.happened),
        body: shown(&failure.remedy),
        buttons: vec![button("Show", MenuAction::ShowMain)],
        weight: Weight::Normal,
    }
}

/// Remembers which notices were shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The last notice seen of the present agent; `None` before its first snapshot.
    last: Option<u64>,
    /// Nothing older is shown.
    since: Timestamp,
}

impl Seen {
    /// Begins at this moment: what happened before it isn't shown.
    pub fn since(now: Timestamp) -> Self {
        Self { last: None, since: now }
    }

    /// Begins anew with another agent, which counts from the beginning.
    pub fn with_new_agent(&mut self, lost_at: Timestamp) {
        *self = Self::since(lost_at);
    }

    /// Takes what has not been shown and is so still: of each subject the newest, none if the wishes
    /// say none.
    fn unseen<'a>(&mut self, snapshot: &'a Snapshot) -> Vec<&'a Notice> {
        let fresh = |notice: &&Notice| match self.last {
            Some(last) => notice.id > last,
            None => notice.at >= self.since,
        };
        let mut subjects = HashSet::new();
        let so_still = |notice: &&Notice| is_so_still(notice, snapshot);
        let newest_of_subject = |notice: &&Notice| subjects.insert(notice.subject());
        let newest_first = snapshot.notices.iter().rev();
        let mut unseen: Vec<&Notice> =
            newest_first.filter(fresh).filter(so_still).filter(newest_of_subject).collect();
        unseen.reverse();
        let newest = snapshot.notices.iter().map(|notice| notice.id).max();
        self.last = Some(newest.max(self.last).unwrap_or(0));
        if snapshot.settings.notifications { unseen } else { Vec::new() }
    }
}

fn failure_text(failure: &Failure) -> String {
    let (happened, remedy) = (shown(&failure.happened), shown(&failure.remedy));
    if remedy.is_empty() { happened } else { format!("{happened} {remedy}") }
}

fn button(label: &str, action: MenuAction) -> Button {
    Button { label: label.to_owned(), action }
}

#[cfg(test)]
mod tests;
