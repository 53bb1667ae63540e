//! Organisations of IAM Identity Center: who is signed in where, and the listing of what they
//! assign.

use super::{Effect, State};
use crate::chain::Provider;
use crate::failure::{Failure, FailureCode};
use crate::identity_center::Change;
use crate::plan::{Identity, WorldId};
use crate::snapshot::{About, NoticeKind, Progress, SignInStanding};
use jiff::Timestamp;

/// What is known of one organisation's listing and sign-in, by its portal's name.
#[derive(Debug, Default)]
pub(super) struct Organisation {
    listing: Option<Listing>,
    /// A listing that goes on as soon as somebody is signed in.
    wanted: Option<Wanted>,
    failure: Option<Failure>,
    change: Change,
    /// The end of a token that the portal doesn't take any more, although it isn't over.
    rejected: Option<Timestamp>,
    /// When people are to be told that the sign-in has ended.
    ends: Option<Timestamp>,
}

#[derive(Debug)]
struct Listing {
    attempt: u64,
    wanted: Wanted,
    progress: Progress,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    world: WorldId,
    all_before: Option<Timestamp>,
    asked: bool,
}

/// How the listing of an organisation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingView {
    /// How far it is, while it is under way.
    pub progress: Option<Progress>,
    /// Whether it waits for somebody to sign in.
    pub waits: bool,
    /// Why the last one did not come to its end.
    pub failure: Option<Failure>,
    /// What the last one that did found to be different.
    pub change: Change,
}

impl State {
    /// Lists an organisation's accounts and roles; one that is under way goes on. Without a
    /// sign-in a person who asked for it is asked for one, and the listing follows.
    ///
    /// `all`: not only what is due.
    pub fn list(&mut self, portal: &str, world: WorldId, all: bool, asked: bool, now: Timestamp) {
        let provider = Provider::IdentityCenter(portal.to_owned());
        let signed_in = self.known.is_signed_in(&provider, now);
        let organisation = self.organisations.entry(portal.to_owned()).or_default();
        if organisation.listing.is_some() {
            return;
        }
        let wanted = Wanted { world, all_before: all.then_some(now), asked };
        if signed_in {
            self.begin_listing(portal, wanted);
        } else if asked {
            organisation.wanted = Some(wanted);
            self.sign_in(provider, world, false);
        }
    }

    fn begin_listing(&mut self, portal: &str, wanted: Wanted) {
        let attempt = self.next_number();
        let organisation = self.organisations.entry(portal.to_owned()).or_default();
        organisation.wanted = None;
        organisation.failure = None;
        organisation.listing = Some(Listing { attempt, wanted, progress: Progress::default() });
        let Wanted { world, all_before, .. } = wanted;
        self.effects.push(Effect::List { attempt, portal: portal.to_owned(), world, all_before });
    }

    /// A listing has got this far.
    pub fn listed(&mut self, attempt: u64, progress: Progress) {
        if let Some((_, listing)) = self.listing(attempt) {
            listing.progress = progress;
        }
    }

    /// A listing ended: with what is different, and what is wrong with it though it came to its end.
    pub fn listing_ended(
        &mut self,
        attempt: u64,
        result: Result<(Change, Option<Failure>), Failure>,
        now: Timestamp,
    ) {
        let Some((portal, listing)) = self.listing(attempt) else { return };
        let (portal, wanted) = (portal.to_owned(), listing.wanted);
        let organisation = self.organisations.entry(portal.clone()).or_default();
        organisation.listing = None;
        match result {
            Ok((change, wrong)) => {
                organisation.failure = wrong;
                let news = change != Change::default();
                let (gained, lost) = (change.gained.len(), change.lost.len());
                organisation.change = change;
                if news {
                    let about = About::Organisation { name: portal, gained, lost };
                    self.tell_about(NoticeKind::RolesChanged, about, None, now);
                }
            }
            Err(failure) if failure.code == FailureCode::SignInNeeded => {
                organisation.wanted = Some(wanted);
                let provider = Provider::IdentityCenter(portal);
                self.sign_in_lost(&provider, now);
                if wanted.asked {
                    self.sign_in(provider, wanted.world, false);
                }
            }
            Err(failure) => organisation.failure = Some(failure),
        }
    }

    /// The sign-in that a listing waits for came to nothing.
    pub(super) fn listing_refused(&mut self, portal: &str, failure: &Failure) {
        let Some(organisation) = self.organisations.get_mut(portal) else { return };
        if organisation.wanted.take().is_some() && failure.code != FailureCode::Cancelled {
            organisation.failure = Some(failure.clone());
        }
    }

    /// A person takes a listing back: what it found stays. Tells whether there was one.
    pub fn cancel_listing(&mut self, portal: &str) -> bool {
        let Some(organisation) = self.organisations.get_mut(portal) else { return false };
        let waited = organisation.wanted.take().is_some();
        match organisation.listing.take() {
            Some(listing) => {
                self.effects.push(Effect::CancelListing { attempt: listing.attempt });
                true
            }
            None => waited,
        }
    }

