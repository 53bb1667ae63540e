use super::*;
use crate::cache::token::{Client, Given};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use json::Written;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;

const VECTORS: &str = include_str!("../../tests/oracles/sso_cache_vectors.json");

/// As Python 3.11 wrote it: `json.dumps(token)` in the order of botocore's fields.
const BY_AWS_CLI: &str = concat!(
    r#"{"startUrl": "https://caf\u00e9.example/start", "region": "eu-west-1", "accessToken": "aoa-\"1\"\\", "#,
    r#""expiresAt": "2026-11-24T10:00:00Z", "clientId": "id", "clientSecret": "s\u007f\ud83d\ude00\n\b", "#,
    r#""registrationExpiresAt": "2027-02-22T10:00:00Z", "refreshToken": "aor"}"#
);

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn portal(session: Option<&str>, start_url: &str) -> Portal {
    Portal {
        session: session.map(str::to_owned),
        start_url: start_url.to_owned(),
        region: "eu-west-1".to_owned(),
        scopes: Vec::new(),
    }
}

struct Home {
    folder: tempfile::TempDir,
    cache: Cache,
    portal: Portal,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path().join("aws/sso/cache"), folder.path().join("locks"));
        Self { folder, cache, portal: portal(Some("work"), "https://café.example/start") }
    }

    fn with(text: impl AsRef<[u8]>) -> Self {
        let home = Self::new();
        fs::create_dir_all(home.folder.path().join("aws/sso/cache")).unwrap();
        fs::write(home.path(), text).unwrap();
        home
    }

    fn path(&self) -> PathBuf {
        self.cache.token_path(&self.portal)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }
}

fn stored() -> Stored {
    let client = Client {
        id: "id".to_owned(),
        secret: Sealed::new("s\u{7f}😀\n\u{8}"),
        expires: time("2027-02-22T10:00:00Z"),
    };
    let given = Given {
        access: Sealed::new("aoa-\"1\"\\"),
        expires: time("2026-11-24T10:00:00.9Z"),
        refresh: Some(Sealed::new("aor")),
    };
    Stored::given(&portal(Some("work"), "https://café.example/start"), client, given)
}

#[test]
fn files_have_the_names_that_botocore_gives_them() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cache = Cache::in_folder("~/.aws/sso/cache", "locks");
    let tokens = vectors["sso_token_file"].as_array().unwrap();
    for vector in tokens {
        let portal = portal(vector["sso_session"].as_str(), vector["start_url"].as_str().unwrap());
        assert_eq!(cache.token_path(&portal).to_str(), vector["file"].as_str(), "{vector}");
    }
    assert_eq!(tokens.len(), 3);
    // hashlib.sha1("my-sso".encode()) of Python.
    let named = cache.token_path(&portal(Some("my-sso"), "https://d-1234567890.awsapps.com/start"));
    assert_eq!(named.to_str().unwrap(), "~/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json");
}

#[test]
fn registrations_have_the_key_that_botocore_makes() {
    let mut portal = portal(None, "https://é.example/start");
    assert_eq!(
        registration::key(&portal).as_slice(),
        br#"{"region": "eu-west-1", "scopes": null, "session_name": null, "startUrl": "https://\u00e9.example/start", "tool": "botocore"}"#
    );
    portal.session = Some("my-sso".to_owned());
    portal.start_url = "https://d-1234567890.awsapps.com/start".to_owned();
    portal.scopes = vec!["sso:account:access".to_owned(), "x".to_owned()];
    assert_eq!(
        registration::key(&portal).as_slice(),
        br#"{"region": "eu-west-1", "scopes": ["sso:account:access", "x"], "session_name": "my-sso", "startUrl": "https://d-1234567890.awsapps.com/start", "tool": "botocore"}"#
    );
    // hashlib.sha1 of that, by Python.
    let cache = Cache::in_folder("c", "locks");
    assert_eq!(
        cache.registration_path(&portal).to_str().unwrap(),
        "c/29cde35e149eff4f5ef398bf23e0a1b85653fd62.json"
    );
}

