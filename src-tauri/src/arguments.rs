//! What `hatrack` is started with.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::View;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
The windows of Hatrack. For a terminal there is `hat`.

Usage: hatrack [--prompt | --sign-in]

Options:
      --prompt   show only the dialog for the MFA codes that are asked for
      --sign-in  show only the window of the sign-in that waits
  -h, --help     print this
  -V, --version  print the version";

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// A window.
    Show(Show),
    /// The help.
    Help,
    /// The version.
    Version,
}

/// The window that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Show {
    /// The first window.
    pub(crate) view: View,
    /// Whether a person started the app, so that the tray is to be there too.
    pub(crate) with_tray: bool,
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Arguments, Failure> {
    let mut wanted = Show { view: View::Main, with_tray: true };
    for argument in arguments {
        match argument.as_str() {
            "--sign-in" => wanted = Show { view: View::SignIn, with_tray: false },
            "--prompt" => wanted = Show { view: View::Prompt, with_tray: false },
            "-h" | "--help" => return Ok(Arguments::Help),
            "-V" | "--version" => return Ok(Arguments::Version),
            // macOS adds this when the Finder starts an app.
            other if cfg!(target_os = "macos") && other.starts_with("-psn_") => {}
            other => {
                return Err(Failure::new(
                    FailureCode::Usage,
                    format!("The argument {} is unknown.", other.escape_debug()),
                    "Run hatrack --help.",
                ));
            }
        }
    }
    Ok(Arguments::Show(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Arguments, Failure> {
        parse(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn without_arguments_the_main_window_and_the_tray_are_wanted() {
        assert_eq!(parsed(&[]), Ok(Arguments::Show(Show { view: View::Main, with_tray: true })));
    }

    #[test]
    fn the_dialog_comes_alone() {
        assert_eq!(parsed(&["--prompt"]), Ok(Arguments::Show(Show { view: View::Prompt, with_tray: false })));
    }

    #[test]
    fn a_sign_in_comes_alone() {
        assert_eq!(
            parsed(&["--sign-in"]),
            Ok(Arguments::Show(Show { view: View::SignIn, with_tray: false }))
        );
    }

    #[test]
    fn help_and_version_win() {
        assert_eq!(parsed(&["--prompt", "-h"]), Ok(Arguments::Help));
        assert_eq!(parsed(&["--version"]), Ok(Arguments::Version));
    }

    #[test]
    fn anything_else_is_refused_and_shown_harmlessly() {
        let failure = parsed(&["\u{1b}[2J"]).unwrap_err();
        assert_eq!(failure.code.exit_code(), 2);
        assert_eq!(failure.to_string(), "The argument \\u{1b}[2J is unknown. Run hatrack --help.");
    }
}
