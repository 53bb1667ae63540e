//! `hat doctor`.

use super::{Manner, agent};
use crate::connect::{client, unexpected};
use crate::print;
use anstyle::{AnsiColor, Style};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, Finding, Verdict};
use std::process::ExitCode;

pub(super) fn run(manner: Manner) -> Result<ExitCode, Failure> {
    let findings = look(manner);
    if manner.json {
        print::json(&findings)?;
    } else {
        print::answer(&findings.iter().map(rendered).collect::<String>())?;
    }
    let is_bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What the agent finds; that it can't be asked is a finding, too.
fn look(manner: Manner) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(failure) = ask(manner, &mut findings) {
        let (found, remedy) = (failure.happened, failure.remedy);
        findings.push(Finding { subject: "agent".to_owned(), verdict: Verdict::Bad, found, remedy });
    }
    findings
}

fn ask(manner: Manner, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let mut client = client(manner.no_agent)?;
    let status = agent::status(&mut client)?;
    findings.push(about_agent(&status.version, env!("CARGO_PKG_VERSION")));
    let Answer::Findings(found) = client.request(Command::Doctor)? else {
        return Err(unexpected());
    };
    findings.extend(found);
    Ok(())
}

fn about_agent(theirs: &str, ours: &str) -> Finding {
    let subject = "agent".to_owned();
    if theirs == ours {
        let found = format!("The agent answers, version {theirs}.");
        return Finding { subject, verdict: Verdict::Good, found, remedy: String::new() };
    }
    let found = format!("The running agent is version {theirs}, this program is {ours}.");
    let remedy = "Run hat agent stop; the next command starts the new one.".to_owned();
    Finding { subject, verdict: Verdict::Warning, found, remedy }
}

fn rendered(finding: &Finding) -> String {
    let (sign, colour) = match finding.verdict {
        Verdict::Good => ("✓ good   ", AnsiColor::Green),
        Verdict::Warning => ("! warning", AnsiColor::Yellow),
        Verdict::Bad => ("✗ bad    ", AnsiColor::Red),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    let (subject, found) = (print::shown(&finding.subject), print::sentence(&finding.found));
    let mut text = format!("{style}{sign}{style:#}  {subject}: {found}\n");
    if !finding.remedy.is_empty() {
        text.push_str("           ");
        text.push_str(&print::sentence(&finding.remedy));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_stands_with_its_remedy() {
        let text = rendered(&about_agent("0.0.9", "0.1.0"));
        let expected = "\
! warning  agent: The running agent is version 0.0.9, this program is 0.1.0.
           Run hat agent stop; the next command starts the new one.
";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
        let text = rendered(&about_agent("0.1.0", "0.1.0"));
        let expected = "✓ good     agent: The agent answers, version 0.1.0.\n";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }
}
