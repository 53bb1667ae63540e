//! Answers and errors of AWS's query protocol, as XML.

use jiff::Timestamp;
use quick_xml::escape::escape;
use std::borrow::Cow;

/// A refusal in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AwsError {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What programs branch on: `AccessDenied`.
    pub(crate) code: &'static str,
    /// What people read; empty where AWS says nothing.
    pub(crate) message: String,
    /// What an encoded authorization message about it decodes to.
    pub(crate) context: Option<String>,
}

impl AwsError {
    /// A refusal with this status.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), context: None }
    }

    /// 403: the caller may not.
    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    /// 400: a parameter is not what the service's model says.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// 400: a parameter that fits the model, and still makes no sense.
    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValue", message)
    }

    /// 400: the request can't be read.
    pub(crate) fn malformed_input() -> Self {
        Self::new(400, "MalformedInput", "")
    }

    /// 400: a protocol's version doesn't have the action.
    pub(crate) fn no_such_action(action: &str, version: Option<&str>) -> Self {
        let version = version.unwrap_or("NO_VERSION_SPECIFIED");
        let message = format!("Could not find operation {action} for version {version}");
        Self::new(400, "InvalidAction", message)
    }

    /// 403: STS is switched off in a region.
    pub(crate) fn region_disabled(account: &str) -> Self {
        let message = format!(
            "STS is not activated in this region for account:{account}. Your account administrator can activate \
             STS in this region using the IAM Console."
        );
        Self::new(403, "RegionDisabledException", message)
    }

    /// The refusal as AWS writes it.
    pub(crate) fn to_xml(&self, namespace: &str, request_id: &str) -> String {
        // Whatever is wrong is the caller's fault except for what AWS answers with 5xx.
        let kind = if self.status < 500 { "Sender" } else { "Receiver" };
        let mut xml = Xml::default();
        xml.open_in("ErrorResponse", namespace).open("Error");
        xml.text("Type", kind).text("Code", self.code);
        if !self.message.is_empty() {
            xml.text("Message", &self.message);
        }
        xml.close("Error").text("RequestId", request_id).close("ErrorResponse");
        xml.0
    }
}

/// A time as AWS writes it in XML.
pub(crate) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// XML as it is written, two blanks deeper for each open element.
#[derive(Debug, Default)]
pub(crate) struct Xml(String, usize);

impl Xml {
    /// The answer to an action: `<AssumeRoleResponse><AssumeRoleResult>…`.
    pub(crate) fn answer(
        action: &str,
        namespace: &str,
        request_id: &str,
        result: impl FnOnce(&mut Self),
    ) -> String {
        let mut xml = Self::default();
        xml.open_in(&format!("{action}Response"), namespace).open(&format!("{action}Result"));
        result(&mut xml);
        xml.close(&format!("{action}Result"));
        xml.end(action, request_id)
    }

    /// The answer to an action that tells nothing but that it was done.
    pub(crate) fn answer_without_result(action: &str, namespace: &str, request_id: &str) -> String {
        let mut xml = Self::default();
        xml.open_in(&format!("{action}Response"), namespace);
        xml.end(action, request_id)
    }

    fn end(mut self, action: &str, request_id: &str) -> String {
        self.open("ResponseMetadata").text("RequestId", request_id);
        self.close("ResponseMetadata").close(&format!("{action}Response"));
        self.0
    }

    /// Opens the root element.
    fn open_in(&mut self, name: &str, namespace: &str) -> &mut Self {
        self.line(&format!("<{name} xmlns=\"{}\">", escape(namespace)));
        self.1 += 1;
        self
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &str) -> &mut Self {
        self.line(&format!("<{name}>"));
        self.1 += 1;
        self
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self, name: &str) -> &mut Self {
        self.1 = self.1.saturating_sub(1);
        self.line(&format!("</{name}>"));
        self
    }

    /// Writes an element with a text in it.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.line(&format!("<{name}>{}</{name}>", escape(sayable(text))));
        self
    }

    fn line(&mut self, line: &str) {
        self.0.extend(std::iter::repeat_n("  ", self.1));
        self.0.push_str(line);
        self.0.push('\n');
    }
}

/// The text without what XML 1.0 can't say.
fn sayable(text: &str) -> Cow<'_, str> {
    let unsayable = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(unsayable) { text.replace(unsayable, "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_written_as_aws_does() {
        let error = AwsError::access_denied("User: <a> & \u{0}b");
        assert_eq!(
            error.to_xml("https://sts.amazonaws.com/doc/2011-06-15/", "id"),
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
             <Type>Sender</Type>\n    <Code>AccessDenied</Code>\n    \
             <Message>User: &lt;a&gt; &amp; \u{fffd}b</Message>\n  </Error>\n  \
             <RequestId>id</RequestId>\n</ErrorResponse>\n"
        );
        assert!(!AwsError::malformed_input().to_xml("n", "id").contains("Message"));
    }
}
