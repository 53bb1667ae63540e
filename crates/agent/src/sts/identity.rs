//! Who and why: GetCallerIdentity, GetAccessKeyInfo and DecodeAuthorizationMessage.

use super::answer::{self, Identity};
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, Way};
use crate::credentials::Credentials;
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use hatrack_core::failure::Failure;
use std::time::Duration;

/// What a refusal may take longer to be put into words.
const DECODING: Duration = Duration::from_secs(2);

impl Caller {
    /// Calls GetCallerIdentity: whose credentials these are.
    pub async fn get_caller_identity(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
    ) -> Result<Identity, Failure> {
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked::signed("GetCallerIdentity", &target, self.clock(), credentials);
        let output = self
            .client(&target)
            .get_caller_identity()
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        answer::identity(output.account(), output.arn(), output.user_id())
            .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls GetAccessKeyInfo: the id of the account that an access key belongs to.
    pub async fn get_access_key_info(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        access_key_id: &str,
    ) -> Result<String, Failure> {
        limits::text(&limits::ACCESS_KEY_ID, access_key_id)?;
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked::signed("GetAccessKeyInfo", &target, self.clock(), credentials);
        let sent = self
            .client(&target)
            .get_access_key_info()
            .access_key_id(access_key_id)
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await;
        let output = self.answered(sent, &asked, Way { world, profile, credentials }).await?;
        answer::account(output.account()).ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls DecodeAuthorizationMessage: what stands in a refusal's encoded message, as AWS's JSON.
    pub async fn decode_authorization_message(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        credentials: &Credentials,
        message: &str,
    ) -> Result<String, Failure> {
        limits::text(&limits::ENCODED_MESSAGE, message)?;
        let target = Target::choose(world, profile, "aws").await?;
        let asked = Asked::signed("DecodeAuthorizationMessage", &target, self.clock(), credentials);
        let output = self
            .client(&target)
            .decode_authorization_message()
            .encoded_message(message)
            .customize()
            .config_override(self.settings(Some(credentials), false))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        match output.decoded_message() {
            Some(message) => Ok(message.to_owned()),
            None => Err(refusal::nonsense(&target, output.request_id())),
        }
    }

    /// Puts what an encoded message says into the failure, if the caller may decode it, and soon.
    pub(crate) async fn decoded(&self, failure: Failure, encoded: &str, way: Way<'_>) -> Failure {
        let asking = self.decode_authorization_message(way.world, way.profile, way.credentials, encoded);
        match tokio::time::timeout(DECODING, asking).await {
            Ok(Ok(message)) => refusal::with_decoded(failure, &message),
            Ok(Err(_)) | Err(_) => failure,
        }
    }
}
