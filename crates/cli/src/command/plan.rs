//! `hat plan`, and a plan as every command shows it.

use super::Manner;
use crate::connect::{client, unexpected};
use crate::{duration, print};
use anstyle::Style;
use hatrack_core::failure::Failure;
use hatrack_core::plan::{PlanStep, PlanView};
use hatrack_wire::{Answer, Client, Command, Described};
use std::process::ExitCode;

const BOLD: Style = Style::new().bold();

pub(super) fn run(manner: Manner, role: String, duration_seconds: Option<u32>) -> Result<ExitCode, Failure> {
    let plan = ask(&mut client(manner.no_agent)?, Described::Role(role), duration_seconds)?;
    if manner.json {
        print::json(&plan)?;
    } else {
        print::answer(&rendered(&plan))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks the agent for a plan.
pub(super) fn ask(
    client: &mut Client,
    role: Described,
    duration_seconds: Option<u32>,
) -> Result<PlanView, Failure> {
    let Answer::Plan(plan) = client.request(Command::Plan { role, duration_seconds })? else {
        return Err(unexpected());
    };
    Ok(*plan)
}

/// A plan in lines.
pub(super) fn rendered(plan: &PlanView) -> String {
    let mut text = String::new();
    for (number, step) in (1..).zip(&plan.steps) {
        text.push_str(&one(number, step));
    }
    text.extend([print::sentence(&plan.renewal_words).as_str(), "\n"]);
    for note in &plan.notes {
        text.extend([print::sentence(note).as_str(), "\n"]);
    }
    text
}

fn one(number: usize, step: &PlanStep) -> String {
    let subject = print::shown(&step.subject);
    let what = match &step.operation {
        Some(operation) => format!("{BOLD}{}{BOLD:#} {subject}", print::shown(operation)),
        None => format!("From {subject}"),
    };
    let life = step.duration_seconds.map(|it| format!(", for {}", duration::words(it))).unwrap_or_default();
    let mut text = format!("{number}. {what}{life}\n");
    let under = " ".repeat(number.to_string().len() + 2);
    if let Some(prompt) = &step.prompt {
        text.extend([under.as_str(), "Asks first: ", &print::sentence(prompt), "\n"]);
    }
    if !step.why.is_empty() {
        text.extend([under.as_str(), &print::sentence(&step.why), "\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::plan::Renewal;

    #[test]
    fn steps_stand_in_their_order_each_with_its_reason() {
        let begin = PlanStep {
            operation: None,
            subject: "the access key work in the vault".to_owned(),
            duration_seconds: None,
            prompt: None,
            why: "It is unsealed for this call only.".to_owned(),
        };
        let call = PlanStep {
            operation: Some("AssumeRole".to_owned()),
            subject: "arn:aws:iam::123456789012:role/Admin\u{1b}".to_owned(),
            duration_seconds: Some(14_400),
            prompt: Some("the code of eve".to_owned()),
            why: "More than an hour is wanted.".to_owned(),
        };
        let plan = PlanView {
            steps: vec![begin, call],
            renewal: Renewal::Code,
            renewal_words: "Renewing needs a code.".to_owned(),
            notes: vec!["It is so.".to_owned()],
        };
        let expected = "\
1. From the access key work in the vault
   It is unsealed for this call only.
2. AssumeRole arn:aws:iam::123456789012:role/Admin\\u{1b}, for 4 h 0 m
   Asks first: the code of eve
   More than an hour is wanted.
Renewing needs a code.
It is so.
";
        assert_eq!(anstream::adapter::strip_str(&rendered(&plan)).to_string(), expected);
    }
}
