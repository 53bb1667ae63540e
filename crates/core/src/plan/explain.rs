//! A plan as people read it: each step with its reason, and what renewing will need.

use super::{CHAINED_SECONDS, Call, Known, Operation, Plan, SourceKind, Start, plan};
use crate::chain::{Chain, Ending, Origin, TokenSource};
use crate::code_source::CodeSource;
use crate::failure::Failure;
use crate::name::shown;
use crate::plan::WorldId;
use crate::view::countdown;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A plan as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlanView {
    /// The steps in their order; the first says where the credentials begin.
    pub steps: Vec<PlanStep>,
    /// What renewing will need.
    pub renewal: Renewal,
    /// The same in a sentence.
    pub renewal_words: String,
    /// What is worth knowing beside, a sentence each.
    pub notes: Vec<String>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlanStep {
    /// The operation of STS, `AssumeRole` for instance; `None` where nothing is called.
    pub operation: Option<String>,
    /// What it is about: a role's ARN, a profile, a provider.
    pub subject: String,
    /// DurationSeconds.
    pub duration_seconds: Option<u32>,
    /// What a person is asked first.
    pub prompt: Option<String>,
    /// Why it is done so, as a sentence.
    pub why: String,
}

/// What renewing will need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Renewal {
    /// Nobody: it is renewed silently.
    Silent,
    /// Nobody until then, as long as what is in memory lives.
    SilentUntil(#[cfg_attr(feature = "bindings", ts(type = "string"))] Timestamp),
    /// A code of an MFA device.
    Code,
    /// A sign-in in the browser.
    Browser,
    /// A person's confirmation each time.
    Confirmation,
}

/// Plans the way to a role and tells it in words; refused like [`plan`].
///
/// `code_source` is where the codes of the plan's device come from, if not from a person.
pub fn explain(
    world: WorldId,
    chain: &Chain,
    wanted: Option<u32>,
    known: &Known,
    code_source: impl Fn(&str) -> Option<CodeSource>,
    now: Timestamp,
) -> Result<PlanView, Failure> {
    let plan = plan(world, chain, wanted, known, now)?;
    let mut steps = vec![beginning(&plan, known, now)];
    for (index, call) in plan.calls.iter().enumerate() {
        steps.push(step(chain, &plan, index, call, &code_source));
    }
    let (renewal, renewal_words) = renewal(chain, &plan, wanted, known, now);
    let notes = notes(chain, &plan, wanted, known, now);
    Ok(PlanView { steps, renewal, renewal_words, notes })
}

fn beginning(plan: &Plan, known: &Known, now: Timestamp) -> PlanStep {
    let words = |subject: String, why: &str| PlanStep {
        operation: None,
        subject,
        duration_seconds: None,
        prompt: None,
        why: why.to_owned(),
    };
    let origin = match &plan.start {
        Start::Source(source) => {
            let end = known.sources.get(&source.key()).copied().unwrap_or(now);
            let left = countdown::words(countdown::left(end, now));
            let (subject, why) = match &source.kind {
                SourceKind::SessionToken { mfa_serial } => (
                    format!("the session of {} in memory, {left} left", shown(mfa_serial)),
                    "One code serves every role behind the device, so none is asked for now.",
                ),
                SourceKind::Role { hops } => (
                    format!(
                        "the role {} in memory, {left} left",
                        hops.last().map_or_else(String::new, |hop| shown(hop.role_arn.as_str()))
                    ),
                    "It is a station of this chain that is live already.",
                ),
            };
            return words(subject, why);
        }
        Start::Origin(origin) => origin,
    };
    match origin {
        Origin::StaticKeys { profile } => words(
            format!("the access key of profile {}", shown(profile)),
            "It is read from the shared files when it is needed.",
        ),
        Origin::Vault { name } => words(
            format!("the access key {} in the vault", shown(name)),
            "It is unsealed for this call only.",
        ),
        Origin::Process { profile, .. } => words(
            format!("the credential_process of profile {}", shown(profile)),
            "The command is run, and its answer kept in memory only.",
        ),
        Origin::Environment => words("the caller's environment".to_owned(), "credential_source says so."),
        Origin::Ec2InstanceMetadata => {
            words("the instance's metadata service".to_owned(), "credential_source says so.")
        }
        Origin::EcsContainer => words("the container's endpoint".to_owned(), "credential_source says so."),
        Origin::IdentityCenter { portal, role_name, account_id } => {
            let needs = origin.provider().is_some_and(|provider| !known.is_signed_in(&provider, now));
            PlanStep {
                operation: Some("GetRoleCredentials".to_owned()),
                subject: format!(
                    "the role {} in {}, through {}",
                    shown(role_name),
                    shown(account_id),
                    shown(portal.name())
                ),
                duration_seconds: None,
                prompt: needs.then(|| "a sign-in in the browser".to_owned()),
                why: "The permission set says how long its credentials live.".to_owned(),
            }
        }
        Origin::Login { profile, .. } => words(
            format!("what aws login keeps for profile {}", shown(profile)),
            "It is refreshed while the sign-in lasts.",
        ),
        Origin::WebIdentity { token: TokenSource::File(path), .. } => {
            words(format!("the token in {}", shown(path)), "The file is read anew at each renewal.")
        }
        Origin::WebIdentity { token: TokenSource::Process(_), profile } => words(
            format!("the token command of profile {}", shown(profile)),
            "The command is run anew at each renewal.",
        ),
        Origin::WebIdentity { token: TokenSource::Provider(name), .. }
        | Origin::Saml { provider: name, .. } => {
            let needs = origin.provider().is_some_and(|provider| !known.is_signed_in(&provider, now));
            PlanStep {
                operation: None,
                subject: format!("the sign-in at {}", shown(name)),
                duration_seconds: None,
                prompt: needs.then(|| "a sign-in in the browser".to_owned()),
                why: if needs {
                    "Nobody is signed in there now.".to_owned()
                } else {
                    "Somebody is signed in there, so nobody is asked.".to_owned()
                },
            }
        }
    }
}

fn step(
    chain: &Chain,
    plan: &Plan,
    index: usize,
    call: &Call,
    code_source: &impl Fn(&str) -> Option<CodeSource>,
) -> PlanStep {
    let prompt = call.mfa_serial.as_deref().map(|serial| match code_source(serial) {
        None => format!("a code of {}", shown(serial)),
        Some(CodeSource::Process { .. }) => format!("a code of {}, from its mfa_process", shown(serial)),
        Some(CodeSource::Ykman { .. }) => format!("a code of {}, from the YubiKey", shown(serial)),
        Some(CodeSource::Vault) => format!("a code of {}, from the vault", shown(serial)),
    });
    let is_last = index + 1 == plan.calls.len();
    let by_session = index > 0 || matches!(plan.start, Start::Source(_));
    let (operation, subject, why) = match &call.operation {
        Operation::GetSessionToken if is_last => (
            "GetSessionToken",
            call.mfa_serial.as_deref().map_or("the user".to_owned(), shown),
            "A session of the user takes the place of the long-term key.".to_owned(),
        ),
        Operation::GetSessionToken => (
            "GetSessionToken",
            call.mfa_serial.as_deref().map_or("the user".to_owned(), shown),
            "One code then serves every role behind the device that lives an hour or less.".to_owned(),
        ),
        Operation::AssumeRole(hop) => {
            ("AssumeRole", shown(hop.role_arn.as_str()), why_assume(chain, call, by_session, is_last))
        }
        Operation::AssumeRoleWithWebIdentity(hop) => (
            "AssumeRoleWithWebIdentity",
            shown(hop.role_arn.as_str()),
            "The provider's token takes the place of keys.".to_owned(),
        ),
        Operation::AssumeRoleWithSaml { hop, .. } => (
            "AssumeRoleWithSAML",
            shown(hop.role_arn.as_str()),
            "The provider's assertion takes the place of keys.".to_owned(),
        ),
        Operation::GetFederationToken { name, .. } => (
            "GetFederationToken",
            shown(name),
            "A session of the user, limited to what its policy allows.".to_owned(),
        ),
        Operation::AssumeRoot { account_id, task_policy } => (
            "AssumeRoot",
            format!("{} in {}", shown(task_policy), shown(account_id)),
            "The root user of the account, for this one task.".to_owned(),
        ),
    };
    PlanStep {
        operation: Some(operation.to_owned()),
        subject,
        duration_seconds: Some(call.duration_seconds),
        prompt,
        why,
    }
}

fn why_assume(chain: &Chain, call: &Call, by_session: bool, is_last: bool) -> String {
    if !is_last && call.keep.is_some() {
        return "A station on the way; it is kept for other roles behind it.".to_owned();
    }
    if by_session {
        let why = if call.duration_seconds == CHAINED_SECONDS {
            "Temporary credentials assume it, so it lives an hour at most."
        } else {
            "Temporary credentials assume it."
        };
        return why.to_owned();
    }
    if call.mfa_serial.is_some() && call.duration_seconds > CHAINED_SECONDS {
        return "More than an hour is wanted, so the code goes with this very call.".to_owned();
    }
    if chain.hops.len() == 1 {
        "The role is assumed directly.".to_owned()
    } else {
        "The next role.".to_owned()
    }
}

/// What the next renewal needs, once this plan has been carried out.
fn renewal(
    chain: &Chain,
    done: &Plan,
    wanted: Option<u32>,
    known: &Known,
    now: Timestamp,
) -> (Renewal, String) {
    if done.is_root() {
        return (Renewal::Confirmation, "It isn't renewed; each time is confirmed by a person.".to_owned());
    }
    let mut then = known.clone();
    let mut until: Option<Timestamp> = None;
    let mut note = |end: Timestamp| until = Some(until.map_or(end, |before| before.min(end)));
    for call in &done.calls {
        if let (Some(source), Operation::GetSessionToken) = (&call.keep, &call.operation) {
            let end = now + SignedDuration::from_secs(i64::from(call.duration_seconds));
            then.sources.insert(source.key(), end);
            note(end);
        }
    }
    if let Start::Source(source) = &done.start
        && let SourceKind::SessionToken { .. } = &source.kind
        && let Some(end) = known.sources.get(&source.key())
    {
        note(*end);
    }
    // Stations end with the session itself or before it.
    let next = plan(done.world, chain, wanted, &without_stations(&then, chain, done), now);
    let Ok(next) = next else {
        return (Renewal::Silent, "It is renewed silently.".to_owned());
    };
    if let Some(serial) = next.mfa_serial() {
        return (Renewal::Code, format!("Renewing needs a code of {}.", shown(serial)));
    }
    if let Some(provider) = chain.origin.provider() {
        let refreshable = known.identities.get(&provider).is_some_and(|identity| identity.refreshable);
        if !refreshable {
            return (
                Renewal::Browser,
                format!("Renewing needs a sign-in at {} once this one is over.", shown(provider.name())),
            );
        }
    }
    match until {
        Some(end) => {
            let left = countdown::words(countdown::left(end, now));
            (Renewal::SilentUntil(end), format!("It is renewed silently for {left}, then a code is needed."))
        }
        None => (Renewal::Silent, "It is renewed silently.".to_owned()),
    }
}

/// What is known without the chain's own stations, which don't outlive the session.
fn without_stations(known: &Known, chain: &Chain, done: &Plan) -> Known {
    let mut known = known.clone();
    for length in 1..=chain.hops.len() {
        let station = super::Source {
            world: done.world,
            origin: chain.origin.clone(),
            kind: SourceKind::Role { hops: chain.hops[..length].to_vec() },
        };
        known.sources.remove(&station.key());
    }
    known
}

fn notes(chain: &Chain, plan: &Plan, wanted: Option<u32>, known: &Known, now: Timestamp) -> Vec<String> {
    let mut notes = Vec::new();
    let last = chain.hops.last();
    let configured = last.and_then(|hop| hop.duration_seconds);
    let granted = plan.calls.last().map(|call| call.duration_seconds);
    if let (None, Some(configured), Some(granted)) = (wanted, configured, granted)
        && granted < configured
        && chain.ending == Ending::AsItIs
    {
        let why = match last.and_then(|hop| known.most_seconds(&hop.role_arn, now)) {
            Some(_) => "AWS refused longer ones before (MaxSessionDuration)",
            None => "temporary credentials assume it",
        };
        notes.push(format!(
            "The profile asks for {}, and {} is what there is: {why}.",
            duration(configured),
            duration(granted)
        ));
    }
    if chain.ending == Ending::AsItIs && chain.hops.len() == 1 && wanted.is_some_and(|s| s > CHAINED_SECONDS)
    {
        notes.push("AWS grants it only if the role's MaxSessionDuration is as long.".to_owned());
    }
    notes
}

/// A number of seconds as people write it: `12 h`, `1 h 30 m`, `15 m`.
pub(super) fn duration(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "m"), (rest, "s")];
    let words: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}
