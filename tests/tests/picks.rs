//! The table of who picks which credentials, held against what botocore, the SDK for JavaScript and
//! the one for Rust really do with the same files.

use acceptance::place::run;
use acceptance::program::{python_program, root, system_program};
use hatrack_core::picks::{Sdk, Source, picks};
use hatrack_core::profile::{File, Profiles};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const LOGIN: &str = "arn:aws:iam::111122223333:user/ada";
/// The sum of [`LOGIN`], as sha256sum tells it.
const LOGIN_FILE: &str = "8a94dcaf071ee6a78db9a6b90e40b539573c9c8ef33a82541e6d9d2ceda11e00.json";

const PYTHON: &str = "
import botocore.session
try:
    found = botocore.session.Session().get_credentials()
    print(found.get_frozen_credentials().access_key if found else 'none')
except Exception as error:
    print('login' if 'login credential provider' in str(error) else 'none')
";

const JAVASCRIPT: &str = r#"
import { defaultProvider } from "@aws-sdk/credential-provider-node";
try {
  console.log((await defaultProvider()()).accessKeyId);
} catch {
  console.log("none");
}
"#;

/// A home with these files; an STS that tells in the key that it gives who asked.
struct Home {
    folder: TempDir,
    config: String,
    credentials: String,
    environment: Vec<&'static str>,
}

