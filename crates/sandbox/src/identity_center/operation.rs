//! The operations, by their methods and paths.

use axum::http::request::Parts;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// The access portal, `sso`.
    Portal,
    /// `sso-oidc`.
    Oidc,
    /// A page for people.
    Page,
}

/// One operation of `sso` or `sso-oidc`, or a page that sign-ins lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    /// The accounts that somebody sees.
    ListAccounts,
    /// The roles of one account.
    ListAccountRoles,
    /// Credentials of one role.
    GetRoleCredentials,
    /// The end of a sign-in.
    Logout,
    /// A client gets an id and a secret.
    RegisterClient,
    /// A sign-in by a code on a screen begins.
    StartDeviceAuthorization,
    /// A token is given for a code, a device's answer or a refresh token.
    CreateToken,
    /// The page that asks for a client with PKCE.
    Authorize,
    /// The page that asks for a device.
    VerifyDevice,
}

impl Operation {
    /// The service that it belongs to.
    pub(super) fn service(self) -> Service {
        match self {
            Self::ListAccounts | Self::ListAccountRoles | Self::GetRoleCredentials | Self::Logout => {
                Service::Portal
            }
            Self::RegisterClient | Self::StartDeviceAuthorization | Self::CreateToken => Service::Oidc,
            Self::Authorize | Self::VerifyDevice => Service::Page,
        }
    }

    /// The name in the service's model; pages have none there.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ListAccounts => "ListAccounts",
            Self::ListAccountRoles => "ListAccountRoles",
            Self::GetRoleCredentials => "GetRoleCredentials",
            Self::Logout => "Logout",
            Self::RegisterClient => "RegisterClient",
            Self::StartDeviceAuthorization => "StartDeviceAuthorization",
            Self::CreateToken => "CreateToken",
            Self::Authorize => "Authorize",
            Self::VerifyDevice => "VerifyDevice",
        }
    }
}

/// Finds the operation that a request is for, if it is one of Identity Center's.
pub(crate) fn operation(parts: &Parts) -> Option<Operation> {
    Some(match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/assignment/accounts") => Operation::ListAccounts,
        ("GET", "/assignment/roles") => Operation::ListAccountRoles,
        ("GET", "/federation/credentials") => Operation::GetRoleCredentials,
        ("POST", "/logout") => Operation::Logout,
        ("POST", "/client/register") => Operation::RegisterClient,
        ("POST", "/device_authorization") => Operation::StartDeviceAuthorization,
        ("POST", "/token") => Operation::CreateToken,
        ("GET", "/authorize") => Operation::Authorize,
        ("GET", "/device") => Operation::VerifyDevice,
        _ => return None,
    })
}
