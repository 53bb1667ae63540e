//! What a running sandbox remembers: sessions, used codes, the calls it got and the faults to come.

use crate::clock::Clock;
use crate::console;
use crate::fault::Fault;
use crate::identity_center::IdentityCenter;
use crate::ids;
use crate::keys::Keys;
use crate::login::Login;
use crate::token_keys::{self, TokenKeys};
use crate::world::{Account, Denial, DeniedBy, Role, User, World};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One call that a sandbox got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The action, `AssumeRole`; empty if the request named none.
    pub action: String,
    /// The parameters; the values of secret ones are replaced by `***`.
    pub params: BTreeMap<String, String>,
    /// Who signed it, if anybody claimed to have.
    pub access_key_id: Option<String>,
    /// The answer's HTTP status; nothing if the connection was reset instead.
    pub status: Option<u16>,
    /// The code of the error that was answered.
    pub error: Option<String>,
    /// When it was answered, by the sandbox's clock.
    pub at: Timestamp,
}

/// The state of a running sandbox.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    /// When it was started.
    pub(crate) started: Timestamp,
    /// What signs the sandbox's own tokens.
    pub(crate) token_keys: TokenKeys,
    /// The instances of IAM Identity Center.
    pub(crate) identity_center: IdentityCenter,
    endpoint: String,
    keys: Mutex<Keys>,
    sessions: Mutex<HashMap<String, Session>>,
    used_codes: Mutex<HashSet<(String, u64)>>,
    logins: Mutex<Vec<Login>>,
    messages: Mutex<HashMap<String, String>>,
    disabled_regions: Mutex<HashSet<String>>,
    calls: Mutex<Vec<Call>>,
    faults: Mutex<VecDeque<Fault>>,
    sign_ins: Mutex<HashMap<String, console::SignIn>>,
}

/// Temporary credentials, as their issuer keeps them.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: SecretString,
    pub(crate) expiration: Timestamp,
    pub(crate) holder: Holder,
}

/// Whose session it is.
#[derive(Clone, Debug)]
pub(crate) enum Holder {
    /// A user's, from GetSessionToken.
    User { arn: String, mfa: bool },
    /// Somebody's for whom a user vouched, from GetFederationToken.
    Federated(FederatedUser),
    /// A role's, from AssumeRole.
    Role(RoleSession),
    /// A permission set's, from GetRoleCredentials.
    PermissionSet(PermissionSetSession),
    /// An account's root's, from AssumeRoot.
    Root { account_id: String },
}

/// What a role session carries into the calls that it makes.
#[derive(Clone, Debug)]
pub(crate) struct RoleSession {
    pub(crate) role_arn: String,
    pub(crate) session_name: String,
    pub(crate) source_identity: Option<String>,
    pub(crate) tags: Vec<SessionTag>,
    /// Whether it was made with the credentials of another role.
    pub(crate) chained: bool,
}

/// A session of the role that IAM Identity Center keeps for a permission set. No world lists such
/// roles: there would be one for each permission set of each account.
#[derive(Clone, Debug)]
pub(crate) struct PermissionSetSession {
    pub(crate) partition: &'static str,
    pub(crate) account_id: String,
    pub(crate) role_path: String,
    pub(crate) role_name: String,
    pub(crate) user_name: String,
}

/// Somebody for whom a user vouched.
#[derive(Clone, Debug)]
pub(crate) struct FederatedUser {
    pub(crate) user_arn: String,
    pub(crate) name: String,
    pub(crate) tags: Vec<SessionTag>,
}

/// One tag of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionTag {
    pub(crate) key: String,
    pub(crate) value: String,
    /// Whether sessions that are made from this one inherit it.
    pub(crate) transitive: bool,
}

/// Who makes a call.
#[derive(Clone, Debug)]
pub(crate) enum Caller<'w> {
    /// A user with long-term keys.
    User { account: &'w Account, user: &'w User },
    /// A user with a session of GetSessionToken.
    UserSession { account: &'w Account, user: &'w User, mfa: bool },
    /// Somebody for whom a user vouched.
    Federated { account: &'w Account, user: &'w User, session: FederatedUser },
    /// A role session.
    Role(Box<RoleCaller<'w>>),
    /// An account's root, with a session of AssumeRoot.
    Root { account: &'w Account },
}

/// A role session that makes a call.
#[derive(Clone, Debug)]
pub(crate) struct RoleCaller<'w> {
    pub(crate) account: Cow<'w, Account>,
    pub(crate) role: Cow<'w, Role>,
    pub(crate) session: RoleSession,
}

