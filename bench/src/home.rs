//! A throw-away home with many profiles, an AWS on loopback that knows their roles, and an agent.

use crate::Outcome;
use crate::process::{AT_MOST, printed, program, until};
use hatrack_sandbox::{Account, Role, Sandbox, User, World};
use hatrack_wire::{Client, Environment, Places};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The keys of the home's user. They open the sandbox of this run alone.
pub(crate) const KEY: (&str, &str) = ("AKIAIOSFODNN7BENCH00", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYBENCHSECRT");

/// The profile of a role that wants a code.
pub(crate) const GUARDED: &str = "guarded";

const IDENTITY: &str = "111122223333";
const USER: &str = "bench";
const MFA_SERIAL: &str = "arn:aws:iam::111122223333:mfa/bench";
const ACCOUNTS: usize = 20;
const ROLES_EACH: usize = 25;

/// How many roles the home's profiles describe.
pub(crate) const ROLES: usize = ACCOUNTS * ROLES_EACH;

/// The home. Its agent ends with it.
#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
    sandbox: Sandbox,
    variables: BTreeMap<String, String>,
}

impl Home {
    pub(crate) fn new() -> Outcome<Self> {
        Self::of(world(), &config())
    }

    /// A home with one role of those alone, and so many profiles beside it.
    pub(crate) fn with_one_of(role: (usize, usize), others: usize) -> Outcome<Self> {
        let (account, role) = role;
        let (name, arn) = (profile(account, role), role_arn(account, role));
        let mut config = format!("[profile {USER}]\nregion = eu-central-1\n");
        write!(config, "\n[profile {name}]\nrole_arn = {arn}\nsource_profile = {USER}\n")?;
        for other in 0..others {
            write!(
                config,
                "\n[profile other-{other}]\nrole_arn = arn:aws:iam::{:012}:role/other\nsource_profile = {USER}\n",
                other + 1
            )?;
        }
        Self::of(world(), &config)
    }

    /// A home with this config file, in this world.
    pub(crate) fn of(world: World, config: &str) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("hatrack-bench.").tempdir()?;
        fs::create_dir(folder.path().join(".aws"))?;
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
            ("PATH", "/usr/bin:/bin".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let home = Self { folder, sandbox, variables };
        fs::write(home.path(".aws/config"), config)?;
        fs::write(
            home.path(".aws/credentials"),
            format!("[{USER}]\naws_access_key_id = {}\naws_secret_access_key = {}\n", KEY.0, KEY.1),
        )?;
        Ok(home)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Adds a variable to everything that is started here from now on.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    /// A command that lives in this home and sees nothing of the caller's environment.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(&self.variables).current_dir(self.folder.path());
        command
    }

    /// `hat` with these arguments.
    pub(crate) fn hat(&self, arguments: &[&str]) -> Outcome<Command> {
        let mut command = self.command(program("hat")?);
        command.args(arguments);
        Ok(command)
    }

    /// Starts the agent and has it read the files.
    pub(crate) fn warm(&self) -> Outcome<()> {
        printed(&mut self.hat(&["roles", "--json"])?).map(drop)
    }

    /// A connection to the running agent.
    pub(crate) fn client(&self) -> Outcome<Client> {
        let variables = self.variables.iter().map(|(name, value)| (name.into(), value.into()));
        let environment = Environment::of_caller(variables, self.folder.path());
        Ok(Client::connect(&self.places()?, &environment).map_err(hatrack_core::failure::Failure::from)?)
    }

    pub(crate) fn places(&self) -> Outcome<Places> {
        Ok(Places::of(|name| self.variables.get(name).map(OsString::from))?)
    }

    /// Waits until no agent lives here any more.
    pub(crate) fn without_agent(&self) -> Outcome<()> {
        until("the agent's end", Duration::from_millis(5), || Ok((!self.has_agent()?).then_some(())))
    }

    fn has_agent(&self) -> Outcome<bool> {
        let lock = File::options().write(true).open(self.places()?.lock_file());
        Ok(lock.is_ok_and(|lock| lock.try_lock().is_err()))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let stopped = self.client().and_then(|mut agent| {
            // It may be ending already.
            agent.request(hatrack_wire::Command::Stop).ok();
            self.without_agent()
        });
        if stopped.is_err() && self.has_agent().unwrap_or(false) {
            eprintln!("An agent in {} didn't end in {AT_MOST:?}.", self.folder.path().display());
        }
    }
}

/// The id of the account with this number.
fn account_id(number: usize) -> String {
    format!("4444555566{number:02}")
}

/// The profile of a role that wants no code.
pub(crate) fn profile(account: usize, role: usize) -> String {
    format!("team{account:02}-role{role:02}")
}

/// The ARN of a role that wants no code.
pub(crate) fn role_arn(account: usize, role: usize) -> String {
    format!("arn:aws:iam::{}:role/role{role:02}", account_id(account))
}

fn world() -> World {
    let user = format!("arn:aws:iam::{IDENTITY}:user/{USER}");
    let identity = Account::new(IDENTITY, "identity")
        .user(
            User::new(USER)
                .access_key(KEY.0, KEY.1)
                .mfa_device(MFA_SERIAL, "JBSWY3DPEHPK3PXPBENCHBENCHBENCH2"),
        )
        .role(Role::new(GUARDED).trusts(&user).with_mfa());
    let accounts = (0..ACCOUNTS).map(|account| {
        (0..ROLES_EACH).fold(Account::new(account_id(account), format!("team{account:02}")), |known, role| {
            known.role(Role::new(format!("role{role:02}")).trusts(&user))
        })
    });
    accounts.fold(World::default().account(identity), World::account)
}

fn config() -> String {
    let mut text = format!("[profile {USER}]\nregion = eu-central-1\n");
    let mut section = |profile: &str, arn: &str, more: &str| {
        write!(
            text,
            "\n[profile {profile}]\nrole_arn = {arn}\nsource_profile = {USER}\nregion = eu-central-1\n{more}"
        )
        .ok();
    };
    section(
        GUARDED,
        &format!("arn:aws:iam::{IDENTITY}:role/{GUARDED}"),
        &format!("mfa_serial = {MFA_SERIAL}\n"),
    );
    for account in 0..ACCOUNTS {
        for role in 0..ROLES_EACH {
            section(&profile(account, role), &role_arn(account, role), "");
        }
    }
    text
}
