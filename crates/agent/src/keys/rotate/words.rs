//! What a person reads where a rotation stops, and what is left then.

use crate::iam::{AccessKey, Iam};
use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};
use jiff::Timestamp;

/// No new key was made, as far as can be told.
pub(super) async fn not_made(iam: &Iam<'_>, failure: Failure) -> Failure {
    let at_most = failure.aws_code.as_deref() == Some("LimitExceeded");
    if failure.aws_code.as_deref().is_some_and(|code| code.starts_with("AccessDenied")) {
        return Failure {
            happened: format!("IAM lets this key make no new one: {}", failure.happened),
            remedy: "Its user needs iam:CreateAccessKey, iam:UpdateAccessKey and iam:DeleteAccessKey for \
                     itself; where its policy wants MFA for them, make the key in the console, then hat key \
                     remove and hat key add."
                .to_owned(),
            ..failure
        };
    }
    if !at_most && failure.code != FailureCode::Unreachable {
        return failure;
    }
    let Ok(keys) = iam.list_access_keys(None).await else { return failure };
    if keys.len() < 2 {
        // The call never arrived.
        return failure;
    }
    let told = all_told(iam, &keys).await;
    if at_most {
        return Failure {
            happened: format!("IAM allows a user two access keys, and this one has them: {told}."),
            remedy: "Delete the one that nothing uses any more, in the console or with aws iam \
                     delete-access-key, then rotate again."
                .to_owned(),
            ..failure
        };
    }
    Failure {
        happened: format!(
            "AWS's answer to making a new key was lost, and the user has two keys now: {told}."
        ),
        remedy: "If the other one was made just now and never used, nobody knows its secret: delete it in \
                 the console or with aws iam delete-access-key, then rotate again."
            .to_owned(),
        ..failure
    }
}

/// Which keys there are, how old, and what they were used for.
async fn all_told(iam: &Iam<'_>, keys: &[AccessKey]) -> String {
    let mut told = Vec::with_capacity(keys.len());
    for key in keys {
        let own = if key.id == iam.credentials.access_key_id { "the vault's, " } else { "" };
        let state = if key.active { "" } else { "inactive, " };
        let used = match iam.get_access_key_last_used(&key.id).await {
            Ok(used) => match used.at {
                Some(at) => format!("used last on {} for {}", day(at), plain(&used.service, 60)),
                None => "never used".to_owned(),
            },
            Err(_) => "and when it was used IAM doesn't tell".to_owned(),
        };
        told.push(format!("{} ({own}{state}made on {}, {used})", plain(&key.id, 128), day(key.created)));
    }
    told.join(" and ")
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// The key that an earlier rotation made is at AWS, and AWS doesn't take it.
pub(super) fn inactive(id: &str) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!(
            "An earlier rotation made {}, which AWS has and doesn't take: it may be inactive.",
            plain(id, 128)
        ),
        "Switch it on or delete it in the console, then rotate again; the old key is unchanged.",
    )
}

/// The vault didn't take a key that was made.
pub(super) fn not_kept(failure: Failure, id: &str, deleted: bool) -> Failure {
    let id = plain(id, 128);
    let what = if deleted {
        format!("The new key {id} could not be kept and was deleted again.")
    } else {
        format!("The new key {id} could not be kept, and is at AWS without anybody who knows its secret.")
    };
    let remedy = if deleted {
        failure.remedy
    } else {
        format!("{} Delete {id} in the console before you rotate again.", failure.remedy)
    };
    Failure { happened: format!("{what} {}", failure.happened), remedy, ..failure }
}

/// The new key could not be tried; it lies beside the old one, which is as it was.
pub(super) fn not_tried(failure: Failure, id: &str) -> Failure {
    Failure {
        happened: format!(
            "The new key {} could not be tried, so the old one stays: {}",
            plain(id, 128),
            failure.happened
        ),
        remedy: "Rotate again in a minute: the new key is in the vault beside the old one.".to_owned(),
        ..failure
    }
}

/// The new key is in place, and the old one still at AWS.
pub(super) fn old_left(failure: Failure, replaced: &str, name: &str) -> Failure {
    let replaced = plain(replaced, 128);
    Failure {
        happened: format!(
            "The new key is in the vault and works, but the old one, {replaced}, is still at AWS: {}",
            failure.happened
        ),
        remedy: format!("Rotate {name} again to finish, or delete {replaced} in the console first."),
        ..failure
    }
}
