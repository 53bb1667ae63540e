//! The loop that acts. Everything that can happen comes in here, one after another; the state
//! decides, and what must be done is done in tasks whose outcome comes in here again.
//!
//! Deliberately absent: locks around the state. One task owns it.

mod activate;
mod console;
mod effects;
mod hand_outs;
mod keeping;
mod organisations;
mod plans;
mod requests;
mod roles;
mod secrets;
mod serving;
mod shared_profiles;
mod sign_ins;

use crate::clock::Clock;
use crate::connection::{ConnectionId, FromFace, Outbox};
use crate::credentials::Credentials;
use crate::directories::Directories;
use crate::disk::{Disk, DiskDone, DiskJob};
use crate::endpoint::{ConsumerId, Endpoint, FromEndpoint};
use crate::files::{FilePair, Files, shown};
use crate::memory_file::MemoryFile;
use crate::own_file::OwnFile;
use crate::perform::{Performed, Refused};
use crate::sign_in::{Held, SignedIn};
use crate::sts::Caller;
use crate::watch::Watch;
use crate::wishes::{Wishes, WishesFile};
use crate::world::{Ways, World};
use hatrack_core::catalogue::Role;
use hatrack_core::chain::Provider;
use hatrack_core::delivery::Owned;
use hatrack_core::failure::Failure;
use hatrack_core::identity_center::Directory;
use hatrack_core::memory::Memory;
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::plan::{Identity, SourceKey, WorldId};
use hatrack_core::profile::KeyFacts;
use hatrack_core::snapshot::{DeviceCode, Problem, SessionState, Snapshot};
use hatrack_core::state::{Found, State, Wish};
use hatrack_vault::Vault;
use hatrack_wire::{Answer, Face, Finding, Open, Request, Sealed, Update};
use jiff::Timestamp;
pub(crate) use keeping::facts;
pub use organisations::Further;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// How long an agent stays that nobody needs.
const IDLE: Duration = Duration::from_secs(60);

/// What the loop is given at its start.
pub struct Start {
    /// The clock.
    pub clock: Clock,
    /// The folder of wishes.
    pub config: PathBuf,
    /// The folder of the journal.
    pub data: PathBuf,
    /// The folder of locks.
    pub run: PathBuf,
    /// Where faces come in; the loop ends when no more can come.
    pub faces: mpsc::UnboundedReceiver<FromFace>,
    /// The vault.
    pub vault: Vault,
    /// Who runs it and where, for RoleSessionName.
    pub user: String,
    /// The machine's name.
    pub host: String,
}

