//! What can happen in a walk.

use hatrack_core::failure::FailureCode;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Activate {
        role: usize,
        profile: usize,
        renew: bool,
        can_ask: bool,
        confirm: bool,
        seconds: Option<u32>,
    },
    Answer {
        prompt: usize,
        repeated: bool,
    },
    Fetched {
        works: bool,
        can_ask: bool,
    },
    Dismiss(usize),
    Deactivate(usize),
    Abandon(usize),
    Grant(usize),
    Refuse(usize, FailureCode),
    /// Somebody asks for a sign-in that no role waits for.
    SignIn(usize),
    SignedIn {
        provider: usize,
        seconds: i64,
        refreshable: bool,
    },
    SignInRefused {
        cancelled: bool,
    },
    DismissSignIn,
    SignedOut(usize),
    /// Somebody, or the passing of time, wants the organisation listed.
    List {
        asked: bool,
        all: bool,
    },
    ListingEnded(Listed),
    CancelListing,
    /// Another program wrote or removed the organisation's token.
    TokenSeen(Option<(i64, bool)>),
    Verified {
        mistaken: bool,
    },
    MfaSessionHours(u32),
    Disk {
        works: bool,
    },
    Advance(i64),
    OtherProgramRemoves(usize),
    Restart,
}

/// How a listing ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listed {
    Same,
    Changed,
    SignInNeeded,
    Refused,
}

fn activate() -> impl Strategy<Value = Act> {
    let seconds = prop_oneof![4 => Just(None), 2 => Just(Some(900_u32)), 1 => Just(Some(43_200))];
    let can_ask = prop::bool::weighted(0.9);
    (0..super::cast::ROLES, 0..4_usize, any::<bool>(), can_ask, any::<bool>(), seconds).prop_map(
        |(role, profile, renew, can_ask, confirm, seconds)| Act::Activate {
            role,
            profile,
            renew,
            can_ask,
            confirm,
            seconds,
        },
    )
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let code = prop_oneof![
        Just(FailureCode::CodeRefused),
        Just(FailureCode::Refused),
        Just(FailureCode::DurationRefused),
        Just(FailureCode::Unreachable),
        Just(FailureCode::SignInNeeded)
    ];
    let ended = prop_oneof![
        Just(Listed::Same),
        Just(Listed::Changed),
        Just(Listed::SignInNeeded),
        Just(Listed::Refused)
    ];
    let token = (prop_oneof![-10..90_i64, 300..4000_i64], prop::bool::weighted(0.3));
    let signed_in = (0..3_usize, prop_oneof![0..90_i64, 300..4000_i64], prop::bool::weighted(0.3));
    prop_oneof![
        6 => activate(),
        4 => ((0..3_usize), prop::bool::weighted(0.1))
            .prop_map(|(prompt, repeated)| Act::Answer { prompt, repeated }),
        2 => (prop::bool::weighted(0.7), any::<bool>()).prop_map(|(works, can_ask)| Act::Fetched { works, can_ask }),
        1 => (0..3_usize).prop_map(Act::Dismiss),
        1 => (0..6_usize).prop_map(Act::Deactivate),
        1 => (0..6_usize).prop_map(Act::Abandon),
        6 => (0..4_usize).prop_map(Act::Grant),
        2 => ((0..4_usize), code).prop_map(|(call, code)| Act::Refuse(call, code)),
        1 => (0..3_usize).prop_map(Act::SignIn),
        3 => signed_in.prop_map(|(provider, seconds, refreshable)| Act::SignedIn { provider, seconds, refreshable }),
        1 => any::<bool>().prop_map(|cancelled| Act::SignInRefused { cancelled }),
        1 => Just(Act::DismissSignIn),
        1 => (0..3_usize).prop_map(Act::SignedOut),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(asked, all)| Act::List { asked, all }),
        2 => ended.prop_map(Act::ListingEnded),
        1 => Just(Act::CancelListing),
        1 => prop::option::weighted(0.8, token).prop_map(Act::TokenSeen),
        2 => any::<bool>().prop_map(|mistaken| Act::Verified { mistaken }),
        1 => prop_oneof![Just(0_u32), Just(12), Just(99)].prop_map(Act::MfaSessionHours),
        6 => prop::bool::weighted(0.85).prop_map(|works| Act::Disk { works }),
        3 => prop_oneof![0..40_i64, 200..4000_i64, Just(60_000_i64)].prop_map(Act::Advance),
        1 => (0..3_usize).prop_map(Act::OtherProgramRemoves),
        1 => Just(Act::Restart),
    ]
}
