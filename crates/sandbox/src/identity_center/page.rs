//! The pages that people see: small, without script, and good for a browser as for a test.

use crate::answer::AwsError;
use crate::query::Params;
use crate::services::Answer;
use crate::world::Organisation;
use quick_xml::escape::escape;

/// The field that tells who answers.
pub(super) const USER: &str = "sandbox_user";

/// The field that tells what; to say nothing is to allow.
pub(super) const CHOICE: &str = "sandbox_choice";

/// The value that denies.
pub(super) const DENY: &str = "deny";

/// What somebody answered.
pub(super) enum Answered<'a> {
    /// Yes, and it was this person.
    Allowed(&'a str),
    /// No.
    Denied,
}

/// Reads what was answered, if anything was; refuses a stranger.
pub(super) fn answered<'a>(
    organisation: &'a Organisation,
    params: &Params,
) -> Result<Option<Answered<'a>>, AwsError> {
    let Some(name) = params.get(USER) else { return Ok(None) };
    let person = organisation.people.iter().find(|person| person.name == name);
    let stranger = || AwsError::new(403, "AccessDeniedException", format!("Nobody here is called {name}."));
    let person = person.ok_or_else(stranger)?;
    Ok(Some(match params.get(CHOICE) {
        Some(DENY) => Answered::Denied,
        Some(_) | None => Answered::Allowed(&person.name),
    }))
}

/// The page that asks for the answer, in a form that brings the same parameters again.
pub(super) fn ask(organisation: &Organisation, client: &str, path: &str, params: &Params) -> Answer {
    let kept = params.iter().filter(|(name, _)| ![USER, CHOICE].contains(&name.as_str()));
    let hidden: String = kept.map(|(name, value)| field("hidden", name, value)).collect();
    let option = |name: &str| format!("<option>{}</option>", escape(name));
    let people: String = organisation.people.iter().map(|person| option(&person.name)).collect();
    html(
        200,
        "Allow access?",
        &format!(
            "<p><b>{}</b> asks for access to your accounts at {}.</p><form action=\"{path}\">{hidden}\
             <label>You are <select name=\"{USER}\">{people}</select></label>\
             <button name=\"{CHOICE}\" value=\"allow\">Allow</button>\
             <button name=\"{CHOICE}\" value=\"{DENY}\">Deny</button></form>",
            escape(client),
            escape(&organisation.start_url),
        ),
    )
}

/// The page that asks for the code that a device shows.
pub(super) fn ask_for_code(path: &str) -> Answer {
    let form = format!(
        "<form action=\"{path}\"><label>The code <input name=\"user_code\" autofocus></label>\
         <button>Next</button></form>"
    );
    html(200, "Which code does the device show?", &form)
}

/// The page at the end.
pub(super) fn over(words: &str) -> Answer {
    html(200, words, "<p>You can close this window.</p>")
}

/// A refusal that is told to people, not to the client.
pub(super) fn refusal(error: &AwsError) -> Answer {
    let told = html(error.status, "That didn't work", &format!("<p>{}</p>", escape(&error.message)));
    Answer { error: Some(error.code), ..told }
}

/// An empty page.
pub(super) fn plain() -> Answer {
    Answer { content_type: "text/html; charset=utf-8", ..Answer::default() }
}

fn field(kind: &str, name: &str, value: &str) -> String {
    format!("<input type=\"{kind}\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

fn html(status: u16, title: &str, body: &str) -> Answer {
    let title = escape(title);
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{body}</body></html>"
    );
    Answer { status, body, ..plain() }
}