/// Runs the loop until nobody needs it, or somebody ends it.
pub async fn run(start: Start, mut ended: impl Future<Output = ()> + Unpin) {
    let (outcomes, mut outcomes_in) = mpsc::unbounded_channel();
    let (changes, mut changes_in) = mpsc::unbounded_channel();
    let (from_endpoint, mut from_endpoint_in) = mpsc::unbounded_channel();
    let mut faces = start.faces;
    let wishes_file = WishesFile::in_folder(&start.config);
    let (wishes, broken) = wishes_file.load();
    let memory_file = MemoryFile::in_folder(&start.data);
    let memory = memory_file.load();
    let directory_files = Directories::in_folder(&start.data);
    let caller = Caller::new();
    let mut clock_changes = caller.clock_changes();
    let mut agent = Agent {
        state: State::new(wishes.settings.clone(), wishes.recents.clone(), memory.clone()),
        memory,
        memory_file,
        own_file: OwnFile::in_folder(&start.config),
        vault: start.vault,
        vault_keys: BTreeMap::new(),
        held: HashMap::new(),
        sign_ins: HashMap::new(),
        directories: directory_files.load(),
        directory_files,
        listings: HashMap::new(),
        token_paths: BTreeMap::new(),
        shelves: BTreeMap::new(),
        run_folder: start.run.clone(),
        ways: Ways::new(&caller),
        unopened: Vec::new(),
        asked_sign_ins: Vec::new(),
        wishes,
        wishes_file,
        broken_wishes: broken,
        disk: Disk::start(&start.data, &start.run, {
            let outcomes = outcomes.clone();
            move |done| outcomes.send(Outcome::Disk(done)).is_ok()
        }),
        outcomes,
        watch: Watch::new(changes),
        caller,
        clock: start.clock.clone(),
        user: start.user,
        host: start.host,
        faces: BTreeMap::new(),
        waiting: Vec::new(),
        files: BTreeMap::new(),
        worlds: Vec::new(),
        running: HashMap::new(),
        granted: HashMap::new(),
        live: HashMap::new(),
        hand_outs: Vec::new(),
        endpoint: None,
        from_endpoint,
        serving: BTreeMap::new(),
        last_consumer: 0,
        delivered: None,
        sources: HashMap::new(),
        codes: HashMap::new(),
        last_codes: HashMap::new(),
        asked: HashMap::new(),
        asked_here: Vec::new(),
        quitting: None,
        oddities: Vec::new(),
        done: false,
    };
    agent.watch.add(agent.own_file.path());
    agent.look_into_vault();
    agent.disk.send(DiskJob::Leftovers);
    while !agent.done {
        let deadline = agent.state.deadline().into_iter().chain(agent.hand_outs_due()).min();
        let clock = start.clock.clone();
        tokio::select! {
            biased;
            () = &mut ended => break,
            Some(outcome) = outcomes_in.recv() => agent.take(outcome),
            from_face = faces.recv() => match from_face {
                Some(from_face) => agent.hear(from_face),
                None => break,
            },
            Some(path) = changes_in.recv() => agent.changed(&path),
            Some(event) = from_endpoint_in.recv() => agent.endpoint_asked(event),
            Ok(()) = clock_changes.changed() => {
                let offset = *clock_changes.borrow_and_update();
                agent.set_clock_offset(offset);
            }
            () = async { match deadline {
                Some(deadline) => clock.sleep_until(deadline).await,
                None => std::future::pending().await,
            }} => agent.state.clock(clock.now()),
            () = tokio::time::sleep(IDLE), if agent.is_unneeded() => break,
        }
        agent.settle();
    }
}

/// The one owner of everything that the agent knows and keeps.
struct Agent {
    state: State,
    wishes: Wishes,
    wishes_file: WishesFile,
    broken_wishes: Option<Failure>,
    memory: Memory,
    memory_file: MemoryFile,
    own_file: OwnFile,
    vault: Vault,
    /// The access keys in the vault, as its index tells them.
    vault_keys: BTreeMap<String, KeyFacts>,
    /// What sign-ins gave, with the end of each.
    held: HashMap<Provider, (Held, Timestamp)>,
    /// Sign-ins that wait for a person, by attempt.
    sign_ins: HashMap<u64, sign_ins::UnderWay>,
    /// What was discovered of organisations, by organisation.
    directories: BTreeMap<String, Arc<Directory>>,
    directory_files: Directories,
    /// Listings that are under way, by attempt.
    listings: HashMap<u64, organisations::Listing>,
    token_paths: organisations::TokenPaths,
    /// What was published last of each catalogue.
    shelves: BTreeMap<FilePair, roles::Shelf>,
    /// The folder of locks.
    run_folder: PathBuf,
    /// The ways to portals.
    ways: Ways,
    /// Windows that are to be opened as soon as a process for them is there.
    unopened: Vec<Open>,
    /// Who asked for which sign-in.
    asked_sign_ins: Vec<(ConnectionId, Provider)>,
    disk: Disk,
    outcomes: mpsc::UnboundedSender<Outcome>,
    watch: Watch,
    caller: Caller,
    clock: Clock,
    user: String,
    host: String,
    faces: BTreeMap<ConnectionId, Connected>,
    /// Requests that wait until their files are read.
    waiting: Vec<(ConnectionId, Request)>,
    files: BTreeMap<FilePair, Arc<Files>>,
    /// The worlds that were seen; [`WorldId`] counts them from 1.
    worlds: Vec<KnownWorld>,
    running: HashMap<u64, AbortHandle>,
    granted: HashMap<u64, Credentials>,
    /// The credentials of sessions that are delivered, with the attempt that gave them.
    live: HashMap<SessionId, (u64, Credentials)>,
    /// Programs that wait for credentials.
    hand_outs: Vec<hand_outs::Waiting>,
    /// The server on loopback, while somebody needs it.
    endpoint: Option<Endpoint>,
    from_endpoint: mpsc::UnboundedSender<FromEndpoint>,
    /// The programs that it is open for.
    serving: BTreeMap<ConsumerId, serving::Served>,
    last_consumer: u64,
    /// What was delivered last, until it is shown to GetCallerIdentity.
    delivered: Option<(u64, Credentials)>,
    sources: HashMap<SourceKey, Credentials>,
    codes: HashMap<String, Sealed>,
    last_codes: HashMap<String, Sealed>,
    /// Activations whose section is being chosen, by connection and request.
    asked: HashMap<(ConnectionId, u64), activate::Asked>,
    /// Who will ask on a terminal for which session.
    asked_here: Vec<(ConnectionId, SessionId)>,
    quitting: Option<(ConnectionId, u64)>,
    /// What writing and erasing found out about the files.
    oddities: Vec<Problem>,
    done: bool,
}

