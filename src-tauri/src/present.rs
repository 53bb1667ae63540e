//! What this process knows of the present, and the pages that are told.

use crate::dialog::Dialog;
use hatrack_core::catalogue::Outline;
use hatrack_core::failure::Failure;
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::rules::Rule;
use hatrack_core::snapshot::Snapshot;
use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::ipc::Channel;

/// What a page is told.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub(crate) enum News {
    /// How the agent can be reached.
    Reach(Reach),
    /// The present.
    Snapshot(Box<Snapshot>),
    /// What is kept of the roles here; more is asked for by page.
    Outline(Box<Outline>),
    /// A step of a longer work is done.
    Progress(String),
    /// A sign-in that was asked for here ended.
    SignedIn(Ended),
    /// Something failed that no page waits for.
    Trouble(Failure),
}

/// How a sign-in ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Ended {
    /// The sign-in.
    pub(crate) sign_in: PromptId,
    /// The roles that it offers, for a SAML provider.
    pub(crate) roles: Vec<String>,
    /// Why it came to nothing, if it did.
    pub(crate) failure: Option<Failure>,
}

/// How the agent can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(crate) enum Reach {
    /// A connection is being made.
    Connecting,
    /// What is known is the present.
    Connected,
    /// There is no connection; what is known may be old.
    Lost {
        /// Why.
        failure: Failure,
    },
}

/// Which page wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The list, which is told everything.
    Main,
    /// The dialog, which is told of its own questions and their roles alone.
    Prompt,
}

/// The present, and who follows it.
#[derive(Default)]
pub(crate) struct Present {
    inner: Mutex<Inner>,
}

struct Inner {
    reach: Reach,
    snapshot: Option<Box<Snapshot>>,
    outline: Option<Box<Outline>>,
    dialog: Dialog,
    pages: Vec<(Page, Channel<News>)>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            reach: Reach::Connecting,
            snapshot: None,
            outline: None,
            dialog: Dialog::default(),
            pages: Vec::new(),
        }
    }
}

impl Present {
    /// Tells a page everything that is known, and from now on what is new.
    pub(crate) fn follow(&self, page: Page, channel: Channel<News>) {
        let mut inner = self.inner();
        let known = inner.known(page);
        inner.pages.retain(|(other, _)| *other != page);
        if known.into_iter().all(|news| channel.send(news).is_ok()) {
            inner.pages.push((page, channel));
        }
    }

    /// Takes over how the agent can be reached.
    pub(crate) fn set_reach(&self, reach: &Reach) {
        let mut inner = self.inner();
        inner.reach = reach.clone();
        inner.tell_each(|_, _| vec![News::Reach(reach.clone())]);
    }

    /// Takes over a new outline of the catalogue.
    pub(crate) fn set_outline(&self, outline: Box<Outline>) {
        let mut inner = self.inner();
        inner.outline = Some(outline);
        inner.tell_outline();
    }

    /// Takes over a new snapshot, and tells what the dialog's window is to do.
    pub(crate) fn set_snapshot(&self, snapshot: Box<Snapshot>) -> WantedDialog {
        let mut inner = self.inner();
        let wanted = inner.dialog.on_snapshot(&snapshot);
        inner.snapshot = Some(snapshot);
        inner.tell_snapshot();
        wanted
    }

    /// Tells the list's page something that is nothing of the present.
    pub(crate) fn tell_main(&self, news: &News) {
        self.inner().tell_each(|_, page| match page {
            Page::Main => vec![news.clone()],
            Page::Prompt => Vec::new(),
        });
    }

    /// Notes that a person at a window asked for this session, so that its question may come up
    /// by itself.
    pub(crate) fn expect_question(&self, session: SessionId) -> WantedDialog {
        let mut inner = self.inner();
        inner.dialog.expect(session);
        let Inner { dialog, snapshot, .. } = &mut *inner;
        snapshot.as_deref().map_or(WantedDialog::AsItIs, |snapshot| dialog.on_snapshot(snapshot))
    }

    /// Notes that a person at a window wants to answer this question, whoever asked for it.
    pub(crate) fn take_question(&self, prompt: PromptId) {
        let mut inner = self.inner();
        inner.dialog.take(prompt);
        inner.tell_snapshot();
    }

    /// The questions that wait for a window: what closing the dialog takes back.
    pub(crate) fn questions_in_window(&self) -> Vec<PromptId> {
        let inner = self.inner();
        let prompts = inner.snapshot.iter().flat_map(|snapshot| &snapshot.prompts);
        prompts.filter(|prompt| prompt.in_window).map(|prompt| prompt.id).collect()
    }

    /// The programs that wait for a person's word: what closing the dialog refuses.
    pub(crate) fn consents(&self) -> Vec<PromptId> {
        let inner = self.inner();
        inner.snapshot.iter().flat_map(|snapshot| &snapshot.consents).map(|consent| consent.id).collect()
    }

    /// The rules by which a person has roles marked.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        let inner = self.inner();
        inner.snapshot.as_ref().map(|snapshot| snapshot.settings.rules.clone()).unwrap_or_default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the window of the dialog is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedDialog {
    /// It is to be opened, or raised: a person at a window asked for it.
    Open,
    /// It stays as it is, open or not.
    AsItIs,
    /// It has nothing to ask any more.
    Close,
}

impl Inner {
    fn known(&self, page: Page) -> Vec<News> {
        let mut known = vec![News::Reach(self.reach.clone())];
        known.extend(self.outline_for(page));
        known.extend(self.snapshot_for(page));
        known
    }

    fn snapshot_for(&self, page: Page) -> Option<News> {
        let snapshot = self.snapshot.as_ref()?;
        Some(News::Snapshot(match page {
            Page::Main => snapshot.clone(),
            Page::Prompt => Box::new(self.dialog.view(snapshot)),
        }))
    }

    fn outline_for(&self, page: Page) -> Option<News> {
        let outline = self.outline.as_ref()?;
        Some(News::Outline(match page {
            Page::Main => outline.clone(),
            Page::Prompt => Box::new(self.dialog.outline(self.snapshot.as_deref()?, outline)),
        }))
    }

    fn tell_snapshot(&mut self) {
        self.tell_each(|inner, page| match page {
            Page::Main => inner.snapshot_for(page).into_iter().collect(),
            Page::Prompt => inner.outline_for(page).into_iter().chain(inner.snapshot_for(page)).collect(),
        });
    }

    fn tell_outline(&mut self) {
        self.tell_each(|inner, page| inner.outline_for(page).into_iter().collect());
    }

    /// A page that is gone is forgotten.
    fn tell_each(&mut self, news: impl Fn(&Self, Page) -> Vec<News>) {
        let mut pages = std::mem::take(&mut self.pages);
        pages.retain(|(page, channel)| news(self, *page).into_iter().all(|news| channel.send(news).is_ok()));
        self.pages = pages;
    }
}
