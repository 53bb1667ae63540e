//! Which questions belong into the dialog, and when its window opens and closes.
//!
//! The dialog comes up only after something that a person did: the tray asked for it, or somebody
//! clicked in a window of this process. What is asked on a terminal stays there, unless a person
//! chose to answer it here.

use crate::present::WantedDialog;
use hatrack_core::catalogue::Outline;
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::snapshot::{Prompt, Snapshot};
use std::collections::BTreeSet;

/// What a person at the windows asked for.
#[derive(Debug, Default)]
pub(crate) struct Dialog {
    expected: BTreeSet<SessionId>,
    taken: BTreeSet<PromptId>,
}

impl Dialog {
    /// A person asked for this session: its question may come up.
    pub(crate) fn expect(&mut self, session: SessionId) {
        self.expected.insert(session);
    }

    /// A person wants to answer this question here.
    pub(crate) fn take(&mut self, prompt: PromptId) {
        self.taken.insert(prompt);
    }

    /// Tells what the window is to do now.
    pub(crate) fn on_snapshot(&mut self, snapshot: &Snapshot) -> WantedDialog {
        self.taken.retain(|taken| snapshot.prompts.iter().any(|prompt| prompt.id == *taken));
        for session in &snapshot.sessions {
            if session.state.is_delivered() {
                self.expected.remove(&session.id);
            }
        }
        // A program waits for a person's word: the dialog stays, and the tray brings it up.
        let waits = !snapshot.consents.is_empty();
        let mut wanted = if waits { WantedDialog::AsItIs } else { WantedDialog::Close };
        for prompt in &snapshot.prompts {
            if !self.shows(prompt) {
                continue;
            }
            let mut is_expected = false;
            for session in &prompt.sessions {
                is_expected |= self.expected.remove(session);
            }
            wanted = match wanted {
                WantedDialog::Open => WantedDialog::Open,
                WantedDialog::AsItIs | WantedDialog::Close if is_expected => WantedDialog::Open,
                WantedDialog::AsItIs | WantedDialog::Close => WantedDialog::AsItIs,
            };
        }
        wanted
    }

    /// The snapshot as the dialog's page sees it: with its own questions and their sessions alone.
    pub(crate) fn view(&self, snapshot: &Snapshot) -> Snapshot {
        let prompts: Vec<Prompt> =
            snapshot.prompts.iter().filter(|prompt| self.shows(prompt)).cloned().collect();
        let asked_for = |session: SessionId| prompts.iter().any(|prompt| prompt.sessions.contains(&session));
        let sessions = snapshot.sessions.iter().filter(|session| asked_for(session.id)).cloned().collect();
        let consents = snapshot.consents.clone();
        Snapshot { prompts, consents, sessions, clock_offset: snapshot.clock_offset, ..Snapshot::default() }
    }

    /// The outline with the roles that the dialog's questions are about, and no others.
    pub(crate) fn outline(&self, snapshot: &Snapshot, outline: &Outline) -> Outline {
        let view = self.view(snapshot);
        let of_sessions = view.sessions.iter().map(|session| &session.role_id);
        let of_consents = view.consents.iter().map(|consent| &consent.role_id);
        let mentioned =
            of_sessions.chain(of_consents).filter_map(|role| outline.get(role)).cloned().collect();
        Outline { mentioned, ..Outline::default() }
    }

    fn shows(&self, prompt: &Prompt) -> bool {
        prompt.in_window || self.taken.contains(&prompt.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::snapshot::PromptState;

    #[test]
    fn a_question_comes_up_once_for_who_asked_at_a_window() {
        let mut dialog = Dialog::default();
        let snapshot = asking(&[(1, true, &[10])]);
        assert_eq!(dialog.on_snapshot(&snapshot), WantedDialog::AsItIs);
        dialog.expect(SessionId(10));
        assert_eq!(dialog.on_snapshot(&snapshot), WantedDialog::Open);
        assert_eq!(dialog.on_snapshot(&snapshot), WantedDialog::AsItIs);
        assert_eq!(dialog.on_snapshot(&asking(&[])), WantedDialog::Close);
    }

    #[test]
    fn what_a_terminal_asks_stays_there_until_it_is_taken() {
        let mut dialog = Dialog::default();
        let snapshot = asking(&[(1, false, &[10]), (2, true, &[11])]);
        assert_eq!(ids(&dialog.view(&snapshot)), [2]);
        dialog.take(PromptId(1));
        assert_eq!(ids(&dialog.view(&snapshot)), [1, 2]);
        assert_eq!(dialog.on_snapshot(&asking(&[(3, false, &[12])])), WantedDialog::Close);
        assert_eq!(dialog.on_snapshot(&asking(&[(1, false, &[10])])), WantedDialog::Close);
    }

    fn ids(snapshot: &Snapshot) -> Vec<u64> {
        snapshot.prompts.iter().map(|prompt| prompt.id.0).collect()
    }

    fn asking(prompts: &[(u64, bool, &[u64])]) -> Snapshot {
        let prompt = |&(id, in_window, sessions): &(u64, bool, &[u64])| Prompt {
            id: PromptId(id),
            mfa_serial: "arn:aws:iam::123456789012:mfa/eve".to_owned(),
            sessions: sessions.iter().copied().map(SessionId).collect(),
            in_window,
            state: PromptState::Asking,
            refused: None,
            fetching: None,
            next_code_at: None,
        };
        Snapshot { prompts: prompts.iter().map(prompt).collect(), ..Snapshot::default() }
    }
}
