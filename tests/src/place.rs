//! A throw-away home with its own shared files, its own agent, and an AWS on loopback.

use crate::program::Running;
use crate::{program, until};
use hatrack_sandbox::{DEMO_MFA_SERIAL, Home, Sandbox, World};
use hatrack_wire::{Answer, Client, Command as Wanted, Environment, Places, Update};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A home, and what stands around it. Its agent ends with it.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    /// The AWS that the home's variables lead to.
    pub sandbox: Sandbox,
    variables: BTreeMap<String, String>,
}

/// A container endpoint.
#[derive(Debug)]
pub struct Serving {
    /// Its address.
    pub url: String,
    /// What its consumer shows.
    pub token: String,
    _process: Running,
}

/// What a command said.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// Its answer.
    pub answer: String,
    /// Its talk.
    pub talk: String,
}

impl Place {
    /// The home of the demo's user, in the demo's world.
    pub fn demo() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Home::write(folder.path()).expect("a home can be written");
        Self::around(folder, World::demo())
    }

    /// The same, with a profile for each other way in: `tagged`, `pipeline` and `guest`.
    pub fn demo_with_other_ways() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Home::write_with_other_ways(folder.path()).expect("a home can be written");
        Self::around(folder, World::demo())
    }

    /// A home with these files, in this world.
    pub fn new(world: World, config: &str, credentials: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join(".aws")).expect("a folder can be made");
        let place = Self::around(folder, world);
        place.write("config", config);
        place.write("credentials", credentials);
        place
    }

    fn around(folder: TempDir, world: World) -> Self {
        let sandbox = Sandbox::start(world);
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let variables = [
            ("HOME", path("")),
            ("HATRACK_HOME", path("hatrack")),
            ("XDG_RUNTIME_DIR", path("")),
            ("TMPDIR", path("")),
            ("AWS_ENDPOINT_URL", sandbox.endpoint()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_PAGER", String::new()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { folder, sandbox, variables }
    }

    /// The home's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Changes a variable of everything that is started here from now on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// The path of a file in `.aws`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(".aws").join(name)
    }

    /// What stands in a file of `.aws`.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a file of `.aws`, as another program would.
    #[track_caller]
    pub fn write(&self, name: &str, text: &str) {
        let mut options = File::options();
        options.create(true).truncate(true).write(true).mode(0o600);
        let written = options.open(self.path(name)).and_then(|mut file| file.write_all(text.as_bytes()));
        written.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// The values of one section of the credentials file, as every AWS tool reads it.
    #[track_caller]
    pub fn section(&self, profile: &str) -> BTreeMap<String, String> {
        let text = self.read("credentials");
        let header = format!("[{profile}]");
        let lines = text.lines().skip_while(|line| *line != header).skip(1);
        let lines = lines.take_while(|line| !line.starts_with('['));
        lines.filter_map(|line| line.split_once(" = ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    /// A command that lives in this home and sees nothing of the test's own environment.
    pub fn command(&self, path: impl AsRef<Path>) -> Command {
        let mut command = Command::new(path.as_ref());
        command.env_clear().envs(&self.variables).current_dir(self.folder.path());
        command.stdin(Stdio::null());
        command
    }

    /// Runs `hat`.
    #[track_caller]
    pub fn hat(&self, arguments: &[&str]) -> Ran {
        self.hat_reading(arguments, "")
    }

    /// Runs `hat`, which finds this on its stdin.
    #[track_caller]
    pub fn hat_reading(&self, arguments: &[&str], input: &str) -> Ran {
        run(self.command(program("hat")).args(arguments), input)
    }

    /// Runs `hat` with `--json`, which must succeed.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.hat(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.talk);
        ran.json()
    }

    /// A container endpoint that `hat serve` holds open until this is dropped.
    #[track_caller]
    pub fn hat_serving(&self, role: &str) -> Serving {
        let mut command = self.command(program("hat"));
        command.args(["serve", role, "--json"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Running::start(&mut command);
        let told = process.child().stdout.take().expect("a pipe");
        let mut values = serde_json::Deserializer::from_reader(told).into_iter::<Value>();
        let told = values.next().and_then(Result::ok).expect("hat serve tells its endpoint");
        let of = |name: &str| told[role][name].as_str().expect("a variable").to_owned();
        let url = of("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        Serving { url, token: of("AWS_CONTAINER_AUTHORIZATION_TOKEN"), _process: process }
    }

    /// The code that the demo user's device shows now.
    pub fn code(&self) -> String {
        self.code_of(DEMO_MFA_SERIAL)
    }

    /// The code that a device shows now.
    pub fn code_of(&self, serial: &str) -> String {
        self.sandbox.code_now(serial).expect("the world has this device").code
    }

    /// A code that the demo user's device doesn't show, nor did, nor will soon.
    pub fn wrong_code(&self) -> String {
        let shown: u32 = self.code().parse().expect("a code is a number");
        format!("{:06}", (shown + 500_000) % 1_000_000)
    }

    /// A connection to the running agent, with this home's environment.
    pub fn connect(&self) -> Option<Client> {
        Client::connect(&self.places(), &self.environment()).ok()
    }

    /// A connection to the agent, which is started if need be.
    #[track_caller]
    pub fn client(&self) -> Client {
        assert_eq!(self.hat(&["agent", "start"]).code, 0);
        self.connect().expect("the agent that was just started answers")
    }

    /// The process of the running agent.
    #[track_caller]
    pub fn agent_pid(&self) -> u32 {
        match self.connect().expect("an agent is running").request(Wanted::Agent) {
            Ok(Answer::Agent(status)) => status.pid,
            other => panic!("not the agent's status: {other:?}"),
        }
    }

    /// Where Hatrack keeps its things in this home.
    pub fn places(&self) -> Places {
        let places = Places::of(|name| self.variables.get(name).map(OsString::from));
        places.expect("the home has places")
    }

    fn environment(&self) -> Environment {
        let variables = self.variables.iter().map(|(name, value)| (name.into(), value.into()));
        Environment::of_caller(variables, self.folder.path())
    }

    /// Whether an agent holds its place.
    pub fn has_agent(&self) -> bool {
        let lock = File::options().write(true).open(self.places().lock_file());
        lock.is_ok_and(|lock| lock.try_lock().is_err())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(mut client) = self.connect() else { return };
        // It may be ending already.
        client.request(Wanted::Stop).ok();
        if !std::thread::panicking() {
            until("the agent's end", || (!self.has_agent()).then_some(()));
        }
    }
}

impl Ran {
    /// The answer as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.answer).unwrap_or_else(|error| panic!("{error}: {}", self.answer))
    }

    /// Makes sure that the command did what was asked.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.talk);
        self
    }

    /// Makes sure that the command was refused with this exit code, in words that name this, and
    /// without an answer.
    #[track_caller]
    pub fn refused(self, code: i32, words: &str) -> Self {
        assert_eq!((self.code, self.answer.as_str()), (code, ""), "{}", self.talk);
        assert!(self.talk.contains(words), "{words:?} isn't in {:?}", self.talk);
        self
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command, input: &str) -> Ran {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{name} can't be started: {error}"));
    let stdin = child.stdin.take();
    // Who needs no input may have ended before it came.
    stdin.map(|mut stdin| stdin.write_all(input.as_bytes()).ok());
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), answer: text(output.stdout), talk: text(output.stderr) }
}

/// Waits for an update of the agent in which there is something to see.
///
/// # Panics
///
/// When it never comes, or the agent ends.
#[track_caller]
pub fn update_with<T>(client: &mut Client, what: &str, mut look: impl FnMut(&Update) -> Option<T>) -> T {
    until(what, || {
        let update = client.next_update_within(std::time::Duration::from_secs(1));
        look(&update.unwrap_or_else(|failure| panic!("{what}: {failure}"))?)
    })
}
