//! A throw-away home: the shared config and credentials files of the demo's user.

use crate::demo::{
    DEMO_ACCOUNTS, DEMO_MFA_SERIAL, DEMO_PROFILES, DEMO_SECRET, DEMO_USER, DemoProfile, demo_access_key_id,
};
use crate::{demo_portal, demo_ways};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Variables of the caller's that would lead a program out of the demo.
const FOREIGN: [&str; 18] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
];

/// A home folder for the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// Writes `.aws/config` and `.aws/credentials` (0600) of the demo's user below this folder.
    ///
    /// A folder that has an `.aws` already is refused: it may be somebody's real home. The error names the path.
    pub fn write(dir: &Path) -> io::Result<Self> {
        Self::write_with(dir, |_| Ok(String::new()))
    }

    /// The same, with a profile for each other way in: `tagged`, `pipeline` (by an identity token),
    /// `guest`, and `portal` (a role of IAM Identity Center).
    pub fn write_with_other_ways(dir: &Path) -> io::Result<Self> {
        Self::write_with(dir, |aws| {
            let token_file = aws.join(demo_ways::TOKEN_FILE);
            let token = demo_ways::token().ok_or_else(|| {
                io::Error::other(format!("{}: no token can be signed", token_file.display()))
            })?;
            create_file(&token_file, &token)?;
            Ok(demo_ways::profiles(&token_file) + &demo_portal::profile())
        })
    }

    /// `more` is given the folder `.aws` and yields what follows in the config file.
    fn write_with(dir: &Path, more: impl FnOnce(&Path) -> io::Result<String>) -> io::Result<Self> {
        // A shell that goes there later is somewhere else.
        let dir = std::path::absolute(dir)?;
        create_folder(&dir, true)?;
        let aws = dir.join(".aws");
        create_folder(&aws, false)?;
        create_file(&aws.join("config"), &(config() + &more(&aws)?))?;
        create_file(&aws.join("credentials"), &credentials())?;
        Ok(Self { dir })
    }

    /// The folder, as an absolute path.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The variables that a program needs to live in this home and call this endpoint.
    pub fn variables(&self, endpoint: &str) -> Vec<(&'static str, String)> {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            ("HOME", path(&self.dir)),
            ("HATRACK_HOME", path(&self.dir.join("hatrack"))),
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ]
    }

    /// The same as lines for a POSIX shell; what would lead out of the demo is unset.
    pub fn exports(&self, endpoint: &str) -> String {
        let export = |(name, value): (&str, String)| format!("export {name}={}\n", quoted(&value));
        let exports: String = self.variables(endpoint).into_iter().map(export).collect();
        format!("unset {}\n{exports}", FOREIGN.join(" "))
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn create_folder(path: &Path, may_exist: bool) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(may_exist);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| at(path, &error))
}

fn create_file(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Writes a text where another process waits for it: it sees nothing, or all.
///
/// The error names the path.
pub fn publish(path: &Path, text: &str) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".draft");
    let draft = PathBuf::from(draft);
    fs::write(&draft, text).map_err(|error| at(&draft, &error))?;
    fs::rename(&draft, path).map_err(|error| at(path, &error))
}

fn credentials() -> String {
    format!(
        "# Keys of the sandbox: they open nothing else.\n[{DEMO_USER}]\naws_access_key_id = {}\n\
         aws_secret_access_key = {DEMO_SECRET}\n",
        demo_access_key_id()
    )
}

fn config() -> String {
    let mut text = format!(
        "# A throw-away home for trying Hatrack. Nothing in it opens anything real.\n\n\
         [profile {DEMO_USER}]\nregion = eu-central-1\noutput = json\n\
         # Settings of other tools stay as they are.\ns3 =\n  max_concurrent_requests = 20\n  \
         multipart_threshold = 64MB\n\n{}",
        demo_portal::session()
    );
    for (id, name) in DEMO_ACCOUNTS {
        text.push_str("\n# ");
        text.push_str(name);
        text.push('\n');
        let sections = DEMO_PROFILES.iter().filter(|profile| profile.account_id == id).map(section);
        text.push_str(&sections.collect::<Vec<_>>().join("\n"));
    }
    text
}

fn section(profile: &DemoProfile) -> String {
    let settings = [
        ("role_arn", Some(profile.role_arn())),
        ("source_profile", Some(profile.source_profile.to_owned())),
        ("mfa_serial", profile.mfa.then(|| DEMO_MFA_SERIAL.to_owned())),
        ("external_id", profile.external_id.map(str::to_owned)),
        ("duration_seconds", profile.duration_seconds.map(|seconds| seconds.to_string())),
        ("region", Some(profile.region.to_owned())),
    ];
    let lines = settings.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}\n", value?)));
    format!("[profile {}]\n{}", profile.profile, lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_written_once_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("it's a home");
        let home = Home::write(&dir).unwrap();
        let config = fs::read_to_string(dir.join(".aws/config")).unwrap();
        assert!(config.contains(
            "\n[profile production-oncall]\nrole_arn = arn:aws:iam::444455556666:role/OnCall\n\
             source_profile = demo\nmfa_serial = arn:aws:iam::111122223333:mfa/demo\n\
             duration_seconds = 43200\nregion = eu-central-1\n"
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for (file, mode) in [("credentials", 0o600), ("config", 0o600), ("", 0o700)] {
                let path = dir.join(".aws").join(file);
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{file}");
            }
        }
        let again = Home::write(&dir).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert!(again.to_string().contains(".aws"), "{again}");
        assert!(home.exports("http://127.0.0.1:1").contains(r"/it'\''s a home'"));
    }

    #[test]
    fn what_is_published_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        publish(&path, "one").unwrap();
        publish(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
