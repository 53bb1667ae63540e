//! `hat agent`.

use super::Manner;
use crate::arguments::AgentVerb;
use crate::connect::{done, unexpected};
use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::client::ConnectError;
use hatrack_wire::start::End;
use hatrack_wire::{AgentStatus, Answer, Client, Command, Environment, Places, start};
use serde::Serialize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long an agent that can't be asked may take to end in good order.
const GONE_WITHIN: Duration = Duration::from_secs(3);

/// How long to go on at all; an agent that doesn't answer costs five seconds for each try.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(15);

/// The agent as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    running: bool,
    #[serde(flatten)]
    status: Option<&'a AgentStatus>,
}

pub(super) fn run(manner: Manner, verb: Option<AgentVerb>) -> Result<ExitCode, Failure> {
    if manner.no_agent {
        let happened = "A private agent lives only as long as a command.";
        return Err(Failure::new(FailureCode::Usage, happened, "Leave --no-agent out."));
    }
    let (places, environment) = (Places::here()?, Environment::here());
    let status = match verb.unwrap_or(AgentVerb::Status) {
        AgentVerb::Start => Some(status(&mut start::agent_client(&places, &environment)?)?),
        AgentVerb::Stop => {
            stop(&places, &environment)?;
            None
        }
        AgentVerb::Status => match Client::connect(&places, &environment) {
            Ok(mut client) => Some(status(&mut client)?),
            Err(ConnectError::NotRunning) => None,
            Err(error) => return Err(error.into()),
        },
    };
    if manner.json {
        print::json(&Told { running: status.is_some(), status: status.as_ref() })?;
    } else {
        print::answer(&rendered(status.as_ref()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks the agent about itself.
pub(super) fn status(client: &mut Client) -> Result<AgentStatus, Failure> {
    let Answer::Agent(status) = client.request(Command::Agent)? else {
        return Err(unexpected());
    };
    Ok(status)
}

/// Stops the agent, if one runs, and waits until it is gone.
fn stop(places: &Places, environment: &Environment) -> Result<(), Failure> {
    let mut client = match Client::connect(places, environment) {
        Ok(client) => client,
        Err(ConnectError::NotRunning) => return Ok(()),
        Err(error) => return end_unasked(places, environment, error),
    };
    done(&client.request(Command::Stop)?)?;
    while client.next_update().is_ok() {}
    Ok(())
}

/// Ends an agent that can't be asked to, and waits until it is gone; a face may have started
/// another one by then.
fn end_unasked(places: &Places, environment: &Environment, mut error: ConnectError) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut how = Some(End::InGoodOrder);
    loop {
        if how.take().is_some_and(|how| !start::end_unasked(&error, how)) {
            return Err(error.into());
        }
        std::thread::sleep(Duration::from_millis(20));
        error = match Client::connect(places, environment) {
            Ok(_) | Err(ConnectError::NotRunning) => return Ok(()),
            Err(error) if begun.elapsed() > GIVEN_UP_AFTER => return Err(error.into()),
            Err(error) => error,
        };
        if begun.elapsed() > GONE_WITHIN {
            how = Some(End::AtOnce);
        }
    }
}

fn rendered(status: Option<&AgentStatus>) -> String {
    match status {
        None => "The agent isn't running.\n".to_owned(),
        Some(status) => format!(
            "The agent {} runs as process {}; sessions: {}, faces: {}.\n",
            print::shown(&status.version),
            status.pid,
            status.active_sessions,
            status.faces
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_read_whether_it_runs() {
        let status = AgentStatus { pid: 7, version: "0.1.0".to_owned(), active_sessions: 1, faces: 2 };
        let json = |status: Option<&AgentStatus>| {
            serde_json::to_string(&Told { running: status.is_some(), status }).unwrap()
        };
        assert_eq!(json(None), r#"{"running":false}"#);
        let expected = r#"{"running":true,"pid":7,"version":"0.1.0","active_sessions":1,"faces":2}"#;
        assert_eq!(json(Some(&status)), expected);
        assert_eq!(rendered(Some(&status)), "The agent 0.1.0 runs as process 7; sessions: 1, faces: 2.\n");
    }
}
