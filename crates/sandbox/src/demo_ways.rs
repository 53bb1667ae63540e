//! The demo's other ways in: a role with session tags, one by an identity token, a federated guest.

use crate::clock::Clock;
use crate::demo::DEMO_USER;
use crate::jws::Key;
use crate::world::{Account, OidcProvider, Role};
use jiff::SignedDuration;
use serde_json::json;
use std::path::Path;

/// The account that the roles stand in: the playground.
pub(crate) const ACCOUNT: &str = "777788889999";

/// The name of the token's file, below the home's `.aws`.
pub(crate) const TOKEN_FILE: &str = "pipeline-token";

const ISSUER: &str = "https://ci.acme.example";
const AUDIENCE: &str = "sts.amazonaws.com";
const SUBJECT: &str = "repo:acme/shop:branch:main";
const KEY_ID: &str = "demo";

/// How long the token of a fresh home is good.
const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The account with the roles in it.
pub(crate) fn with_roles(account: Account, user_arn: &str) -> Account {
    account
        .role(Role::new("Tagged").trusts(user_arn).with_tags())
        .role(Role::new("Pipeline").trusts_web_identity(ISSUER, AUDIENCE, SUBJECT))
}

/// The provider whose tokens the pipeline's role takes; nothing if its key can't be read.
pub(crate) fn provider() -> Option<OidcProvider> {
    // The fixed key, so that a home and a sandbox that were started apart fit each other.
    let jwks = json!({ "keys": [Key::rs256()?.jwk(KEY_ID)] });
    Some(OidcProvider::new(ISSUER, AUDIENCE, Some(jwks)))
}

/// A token for the pipeline's role.
pub(crate) fn token() -> Option<String> {
    let now = Clock::default().now();
    let expires = now.saturating_add(TOKEN_LIFETIME).unwrap_or(now);
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": SUBJECT, "exp": expires.as_second() });
    Key::rs256()?.token(KEY_ID, &claims)
}

/// The profiles, as the config file has them.
pub(crate) fn profiles(token_file: &Path) -> String {
    format!(
        "\n# Other ways in\n\
         [profile tagged]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Tagged\nsource_profile = {DEMO_USER}\n\
         session_tags = team=platform,project=hatrack\ntransitive_session_tags = team\nregion = eu-west-1\n\n\
         [profile pipeline]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Pipeline\n\
         web_identity_token_file = {}\nrole_session_name = shop-main\nregion = eu-west-1\n\n\
         [profile guest]\nsource_profile = {DEMO_USER}\nfederation_name = guest\nregion = eu-central-1\n",
        token_file.display()
    )
}
