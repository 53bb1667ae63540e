//! What goes to stdout and stderr. Everything that comes from outside passes [`shown`] on its way.

use hatrack_core::failure::{Failure, FailureCode};
pub(crate) use hatrack_core::name::shown;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Writes an answer to stdout, without colour where it goes to no terminal.
pub(crate) fn answer(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
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

/// The two sentences of a failure, and the request id that AWS's support asks for.
pub(crate) fn words(failure: &Failure) -> String {
    let mut words = sentence(&failure.happened);
    if !failure.remedy.is_empty() {
        words.push(' ');
        words.push_str(&sentence(&failure.remedy));
    }
    if let Some(id) = &failure.request_id {
        words.push_str(" (request ");
        words.push_str(&shown(id));
        words.push(')');
    }
    words
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
            .with_request_id(Some("a-1"));
        assert_eq!(words(&failure), "No\\u{1b}[2J. Ask\\u{202e} them. (request a-1)");
    }
}