#[tokio::test]
async fn what_is_written_is_to_the_byte_what_the_aws_cli_writes() {
    let home = Home::new();
    let lock = home.cache.lock(&home.portal).await.unwrap();
    home.cache.write(&home.portal, &stored(), &lock).unwrap();
    assert_eq!(home.text(), BY_AWS_CLI);
    home.cache.write(&home.portal, &stored(), &lock).unwrap();
    assert_eq!(home.text(), BY_AWS_CLI, "two runs give the same bytes");
    let names = fs::read_dir(home.path().parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1, "nothing is left beside it");
}

#[cfg(unix)]
#[tokio::test]
async fn others_can_neither_read_nor_plant_a_token() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with(BY_AWS_CLI);
    let folder = home.path().parent().unwrap().to_owned();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o775)).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o664)).unwrap();
    let lock = home.cache.lock(&home.portal).await.unwrap();
    home.cache.write(&home.portal, &stored(), &lock).unwrap();
    assert_eq!(mode(&home.path()), 0o600);
    assert_eq!(mode(&folder), 0o755, "the AWS CLI leaves the folder open where the umask does");

    let new = Home::new();
    let lock = new.cache.lock(&new.portal).await.unwrap();
    new.cache.write(&new.portal, &stored(), &lock).unwrap();
    assert_eq!(mode(new.path().parent().unwrap()), 0o700);
    assert_eq!(mode(&new.folder.path().join("aws")), 0o700);
}

