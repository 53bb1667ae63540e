//! The order in which each tool looks.

use super::reader::{self, Seen};
use super::{Sdk, Source};
use crate::name::shown;
use crate::profile::{Profiles, SharedFile};
use std::collections::BTreeSet;

pub(super) const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];
pub(super) const SSO: [&str; 5] =
    ["sso_account_id", "sso_role_name", "sso_session", "sso_start_url", "sso_region"];

/// The ways in which a profile can lead to credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Role,
    WebIdentity,
    IdentityCenter,
    CredentialsKeys,
    Login,
    Process,
    Keys,
}

/// The ways of a profile in the order in which a tool tries them.
fn order(sdk: Sdk) -> &'static [Way] {
    use Way::{CredentialsKeys, IdentityCenter, Keys, Login, Process, Role, WebIdentity};
    match sdk {
        Sdk::AwsCli => &[Role, WebIdentity, IdentityCenter, CredentialsKeys, Login, Process, Keys],
        Sdk::Rust => &[Role, WebIdentity, IdentityCenter, Login, Process, Keys],
        Sdk::JavaScript => &[Role, Keys, WebIdentity, Process, IdentityCenter, Login],
        Sdk::Go => &[Role, Keys, WebIdentity, IdentityCenter, Process, Login],
        Sdk::Java => &[WebIdentity, IdentityCenter, Role, Login, Process, Keys],
    }
}

/// What was found: a source, nothing (so that the tool looks further), or why it gives up.
type Found = Result<Option<Source>, String>;

/// What a tool picks.
pub(super) fn source(profiles: &Profiles, profile: &str, environment: &BTreeSet<String>, sdk: Sdk) -> Source {
    let looker = Looker { profiles, environment, sdk };
    looker.look(profile).unwrap_or_else(|why| Source::Refused { why })
}

#[derive(Clone, Copy)]
struct Looker<'a> {
    profiles: &'a Profiles,
    environment: &'a BTreeSet<String>,
    sdk: Sdk,
}

impl<'a> Looker<'a> {
    fn is_set(self, name: &str) -> bool {
        self.environment.contains(name)
    }

    fn has_keys(self) -> bool {
        self.is_set("AWS_ACCESS_KEY_ID") && self.is_set("AWS_SECRET_ACCESS_KEY")
    }

    fn has_token(self) -> bool {
        self.is_set("AWS_WEB_IDENTITY_TOKEN_FILE") && self.is_set("AWS_ROLE_ARN")
    }

    fn look(self, profile: &str) -> Result<Source, String> {
        let is_named = self.is_set("AWS_PROFILE") || profile != "default";
        let refusal = reader::refusal(self.profiles, self.sdk);
        let there = reader::see(self.profiles, profile, self.sdk).is_some();
        let missing = || format!("it sees no profile \"{}\"", shown(profile));
        match self.sdk {
            // It reads its files before it looks at the environment.
            Sdk::AwsCli => {
                if let Some(why) = refusal {
                    return Err(why);
                }
                if is_named && !there {
                    return Err(missing());
                }
                if self.has_keys() {
                    return Ok(Source::EnvironmentKeys);
                }
                Ok(self.profile(profile, &[])?.unwrap_or_else(|| self.machine()))
            }
            Sdk::Go => {
                if is_named && !there {
                    return Err(missing());
                }
                if self.has_keys() {
                    return Ok(Source::EnvironmentKeys);
                }
                if self.has_token() {
                    return Ok(Source::EnvironmentToken);
                }
                Ok(self.profile(profile, &[])?.unwrap_or_else(|| self.machine()))
            }
            Sdk::Rust => {
                if self.has_keys() {
                    return Ok(Source::EnvironmentKeys);
                }
                if let Some(why) = refusal {
                    return Err(why);
                }
                let found = self.profile(profile, &[])?;
                Ok(self.after(found, (is_named && !there).then(missing)))
            }
            Sdk::JavaScript => {
                if self.has_keys() && !is_named {
                    return Ok(Source::EnvironmentKeys);
                }
                Ok(self.in_chain(profile, refusal, is_named && !there))
            }
            Sdk::Java => {
                if self.has_keys() {
                    return Ok(Source::EnvironmentKeys);
                }
                if self.has_token() {
                    return Ok(Source::EnvironmentToken);
                }
                Ok(self.in_chain(profile, refusal, is_named && !there))
            }
        }
    }

