//! Plans in words, one shape after the other.

use super::*;
use crate::chain::TokenSource;
use crate::code_source::CodeSource;
use crate::identity_center::Portal;

fn told(chain: &Chain, wanted: Option<u32>, known: &Known) -> PlanView {
    explain(WORLD, chain, wanted, known, |_| None, now()).unwrap()
}

/// The operations of a plan with the seconds that they ask for.
fn steps(view: &PlanView) -> Vec<(&str, u32)> {
    view.steps.iter().filter_map(|step| Some((step.operation.as_deref()?, step.duration_seconds?))).collect()
}

fn of(origin: Origin, hops: Vec<Hop>, ending: Ending) -> Chain {
    Chain { origin, hops, ending }
}

fn vault() -> Origin {
    Origin::Vault { name: "base".to_owned() }
}

fn saml() -> Origin {
    Origin::Saml { provider: "idp".to_owned(), principal_arn: None }
}

fn web(token: TokenSource) -> Origin {
    Origin::WebIdentity { profile: "web".to_owned(), token }
}

fn signed_in(provider: Provider, minutes: i64, refreshable: bool) -> Known {
    let end = now() + SignedDuration::from_mins(minutes);
    Known { identities: BTreeMap::from([(provider, Identity { end, refreshable })]), ..Known::default() }
}

fn sharing() -> Known {
    Known { session_token_seconds: Some(43_200), ..Known::default() }
}

#[test]
fn a_direct_role_without_a_code_is_renewed_silently() {
    let view = told(&of(vault(), vec![hop("a", false, None)], Ending::AsItIs), None, &Known::default());
    assert_eq!(steps(&view), [("AssumeRole", 3600)]);
    assert_eq!((view.renewal, view.notes.len()), (Renewal::Silent, 0));
    assert_eq!(view.steps[0].subject, "the access key base in the vault");
    assert!(view.steps.iter().all(|step| step.prompt.is_none()));
}

#[test]
fn each_source_of_codes_is_named() {
    let chain = of(vault(), vec![hop("a", true, None)], Ending::AsItIs);
    let prompt = |source: Option<CodeSource>| {
        let view = explain(WORLD, &chain, None, &Known::default(), |_| source.clone(), now()).unwrap();
        view.steps[1].prompt.clone().unwrap()
    };
    assert_eq!(prompt(None), format!("a code of {DEVICE}"));
    let command = CodeSource::Process { command: "secret-command".to_owned() };
    assert_eq!(prompt(Some(command)), format!("a code of {DEVICE}, from its mfa_process"));
    let ykman = CodeSource::Ykman { account: "x".to_owned() };
    assert_eq!(prompt(Some(ykman)), format!("a code of {DEVICE}, from the YubiKey"));
    assert_eq!(prompt(Some(CodeSource::Vault)), format!("a code of {DEVICE}, from the vault"));
}

#[test]
fn a_live_session_spares_the_code_and_says_for_how_long() {
    let chain = of(vault(), vec![hop("a", true, Some(900))], Ending::AsItIs);
    let source = session_token(WORLD, &chain, None, &sharing()).unwrap();
    let end = now() + SignedDuration::from_hours(5);
    let known = Known { session_token_seconds: Some(43_200), ..live(&source, end) };
    let view = told(&chain, None, &known);
    assert_eq!(steps(&view), [("AssumeRole", 900)]);
    assert!(view.steps[0].subject.contains("5 h"), "{view:?}");
    assert_eq!(view.renewal, Renewal::SilentUntil(end));
    assert_eq!(view.steps[1].why, "Temporary credentials assume it.");
}