#[test]
fn tokens_of_the_aws_cli_are_read_old_and_new() {
    let of = |text: &str| {
        let home = Home::with(text);
        home.cache.token(&home.portal).unwrap().unwrap()
    };
    let old = of(r#"{"region": "r", "accessToken": "t", "expiresAt": "2020-06-17T10:02:08UTC"}"#);
    assert_eq!(old.expires, time("2020-06-17T10:02:08Z"));
    assert_eq!(old.refreshable_until, None);
    let offset = of(r#"{"accessToken": "t", "expiresAt": "2020-06-17T12:02:08+02:00"}"#);
    assert_eq!(offset.expires, time("2020-06-17T10:02:08Z"));
    let new = of(BY_AWS_CLI);
    assert!(new.is_refreshable(time("2027-02-22T09:59:59Z")));
    assert!(!new.is_refreshable(time("2027-02-22T10:00:00Z")));
    let incomplete = of(
        r#"{"accessToken": "t", "expiresAt": "2020-06-17T10:02:08Z", "refreshToken": "r", "clientId": "c"}"#,
    );
    assert_eq!(incomplete.refreshable_until, None);
    assert!(Home::new().cache.token(&Home::new().portal).unwrap().is_none());
}

#[test]
fn a_token_of_another_organisation_is_none_of_this_portals() {
    let other = r#"{"startUrl": "https://other.example/start", "accessToken": "t", "expiresAt": "2100-01-01T00:00:00Z"}"#;
    let home = Home::with(other);
    assert!(home.cache.token(&home.portal).unwrap().is_none());
    let same = Home::with(other.replace("https://other.example/start", "https://caf\u{e9}.example/start/#/"));
    assert!(same.cache.token(&same.portal).unwrap().is_some(), "however it is written");
}

#[tokio::test]
async fn what_other_programs_keep_beside_a_token_stays() {
    let home = Home::with(
        r#"{"zeta": [1, {"b": null}], "accessToken": "t", "expiresAt": "2026-01-01T00:00:00Z", "idToken": "é"}"#,
    );
    let seen = home.cache.seen(&home.portal).unwrap().stored.unwrap();
    let lock = home.cache.lock(&home.portal).await.unwrap();
    home.cache.write(&home.portal, &Stored { access: Sealed::new("u"), ..seen }, &lock).unwrap();
    assert_eq!(
        home.text(),
        r#"{"accessToken": "u", "expiresAt": "2026-01-01T00:00:00Z", "idToken": "\u00e9", "zeta": [1, {"b": null}]}"#
    );
}

#[test]
fn what_a_longer_text_left_behind_is_healed() {
    let good = r#"{"accessToken": "t", "expiresAt": "2026-01-01T00:00:00Z"}"#;
    for bad in [format!("{good}\"}}"), format!("{good}}}\n"), format!("\u{feff}{good}")] {
        let home = Home::with(&bad);
        assert_eq!(home.cache.token(&home.portal).unwrap().unwrap().access.open(), "t", "{bad}");
        assert_eq!(home.text(), good, "{bad}");
    }
    let fine = Home::with(format!("{good}\n"));
    fine.cache.token(&fine.portal).unwrap();
    assert_eq!(fine.text(), format!("{good}\n"), "what isn't broken isn't touched");
}

#[test]
fn a_broken_file_is_explained_without_telling_what_is_in_it() {
    let deep = "[".repeat(100_000);
    for (bad, part) in [
        ("", "there is nothing"),
        ("{\"accessToken\": \"hidden", "line 1 is not what the AWS CLI writes"),
        ("[\"hidden\"]", "line 1 is not"),
        ("hidden", "line 1 is not"),
        (deep.as_str(), "line 1 is not"),
        ("{}", "there is no accessToken"),
        (r#"{"accessToken": "hidden", "expiresAt": "soon"}"#, "expiresAt is no time"),
        (r#"{"accessToken": "hidden", "expiresAt": 1}"#, "expiresAt is no time"),
        (r#"{"accessToken": {"hidden": 1}, "expiresAt": "2026-01-01T00:00:00Z"}"#, "there is no accessToken"),
        (
            "{\"accessToken\": \"hidden\\r\\nx: y\", \"expiresAt\": \"2026-01-01T00:00:00Z\"}",
            "there is no accessToken",
        ),
    ] {
        let home = Home::with(bad);
        let failure = home.cache.token(&home.portal).unwrap_err();
        assert_eq!(failure.code, FailureCode::SignInNeeded, "{failure}");
        assert!(failure.happened.contains(part), "{failure}");
        assert!(failure.happened.contains(home.path().to_str().unwrap()), "{failure}");
        assert!(!failure.to_string().contains("hidden"), "{failure}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_file_is_neither_waited_for_nor_replaced() {
    let home = Home::new();
    fs::create_dir_all(home.path()).unwrap();
    assert_eq!(home.cache.token(&home.portal).unwrap_err().code, FailureCode::File);
    let lock = home.cache.lock(&home.portal).await.unwrap();
    assert_eq!(home.cache.write(&home.portal, &stored(), &lock).unwrap_err().code, FailureCode::File);
    assert!(home.path().is_dir());

    let large = Home::with(" ".repeat(300_000));
    assert_eq!(large.cache.token(&large.portal).unwrap_err().code, FailureCode::File);

    let pipe = Home::with("");
    fs::remove_file(pipe.path()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(pipe.path()).status().unwrap().success());
    assert_eq!(pipe.cache.token(&pipe.portal).unwrap_err().code, FailureCode::File);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let home = Home::with("");
    let elsewhere = home.folder.path().join("elsewhere.json");
    fs::remove_file(home.path()).unwrap();
    fs::write(&elsewhere, "{}").unwrap();
    std::os::unix::fs::symlink(&elsewhere, home.path()).unwrap();
    let lock = home.cache.lock(&home.portal).await.unwrap();
    home.cache.write(&home.portal, &stored(), &lock).unwrap();
    assert!(home.path().is_symlink());
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), BY_AWS_CLI);
}

#[tokio::test]
async fn what_a_killed_process_left_is_removed_by_the_next_writer() {
    let home = Home::with("{}");
    let lock = home.cache.lock(&home.portal).await.unwrap();
    let digest = digest(&ring::digest::SHA256, home.path().as_os_str().as_encoded_bytes());
    let folder = home.path().parent().unwrap().to_owned();
    let ours = folder.join(format!(".hatrack-{}-abc.tmp", &digest[..12]));
    let others = folder.join("tmpabcdef.tmp");
    fs::write(&ours, "x").unwrap();
    fs::write(&others, "x").unwrap();
    home.cache.write(&home.portal, &stored(), &lock).unwrap();
    assert!(!ours.exists());
    assert!(others.exists());
}

#[tokio::test(start_paused = true)]
async fn one_waits_for_the_other() {
    let home = Home::new();
    let held = home.cache.lock(&home.portal).await.unwrap();
    let refused = home.cache.lock(&home.portal).await.err().unwrap();
    assert_eq!(refused.code, FailureCode::File);
    let other = portal(None, "https://other.example/start");
    assert!(home.cache.lock(&other).await.is_ok(), "another portal's is another lock");
    drop(held);
    assert!(home.cache.lock(&home.portal).await.is_ok());
}

#[tokio::test]
async fn registrations_are_kept_for_the_aws_cli_too() {
    let home = Home::new();
    let registration = Registration {
        id: "id".to_owned(),
        secret: Sealed::new("secret"),
        expires: time("2027-01-01T00:00:00Z"),
        scopes: vec!["sso:account:access".to_owned()],
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
    };
    home.cache.keep(&home.portal, &registration).await.unwrap();
    let path = home.cache.registration_path(&home.portal);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        r#"{"clientId": "id", "clientSecret": "secret", "expiresAt": "2027-01-01T00:00:00Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#
    );
    let kept = home.cache.registration(&home.portal).unwrap().unwrap();
    assert!(kept.is_for_browser());
    assert_eq!((kept.id.as_str(), kept.secret.open()), ("id", "secret"));
    fs::write(&path, r#"{"clientId": "id", "clientSecret": "s", "expiresAt": "2027-01-01T00:00:00Z"}"#)
        .unwrap();
    assert!(!home.cache.registration(&home.portal).unwrap().unwrap().is_for_browser());
    fs::write(&path, "nonsense").unwrap();
    assert!(home.cache.registration(&home.portal).unwrap().is_none(), "one is made anew");
}

#[test]
fn no_secret_is_shown() {
    let token = stored().token();
    assert!(!format!("{token:?}").contains("aoa"), "{token:?}");
}

proptest! {
    #[test]
    fn any_text_is_written_so_that_it_is_read_again(
        texts in proptest::collection::vec(any::<String>(), 3),
        name in any::<String>(),
    ) {
        let fields = [("a", Written::Text(&texts[0])), ("b", Written::List(&texts[1..])), ("c", Written::Null)];
        let mut rest = serde_json::Map::new();
        rest.insert(format!("x{name}"), Value::from(texts[0].as_str()));
        let text = json::text(&fields, &json::Fields::of(rest));
        prop_assert!(text.is_ascii());
        let read: Value = serde_json::from_slice(&text).unwrap();
        prop_assert_eq!(read["a"].as_str(), Some(texts[0].as_str()));
        prop_assert_eq!(&read["b"][1], &texts[2]);
        prop_assert!(read["c"].is_null());
        prop_assert_eq!(read[&format!("x{name}")].as_str(), Some(texts[0].as_str()));
    }

    #[test]
    fn a_damaged_file_is_borne(at in 0..BY_AWS_CLI.len(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut text = BY_AWS_CLI.as_bytes().to_vec();
        text[at] = byte;
        if cut {
            text.truncate(at);
        }
        let home = Home::with(&text);
        match home.cache.token(&home.portal) {
            Ok(_) => {}
            Err(failure) => {
                prop_assert_eq!(failure.code, FailureCode::SignInNeeded);
                prop_assert!(!failure.to_string().contains("aoa"));
            }
        }
    }
}
