//! The programs, and processes that end with the test.

use crate::until;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

/// The path of a program of this workspace, which stands above the test's own.
///
/// # Panics
///
/// When it isn't built.
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("the test knows where it stands");
    let folder = here.ancestors().nth(2).expect("a test stands in target/…/deps");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "{} isn't there: run cargo build --workspace first", program.display());
    program
}

/// The folder that the build and its tests leave things in.
///
/// # Panics
///
/// When no program is built.
pub fn run_folder() -> PathBuf {
    let program = program("hat");
    program.ancestors().nth(2).expect("a program stands in target/…").to_owned()
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A program of the Python environment that `scripts/setup python` fills.
///
/// # Panics
///
/// When it isn't installed.
pub fn python_program(name: &str) -> PathBuf {
    installed("venv", name, "python")
}

/// A program of the Python environment that `scripts/setup servers` fills.
///
/// # Panics
///
/// When it isn't installed.
pub fn server_program(name: &str) -> PathBuf {
    installed("venv-servers", name, "servers")
}

fn installed(environment: &str, name: &str, purpose: &str) -> PathBuf {
    let program = root().join(".cache").join(environment).join("bin").join(name);
    assert!(program.is_file(), "{} isn't there: run scripts/setup {purpose} first", program.display());
    program
}

/// Looks a program of the system up, so that its absence is told with a remedy.
///
/// # Panics
///
/// When it isn't installed.
pub fn system_program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} isn't installed: run scripts/setup desktop clients first"))
}

/// A process that is ended, and waited for, when it goes out of scope.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} can't be started: {error}"));
        Self { name, child }
    }

    /// The child.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for it to end by itself.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let what = format!("the end of {}", self.name);
        until(&what, || self.child.try_wait().ok().flatten())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().and_then(|()| self.child.wait()).ok();
    }
}