#[test]
fn a_chain_tells_its_station_and_a_live_one_still_needs_a_code_later() {
    let chain =
        of(vault(), vec![hop("jump", true, Some(7200)), hop("b", false, Some(43_200))], Ending::AsItIs);
    let view = told(&chain, None, &sharing());
    assert_eq!(steps(&view), [("AssumeRole", 7200), ("AssumeRole", 3600)]);
    assert!(view.steps[1].why.contains("station"), "{view:?}");
    assert_eq!(view.renewal, Renewal::Code);
    assert_eq!(
        view.notes,
        ["The profile asks for 12 h, and 1 h is what there is: temporary credentials assume it."]
    );
    let station = planned(&chain, None, &Known::default()).calls[0].keep.clone().unwrap();
    let later = told(&chain, None, &live(&station, now() + SignedDuration::from_mins(30)));
    assert_eq!(steps(&later), [("AssumeRole", 3600)]);
    assert!(later.steps[0].subject.contains("jump") && later.steps[0].subject.contains("30 m"), "{later:?}");
    assert_eq!(later.renewal, Renewal::Code);
}

#[test]
fn web_identity_says_where_its_token_comes_from_and_whether_a_person_signs_in() {
    let chain = |token| of(web(token), vec![hop("a", false, Some(7200))], Ending::AsItIs);
    for token in [TokenSource::File("/t".to_owned()), TokenSource::Process("cmd".to_owned())] {
        let view = told(&chain(token), None, &Known::default());
        assert_eq!(steps(&view), [("AssumeRoleWithWebIdentity", 7200)]);
        assert_eq!((view.renewal, view.steps[0].prompt.as_ref()), (Renewal::Silent, None));
    }
    let provider = Provider::Oidc("work".to_owned());
    let chain = chain(TokenSource::Provider("work".to_owned()));
    let view = told(&chain, None, &Known::default());
    assert_eq!(view.steps[0].prompt.as_deref(), Some("a sign-in in the browser"));
    assert_eq!(view.renewal, Renewal::Browser);
    let view = told(&chain, None, &signed_in(provider.clone(), 30, false));
    assert_eq!((view.steps[0].prompt.as_ref(), view.renewal), (None, Renewal::Browser));
    let view = told(&chain, None, &signed_in(provider.clone(), -30, true));
    assert_eq!((view.steps[0].prompt.as_ref(), view.renewal), (None, Renewal::Silent));
    let other = Provider::Saml("work".to_owned());
    assert!(told(&chain, None, &signed_in(other, 30, true)).steps[0].prompt.is_some());
    let plan = planned(&chain, None, &Known::default());
    assert_eq!(plan.sign_in(&Known::default(), now()), Some(provider));
}

#[test]
fn saml_takes_a_role_for_twelve_hours_and_one_behind_it_for_one() {
    let direct = of(saml(), vec![hop("a", false, None)], Ending::AsItIs);
    let known = signed_in(Provider::Saml("idp".to_owned()), 5, false);
    let view = told(&direct, Some(43_200), &known);
    assert_eq!(steps(&view), [("AssumeRoleWithSAML", 43_200)]);
    assert_eq!((view.steps[0].prompt.as_ref(), view.renewal), (None, Renewal::Browser));
    assert!(told(&direct, None, &Known::default()).steps[0].prompt.is_some());
    let chained = of(saml(), vec![hop("a", false, None), hop("b", false, None)], Ending::AsItIs);
    assert_eq!(steps(&told(&chained, None, &known)), [("AssumeRoleWithSAML", 3600), ("AssumeRole", 3600)]);
    assert!(plan(WORLD, &chained, Some(7200), &known, now()).is_err());
}

#[test]
fn users_sessions_live_up_to_36_hours() {
    let token = |mfa_serial: Option<&str>| Ending::SessionToken {
        mfa_serial: mfa_serial.map(str::to_owned),
        mfa_process: None,
        duration_seconds: None,
    };
    let view = told(&of(vault(), vec![], token(Some(DEVICE))), None, &sharing());
    assert_eq!(steps(&view), [("GetSessionToken", 43_200)]);
    assert_eq!(view.renewal, Renewal::Code);
    let view = told(&of(vault(), vec![], token(None)), Some(129_600), &sharing());
    assert_eq!(steps(&view), [("GetSessionToken", 129_600)]);
    assert_eq!(view.renewal, Renewal::Silent);
    let federation = Ending::FederationToken {
        name: "guest".to_owned(),
        session: SessionOptions::default(),
        duration_seconds: Some(900),
    };
    let chain = of(vault(), vec![], federation);
    assert_eq!(steps(&told(&chain, None, &sharing())), [("GetFederationToken", 900)]);
    assert!(plan(WORLD, &chain, Some(129_601), &sharing(), now()).is_err());
}