struct Connected {
    outbox: Outbox,
    /// The process at its other end.
    process: Option<u32>,
    world: Result<WorldId, Failure>,
    face: Option<Face>,
}

struct KnownWorld {
    world: World,
    key: Vec<Option<String>>,
    pair: FilePair,
}

/// What became of something that the loop had begun.
pub enum Outcome {
    /// A plan's calls.
    Performed {
        /// The attempt.
        attempt: u64,
        /// What they gave.
        result: Result<Box<Performed>, Refused>,
    },
    /// GetCallerIdentity's look at what was delivered.
    Verified {
        /// The session.
        session: SessionId,
        /// The attempt that gave the credentials.
        attempt: u64,
        /// Whose they are.
        result: Result<hatrack_core::state::Caller, Failure>,
    },
    /// A code that nobody typed.
    Code {
        /// The prompt that it is for.
        prompt: PromptId,
        /// The code.
        result: Result<Sealed, Failure>,
    },
    /// A sign-in waits for a person in the browser.
    SignInBegan {
        /// The attempt.
        attempt: u64,
        /// The provider.
        provider: Provider,
        /// What a face is to show.
        url: Sealed,
        /// Where a window is to bring the assertion.
        post_to: Option<Sealed>,
        /// The code that is to be typed in there, for a sign-in of that kind.
        device: Option<DeviceCode>,
    },
    /// A sign-in ended.
    SignInEnded {
        /// The attempt.
        attempt: u64,
        /// The provider.
        provider: Provider,
        /// What it gave.
        result: Result<SignedIn, Failure>,
    },
    /// What the cache holds of a portal's sign-in.
    TokenSeen {
        /// The portal's name.
        portal: String,
        /// The sign-in, if there is one.
        identity: Result<Option<Identity>, Failure>,
    },
    /// A listing has got further.
    Listed {
        /// The attempt.
        attempt: u64,
        /// What it has found so far.
        found: Further,
    },
    /// A listing ended.
    ListingEnded {
        /// The attempt.
        attempt: u64,
        /// What is known of the organisation now.
        directory: Box<Directory>,
        /// Whether it came to its end.
        result: Result<Option<Failure>, Failure>,
    },
    /// A device's seed was put into the vault, or not.
    SeedKept {
        /// Who asked.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// The device.
        mfa_serial: String,
        /// What became of it.
        result: Result<(), Failure>,
    },
    /// A longer work that somebody asked for is done.
    Answered {
        /// Who asked.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// The answer.
        result: Result<Answer, Failure>,
    },
    /// A sign-in at the console is made, for a browser.
    ConsoleLink {
        /// Who asked.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// What people call the role.
        role: String,
        /// The link, a secret.
        link: Sealed,
    },
    /// A step of a longer work is done.
    Progress {
        /// Who asked for it.
        connection: ConnectionId,
        /// The step, as a sentence.
        step: String,
    },
    /// Work on files.
    Disk(DiskDone),
    /// The doctor's look.
    Findings {
        /// Who asked.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// What was found.
        findings: Vec<Finding>,
    },
}