impl Home {
    fn new(config: &str, credentials: &str, environment: &[&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("as this test made it");
        let path = |name: &str| folder.path().join(name).to_str().expect("as this test made it").to_owned();
        let sts = sts();
        let process =
            "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"process\",\"SecretAccessKey\":\"s\"}'\n";
        fs::write(path("process"), process).expect("as this test made it");
        fs::write(path("token"), "a-token").expect("as this test made it");
        fs::create_dir_all(path("login")).expect("as this test made it");
        let login = serde_json::json!({
            "accessToken": {
                "accessKeyId": "login", "secretAccessKey": "s", "sessionToken": "t",
                "accountId": "111122223333", "expiresAt": "2099-01-01T00:00:00Z",
            },
            "tokenType": "aws_sigv4", "refreshToken": "r", "clientId": "c", "dpopKey": "k",
        });
        fs::write(Path::new(&path("login")).join(LOGIN_FILE), login.to_string())
            .expect("as this test made it");
        let filled = |text: &str| {
            text.replace("PROCESS", &format!("credential_process = /bin/sh {}\n", path("process")))
                .replace("TOKEN", &format!("web_identity_token_file = {}\n", path("token")))
                .replace("LOGIN", &format!("login_session = {LOGIN}\n"))
                .replace("ROLE", "role_arn = arn:aws:iam::111122223333:role/r\n")
                .replace("KEYS:", "aws_secret_access_key = s\naws_access_key_id = ")
        };
        let (config, credentials) = (filled(config), filled(credentials));
        fs::write(path("config"), &config).expect("as this test made it");
        fs::write(path("credentials"), &credentials).expect("as this test made it");
        fs::write(path("sts"), &sts).expect("as this test made it");
        Self { folder, config, credentials, environment: environment.to_vec() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: PathBuf, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("AWS_CONFIG_FILE", self.path("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.path("credentials"))
            .env("AWS_LOGIN_CACHE_DIRECTORY", self.path("login"))
            .env("AWS_ENDPOINT_URL", fs::read_to_string(self.path("sts")).expect("as this test made it"))
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PROFILE", "p")
            .envs(self.environment.iter().map(|name| (*name, value(name, &self.path("token")))))
            .current_dir(root().join("tests/clients/js"));
        run(command.args(arguments), "").succeeded().answer.trim().to_owned()
    }

    /// What the table says, in the words of the clients.
    fn expected(&self, sdk: Sdk) -> String {
        let file = |path, text: &'_ str| File {
            path,
            bytes: Box::leak(text.to_owned().into_boxed_str()).as_bytes(),
        };
        let profiles =
            Profiles::read(Some(file("config", &self.config)), Some(file("credentials", &self.credentials)));
        let mut environment: BTreeSet<String> =
            self.environment.iter().map(|name| (*name).to_owned()).collect();
        environment.extend(["AWS_PROFILE", "AWS_EC2_METADATA_DISABLED"].map(str::to_owned));
        let picks = picks(&profiles, "p", &environment);
        let (_, pick) =
            picks.by_sdk.into_iter().find(|(other, _)| *other == sdk).expect("as this test made it");
        self.word(&pick.source)
    }

    fn word(&self, source: &Source) -> String {
        match source {
            Source::EnvironmentKeys => "environment".to_owned(),
            Source::Role { from, .. } => format!("role-{}", self.word(from)),
            Source::WebIdentity { .. } | Source::EnvironmentToken => "web".to_owned(),
            Source::Login { .. } => "login".to_owned(),
            Source::Process { .. } => "process".to_owned(),
            Source::IdentityCenter { .. } => "sso".to_owned(),
            Source::Keys { at, .. } => {
                let text = if at.file == "config" { &self.config } else { &self.credentials };
                let line = text.lines().nth(at.line as usize - 1).expect("as this test made it");
                line.split(" = ").nth(1).expect("as this test made it").to_owned()
            }
            Source::Container | Source::Instance | Source::Refused { .. } | Source::Nothing => {
                "none".to_owned()
            }
        }
    }
}

fn value(name: &str, token: &Path) -> String {
    match name {
        "AWS_ACCESS_KEY_ID" => "environment".to_owned(),
        "AWS_ROLE_ARN" => "arn:aws:iam::111122223333:role/r".to_owned(),
        "AWS_WEB_IDENTITY_TOKEN_FILE" => token.to_str().expect("as this test made it").to_owned(),
        _ => "s".to_owned(),
    }
}

/// An STS that believes everybody: its address.
fn sts() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("as this test made it");
    let address = format!("http://{}", listener.local_addr().expect("as this test made it"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("as this test made it");
            let mut text = String::new();
            let mut buffer = [0; 8192];
            while !text.contains("Action=") {
                let read = stream.read(&mut buffer).expect("as this test made it");
                assert!(read > 0, "an unfinished request: {text}");
                text.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            let signed_by = text.split("Credential=").nth(1).and_then(|rest| rest.split('/').next());
            let (action, key) = if text.contains("Action=AssumeRoleWithWebIdentity") {
                ("AssumeRoleWithWebIdentity", "web".to_owned())
            } else {
                ("AssumeRole", format!("role-{}", signed_by.unwrap_or("nobody")))
            };
            let body = format!(
                "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></{action}Result></{action}Response>"
            );
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).expect("as this test made it");
        }
    });
    address
}

const CASES: &[(&str, &str)] = &[
    ("[profile p]\nregion = x\n", "[p]\nKEYS:credentials\n"),
    ("[profile p]\nKEYS:config\n", ""),
    ("[profile p]\nPROCESS", ""),
    ("[profile p]\nPROCESS", "[p]\nKEYS:credentials\n"),
    ("[profile p]\nPROCESSKEYS:config\n", ""),
    ("[profile p]\nLOGIN", ""),
    ("[profile p]\nLOGIN", "[p]\nKEYS:credentials\n"),
    ("[profile p]\nLOGINPROCESS", ""),
    ("[profile p]\nROLEKEYS:config\n", ""),
    ("[profile p]\nROLEsource_profile = gone\n", ""),
    ("[profile p]\nregion = x\n", ""),
    ("[profile other]\nKEYS:config\n", ""),
    ("[profile p]\nKEYS:config\n[profile p]\nregion = x\n", ""),
    ("[profile p]\n  region = x\nKEYS:config\n", ""),
    ("[profile p]\nKEYS:config\nnonsense\n", ""),
    ("[p]\nKEYS:config\n", ""),
    ("[profile p]\naws_access_key_id = half\n", ""),
];

/// Cases that lead over STS.
const ROLES: &[(&str, &str)] = &[
    ("[profile p]\nROLEsource_profile = b\n[profile b]\nKEYS:base\n", "[p]\nKEYS:credentials\n"),
    ("[profile p]\nROLEsource_profile = b\n[profile b]\nPROCESS", ""),
    ("[profile p]\nROLEsource_profile = p\nKEYS:config\n", ""),
    ("[profile p]\nROLEsource_profile = b\n[profile b]\nROLEsource_profile = p\n", ""),
    (
        "[profile p]\nROLEsource_profile = b\n[profile b]\nROLEsource_profile = c\n[profile c]\nKEYS:base\n",
        "",
    ),
    (
        "[profile p]\nROLEsource_profile = b\n[profile b]\nKEYS:base\nROLEsource_profile = c\n[profile c]\nPROCESS",
        "",
    ),
    ("[profile p]\nROLETOKEN", ""),
    ("[profile p]\nROLETOKEN", "[p]\nKEYS:credentials\n"),
    ("[profile p]\nTOKENKEYS:config\n", ""),
];

const ENVIRONMENTS: &[&[&str]] =
    &[&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], &["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]];

fn held(sdk: Sdk, ask: impl Fn(&Home) -> String) {
    let alone = CASES.iter().chain(ROLES).map(|(config, credentials)| Home::new(config, credentials, &[]));
    let with = ENVIRONMENTS.iter().flat_map(|environment| {
        [CASES[0], CASES[2], CASES[10], CASES[12], ROLES[0]]
            .map(|(config, credentials)| Home::new(config, credentials, environment))
    });
    let wrong: Vec<String> = alone
        .chain(with)
        .filter_map(|home| {
            let (told, found) = (home.expected(sdk), ask(&home));
            (told != found).then(|| {
                format!(
                    "told {told}, found {found}, {:?}\n{}{}",
                    home.environment, home.config, home.credentials
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{sdk}:\n{}", wrong.join("\n"));
}

#[test]
fn the_sdk_for_python_picks_what_is_told_of_the_aws_cli() {
    held(Sdk::AwsCli, |home| home.command(python_program("python"), &["-c", PYTHON]));
}

#[test]
fn the_sdk_for_javascript_picks_what_is_told_of_it() {
    held(Sdk::JavaScript, |home| {
        home.command(system_program("node"), &["--input-type=module", "-e", JAVASCRIPT])
    });
}

#[test]
fn the_sdk_for_rust_picks_what_is_told_of_it() {
    use aws_config::profile::ProfileFileCredentialsProvider;
    use aws_config::provider_config::ProviderConfig;
    use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
    use aws_sdk_sts::config::ProvideCredentials;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (config, credentials) in CASES {
        let home = Home::new(config, credentials, &[]);
        let files = EnvConfigFiles::builder()
            .with_file(EnvConfigFileKind::Config, home.path("config"))
            .with_file(EnvConfigFileKind::Credentials, home.path("credentials"))
            .build();
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(
                &ProviderConfig::without_region()
                    .with_http_client(aws_smithy_http_client::Builder::new().build_http()),
            )
            .profile_files(files)
            .profile_name("p")
            .build();
        let found = match runtime.block_on(provider.provide_credentials()) {
            Ok(found) => found.access_key_id().to_owned(),
            Err(error) => {
                let text = format!("{error:?}");
                // These ways are left out of this build, which says which it would have gone.
                let ways = [("credentials-process", "process"), ("credentials-login", "login")];
                ways.into_iter()
                    .find(|(words, _)| text.contains(words))
                    .map_or("none", |(_, way)| way)
                    .to_owned()
            }
        };
        assert_eq!(found, home.expected(Sdk::Rust), "{}{}", home.config, home.credentials);
    }
}