    /// A chain that goes on whatever is wrong with the profile.
    fn in_chain(self, profile: &str, refusal: Option<String>, missing: bool) -> Source {
        let found = refusal.map_or_else(|| self.profile(profile, &[]), Err);
        let why = missing.then(|| format!("it sees no profile \"{}\"", shown(profile)));
        match found {
            Ok(found) => self.after(found, why),
            Err(why) => self.after(None, Some(why)),
        }
    }

    /// What comes after the profile; where only a machine's role is left, why the profile gave
    /// nothing is more worth telling.
    fn after(self, found: Option<Source>, why: Option<String>) -> Source {
        if let Some(found) = found {
            return found;
        }
        if self.has_token() && self.sdk != Sdk::Java {
            return Source::EnvironmentToken;
        }
        match (self.machine(), why) {
            (Source::Instance | Source::Nothing, Some(why)) => Source::Refused { why },
            (source, _) => source,
        }
    }

    fn machine(self) -> Source {
        if self.has_container() {
            Source::Container
        } else if self.is_set("AWS_EC2_METADATA_DISABLED") {
            Source::Nothing
        } else {
            Source::Instance
        }
    }

    fn has_container(self) -> bool {
        self.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            || self.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }

    /// What a profile leads to; `children` are the profiles that have it as their source.
    fn profile(self, name: &str, children: &[&str]) -> Found {
        let Some(seen) = reader::see(self.profiles, name, self.sdk) else {
            return Ok(None);
        };
        let whole = KEYS.iter().all(|key| seen.get(key).is_some());
        let any = KEYS.iter().any(|key| seen.get(key).is_some());
        let mut skip_role = false;
        if !children.is_empty() {
            match self.sdk {
                Sdk::Rust | Sdk::JavaScript | Sdk::Go if whole => return Ok(Some(keys(&seen, name))),
                Sdk::AwsCli => skip_role = any,
                Sdk::Rust | Sdk::JavaScript | Sdk::Go | Sdk::Java => {}
            }
        }
        if self.sdk == Sdk::Go {
            self.check_go(&seen)?;
        }
        for way in order(self.sdk) {
            if *way == Way::Role && skip_role {
                continue;
            }
            if let Some(source) = self.way(*way, &seen, name, children)? {
                return Ok(Some(source));
            }
        }
        Ok(None)
    }

