//! AssumeRoleWithWebIdentity with a token of a file and of a command.

use crate::home::{AWAY, CREDENTIALS, calls, parameter, seen};
use acceptance::Place;
use hatrack_sandbox::{Account, OidcProvider, Role, TokenIssuer, World};
use jiff::SignedDuration;
use serde_json::json;

const ISSUER: &str = "https://ci.acme.example";

/// A home whose profile `pipeline` finds its token by this setting; `TOKEN` stands for the file.
fn place(issuer: &TokenIssuer, setting: &str) -> Place {
    let role = Role::new("Pipeline").trusts_web_identity(ISSUER, "sts.amazonaws.com", "shop");
    let world = World::default()
        .account(Account::new(AWAY, "Away").role(role))
        .oidc_provider(OidcProvider::new(ISSUER, "sts.amazonaws.com", Some(issuer.jwks())));
    let place = Place::new(world, "", CREDENTIALS);
    let setting = setting.replace("TOKEN", &place.path("token").to_string_lossy());
    let config = format!(
        "[profile pipeline]\nrole_arn = arn:aws:iam::{AWAY}:role/Pipeline\n{setting}\nregion = eu-west-1\n"
    );
    place.write("config", &config);
    place
}

/// A token for the role, good for that many minutes; a negative number has ended.
fn token(place: &Place, issuer: &TokenIssuer, subject: &str, minutes: i64) -> String {
    let expires = place.sandbox.now() + SignedDuration::from_mins(minutes);
    issuer.token("sts.amazonaws.com", subject, expires)
}

fn is_read_anew_at_each_renewal(setting: &str) {
    let issuer = TokenIssuer::new(ISSUER);
    let place = place(&issuer, setting);
    place.write("token", &(token(&place, &issuer, "shop", 60) + "\n"));
    let session = place.json(&["use", "pipeline", "--as", "ci"]);
    assert_eq!(session["renews"], json!(true));
    assert_eq!(calls(&place), ["AssumeRoleWithWebIdentity Pipeline"]);
    let call = &place.sandbox.requests()[0];
    assert_eq!(call.access_key_id, None, "it is unsigned");
    assert!(seen(&place, "ci").starts_with(&format!("arn:aws:sts::{AWAY}:assumed-role/Pipeline/")));

    let delivered = place.section("ci");
    place.write("token", &token(&place, &issuer, "shop", -60));
    place
        .hat(&["use", "pipeline", "--as", "ci", "--renew"])
        .refused(1, "token of the profile pipeline has expired");
    assert_eq!(calls(&place).len(), 1, "no call was wasted");
    assert_eq!(place.section("ci"), delivered, "what is live stays");
    place.write("token", &token(&place, &issuer, "somebody-else", 60));
    place.hat(&["use", "pipeline", "--as", "ci", "--renew"]).refused(1, "subject");
    place.write("token", &token(&place, &issuer, "shop", 60));
    place.hat(&["use", "pipeline", "--as", "ci", "--renew"]).succeeded();
    assert_ne!(place.section("ci"), delivered);
}

#[test]
fn a_token_s_file_is_read_anew_at_each_renewal() {
    is_read_anew_at_each_renewal("web_identity_token_file = TOKEN");
}

#[test]
fn a_command_that_prints_a_token_is_run_anew_at_each_renewal() {
    is_read_anew_at_each_renewal("web_identity_token_process = cat \"TOKEN\"");
}

#[test]
fn the_demo_s_pipeline_gets_its_role_by_its_token() {
    let place = Place::demo_with_other_ways();
    place.hat(&["use", "pipeline", "--as", "ci"]).succeeded();
    assert_eq!(calls(&place), ["AssumeRoleWithWebIdentity Pipeline"]);
    let name = parameter(&place, "AssumeRoleWithWebIdentity", "RoleSessionName");
    assert_eq!(name.as_deref(), Some("shop-main"));
    assert!(seen(&place, "ci").ends_with(":assumed-role/Pipeline/shop-main"));
}

#[test]
fn a_token_that_is_not_there_is_told_with_where_it_should_be() {
    let issuer = TokenIssuer::new(ISSUER);
    let gone = place(&issuer, "web_identity_token_file = TOKEN");
    let path = gone.path("token").to_string_lossy().into_owned();
    let refused = gone.hat(&["use", "pipeline"]);
    assert_ne!(refused.code, 0);
    assert!(refused.talk.contains(&path), "{}", refused.talk);
    let silent = place(&issuer, "web_identity_token_process = true");
    assert_ne!(silent.hat(&["use", "pipeline"]).code, 0);
    assert!(gone.sandbox.requests().is_empty() && silent.sandbox.requests().is_empty());
}