impl Aws {
    pub(crate) fn new(world: World, endpoint: String) -> Self {
        let clock = Clock::default();
        let started = clock.now();
        Self {
            token_keys: TokenKeys::default(),
            identity_center: IdentityCenter::of(&world),
            endpoint,
            keys: Mutex::new(Keys::of(&world, started)),
            started,
            clock,
            sessions: Mutex::default(),
            used_codes: Mutex::default(),
            logins: Mutex::new(world.login_sessions.iter().map(Login::of).collect()),
            messages: Mutex::default(),
            disabled_regions: Mutex::default(),
            calls: Mutex::default(),
            faults: Mutex::default(),
            sign_ins: Mutex::default(),
            world,
        }
    }

    /// Makes a session of this many seconds; its token has at least `token_size` characters.
    pub(crate) fn issue(
        &self,
        account: &Account,
        seconds: u32,
        token_size: usize,
        holder: Holder,
    ) -> Session {
        // AWS's tokens begin alike and are some hundred characters long.
        let token = format!("IQoJb3JpZ2luX2Vj{}", ids::random_text(token_size.max(480).saturating_sub(16)));
        let lifetime = SignedDuration::from_secs(i64::from(seconds));
        let now = self.clock.now();
        let session = Session {
            access_key_id: ids::access_key_id("ASIA", &account.id, ids::random()),
            secret: SecretString::from(ids::random_text(40)),
            token: SecretString::from(token),
            expiration: now.saturating_add(lifetime).unwrap_or(now),
            holder,
        };
        hold(&self.sessions).insert(session.access_key_id.clone(), session.clone());
        session
    }

    /// The issuer of the sandbox's own tokens.
    pub(crate) fn token_issuer(&self) -> String {
        format!("{}{}", self.endpoint, token_keys::PATH)
    }

    /// The long-term keys.
    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        hold(&self.keys)
    }

    /// Finds temporary credentials.
    pub(crate) fn session(&self, access_key_id: &str) -> Option<Session> {
        hold(&self.sessions).get(access_key_id).cloned()
    }

    /// The sign-in tokens that the console's sign-in gave.
    pub(crate) fn sign_ins(&self) -> MutexGuard<'_, HashMap<String, console::SignIn>> {
        hold(&self.sign_ins)
    }

    /// Tells who holds a session.
    pub(crate) fn holder(&self, holder: Holder) -> Option<Caller<'_>> {
        Some(match holder {
            Holder::User { arn, mfa } => {
                let (account, user) = self.world.find_user(&arn)?;
                Caller::UserSession { account, user, mfa }
            }
            Holder::Federated(session) => {
                let (account, user) = self.world.find_user(&session.user_arn)?;
                Caller::Federated { account, user, session }
            }
            Holder::Root { account_id } => {
                Caller::Root { account: self.world.accounts.iter().find(|it| it.id == account_id)? }
            }
            Holder::Role(session) => {
                let (account, role) = self.world.find_role(&session.role_arn)?;
                let (account, role) = (Cow::Borrowed(account), Cow::Borrowed(role));
                Caller::Role(Box::new(RoleCaller { account, role, session }))
            }
            Holder::PermissionSet(session) => self.reserved_role(session),
        })
    }

    fn reserved_role(&self, session: PermissionSetSession) -> Caller<'_> {
        let PermissionSetSession { partition, account_id, role_path, role_name, user_name } = session;
        let account = self.account(&account_id, partition);
        let role = Role::new(role_name).path(role_path);
        let session = RoleSession {
            role_arn: account.role_arn(&role),
            session_name: user_name,
            source_identity: None,
            tags: Vec::new(),
            chained: false,
        };
        Caller::Role(Box::new(RoleCaller { account, role: Cow::Owned(role), session }))
    }

    /// The account with this id, which the world need not describe.
    pub(crate) fn account(&self, id: &str, partition: &str) -> Cow<'_, Account> {
        let known = self.world.accounts.iter().find(|account| account.id == id).map(Cow::Borrowed);
        known.unwrap_or_else(|| Cow::Owned(Account::new(id, "").partition(partition)))
    }

    /// Where the sandbox is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets every session end now.
    pub(crate) fn expire_sessions(&self) {
        let now = self.clock.now();
        for session in hold(&self.sessions).values_mut() {
            session.expiration = session.expiration.min(now);
        }
    }

    /// Takes a device's code out of use; false if it was used before.
    pub(crate) fn use_code(&self, serial: &str, step: u64) -> bool {
        hold(&self.used_codes).insert((serial.to_owned(), step))
    }

    /// Takes a refresh token of `aws login` that this key's holder brings; tells whose it is, and the next one.
    pub(crate) fn refresh_login(&self, token: &str, key: &Value) -> Option<(String, String)> {
        hold(&self.logins).iter_mut().find_map(|login| login.refresh(token, key))
    }

    /// Ends every sign-in of `aws login`.
    pub(crate) fn end_logins(&self) {
        hold(&self.logins).clear();
    }

    /// Encodes what stands behind a refusal, if the world wants that.
    pub(crate) fn encode(&self, context: &str) -> Option<String> {
        self.world.encoded_messages.then(|| {
            let message = ids::random_text(320);
            hold(&self.messages).insert(message.clone(), context.to_owned());
            message
        })
    }

    /// What stands behind a refusal with this encoded message.
    pub(crate) fn decode(&self, message: &str) -> Option<String> {
        hold(&self.messages).get(message).cloned()
    }

    /// Switches STS off in a region, or on again.
    pub(crate) fn set_region_disabled(&self, region: &str, disabled: bool) {
        let mut regions = hold(&self.disabled_regions);
        if disabled {
            regions.insert(region.to_owned())
        } else {
            regions.remove(region)
        };
    }

    /// Whether STS is switched off in a region.
    pub(crate) fn is_disabled(&self, region: &str) -> bool {
        hold(&self.disabled_regions).contains(region)
    }

    pub(crate) fn log(&self, call: Call) {
        hold(&self.calls).push(call);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        hold(&self.calls).clone()
    }

    pub(crate) fn add_fault(&self, fault: Fault) {
        hold(&self.faults).push_back(fault);
    }

    pub(crate) fn take_fault(&self) -> Option<Fault> {
        hold(&self.faults).pop_front()
    }
}

