//! The words of `hat provider`.

use crate::duration;
use clap::{Args, Subcommand, ValueEnum};
use hatrack_wire::SectionKind;

#[derive(Debug, Subcommand)]
pub(crate) enum ProviderVerb {
    /// Describe an identity provider.
    #[command(
        after_help = "Example:\n  hat provider add oidc google --issuer https://accounts.google.com --client-id ID"
    )]
    Add {
        #[command(subcommand)]
        kind: Added,
    },
    /// List the identity providers.
    #[command(after_help = "Example:\n  hat provider list")]
    List,
    /// Keep the secret by which an OpenID or OAuth provider knows this client, in the vault.
    ///
    /// The secret is typed, or comes from stdin.
    #[command(after_help = "Example:\n  hat provider secret google")]
    Secret {
        /// The provider's name.
        name: String,
    },
    /// Remove an identity provider.
    #[command(after_help = "Example:\n  hat provider remove oidc google")]
    Remove {
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
    },
}

/// The kind of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// OpenID Connect, or plain OAuth.
    Oidc,
    /// SAML 2.0.
    Saml,
    /// IAM Identity Center.
    IdentityCenter,
}

impl Kind {
    /// The kind of its section in Hatrack's own file.
    pub(crate) fn section(self) -> SectionKind {
        match self {
            Self::Oidc => SectionKind::Oidc,
            Self::Saml => SectionKind::Saml,
            Self::IdentityCenter => SectionKind::SsoSession,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Added {
    /// An OpenID provider, or a plain OAuth one that STS names by ProviderId.
    #[command(
        after_help = "Examples:\n  hat provider add oidc google --issuer https://accounts.google.com --client-id ID\n  hat provider add oidc amazon --provider-id www.amazon.com --client-id ID --authorization-endpoint https://www.amazon.com/ap/oa --token-endpoint https://api.amazon.com/auth/o2/token"
    )]
    Oidc(Oidc),
    /// A SAML provider.
    #[command(
        after_help = "Example:\n  hat provider add saml company --sign-in-url https://sso.example/app/aws"
    )]
    Saml(Saml),
    /// An organisation of IAM Identity Center.
    #[command(
        after_help = "Example:\n  hat provider add identity-center acme --start-url https://acme.awsapps.com/start --region eu-central-1"
    )]
    IdentityCenter(Portal),
}

#[derive(Debug, Args)]
pub(crate) struct Portal {
    /// Its name.
    pub(crate) name: String,
    /// The start URL of its access portal.
    #[arg(long, value_name = "URL")]
    pub(crate) start_url: String,
    /// The region of its instance.
    #[arg(long)]
    pub(crate) region: String,
    /// The scopes to ask for, with commas between them.
    #[arg(long, default_value = "sso:account:access")]
    pub(crate) scopes: String,
}

#[derive(Debug, Args)]
pub(crate) struct Oidc {
    /// Its name.
    pub(crate) name: String,
    /// The issuer's address, where its discovery document is found.
    #[arg(long, value_name = "URL", required_unless_present = "provider_id")]
    pub(crate) issuer: Option<String>,
    /// The client id that the provider knows.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// The scopes to ask for, with blanks between them.
    #[arg(long)]
    pub(crate) scopes: Option<String>,
    /// The address on this machine to which the provider sends back, if it knows one only.
    #[arg(long, value_name = "URL")]
    pub(crate) redirect_uri: Option<String>,
    /// STS's name of a plain OAuth provider: graph.facebook.com or www.amazon.com.
    #[arg(long, value_name = "HOST", conflicts_with = "issuer", requires_all = ["authorization_endpoint", "token_endpoint"])]
    pub(crate) provider_id: Option<String>,
    /// Where a person signs in, for plain OAuth.
    #[arg(long, value_name = "URL", requires = "provider_id")]
    pub(crate) authorization_endpoint: Option<String>,
    /// Where the token is had, for plain OAuth.
    #[arg(long, value_name = "URL", requires = "provider_id")]
    pub(crate) token_endpoint: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Saml {
    /// Its name.
    pub(crate) name: String,
    /// The address at which a person signs in.
    #[arg(long, value_name = "URL")]
    pub(crate) sign_in_url: String,
    /// Where that is shown: an isolated window, or the system's browser.
    #[arg(long)]
    pub(crate) browser: Option<Browser>,
    /// The address on this machine to which the provider posts, for the system's browser.
    #[arg(long, value_name = "URL")]
    pub(crate) acs_url: Option<String>,
    /// How long the sessions of its roles live.
    #[arg(long, value_parser = duration::seconds)]
    pub(crate) duration: Option<u32>,
}

/// Where a SAML provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Browser {
    /// An isolated window of Hatrack's.
    Window,
    /// The system's browser.
    System,
}