#[test]
fn a_root_user_s_session_is_confirmed_each_time_and_lives_15_minutes() {
    let task_policy = "S3UnlockBucketPolicy".to_owned();
    let ending = Ending::Root { account_id: "123456789012".to_owned(), task_policy };
    let chain = of(vault(), vec![hop("keeper", false, None)], ending);
    let view = told(&chain, None, &Known::default());
    assert_eq!(steps(&view), [("AssumeRole", 3600), ("AssumeRoot", 900)]);
    assert_eq!(view.renewal, Renewal::Confirmation);
    assert_eq!(view.steps[2].subject, "S3UnlockBucketPolicy in 123456789012");
    assert!(!planned(&chain, None, &Known::default()).is_silent(&Known::default(), now()));
    assert!(plan(WORLD, &chain, Some(901), &Known::default(), now()).is_err());
    let station = planned(&chain, None, &Known::default()).calls[0].keep.clone().unwrap();
    let known = live(&station, now() + SignedDuration::from_mins(30));
    assert_eq!(steps(&told(&chain, None, &known)), [("AssumeRoot", 900)]);
}

#[test]
fn less_than_15_minutes_is_refused_before_a_call_is_wasted() {
    let chain = of(vault(), vec![hop("a", false, None)], Ending::AsItIs);
    let failure = plan(WORLD, &chain, Some(899), &Known::default(), now()).unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(plan(WORLD, &chain, Some(900), &Known::default(), now()).is_ok());
}

#[test]
fn hostile_names_stay_escaped() {
    let evil = "a\u{202e}\u{1b}[31m<b>\n";
    let arn = RoleArn::parse("arn:aws:iam::123456789012:role/x\u{202e}y").unwrap();
    let hop = Hop { mfa_serial: Some(evil.to_owned()), ..Hop::bare(evil, arn) };
    let login = Origin::Login { profile: evil.to_owned(), session: evil.to_owned() };
    let process = Origin::Process { profile: evil.to_owned(), command: evil.to_owned() };
    let sso = Origin::IdentityCenter {
        portal: Portal {
            session: None,
            start_url: evil.to_owned(),
            region: evil.to_owned(),
            scopes: Vec::new(),
        },
        account_id: evil.to_owned(),
        role_name: evil.to_owned(),
    };
    let origins = [
        Origin::StaticKeys { profile: evil.to_owned() },
        Origin::Vault { name: evil.to_owned() },
        Origin::Saml { provider: evil.to_owned(), principal_arn: Some(evil.to_owned()) },
        web(TokenSource::File(evil.to_owned())),
        web(TokenSource::Provider(evil.to_owned())),
        login,
        process,
        sso,
    ];
    let federation = Ending::FederationToken {
        name: evil.to_owned(),
        session: SessionOptions::default(),
        duration_seconds: None,
    };
    let root = Ending::Root { account_id: evil.to_owned(), task_policy: evil.to_owned() };
    let known = sharing();
    for origin in origins {
        for ending in [Ending::AsItIs, federation.clone(), root.clone()] {
            let view = told(&of(origin.clone(), vec![hop.clone()], ending), None, &known);
            let texts = view
                .steps
                .iter()
                .flat_map(|step| [Some(&step.subject), step.prompt.as_ref(), Some(&step.why)]);
            let all = texts.flatten().chain(view.notes.iter()).chain([&view.renewal_words]);
            for text in all {
                assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
            }
        }
    }
    let arn = hop.role_arn.as_str().to_owned();
    let learnt = MaxSession { granted: 0, refused: Some((43_200, now())) };
    let known = Known { max_sessions: BTreeMap::from([(arn, learnt)]), ..Known::default() };
    let failure = plan(WORLD, &chain(vec![hop]), Some(43_200), &known, now()).unwrap_err();
    assert!(!failure.happened.contains('\u{202e}'), "{failure}");
}