    /// What the AWS CLI's cache, which is ours too, holds for a portal. Another program may have
    /// signed in, renewed or signed out.
    pub fn token_seen(&mut self, portal: &str, identity: Option<Identity>, now: Timestamp) {
        let provider = Provider::IdentityCenter(portal.to_owned());
        let rejected = self.organisations.get(portal).and_then(|it| it.rejected);
        match identity {
            Some(identity) if rejected == Some(identity.end) => {}
            Some(identity) if self.known.identities.get(&provider) == Some(&identity) => {}
            Some(identity) => {
                if identity.refreshable || identity.end > now {
                    self.signed_in(&provider, identity, now);
                } else {
                    self.known.identities.insert(provider, identity);
                }
            }
            None => self.signed_out(&provider),
        }
    }

    /// Somebody is signed in at a portal: what waited for that goes on, and the end is watched.
    pub(super) fn portal_signed_in(&mut self, portal: &str, identity: Identity, now: Timestamp) {
        let organisation = self.organisations.entry(portal.to_owned()).or_default();
        organisation.rejected = None;
        organisation.ends = (!identity.refreshable).then_some(identity.end);
        let over = !identity.refreshable && identity.end <= now;
        if let Some(wanted) = organisation.wanted.take_if(|_| !over) {
            self.begin_listing(portal, wanted);
        }
    }

    /// The portal doesn't take the token any more: people are told once, quietly.
    pub(super) fn sign_in_lost(&mut self, provider: &Provider, now: Timestamp) {
        let Some(identity) = self.known.identities.remove(provider) else { return };
        if let Provider::IdentityCenter(portal) = provider {
            let organisation = self.organisations.entry(portal.clone()).or_default();
            organisation.rejected = Some(identity.end);
            organisation.ends = None;
            let waits = organisation.wanted.is_some_and(|wanted| wanted.asked);
            let ended = Identity { end: identity.end.min(now), refreshable: false };
            self.known.identities.insert(provider.clone(), ended);
            if !waits {
                self.tell_sign_in_ended(portal.clone(), now);
            }
        }
    }

    /// Looks at the ends of sign-ins.
    pub(super) fn organisations_clock(&mut self, now: Timestamp) {
        let over = |organisation: &Organisation| organisation.ends.is_some_and(|end| end <= now);
        let ended: Vec<String> = self
            .organisations
            .iter_mut()
            .filter(|(_, organisation)| over(organisation))
            .map(|(portal, organisation)| {
                organisation.ends = None;
                portal.clone()
            })
            .collect();
        for portal in ended {
            self.tell_sign_in_ended(portal, now);
        }
    }

    pub(super) fn organisations_deadline(&self) -> Option<Timestamp> {
        self.organisations.values().filter_map(|organisation| organisation.ends).min()
    }

    fn tell_sign_in_ended(&mut self, portal: String, now: Timestamp) {
        let about = About::Organisation { name: portal, gained: 0, lost: 0 };
        self.tell_about(NoticeKind::SignInEnded, about, None, now);
    }

    /// Whether somebody is signed in at a portal.
    pub fn standing(&self, portal: &str, now: Timestamp) -> SignInStanding {
        let provider = Provider::IdentityCenter(portal.to_owned());
        let waiting = self.sign_ins.iter().find(|waiting| waiting.sign_in.provider == provider);
        if let Some(waiting) = waiting {
            return SignInStanding::SigningIn { sign_in: waiting.sign_in.id };
        }
        match self.known.identities.get(&provider) {
            Some(identity) if identity.refreshable || identity.end > now => {
                SignInStanding::SignedIn { until: identity.end, renews: identity.refreshable }
            }
            Some(_) => SignInStanding::Ended,
            None => SignInStanding::SignedOut,
        }
    }

    /// How the listing of a portal's organisation stands.
    pub fn listing_view(&self, portal: &str) -> ListingView {
        let Some(organisation) = self.organisations.get(portal) else { return ListingView::default() };
        ListingView {
            progress: organisation.listing.as_ref().map(|listing| listing.progress),
            waits: organisation.wanted.is_some(),
            failure: organisation.failure.clone(),
            change: organisation.change.clone(),
        }
    }

    /// Whether a listing is under way.
    pub(super) fn is_listing(&self) -> bool {
        self.organisations.values().any(|organisation| organisation.listing.is_some())
    }

    fn listing(&mut self, attempt: u64) -> Option<(&str, &mut Listing)> {
        self.organisations.iter_mut().find_map(|(portal, organisation)| {
            let listing = organisation.listing.as_mut().filter(|listing| listing.attempt == attempt)?;
            Some((portal.as_str(), listing))
        })
    }
}
