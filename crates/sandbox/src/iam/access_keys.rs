//! A user's long-term keys: made, listed, switched off and on, deleted, and when they were used.

use super::{NAMESPACE, limits, no_such_entity, target};
use crate::answer::{AwsError, Xml, time};
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::keys::Key;
use crate::permission;
use crate::query::Params;
use crate::world::{Account, KeyStatus, User};
use secrecy::ExposeSecret;

pub(super) fn create(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (account, user) = target(caller, params, Violations::default(), "CreateAccessKey")?;
    let mut keys = aws.keys();
    if keys.of_user(&account.user_arn(user)).count() >= limits::MOST_ACCESS_KEYS {
        let words = format!("Cannot exceed quota for AccessKeysPerUser: {}", limits::MOST_ACCESS_KEYS);
        return Err(AwsError::new(409, "LimitExceeded", words));
    }
    let key = keys.create(account, user, aws.clock.now());
    Ok(Xml::answer("CreateAccessKey", NAMESPACE, request_id, |xml| {
        xml.open("AccessKey");
        describe(xml, user, &key);
        xml.text("SecretAccessKey", key.secret.expose_secret()).close("AccessKey");
    }))
}

pub(super) fn list(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (account, user) = target(caller, params, Violations::default(), "ListAccessKeys")?;
    let keys = aws.keys();
    Ok(Xml::answer("ListAccessKeys", NAMESPACE, request_id, |xml| {
        xml.text("UserName", &user.name).open("AccessKeyMetadata");
        for key in keys.of_user(&account.user_arn(user)) {
            xml.open("member");
            describe(xml, user, key);
            xml.close("member");
        }
        xml.close("AccessKeyMetadata").text("IsTruncated", "false");
    }))
}

pub(super) fn update(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (mut violations, id) = with_key_id(params);
    let status = params.get("Status");
    violations.required("status", status);
    violations.one_of("status", status, &["Active", "Inactive"]);
    let (account, user) = target(caller, params, violations, "UpdateAccessKey")?;
    owned(aws, account, user, id)?;
    let status = if status == Some("Active") { KeyStatus::Active } else { KeyStatus::Inactive };
    aws.keys().set_status(id, status);
    Ok(Xml::answer_without_result("UpdateAccessKey", NAMESPACE, request_id))
}

pub(super) fn delete(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (violations, id) = with_key_id(params);
    let (account, user) = target(caller, params, violations, "DeleteAccessKey")?;
    owned(aws, account, user, id)?;
    aws.keys().delete(id);
    Ok(Xml::answer_without_result("DeleteAccessKey", NAMESPACE, request_id))
}

pub(super) fn last_used(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (violations, id) = with_key_id(params);
    violations.end()?;
    let key = aws.keys().find(id).cloned();
    let owner = key.as_ref().and_then(|key| aws.world.find_user(&key.user_arn));
    let arn = owner.map_or_else(|| caller.arn(), |(account, user)| account.user_arn(user));
    permission::check(caller, "iam:GetAccessKeyLastUsed", &arn)?;
    // Another account's key is as unknown as one that never was.
    let found = key.zip(owner).filter(|(_, (account, _))| account.id == caller.account().id);
    let (key, (_, user)) = found.ok_or_else(|| missing(id))?;
    Ok(Xml::answer("GetAccessKeyLastUsed", NAMESPACE, request_id, |xml| {
        xml.text("UserName", &user.name).open("AccessKeyLastUsed");
        if let Some(last) = &key.last_used {
            xml.text("LastUsedDate", &time(last.at));
        }
        let (service, region) =
            key.last_used.as_ref().map_or(("N/A", "N/A"), |last| (&last.service, &last.region));
        xml.text("ServiceName", service).text("Region", region).close("AccessKeyLastUsed");
    }))
}

fn with_key_id(params: &Params) -> (Violations, &str) {
    let id = params.get("AccessKeyId");
    let mut violations = Violations::default();
    violations.required("accessKeyId", id);
    violations.text("accessKeyId", id, limits::ACCESS_KEY_ID);
    (violations, id.unwrap_or_default())
}

fn owned(aws: &Aws, account: &Account, user: &User, id: &str) -> Result<(), AwsError> {
    let arn = account.user_arn(user);
    let owned = aws.keys().find(id).is_some_and(|key| key.user_arn == arn);
    if owned { Ok(()) } else { Err(missing(id)) }
}

fn missing(id: &str) -> AwsError {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

fn describe(xml: &mut Xml, user: &User, key: &Key) {
    xml.text("UserName", &user.name)
        .text("AccessKeyId", &key.id)
        .text("Status", key.status.name())
        .text("CreateDate", &time(key.created));
}
