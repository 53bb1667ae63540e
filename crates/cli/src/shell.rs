//! Variables as a shell reads them.
//!
//! Each shell's rules stand in a module of their own, and each quotes any text or refuses it: what
//! comes out is run by the person's shell. Deliberately absent: empty variables, which break AWS
//! tools (`AWS_PROFILE`); they are unset.

mod cmd;
mod fish;
mod posix;
mod powershell;

use clap::ValueEnum;
use hatrack_core::failure::{Failure, FailureCode};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A shell, or what reads JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Bash, and any other shell of POSIX.
    #[value(alias = "sh")]
    Bash,
    /// Z shell.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell, on every system.
    #[value(alias = "pwsh")]
    Powershell,
    /// Windows' command prompt.
    Cmd,
    /// No shell: an object of the variables.
    Json,
}

/// What becomes of one variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its value; empty: it is unset.
    pub(crate) value: Zeroizing<String>,
}

impl Variable {
    /// A variable with this value.
    pub(crate) fn set(name: &'static str, value: &str) -> Self {
        Self { name, value: Zeroizing::new(value.to_owned()) }
    }

    /// A variable that must not be there.
    pub(crate) fn unset(name: &'static str) -> Self {
        Self::set(name, "")
    }
}

impl Shell {
    /// The shell that a person here has: as `SHELL` names it, and on Windows PowerShell where it
    /// started this, else the command prompt.
    pub(crate) fn here() -> Self {
        if cfg!(windows) {
            return if std::env::var_os("PSModulePath").is_some() { Self::Powershell } else { Self::Cmd };
        }
        let shell = std::env::var("SHELL").unwrap_or_default();
        match shell.rsplit('/').next().unwrap_or_default() {
            "zsh" => Self::Zsh,
            "fish" => Self::Fish,
            "pwsh" => Self::Powershell,
            _ => Self::Bash,
        }
    }

    /// The lines that set and unset these variables.
    pub(crate) fn lines(self, variables: &[Variable]) -> Result<Zeroizing<String>, Failure> {
        if self == Self::Json {
            return json(variables);
        }
        let room: usize = variables.iter().map(|it| it.name.len() + 5 * it.value.len() + 64).sum();
        // Roomy enough not to be moved as it grows.
        let mut lines = Zeroizing::new(String::with_capacity(room));
        for Variable { name, value } in variables {
            if value.contains('\0') {
                return Err(refused(name));
            }
            let written = match self {
                Self::Bash | Self::Zsh => posix::line(&mut lines, name, value),
                Self::Fish => fish::line(&mut lines, name, value),
                Self::Powershell => powershell::line(&mut lines, name, value),
                Self::Cmd => cmd::line(&mut lines, name, value),
                Self::Json => Ok(()),
            };
            written.map_err(|Unsafe| refused(name))?;
        }
        Ok(lines)
    }

    /// How a person has this shell take over what is printed.
    pub(crate) fn how_to_take(self, command: &str) -> Option<String> {
        match self {
            Self::Bash | Self::Zsh => Some(format!("eval \"$({command})\"")),
            Self::Fish => Some(format!("{command} | source")),
            Self::Powershell => Some(format!("{command} | Out-String | Invoke-Expression")),
            Self::Cmd => Some(format!("for /f \"delims=\" %i in ('{command}') do @%i")),
            Self::Json => None,
        }
    }

    /// A line that the shell passes over.
    pub(crate) fn remark(self, words: &str) -> String {
        let words = crate::print::shown(words);
        match self {
            Self::Bash | Self::Zsh | Self::Fish | Self::Powershell => format!("# {words}\n"),
            // Nothing in it may be read as more than words.
            Self::Cmd => {
                let plain = |c: char| c.is_alphanumeric() || " -_.:/".contains(c);
                format!("rem {}\n", words.replace(|c| !plain(c), "?"))
            }
            Self::Json => String::new(),
        }
    }
}

/// A value that a shell can't be given safely.
#[derive(Debug)]
struct Unsafe;

fn refused(name: &str) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("The value of {name} has signs that this shell would not take as text."),
        "Use hat exec, which goes through no shell, or --shell json.",
    )
}

fn json(variables: &[Variable]) -> Result<Zeroizing<String>, Failure> {
    let set: BTreeMap<&str, &str> =
        variables.iter().filter(|it| !it.value.is_empty()).map(|it| (it.name, it.value.as_str())).collect();
    let room: usize = set.iter().map(|(name, value)| name.len() + 6 * value.len() + 16).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(room + 16));
    serde_json::to_writer_pretty(&mut *text, &set).map_err(|_| refused("a variable"))?;
    text.push(b'\n');
    let text = std::str::from_utf8(&text).map_err(|_| refused("a variable"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests;