impl Agent {
    fn take(&mut self, outcome: Outcome) {
        let now = self.clock.now();
        match outcome {
            Outcome::Performed { attempt, result } => self.performed(attempt, result),
            Outcome::Verified { session, attempt, result } => {
                // Not to be reached is no reason to doubt what STS itself gave.
                if let Ok(caller) = result {
                    self.state.verified(session, attempt, caller);
                }
            }
            Outcome::Code { prompt, result } => self.code_came(prompt, result),
            Outcome::SignInBegan { attempt, provider, url, post_to, device } => {
                if let Some(device) = device {
                    self.state.sign_in_shows(attempt, device);
                }
                self.sign_in_began(attempt, &provider, url, post_to);
            }
            Outcome::TokenSeen { portal, identity } => self.token_seen(&portal, identity),
            Outcome::Listed { attempt, found } => self.listed(attempt, found),
            Outcome::ListingEnded { attempt, directory, result } => {
                self.listing_ended(attempt, *directory, result);
            }
            Outcome::SignInEnded { attempt, provider, result } => {
                self.sign_in_ended(attempt, &provider, result);
            }
            Outcome::SeedKept { connection, id, mfa_serial, result } => {
                self.seed_kept(connection, id, mfa_serial, result);
            }
            Outcome::Answered { connection, id, result } => {
                self.look_into_vault();
                self.answer(connection, id, result);
            }
            Outcome::ConsoleLink { connection, id, role, link } => {
                self.console_link(connection, id, role, link);
            }
            Outcome::Progress { connection, step } => {
                if let Some(face) = self.faces.get(&connection) {
                    face.outbox.tell(Update::Progress(step));
                }
            }
            Outcome::Findings { connection, id, findings } => {
                self.answer(connection, id, Ok(Answer::Findings(findings)));
            }
            Outcome::Disk(done) => match done {
                DiskDone::Read { pair, files, owned } => self.read(&pair, files, owned),
                DiskDone::Prepared { connection, id, wish, result } => {
                    self.prepared(connection, id, *wish, result.map(Some));
                }
                DiskDone::Written { session, attempt, wish, oddity } => {
                    self.oddities.extend(oddity);
                    self.delivered(session, attempt, &wish);
                }
                DiskDone::WriteRefused { session, attempt, failure } => {
                    self.state.write_refused(session, attempt, failure, now);
                }
                DiskDone::Erased { session, oddity } => {
                    self.oddities.extend(oddity);
                    self.state.erased(session, now);
                }
                DiskDone::EraseRefused { session, failure } => {
                    self.state.erase_refused(session, failure, now);
                }
                DiskDone::Leftovers { files } => self.leftovers(files),
            },
        }
    }

    fn hear(&mut self, from_face: FromFace) {
        match from_face {
            FromFace::Joined { connection, process, environment, outbox } => {
                let world = World::of(&environment).map(|world| self.know(world));
                self.faces.insert(connection, Connected { outbox, process, world, face: None });
            }
            FromFace::Request { connection, request } => self.request(connection, *request),
            FromFace::Left { connection } => self.left(connection),
        }
    }

