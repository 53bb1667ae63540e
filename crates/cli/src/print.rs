//! What goes to stdout and stderr. Everything that comes from outside passes [`shown`] on its way.

use anstyle::Style;
use hatrack_core::failure::{Failure, FailureCode};
pub(crate) use hatrack_core::name::shown;
use hatrack_wire::Sealed;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// What is there for who looks for it.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Writes an answer to stdout, without colour where it goes to no terminal.
pub(crate) fn answer(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Writes a secret that was asked for to stdout, as it is and without a copy, and ends the line.
pub(crate) fn secret(secret: &Sealed) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let text = secret.open().as_bytes();
    written(stdout.write_all(text).and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()))
}

/// Writes lines with secrets that were asked for to stdout, as they are and without a copy.
pub(crate) fn secret_lines(lines: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    written(stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush()))
}

/// Writes an answer to stdout as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let serialized = serde_json::to_writer_pretty(&mut stdout, value).map_err(std::io::Error::from);
    written(serialized.and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()))
}

/// Writes a line to stderr.
pub(crate) fn talk(line: &str) {
    talk_on(&format!("{line}\n"));
}

/// Writes to stderr, without an end of line.
pub(crate) fn talk_on(text: &str) {
    let mut stderr = anstream::stderr().lock();
    // There is nobody left to tell.
    stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()).ok();
}

/// The two sentences of a failure and, where AWS said something, a quiet line with its own name for
/// the error and the request id that its support asks for.
pub(crate) fn words(failure: &Failure) -> String {
    let mut words = sentence(&failure.happened);
    if !failure.remedy.is_empty() {
        words.push(' ');
        words.push_str(&sentence(&failure.remedy));
    }
    if let Some(line) = of_aws(failure) {
        words.extend(["\n", &format!("{QUIET}{line}{QUIET:#}")]);
    }
    words
}

/// What AWS itself said, for who looks it up or asks its support.
fn of_aws(failure: &Failure) -> Option<String> {
    let request = failure.request_id.as_deref().map(|id| format!("request {}", shown(id)));
    let said: Vec<String> = failure.aws_code.as_deref().map(shown).into_iter().chain(request).collect();
    (!said.is_empty()).then(|| format!("AWS: {}", said.join(", ")))
}

/// As [`shown`], for sentences: those are longer than names may be.
pub(crate) fn sentence(text: &str) -> String {
    let text: Vec<char> = text.chars().take(4000).collect();
    text.chunks(100).map(|chunk| shown(&chunk.iter().collect::<String>())).collect()
}

/// A reader that has seen enough is no failure.
fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            FailureCode::File,
            format!("The answer can't be written to stdout: {error}."),
            "Look where it goes.",
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_from_outside_commands_no_terminal() {
        let failure = Failure::new(FailureCode::Refused, "No\u{1b}[2J.", "Ask\u{202e} them.")
            .with_aws_code(Some("AccessDenied"))
            .with_request_id(Some("a-1\r"));
        let words = anstream::adapter::strip_str(&words(&failure)).to_string();
        assert_eq!(words, "No\\u{1b}[2J. Ask\\u{202e} them.\nAWS: AccessDenied, request a-1\\u{d}");
    }
}
