//! What the chains of many profiles come to, each looked at once.

use super::step::{self, Next, Step};
use super::{ChainError, Origin, hop, resolve};
use crate::profile::Profiles;
use std::collections::HashMap;

/// What a catalogue needs to know of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Whether any of its calls needs the code of an MFA device.
    pub needs_mfa: bool,
    /// Whether it begins with a sign-in in the browser.
    pub needs_browser: bool,
}

/// Summarises chains in a time that grows with the number of profiles, however their chains are
/// tied together.
pub struct Summaries<'a> {
    profiles: &'a Profiles,
    /// What is known of profiles as sources of others.
    known: HashMap<&'a str, Known<'a>>,
}

/// A summary, and the profile at which the chain begins.
type Found<'a> = Result<(Summary, &'a str), ChainError>;

enum Known<'a> {
    /// Being looked at: who meets it again is in a loop.
    Begun,
    Done(Found<'a>),
}

impl<'a> Summaries<'a> {
    /// Begins with nothing looked at.
    pub fn new(profiles: &'a Profiles) -> Self {
        Self { profiles, known: HashMap::new() }
    }

    /// Summarises the chain of a profile; fails where [`resolve`] fails.
    pub fn of(&mut self, profile: &'a str) -> Result<Summary, ChainError> {
        let found = match step::first(self.profiles, profile)? {
            Step::Origin(origin) => return self.summary(&origin, profile),
            Step::Role(Next::Origin(origin)) => self.summary(&origin, profile)?,
            Step::Role(Next::Profile(source)) => {
                let (summary, begin) = self.source(source)?;
                if begin == profile {
                    // As a source it begins with its keys; that it is asked for makes it a loop.
                    resolve(self.profiles, profile)?;
                }
                summary
            }
        };
        self.above(found, profile)
    }

    /// Walks from a source to where its credentials come from, and back.
    fn source(&mut self, source: &'a str) -> Found<'a> {
        let mut way = Vec::new();
        let mut at = source;
        let mut found = loop {
            match self.known.get(at) {
                Some(Known::Done(found)) => break found.clone(),
                Some(Known::Begun) => {
                    let begin = way.iter().position(|name| *name == at).unwrap_or(0);
                    break Err(ChainError::cycle(way[begin..].iter().copied()));
                }
                None => {}
            }
            self.known.insert(at, Known::Begun);
            match step::source(self.profiles, at) {
                Ok(Step::Role(next)) => {
                    way.push(at);
                    match next {
                        Next::Profile(next) => at = next,
                        Next::Origin(origin) => break self.summary(&origin, at).map(|summary| (summary, at)),
                    }
                }
                Ok(Step::Origin(origin)) => {
                    break self.finish(at, self.summary(&origin, at).map(|summary| (summary, at)));
                }
                Err(error) => break self.finish(at, Err(error)),
            }
        };
        while let Some(name) = way.pop() {
            let above = found.and_then(|(summary, begin)| Ok((self.above(summary, name)?, begin)));
            found = self.finish(name, above);
        }
        found
    }

    fn finish(&mut self, name: &'a str, found: Found<'a>) -> Found<'a> {
        self.known.insert(name, Known::Done(found.clone()));
        found
    }

    fn above(&self, source: Summary, profile: &str) -> Result<Summary, ChainError> {
        let hop = hop::of(self.profiles, profile)?;
        Ok(Summary { needs_mfa: source.needs_mfa || hop.mfa_serial.is_some(), ..source })
    }

    fn summary(&self, origin: &Origin, at: &str) -> Result<Summary, ChainError> {
        if let Some(federated) = step::federated_profile(self.profiles, origin, at) {
            hop::federated(self.profiles, federated)?;
        }
        Ok(Summary { needs_mfa: false, needs_browser: origin.provider().is_some() })
    }
}
