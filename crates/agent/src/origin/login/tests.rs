use super::proof::tests::{SEC1, verified};
use super::*;
use crate::world::tests::environment;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SESSION: &str = "arn:aws:iam::123456789012:user/ada";
/// The sum of [`SESSION`], as sha256sum tells it.
const NAME: &str = "397b11bbda6668a5a8d17d42c91036373f4a376627089c204bef61ce0ae993c2.json";

/// A stand-in for the sign-in service: what it was asked, and one answer for all.
struct SignIn {
    endpoint: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl SignIn {
    async fn start(status: u16, answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (heard, answer) = (Arc::clone(&asked), answer.to_owned());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut text = String::new();
                let mut buffer = [0; 4096];
                while !text.ends_with("\"}") {
                    let read = stream.read(&mut buffer).await.unwrap();
                    text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
                }
                heard.lock().unwrap().push(text);
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    answer.len()
                );
                stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
            }
        });
        Self { endpoint, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

const RENEWED: &str = r#"{"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"new-secret","sessionToken":"new-session"},"tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"new-refresh"}"#;

/// A folder with a session whose credentials end in so many seconds.
fn place(sign_in: &SignIn, seconds: i64) -> (tempfile::TempDir, World, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("AWS_LOGIN_CACHE_DIRECTORY", folder.path().to_str().unwrap()),
        ("AWS_ENDPOINT_URL", sign_in.endpoint.as_str()),
    ];
    let world = World::of(&environment(&variables)).unwrap();
    let path = SessionFile::of(&world, SESSION).unwrap().path().to_owned();
    let kept = serde_json::json!({
        "accessToken": {
            "accessKeyId": "ASIAOLD",
            "secretAccessKey": "old-secret",
            "sessionToken": "old-session",
            "accountId": "123456789012",
            "expiresAt": file::end_after(seconds),
        },
        "tokenType": "aws_sigv4",
        "refreshToken": "old-refresh",
        "idToken": "kept-as-it-is",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": SEC1,
    });
    std::fs::write(&path, kept.to_string()).unwrap();
    (folder, world, path)
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_session_s_file_is_named_by_its_sum() {
    let world = World::of(&environment(&[])).unwrap();
    let file = SessionFile::of(&world, SESSION).unwrap();
    assert_eq!(file.path(), Path::new("/home/ada/.aws/login/cache").join(NAME));
}

#[tokio::test]
async fn credentials_that_live_are_taken_as_they_are() {
    let sign_in = SignIn::start(200, RENEWED).await;
    let (_folder, world, path) = place(&sign_in, 600);
    let before = json(&path);
    let credentials = load(&world, "p", SESSION).await.unwrap();
    assert_eq!(credentials.access_key_id, "ASIAOLD");
    assert!(credentials.expiration.is_some());
    assert!(sign_in.asked().is_empty());
    assert_eq!(json(&path), before);
}

#[tokio::test]
async fn credentials_that_end_soon_are_renewed_for_all_tools() {
    let sign_in = SignIn::start(200, RENEWED).await;
    let (_folder, world, path) = place(&sign_in, 200);
    let credentials = load(&world, "p", SESSION).await.unwrap();
    assert_eq!(credentials.access_key_id, "ASIANEW");
    assert_eq!(credentials.secret_access_key.open(), "new-secret");
    let kept = json(&path);
    assert_eq!(kept["refreshToken"], "new-refresh");
    assert_eq!(kept["accessToken"]["sessionToken"], "new-session");
    assert_eq!(kept["accessToken"]["accountId"], "123456789012");
    assert_eq!((kept["idToken"].as_str(), kept["dpopKey"].as_str()), (Some("kept-as-it-is"), Some(SEC1)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let asked = sign_in.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("POST /v1/token HTTP/1.1\r\n"), "{}", asked[0]);
    let (_, body) = asked[0].split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (body["refreshToken"].as_str(), body["grantType"].as_str()),
        (Some("old-refresh"), Some("refresh_token"))
    );
    let proof = asked[0].lines().find_map(|line| line.strip_prefix("dpop: ")).unwrap();
    assert_eq!(verified(proof).unwrap()["htu"], format!("{}/v1/token", sign_in.endpoint));
    // What was renewed is there for the next one.
    assert_eq!(load(&world, "p", SESSION).await.unwrap().access_key_id, "ASIANEW");
    assert_eq!(sign_in.asked().len(), 1);
}

#[tokio::test]
async fn a_session_is_renewed_once_for_all_who_want_it() {
    let sign_in = SignIn::start(200, RENEWED).await;
    let (_folder, world, _path) = place(&sign_in, -10);
    let (one, other) = tokio::join!(load(&world, "p", SESSION), load(&world, "p", SESSION));
    assert_eq!(
        (one.unwrap().access_key_id, other.unwrap().access_key_id),
        ("ASIANEW".into(), "ASIANEW".into())
    );
    assert_eq!(sign_in.asked().len(), 1);
}

#[tokio::test]
async fn what_can_t_be_renewed_is_used_while_it_lives() {
    let sign_in = SignIn::start(500, "{\"x\":\"\"}").await;
    let (_folder, world, path) = place(&sign_in, 200);
    assert_eq!(load(&world, "p", SESSION).await.unwrap().access_key_id, "ASIAOLD");
    assert_eq!(json(&path)["refreshToken"], "old-refresh");
}

#[tokio::test]
async fn what_ended_is_told_with_what_to_do() {
    for (answer, words, remedy) in [
        (r#"{"error":"TOKEN_EXPIRED","message":"x"}"#, "has ended.", "Run aws login --profile p."),
        (r#"{"error":"USER_CREDENTIALS_CHANGED"}"#, "password was changed", "Run aws login --profile p."),
        (r#"{"error":"INSUFFICIENT_PERMISSIONS"}"#, "doesn't let the session", "signin:CreateOAuth2Token"),
        (r#"{"message":"Not \u001b[31mnow."}"#, "could not be renewed: Not [31mnow.", "Run aws login"),
    ] {
        let sign_in = SignIn::start(403, answer).await;
        let (_folder, world, _path) = place(&sign_in, -10);
        let failure = load(&world, "p", SESSION).await.unwrap_err();
        assert!(failure.happened.contains(words), "{failure}");
        assert!(failure.remedy.contains(remedy), "{failure}");
    }
}

#[tokio::test]
async fn a_session_that_is_gone_or_spoilt_is_told_without_its_text() {
    let sign_in = SignIn::start(200, RENEWED).await;
    let (_folder, world, path) = place(&sign_in, 600);
    std::fs::write(&path, "{\"accessToken\":\"hidden\"}").unwrap();
    let failure = load(&world, "p", SESSION).await.unwrap_err();
    assert!(failure.happened.contains(&path.display().to_string()), "{failure}");
    assert!(!failure.to_string().contains("hidden"), "{failure}");
    std::fs::remove_file(&path).unwrap();
    let failure = load(&world, "p", SESSION).await.unwrap_err();
    assert_eq!(failure.remedy, "Run aws login --profile p.");
}
