//! Questions to a person, and secrets from stdin.
//!
//! Deliberately absent: a secret from the arguments, which other processes can see; and a question
//! where there is no terminal.

#[cfg(unix)]
#[path = "terminal/unix.rs"]
mod echo;
#[cfg(windows)]
#[path = "terminal/windows.rs"]
mod echo;

use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use std::io::{BufRead, IsTerminal, Read};

/// How much of stdin is read: far more than any key, seed, passphrase or token has.
const LIMIT: u64 = 65_536;

/// Whether somebody sits here who can be asked.
pub(crate) fn has_person() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line that may be seen.
pub(crate) fn ask(question: &str) -> Result<String, Failure> {
    print::talk_on(question);
    let line = line()?;
    Ok(line.open().trim().to_owned())
}

/// Has the person type the account's id, so that nobody gets so much power by a slip.
pub(crate) fn account_to_confirm(failure: &Failure) -> Result<String, Failure> {
    let question = format!("{}\nType the account's id to go on: ", print::sentence(&failure.happened));
    let typed = ask(&question)?;
    if typed.is_empty() {
        return Err(Failure::new(FailureCode::Cancelled, "The activation was taken back.", ""));
    }
    Ok(typed)
}

/// Takes a secret: asked for on a terminal, where it isn't shown, else the first line of stdin.
pub(crate) fn secret(question: &str, what: &str) -> Result<Sealed, Failure> {
    let line = if std::io::stdin().is_terminal() {
        let hidden = echo::Hidden::begin();
        print::talk_on(question);
        let line = line();
        drop(hidden);
        print::talk("");
        line?
    } else {
        line()?
    };
    // Blanks may be part of a passphrase; the end of the line never is.
    let secret = line.open().trim_end_matches(['\r', '\n']);
    if secret.trim().is_empty() { Err(nothing(what)) } else { Ok(Sealed::new(secret)) }
}

/// Takes all of stdin.
pub(crate) fn stdin(what: &str) -> Result<Sealed, Failure> {
    // Of one size from the start: a buffer that grows leaves its old place behind, unwiped.
    let mut text = String::with_capacity(usize::try_from(LIMIT).unwrap_or_default() + 1);
    let read = std::io::stdin().lock().take(LIMIT + 1).read_to_string(&mut text);
    let text = Sealed::new(text);
    match read {
        Ok(0) => Err(nothing(what)),
        Ok(count) if u64::try_from(count).unwrap_or(u64::MAX) > LIMIT => Err(Failure::new(
            FailureCode::Usage,
            format!("More came on stdin than {what} can be."),
            "Write only that to stdin.",
        )),
        Ok(_) => Ok(text),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Makes sure that a person wants what can't be taken back: by `--yes`, or by a typed word.
pub(crate) fn confirm(given: bool, question: &str) -> Result<(), Failure> {
    if given {
        return Ok(());
    }
    if !has_person() {
        let happened = "This wants a person's consent, and nobody can be asked here.";
        return Err(Failure::new(FailureCode::PersonNeeded, happened, "Give it with --yes."));
    }
    if ask(&format!("{question} Type yes to go on: "))?.eq_ignore_ascii_case("yes") {
        return Ok(());
    }
    Err(Failure::new(FailureCode::Cancelled, "Nothing was changed.", ""))
}

fn line() -> Result<Sealed, Failure> {
    let mut line = String::with_capacity(1024);
    let read = std::io::stdin().lock().take(LIMIT).read_line(&mut line);
    let line = Sealed::new(line);
    read.map(|_| line).map_err(|error| unreadable(&error))
}

fn nothing(what: &str) -> Failure {
    let happened = format!("Nothing came where {what} was to come.");
    Failure::new(FailureCode::Usage, happened, "Type it when asked, or write it to stdin.")
}

fn unreadable(error: &std::io::Error) -> Failure {
    let happened = format!("Stdin can't be read: {error}.");
    Failure::new(FailureCode::Usage, happened, "Write plain text to it.")
}