impl Holder {
    /// The session's tags.
    pub(crate) fn tags(&self) -> &[SessionTag] {
        match self {
            Self::User { .. } | Self::PermissionSet(_) | Self::Root { .. } => &[],
            Self::Federated(session) => &session.tags,
            Self::Role(session) => &session.tags,
        }
    }
}

impl Caller<'_> {
    /// The account that the caller belongs to.
    pub(crate) fn account(&self) -> &Account {
        match self {
            Self::User { account, .. }
            | Self::UserSession { account, .. }
            | Self::Federated { account, .. }
            | Self::Root { account } => account,
            Self::Role(caller) => &caller.account,
        }
    }

    /// The caller's ARN, as GetCallerIdentity tells it.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::User { account, user } | Self::UserSession { account, user, .. } => account.user_arn(user),
            Self::Federated { account, session, .. } => account.federated_arn(&session.name),
            Self::Role(caller) => caller.account.session_arn(&caller.role, &caller.session.session_name),
            Self::Root { account } => account.root_arn(),
        }
    }

    /// The ARN of whom the caller is a session of, or the caller's own.
    pub(crate) fn principal_arn(&self) -> String {
        match self {
            Self::Role(caller) => caller.account.role_arn(&caller.role),
            Self::User { .. } | Self::UserSession { .. } | Self::Federated { .. } | Self::Root { .. } => {
                self.arn()
            }
        }
    }

    /// The caller's unique id, as GetCallerIdentity tells it.
    pub(crate) fn user_id(&self) -> String {
        match self {
            Self::User { account, user } | Self::UserSession { account, user, .. } => {
                ids::unique_id("AIDA", &account.user_arn(user))
            }
            Self::Federated { account, session, .. } => format!("{}:{}", account.id, session.name),
            Self::Role(caller) => {
                assumed_role_id(&caller.account, &caller.role, &caller.session.session_name)
            }
            Self::Root { account } => account.id.clone(),
        }
    }

    /// What refuses the caller this action on this resource, whatever a role's trust says.
    pub(crate) fn denied(&self, action: &str, resource: &str) -> Option<DeniedBy> {
        let denied: &[Denial] = match self {
            Self::User { user, .. } | Self::UserSession { user, .. } | Self::Federated { user, .. } => {
                &user.denied
            }
            Self::Role(caller) => &caller.role.denied,
            Self::Root { .. } => &[],
        };
        let refused = |denial: &&Denial| {
            denial.what == action || (denial.what == resource && action == "sts:AssumeRole")
        };
        denied.iter().find(refused).map(|denial| denial.by)
    }

    /// Whether AssumeRoot is the caller's to call.
    pub(crate) fn may_assume_root(&self) -> bool {
        match self {
            Self::User { user, .. } | Self::UserSession { user, .. } => user.assume_root,
            Self::Role(caller) => caller.role.assume_root,
            Self::Federated { .. } | Self::Root { .. } => false,
        }
    }

    /// The role session that calls, if it is one.
    pub(crate) fn role_session(&self) -> Option<&RoleSession> {
        match self {
            Self::User { .. } | Self::UserSession { .. } | Self::Federated { .. } | Self::Root { .. } => None,
            Self::Role(caller) => Some(&caller.session),
        }
    }
}

/// The unique id of a role session: the role's, and the session's name.
pub(crate) fn assumed_role_id(account: &Account, role: &Role, session_name: &str) -> String {
    format!("{}:{session_name}", ids::unique_id("AROA", &account.role_arn(role)))
}

/// Holds a value that nothing leaves half-changed, so that a panic elsewhere doesn't spoil it.
pub(crate) fn hold<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