    /// What a face leaves behind: a question that nobody else would ask is taken back.
    fn left(&mut self, connection: ConnectionId) {
        self.faces.remove(&connection);
        self.asked_sign_ins.retain(|(asking, _)| *asking != connection);
        self.waiting.retain(|(waiting, _)| *waiting != connection);
        self.hand_outs.retain(|waiting| !waiting.is_of(connection));
        self.end_serving(connection);
        let now = self.clock.now();
        let (gone, here): (Vec<_>, Vec<_>) =
            self.asked_here.drain(..).partition(|(asking, _)| *asking == connection);
        self.asked_here = here;
        for (_, session) in gone {
            if self.state.prompt_of(session).is_some_and(|prompt| !prompt.in_window) {
                self.state.abandon(session, now);
            }
        }
    }

    /// Numbers a world; the latest one with the same files, endpoints and keys stands for all.
    fn know(&mut self, world: World) -> WorldId {
        let pair = FilePair {
            config: world.config_file().to_owned(),
            credentials: world.credentials_file().to_owned(),
        };
        let key = IDENTITY.iter().map(|name| world.variable(name).map(str::to_owned)).collect();
        let index = self.worlds.iter().position(|known| known.key == key && known.pair == pair);
        let number = |index: usize| WorldId(index as u64 + 1);
        match index {
            Some(index) => {
                self.worlds[index].world = world;
                number(index)
            }
            None => {
                self.watch.add(&pair.config);
                self.watch.add(&pair.credentials);
                self.worlds.push(KnownWorld { world, key, pair });
                number(self.worlds.len() - 1)
            }
        }
    }

    fn world(&self, id: WorldId) -> Option<&KnownWorld> {
        self.worlds.get(usize::try_from(id.0.checked_sub(1)?).ok()?)
    }

    fn want_files(&mut self, world: WorldId) {
        if let Some(known) = self.world(world) {
            let pair = known.pair.clone();
            let kept = Box::new(self.kept());
            self.disk.send(DiskJob::Read { pair, kept, anew: false });
        }
    }

    fn changed(&mut self, path: &std::path::Path) {
        if path == self.own_file.path() {
            self.reread_all();
            return;
        }
        if self.token_changed(path) {
            return;
        }
        let pairs: Vec<_> = self
            .worlds
            .iter()
            .filter(|known| known.pair.config == path || known.pair.credentials == path)
            .map(|known| known.pair.clone())
            .collect();
        for pair in pairs {
            let kept = Box::new(self.kept());
            self.disk.send(DiskJob::Read { pair, kept, anew: false });
        }
    }

    /// The files of a world are as they were told here: believe them, and go on with what waited.
    fn read(&mut self, pair: &FilePair, files: Option<Arc<Files>>, owned: Vec<Owned>) {
        let world =
            self.worlds.iter().position(|known| known.pair == *pair).map_or(0, |index| index as u64 + 1);
        if let Some(files) = files {
            self.files.insert(pair.clone(), Arc::clone(&files));
            self.look_at_tokens(WorldId(world), &files);
        }
        let file = shown(&pair.credentials);
        let files = self.files.get(pair).cloned();
        // What somebody changed by hand isn't what was delivered any more.
        let found = owned.into_iter().filter(|owned| owned.intact).map(|owned| Found {
            expiration: owned.expiration,
            wish: found_wish(WorldId(world), files.as_deref(), &owned, &file),
        });
        let found = found.collect();
        self.state.sections(&file, found, self.clock.now());
        let (ready, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(connection, _)| {
                self.faces.get(connection).is_some_and(|face| {
                    face.world
                        .as_ref()
                        .ok()
                        .and_then(|world| self.world(*world))
                        .is_some_and(|known| known.pair == *pair)
                })
            });
        self.waiting = waiting;
        for (connection, request) in ready {
            self.request_with_files(connection, request);
        }
    }

    /// Files that an agent delivered into before: what is over there is removed.
    fn leftovers(&mut self, files: Vec<(PathBuf, Vec<Owned>)>) {
        let now = self.clock.now();
        for (file, owned) in files {
            let file = shown(&file);
            let found = owned.into_iter().filter(|owned| owned.intact).map(|owned| Found {
                expiration: owned.expiration,
                wish: found_wish(WorldId(0), None, &owned, &file),
            });
            let found = found.collect();
            self.state.sections(&file, found, now);
        }
    }

