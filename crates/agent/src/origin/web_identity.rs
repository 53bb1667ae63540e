//! The token for AssumeRoleWithWebIdentity: from `web_identity_token_file`, which is read again for
//! each renewal, or from `web_identity_token_process`, a command that prints it.
//!
//! The command is given to the system's shell, as aws-vault does and as its users write it; it
//! stands in the person's own file, and nothing from outside is ever put into it. Deliberately
//! absent: any trust in what the token says of itself; its end is read for words alone.

use super::command::{self, Line};
use crate::clock;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use serde::Deserialize;
use std::io::Read;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a command may take.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// What STS takes.
const MOST: usize = 20_000;

/// Where a token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource<'a> {
    /// `web_identity_token_file`.
    File(&'a str),
    /// `web_identity_token_process`.
    Process(&'a str),
}

/// Reads the token that a profile names; it is fresh each time.
pub async fn token(world: &World, profile: &str, source: TokenSource<'_>) -> Result<Sealed, Failure> {
    let token = match source {
        TokenSource::File(file) => {
            let path = world.path(file)?;
            let read = tokio::task::spawn_blocking(move || read(&path)).await;
            read.unwrap_or_else(|error| Err(unreadable(Path::new(file), &error.to_string())))?
        }
        TokenSource::Process(line) => {
            let out = command::run(world, Line::Shell(line), TIME_LIMIT).await.map_err(|fault| {
                refused(
                    format!(
                        "The web_identity_token_process of the profile {profile} gave no token: {}.",
                        fault.why
                    ),
                    fault.remedy,
                )
            })?;
            check(&out, &format!("What the web_identity_token_process of the profile {profile} printed"))?
        }
    };
    match expiration(&token) {
        Some(end) if end <= clock::now() => Err(refused(
            format!("The web identity token of the profile {profile} has expired at {end}."),
            "Sign in again where it comes from, so that it is renewed.",
        )),
        Some(_) | None => Ok(token),
    }
}

/// When a token says that it ends, if it is a JSON Web Token that does.
pub fn expiration(token: &Sealed) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: serde_json::Number,
    }
    let mut parts = token.open().split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims = super::base64url::decode(claims)?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let seconds = claims.exp.as_i64().or_else(|| {
        // Some providers count with a fraction.
        claims.exp.to_string().split('.').next().and_then(|whole| whole.parse().ok())
    })?;
    Timestamp::from_second(seconds).ok()
}

fn read(path: &Path) -> Result<Sealed, Failure> {
    let error = |error: std::io::Error| unreadable(path, &error.to_string());
    if !std::fs::metadata(path).map_err(error)?.is_file() {
        return Err(unreadable(path, "it is not a file"));
    }
    let file = std::fs::File::open(path).map_err(error)?;
    let mut text = Zeroizing::new(Vec::with_capacity(MOST + 64));
    file.take(MOST as u64 + 32).read_to_end(&mut text).map_err(error)?;
    check(&text, &format!("What stands in {}", path.display()))
}

/// The token in what was read, without the white space around it.
fn check(text: &[u8], what: &str) -> Result<Sealed, Failure> {
    let text = text.trim_ascii();
    let odd = |why: String| {
        refused(format!("{what} is no web identity token: {why}."), "Put one token there and nothing else.")
    };
    if text.is_empty() {
        return Err(odd("it is empty".to_owned()));
    }
    if text.len() > MOST {
        return Err(odd(format!("it has more than {MOST} characters, and STS takes no more")));
    }
    match std::str::from_utf8(text) {
        Ok(token) if token.bytes().all(|b| b.is_ascii_graphic()) && token.len() >= 4 => {
            Ok(Sealed::new(token))
        }
        Ok(_) | Err(_) => Err(odd("it has characters that a token can't have".to_owned())),
    }
}

fn unreadable(path: &Path, error: &str) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("The web identity token in {} can't be read: {error}.", path.display()),
        "Look at web_identity_token_file, and at the program that keeps it.",
    )
}

fn refused(happened: impl Into<String>, remedy: &str) -> Failure {
    Failure::new(FailureCode::Refused, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tests::environment;

    fn jwt(claims: &str) -> String {
        format!(
            "{}.{}.c2ln",
            super::super::base64url::encode(b"{}"),
            super::super::base64url::encode(claims.as_bytes())
        )
    }

    fn world(folder: &Path) -> World {
        let mut environment = environment(&[("PATH", "/usr/bin:/bin")]);
        environment.folder = folder.to_str().unwrap().to_owned();
        World::of(&environment).unwrap()
    }

    #[tokio::test]
    async fn a_file_is_read_again_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        for text in ["first-token", "second-token\r\n"] {
            std::fs::write(folder.path().join("token"), text).unwrap();
            let token = token(&world, "p", TokenSource::File("token")).await.unwrap();
            assert_eq!(token.open(), text.trim_end());
        }
    }

    #[tokio::test]
    async fn what_is_no_token_is_refused_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        for (text, words) in [
            (String::new(), "is empty"),
            ("hidden ".repeat(2), "characters that a token can't have"),
            ("x".repeat(20_001), "more than 20000"),
            (jwt(r#"{"exp":1000000000,"sub":"hidden"}"#), "has expired at 2001-09-09T01:46:40Z"),
        ] {
            std::fs::write(folder.path().join("token"), text).unwrap();
            let failure = token(&world, "p", TokenSource::File("token")).await.unwrap_err();
            assert!(failure.happened.contains(words), "{failure}");
            assert!(!failure.to_string().contains("hidden"), "{failure}");
        }
        let failure = token(&world, "p", TokenSource::File("gone")).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::File);
        assert!(failure.happened.contains("gone"), "{failure}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_may_be_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        let found = token(&world, "p", TokenSource::Process("printf 'a-TOKEN\\n' | tr A-Z a-z")).await;
        assert_eq!(found.unwrap().open(), "a-token");
        let failing = TokenSource::Process("echo 'not signed in' >&2; echo more >&2; exit 4");
        let failure = token(&world, "p", failing).await.unwrap_err();
        assert!(failure.happened.contains("exit code 4; it said: not signed in."), "{failure}");
    }

    #[test]
    fn a_token_s_end_is_read_where_it_tells_one() {
        let end = |claims: &str| expiration(&Sealed::new(jwt(claims)));
        assert_eq!(end(r#"{"exp":1900000000}"#), Timestamp::from_second(1_900_000_000).ok());
        assert_eq!(end(r#"{"exp":1900000000.5}"#), Timestamp::from_second(1_900_000_000).ok());
        assert_eq!(end(r#"{"sub":"x"}"#), None);
        assert_eq!(expiration(&Sealed::new("opaque")), None);
    }
}
