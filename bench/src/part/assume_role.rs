//! AssumeRole, on top of what a bare signed round trip takes.
//!
//! The floor is the same AssumeRole call from this very process, on a connection that stands: sign,
//! send, receive. `curl`, which signs too, shows what a process of its own adds.

use crate::Outcome;
use crate::figures::{Run, Series};
use crate::home::{Home, KEY, profile, role_arn};
use crate::process::{printed, system_program, timed};
use crate::report::{Report, Row, bounded, named, one_in};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Instant, SystemTime};

const RUNS: usize = 25;

/// Most milliseconds on top of the round trip.
const GOAL: f64 = 5.0;

const REGION: &str = "eu-central-1";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let home = Home::new()?;
    let (role, arn) = (profile(3, 7), role_arn(3, 7));
    let renew = ["use", &role, "--as", "bench-output", "--renew"];
    printed(&mut home.hat(&renew)?)?;
    let form = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=bench&RoleArn={}",
        arn.replace(':', "%3A").replace('/', "%2F")
    );
    let endpoint = home.sandbox().endpoint();
    // Not on the command line, where keys don't belong.
    let keys = home.path("curl");
    fs::write(&keys, format!("user = \"{}:{}\"\n", KEY.0, KEY.1))?;
    let (curl, aws) = (system_program("curl")?, system_program("aws")?);
    let mut bare = Bare::connect(home.sandbox().port())?;
    bare.call(&form)?;

    let mut floor = Series::new("signed AssumeRole round trip, in process");
    let mut ours = Series::new("hat use --renew");
    let mut by_curl = Series::new("curl --aws-sigv4, AssumeRole");
    let mut cli = Series::new("aws sts assume-role");
    for _ in 0..RUNS {
        let begin = Instant::now();
        bare.call(&form)?;
        floor.push(Run { wall: begin.elapsed(), cpu: None });
        ours.push(timed(&mut home.hat(&renew)?)?);
        let signing = format!("aws:amz:{REGION}:sts");
        let curl_arguments = ["--silent", "--fail", "--aws-sigv4", &signing, "--data", &form, &endpoint];
        by_curl.push(timed(home.command(&curl).arg("--config").arg(&keys).args(curl_arguments))?);
        let cli_arguments = ["sts", "assume-role", "--role-arn", &arn, "--role-session-name", "bench"];
        let cli_more = ["--profile", "bench", "--region", REGION, "--endpoint-url", &endpoint];
        cli.push(timed(home.command(&aws).args(cli_arguments).args(cli_more))?);
    }

    let more = ours.more_than(&floor);
    report.row(Row {
        what: "AssumeRole, delivered".to_owned(),
        floor: named(&floor),
        ours: named(&ours),
        ratio: bounded("+", more, " ms"),
        goal: format!("≤ +{GOAL} ms"),
        verdict: (more.upper <= GOAL).into(),
        ..Row::default()
    });
    for (what, peer) in [("… beside curl", &by_curl), ("… beside the AWS CLI 2", &cli)] {
        report.row(Row {
            what: what.to_owned(),
            peer: named(peer),
            ratio: match ours.ratio_to(peer) {
                ratio if ratio.median < 0.2 => format!("{} of peer", one_in(ratio.median)),
                ratio => bounded("", ratio, "×"),
            },
            ..Row::default()
        });
    }
    report.series([floor, ours, by_curl, cli]);
    Ok(())
}

/// A connection that stands, and nothing else.
struct Bare {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
    host: String,
}

impl Bare {
    fn connect(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self { answers: BufReader::new(stream.try_clone()?), stream, host: format!("127.0.0.1:{port}") })
    }

    /// Signs and sends a form, and receives the answer whole.
    fn call(&mut self, form: &str) -> Outcome<()> {
        let mut request = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: {FORM_TYPE}\r\ncontent-length: {}\r\n",
            self.host,
            form.len()
        );
        for (name, value) in signature(&self.host, form)? {
            request.push_str(&[&name, ": ", &value, "\r\n"].concat());
        }
        request.push_str("\r\n");
        request.push_str(form);
        self.stream.write_all(request.as_bytes())?;

        let mut status = String::new();
        self.answers.read_line(&mut status)?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.answers.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse()?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.answers.read_exact(&mut body)?;
        if status.contains(" 200 ") {
            Ok(())
        } else {
            Err(format!("the bare call got {}", status.trim()).into())
        }
    }
}

fn signature(host: &str, form: &str) -> Outcome<Vec<(String, String)>> {
    let identity = Credentials::new(KEY.0, KEY.1, None, None, "bench").into();
    #[expect(clippy::disallowed_methods, reason = "a signature says when it was made")]
    let now = SystemTime::now();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("sts")
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let request = SignableRequest::new(
        "POST",
        format!("http://{host}/"),
        [("content-type", FORM_TYPE)].into_iter(),
        SignableBody::Bytes(form.as_bytes()),
    )?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
