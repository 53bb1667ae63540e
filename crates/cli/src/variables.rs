//! The variables by which AWS tools get credentials, and those that would get in their way.

use crate::shell::Variable;
use hatrack_wire::{HandedOut, Sealed, Serving};

/// What would go before the credentials that are given.
const IN_THE_WAY: [&str; 2] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

/// The credentials themselves.
pub(crate) fn of_keys(given: &HandedOut) -> Vec<Variable> {
    let mut variables = vec![
        Variable::set("AWS_ACCESS_KEY_ID", &given.access_key_id),
        Variable::set("AWS_SECRET_ACCESS_KEY", given.secret_access_key.open()),
        Variable::set("AWS_SESSION_TOKEN", given.session_token.as_ref().map_or("", Sealed::open)),
        Variable::set("AWS_CREDENTIAL_EXPIRATION", &given.expiration.to_string()),
        Variable::set("AWS_ACCOUNT_ID", given.account_id.as_deref().unwrap_or_default()),
    ];
    variables.extend(region(given.region.as_deref()));
    variables.extend(IN_THE_WAY.map(Variable::unset));
    variables.push(Variable::unset("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    variables.push(Variable::unset("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    variables.extend(not_of_files());
    variables.push(Variable::set("HATRACK_ROLE", &given.role));
    variables
}

/// Where the credentials are to be asked for.
pub(crate) fn of_endpoint(serving: &Serving) -> Vec<Variable> {
    let mut variables = vec![
        Variable::set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &serving.url),
        Variable::set("AWS_CONTAINER_AUTHORIZATION_TOKEN", serving.token.open()),
    ];
    variables.extend(region(serving.region.as_deref()));
    variables.extend(IN_THE_WAY.map(Variable::unset));
    let keys =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];
    variables.extend(keys.map(Variable::unset));
    variables.extend(not_of_files());
    variables.push(Variable::set("HATRACK_ROLE", &serving.role));
    variables
}

/// The region, under both names that AWS tools read; a region that is set already stays where the
/// role has none.
fn region(region: Option<&str>) -> Vec<Variable> {
    let names = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    region.map(|region| names.map(|name| Variable::set(name, region)).into()).unwrap_or_default()
}

/// Other sources of credentials in the environment.
fn not_of_files() -> impl Iterator<Item = Variable> {
    let names = [
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
    ];
    names.into_iter().map(Variable::unset)
}
