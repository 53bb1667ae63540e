//! `login_session`: the session that `aws login` began, shared with the AWS CLI.
//!
//! Its file is read each time, so that what another tool renewed counts; what is renewed here is
//! written back for the other tools. Deliberately absent: beginning such a session, for which there
//! is `aws login`.

mod file;
mod proof;
mod renewal;

use crate::clock;
use crate::credentials::Credentials;
use crate::sts::word;
use crate::world::World;
use file::{Session, SessionFile};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};

/// Credentials with less than this left are renewed, as the AWS CLI does it.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// Credentials that can't be renewed are used while more than this is left.
const USABLE: SignedDuration = SignedDuration::from_mins(1);

/// Gets the credentials of a session, renewed if they end soon.
pub(super) async fn load(world: &World, profile: &str, session: &str) -> Result<Credentials, Failure> {
    let file = SessionFile::of(world, session)?;
    let kept = read(&file, profile).await?;
    if left(&kept) > RENEW_BEFORE {
        return credentials(&kept, profile);
    }
    let lock = file.lock().await?;
    // Another process may have renewed it while this one waited.
    let kept = read(&file, profile).await?;
    if left(&kept) > RENEW_BEFORE {
        return credentials(&kept, profile);
    }
    let renewed = match renewal::renew(world, profile, &kept).await {
        Ok(renewed) => renewed,
        Err(_) if left(&kept) > USABLE => return credentials(&kept, profile),
        Err(failure) => return Err(failure),
    };
    let path = file.path().to_owned();
    let writing = tokio::task::spawn_blocking(move || {
        let written = file.replace(&renewed);
        drop(lock);
        written.map(|()| renewed)
    });
    let renewed = writing.await.unwrap_or_else(|error| Err(file::unwritable(&path, &error.to_string())))?;
    credentials(&renewed, profile)
}

async fn read(file: &SessionFile, profile: &str) -> Result<Session, Failure> {
    let (path, reader) = (file.path().to_owned(), file.clone());
    let read = tokio::task::spawn_blocking(move || reader.read()).await;
    let read = read.unwrap_or_else(|error| Err(file::unreadable(&path, &error.to_string())))?;
    read.ok_or_else(|| {
        sign_in(profile, &format!("The profile {profile} has no session of aws login any more."))
    })
}

fn left(session: &Session) -> SignedDuration {
    end(session).map_or(SignedDuration::ZERO, |end| end.duration_since(clock::now()))
}

fn end(session: &Session) -> Option<Timestamp> {
    session.access_token.expires_at.trim().parse().ok()
}

fn credentials(session: &Session, profile: &str) -> Result<Credentials, Failure> {
    let token = &session.access_token;
    let fits = |text: &Sealed, most| word(text.open(), most).is_some();
    let id = word(&token.access_key_id, 128)
        .filter(|_| fits(&token.secret_access_key, 1024) && fits(&token.session_token, 64 * 1024));
    match (id, end(session)) {
        (Some(access_key_id), Some(end)) => Ok(Credentials {
            access_key_id,
            secret_access_key: token.secret_access_key.clone(),
            session_token: Some(token.session_token.clone()),
            expiration: Some(end),
        }),
        (Some(_) | None, _) => {
            Err(sign_in(profile, &format!("The session of aws login of the profile {profile} is spoilt.")))
        }
    }
}

/// What only a person can mend.
fn sign_in(profile: &str, happened: &str) -> Failure {
    Failure::new(FailureCode::Refused, happened, format!("Run aws login --profile {profile}."))
}

#[cfg(test)]
mod tests;
