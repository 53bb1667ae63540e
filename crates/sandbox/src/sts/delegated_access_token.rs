//! GetDelegatedAccessToken: a session for a token that was given for it elsewhere.

use super::{NAMESPACE, credentials};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller, Holder};
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

/// Seconds of a session.
const DURATION: u32 = 3600;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let given = params.get("TradeInToken");
    let mut violations = Violations::default();
    violations.required("tradeInToken", given);
    violations.end()?;
    permission::check(caller, "sts:GetDelegatedAccessToken", "*")?;
    let given = given.unwrap_or_default().as_bytes();
    let known =
        aws.world.trade_in_tokens.iter().find(|known| {
            !given.is_empty() && bool::from(known.token.expose_secret().as_bytes().ct_eq(given))
        });
    let principal = known.and_then(|known| aws.world.find_user(&known.user_arn));
    let (account, user) =
        principal.filter(|_| known.is_some_and(|known| !known.expired)).ok_or_else(|| {
            AwsError::new(
                400,
                "ExpiredTradeInTokenException",
                "The trade-in token has expired or is not valid.",
            )
        })?;
    let arn = account.user_arn(user);
    let session = aws.issue(account, DURATION, 0, Holder::User { arn: arn.clone(), mfa: false });
    Ok(Xml::answer("GetDelegatedAccessToken", NAMESPACE, request_id, |xml| {
        credentials::write(xml, &session);
        xml.text("AssumedPrincipal", &arn);
    }))
}
