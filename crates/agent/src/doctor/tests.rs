use super::*;
use crate::world::tests::environment;
use std::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn world(home: &std::path::Path, more: &[(&str, &str)]) -> World {
    let mut variables = vec![("HOME", home.to_str().unwrap())];
    variables.extend(more);
    World::of(&environment(&variables)).unwrap()
}

fn of<'a>(findings: &'a [Finding], subject: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.subject == subject).unwrap()
}

#[tokio::test]
async fn what_is_wrong_comes_with_a_remedy() {
    let home = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let findings = look(&world(home.path(), &[("AWS_ENDPOINT_URL", &url)])).await;
    assert_eq!(of(&findings, "config file").verdict, Verdict::Warning);
    assert_eq!(of(&findings, "credentials file").verdict, Verdict::Good);
    assert_eq!(of(&findings, "network").verdict, Verdict::Bad);
    assert!(of(&findings, "network").found.contains("refused the connection"));
    assert_eq!(of(&findings, "clock").verdict, Verdict::Warning);
    for finding in &findings {
        assert!(finding.found.ends_with('.'), "{finding:?}");
        assert_eq!(finding.remedy.is_empty(), finding.verdict == Verdict::Good, "{finding:?}");
    }
}

#[tokio::test]
async fn a_server_that_answers_tells_network_and_clock() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let count = stream.read(&mut request).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 302 X\r\ndate: Sat, 01 Jan 2000 00:00:00 GMT\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        String::from_utf8_lossy(&request[..count]).into_owned()
    });
    let home = tempfile::tempdir().unwrap();
    let keys =
        [("AWS_ENDPOINT_URL", url.as_str()), ("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let findings = look(&world(home.path(), &keys)).await;
    assert_eq!(of(&findings, "network").verdict, Verdict::Good);
    assert_eq!(of(&findings, "clock").verdict, Verdict::Bad);
    assert!(of(&findings, "clock").found.contains("days ahead of"), "{findings:?}");
    let request = server.await.unwrap();
    assert!(!request.to_ascii_lowercase().contains("authorization"), "a look needs no signature: {request}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_can_use_are_found() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    fs::create_dir(&folder).unwrap();
    let mode =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&folder, 0o700);
    let (config, credentials) = (folder.join("config"), folder.join("credentials"));
    fs::write(&config, "[default]\n").unwrap();
    fs::write(&credentials, "").unwrap();
    let world = world(home.path(), &[]);
    let verdicts = async || {
        let findings = files::look(&world).await;
        (findings[0].verdict, findings[1].verdict)
    };

    mode(&config, 0o644);
    mode(&credentials, 0o600);
    assert_eq!(verdicts().await, (Verdict::Good, Verdict::Good));
    mode(&config, 0o666);
    mode(&credentials, 0o644);
    assert_eq!(verdicts().await, (Verdict::Bad, Verdict::Warning));
    mode(&folder, 0o777);
    mode(&config, 0o600);
    assert_eq!(verdicts().await, (Verdict::Bad, Verdict::Bad));
    mode(&folder, 0o700);
    mode(&credentials, 0o600);

    fs::rename(&config, home.path().join("real")).unwrap();
    mode(home.path(), 0o700);
    symlink(home.path().join("real"), &config).unwrap();
    let found = files::look(&world).await;
    assert_eq!(found[0].verdict, Verdict::Good);
    assert!(found[0].found.contains("is a link to"));
    fs::remove_file(home.path().join("real")).unwrap();
    assert_eq!(verdicts().await.0, Verdict::Bad, "a link that leads nowhere");

    fs::remove_file(&credentials).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &credentials, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    assert_eq!(verdicts().await.1, Verdict::Bad, "a pipe is not opened");
}