    /// Go takes one kind at most, and wants a role for some.
    fn check_go(self, seen: &Seen<'_>) -> Result<(), String> {
        let kinds = ["source_profile", "credential_source", "credential_process", "web_identity_token_file"];
        let mut set = kinds.iter().filter(|key| seen.get(key).is_some());
        match (set.next(), set.next()) {
            (Some(one), Some(other)) => Err(format!("the profile has both {one} and {other}")),
            (Some(&("source_profile" | "credential_source" | "web_identity_token_file")), None)
                if seen.get("role_arn").is_none() =>
            {
                Err("the profile has no role_arn".to_owned())
            }
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn way(self, way: Way, seen: &Seen<'a>, name: &str, children: &[&str]) -> Found {
        let profile = || name.to_owned();
        match way {
            Way::Role => self.role(seen, name, children),
            Way::WebIdentity => {
                if self.sdk == Sdk::AwsCli && children.is_empty() && self.has_token() {
                    return Ok(Some(Source::EnvironmentToken));
                }
                match (seen.get("web_identity_token_file"), seen.get("role_arn")) {
                    (Some(_), Some(arn)) => Ok(Some(Source::WebIdentity {
                        arn: shown(arn),
                        profile: profile(),
                        at: seen.spot(&["web_identity_token_file"]),
                    })),
                    (Some(_), None) => match self.sdk {
                        Sdk::AwsCli | Sdk::Rust | Sdk::Go => {
                            Err("the profile has a web_identity_token_file and no role_arn".to_owned())
                        }
                        Sdk::JavaScript | Sdk::Java => Ok(None),
                    },
                    (None, _) => Ok(None),
                }
            }
            Way::IdentityCenter => self.identity_center(seen, name),
            Way::CredentialsKeys if seen.file(KEYS[0]) == Some(SharedFile::Credentials) => {
                self.keys(seen, name)
            }
            Way::CredentialsKeys => Ok(None),
            Way::Login => Ok(seen
                .get("login_session")
                .map(|_| Source::Login { profile: profile(), at: seen.spot(&["login_session"]) })),
            Way::Process => Ok(seen
                .get("credential_process")
                .map(|_| Source::Process { profile: profile(), at: seen.spot(&["credential_process"]) })),
            Way::Keys => self.keys(seen, name).map(|found| self.with_own_role(found, seen, name)),
        }
    }

    /// Go assumes a profile's role with the profile's own keys, whatever its source is said to be.
    fn with_own_role(self, found: Option<Source>, seen: &Seen<'_>, name: &str) -> Option<Source> {
        match (self.sdk, found, seen.get("role_arn")) {
            (Sdk::Go, Some(found), Some(_)) => self.assumed(seen, name, found).ok(),
            (_, found, _) => found,
        }
    }

    fn identity_center(self, seen: &Seen<'_>, name: &str) -> Found {
        let begins = match self.sdk {
            Sdk::AwsCli => &SSO[..2],
            Sdk::Rust | Sdk::JavaScript | Sdk::Go | Sdk::Java => &SSO[..],
        };
        if begins.iter().all(|key| seen.get(key).is_none()) {
            return Ok(None);
        }
        let session = seen.get("sso_session");
        let has = |key: &str| {
            seen.get(key).is_some() || session.is_some_and(|session| seen.session_has(session, key))
        };
        match ["sso_account_id", "sso_role_name", "sso_start_url", "sso_region"]
            .into_iter()
            .find(|key| !has(key))
        {
            Some(missing) => Err(format!("the profile uses Identity Center and has no {missing}")),
            None => Ok(Some(Source::IdentityCenter { profile: name.to_owned(), at: seen.spot(&SSO) })),
        }
    }

    fn keys(self, seen: &Seen<'_>, name: &str) -> Found {
        let token = seen.get("aws_session_token").is_some();
        match (KEYS.map(|key| seen.get(key).is_some()), self.sdk) {
            ([true, true], _) => Ok(Some(keys(seen, name))),
            ([true, false], Sdk::AwsCli | Sdk::Rust | Sdk::Go | Sdk::Java)
            | ([false, true], Sdk::Rust | Sdk::Go) => Err("the profile has one half of a key".to_owned()),
            ([false, _], Sdk::Rust | Sdk::Java) if token => {
                Err("the profile has a session token without its key".to_owned())
            }
            ([false, _], Sdk::AwsCli | Sdk::Rust | Sdk::Go | Sdk::Java) | (_, Sdk::JavaScript) => Ok(None),
        }
    }

    fn role(self, seen: &Seen<'a>, name: &str, children: &[&str]) -> Found {
        if seen.get("role_arn").is_none() {
            return Ok(None);
        }
        let token = seen.get("web_identity_token_file").is_some();
        match (seen.get("source_profile"), seen.get("credential_source"), self.sdk) {
            (_, _, Sdk::AwsCli | Sdk::Rust) if token => Ok(None),
            (Some(_), Some(_), Sdk::JavaScript) => Ok(None),
            (Some(_), Some(_), Sdk::AwsCli | Sdk::Rust | Sdk::Go | Sdk::Java) => {
                Err("the profile has both source_profile and credential_source".to_owned())
            }
            (None, None, Sdk::AwsCli | Sdk::Rust) => {
                Err("the profile has a role_arn and neither source_profile nor credential_source".to_owned())
            }
            (None, None, Sdk::JavaScript | Sdk::Java) => Ok(None),
            (None, None, Sdk::Go) => self.role_of_whatever(seen, name, children),
            (None, Some(_), Sdk::Go) if KEYS.iter().all(|key| seen.get(key).is_some()) => Ok(None),
            (None, Some(source), _) => {
                let from = self.named(source)?;
                self.assumed(seen, name, from).map(Some)
            }
            (Some(source), None, _) => {
                let from = self.from(seen, source, name, children)?;
                self.assumed(seen, name, from).map(Some)
            }
        }
    }

    /// Go's role without a source: it is assumed with what the profile has otherwise.
    fn role_of_whatever(self, seen: &Seen<'a>, name: &str, children: &[&str]) -> Found {
        if seen.get("web_identity_token_file").is_some() {
            return Ok(None);
        }
        for way in [Way::IdentityCenter, Way::Process, Way::Login] {
            if KEYS.iter().all(|key| seen.get(key).is_some()) {
                break;
            }
            if let Some(from) = self.way(way, seen, name, children)? {
                return self.assumed(seen, name, from).map(Some);
            }
        }
        if KEYS.iter().any(|key| seen.get(key).is_some()) {
            return Ok(None);
        }
        self.assumed(seen, name, self.machine()).map(Some)
    }

    /// What a `credential_source` stands for.
    fn named(self, source: &str) -> Result<Source, String> {
        match source {
            "Environment" if self.has_keys() => Ok(Source::EnvironmentKeys),
            "Environment" => Err("credential_source is Environment, which has no keys".to_owned()),
            "Ec2InstanceMetadata" => Ok(Source::Instance),
            "EcsContainer" if self.has_container() => Ok(Source::Container),
            "EcsContainer" => Err("credential_source is EcsContainer, and no endpoint is set".to_owned()),
            other => Err(format!("it knows no credential_source \"{}\"", shown(other))),
        }
    }

    /// What a `source_profile` leads to.
    fn from(self, seen: &Seen<'a>, source: &str, name: &str, children: &[&str]) -> Result<Source, String> {
        let looped = || Err(format!("source_profile of \"{}\" leads back to itself", shown(name)));
        let nothing = || format!("the source_profile \"{}\" has no credentials", shown(source));
        if source == name {
            let whole = KEYS.iter().all(|key| seen.get(key).is_some());
            return match self.sdk {
                Sdk::Java => looped(),
                Sdk::AwsCli | Sdk::JavaScript if !whole => looped(),
                Sdk::AwsCli | Sdk::Rust | Sdk::JavaScript | Sdk::Go => {
                    self.own(seen, name)?.ok_or_else(nothing)
                }
            };
        }
        let mut visited = children.to_vec();
        visited.push(name);
        if visited.contains(&source) {
            return looped();
        }
        if reader::see(self.profiles, source, self.sdk).is_none() {
            return Err(format!("it sees no source_profile \"{}\"", shown(source)));
        }
        self.profile(source, &visited)?.ok_or_else(nothing)
    }

    /// What a profile has beside its role.
    fn own(self, seen: &Seen<'a>, name: &str) -> Found {
        if (self.sdk == Sdk::JavaScript || self.sdk == Sdk::Go)
            && let Some(found) = self.keys(seen, name)?
        {
            return Ok(Some(found));
        }
        for way in order(self.sdk).iter().filter(|way| **way != Way::Role) {
            if let Some(found) = self.way(*way, seen, name, &[name])? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The role of a profile, assumed with these credentials, where the tool can do so.
    fn assumed(self, seen: &Seen<'_>, name: &str, from: Source) -> Result<Source, String> {
        let mfa = seen.get("mfa_serial").is_some();
        match self.sdk {
            Sdk::JavaScript | Sdk::Go if mfa => {
                Err("the role wants an MFA code, which it can't ask for by itself".to_owned())
            }
            Sdk::AwsCli | Sdk::Rust | Sdk::JavaScript | Sdk::Go | Sdk::Java => Ok(Source::Role {
                arn: seen.get("role_arn").map(shown).unwrap_or_default(),
                profile: name.to_owned(),
                at: seen.spot(&["role_arn"]),
                without_mfa: mfa && self.sdk != Sdk::AwsCli,
                from: Box::new(from),
            }),
        }
    }
}

fn keys(seen: &Seen<'_>, name: &str) -> Source {
    Source::Keys { profile: name.to_owned(), at: seen.spot(&KEYS) }
}