    /// Does what the state decided, keeps the wishes, and publishes the present.
    fn settle(&mut self) {
        self.perform_effects();
        self.settle_hand_outs();
        self.perform_effects();
        self.forget_dead();
        self.fill_endpoints();
        self.keep_wishes();
        self.keep_memory();
        self.publish();
        self.finish_quitting();
    }

    fn keep_wishes(&mut self) {
        let wishes =
            Wishes { settings: self.state.settings().clone(), recents: self.state.recents().to_vec() };
        if wishes != self.wishes {
            self.broken_wishes = self.wishes_file.save(&wishes).err();
            self.wishes = wishes;
        }
    }

    fn publish(&mut self) {
        if self.faces.values().all(|face| face.face.is_none()) {
            return;
        }
        let common = self.state.snapshot();
        let now = self.clock.now();
        let mut shelves = std::mem::take(&mut self.shelves);
        for face in self.faces.values().filter(|face| face.face.is_some()) {
            let pair = face.world.as_ref().ok().and_then(|world| self.world(*world)).map(|known| &known.pair);
            let Some((pair, files)) = pair.and_then(|pair| Some((pair, self.files.get(pair)?))) else {
                continue;
            };
            let own = self.broken_wishes.iter().map(|failure| Problem {
                file: shown(self.wishes_file.path()),
                line: None,
                profile: None,
                message: failure.to_string(),
            });
            let seen = self.oddities.iter().filter(|oddity| shown(&pair.credentials) == oddity.file);
            let problems = own.chain(seen.cloned()).chain(files.problems.iter().cloned()).collect();
            let organisations = self.organisations(files, now);
            let snapshot = Snapshot { problems, organisations, ..common.clone() };
            let shelf = shelves.entry(pair.clone()).or_default();
            let outline = shelf.outline(&files.catalogue, &snapshot);
            face.outbox.publish(&Arc::new(snapshot), &outline);
        }
        self.shelves = shelves;
    }

    fn finish_quitting(&mut self) {
        let Some((connection, id)) = self.quitting else { return };
        let snapshot = self.state.snapshot();
        let stuck = snapshot.sessions.iter().find_map(|session| session.failure.clone());
        let ending = snapshot.sessions.iter().any(|session| session.state == SessionState::Ending);
        if let Some(failure) = stuck.filter(|_| ending) {
            self.answer(connection, id, Err(failure));
        } else if ending {
            return;
        } else {
            self.answer(connection, id, Ok(Answer::Done));
        }
        self.done = true;
    }

    fn answer(&self, connection: ConnectionId, id: u64, answer: Result<Answer, Failure>) {
        if let Some(face) = self.faces.get(&connection) {
            face.outbox.answer(id, answer);
        }
    }

    fn is_unneeded(&self) -> bool {
        self.faces.is_empty() && self.state.is_idle() && self.sources.is_empty()
    }
}

/// The variables that decide whose credentials are meant and where they are asked for. Worlds that
/// agree on them share what is kept in memory, wherever their commands were run.
const IDENTITY: [&str; 20] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_DISABLED",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "https_proxy",
    "http_proxy",
];

/// What a marked section says it is, with what the catalogue knows of it.
fn found_wish(world: WorldId, files: Option<&Files>, owned: &Owned, file: &str) -> Wish {
    let role = files.and_then(|files| files.catalogue.get(&owned.role_id));
    let role = role.unwrap_or_else(|| Role::unlisted(&owned.role_id));
    Wish {
        world,
        chain: files.and_then(|files| files.chain(&role.id)?.ok()),
        output_profile: Some(owned.profile.clone()),
        credentials_file: file.to_owned(),
        region: role.region.clone(),
        duration_seconds: None,
        adopt: owned.adopted.is_some(),
        confirmed: None,
        role,
    }
}
