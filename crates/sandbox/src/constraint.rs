//! The limits of a service's model, refused as AWS refuses them: all at once, in one ValidationError.

use crate::answer::AwsError;

/// What a text has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    /// The fewest characters.
    pub(crate) min: usize,
    /// The most characters.
    pub(crate) max: usize,
    /// Which characters, if not any.
    pub(crate) pattern: Option<Pattern>,
}

/// The characters that a text may be made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    /// The regular expression of the service's model, which AWS's message names.
    pub(crate) regex: &'static str,
    /// The same as a test of one character.
    pub(crate) allows: fn(char) -> bool,
}

/// What a request has violated so far.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    /// Demands a parameter.
    pub(crate) fn required(&mut self, member: &str, value: Option<&str>) {
        if value.is_none() {
            self.add("null", member, "Member must not be null");
        }
    }

    /// Holds a text, if it is there, against its limits.
    pub(crate) fn text(&mut self, member: &str, value: Option<&str>, limits: Text) {
        let Some(value) = value else { return };
        for broken in limits.broken_by(value) {
            self.add(&format!("'{value}'"), member, &broken);
        }
    }

    /// Holds a text that the message may not repeat against its limits.
    pub(crate) fn secret(&mut self, member: &str, value: Option<&str>, limits: Text) {
        let Some(value) = value else { return };
        for broken in limits.broken_by(value) {
            self.add("'***'", member, &broken);
        }
    }

    /// Holds a list of texts against the limits of each.
    pub(crate) fn texts(&mut self, member: &str, values: &[&str], limits: Text) {
        if values.iter().any(|value| !limits.broken_by(value).is_empty()) {
            let whole = format!("Member must satisfy constraint: [{}]", limits.all().join(", "));
            self.add(&format!("'[{}]'", values.join(", ")), member, &whole);
        }
    }

    /// Holds the length of a list against its limit.
    pub(crate) fn at_most(&mut self, member: &str, length: usize, max: usize) {
        if length > max {
            self.add(&format!("'[{length} members]'"), member, &most_characters(max));
        }
    }

    /// Holds a text, if it is there, against the values that there are.
    pub(crate) fn one_of(&mut self, member: &str, value: Option<&str>, values: &[&str]) {
        let Some(value) = value else { return };
        if !values.contains(&value) {
            let words = format!("Member must satisfy enum value set: [{}]", values.join(", "));
            self.add(&format!("'{value}'"), member, &words);
        }
    }

    /// Reads a whole number, if it is there, and holds it against its limits.
    pub(crate) fn number(
        &mut self,
        member: &str,
        value: Option<&str>,
        min: u32,
        max: u32,
    ) -> Result<Option<u32>, AwsError> {
        let Some(value) = value else { return Ok(None) };
        let number: i32 = value.parse().map_err(|_| AwsError::malformed_input())?;
        if i64::from(number) < i64::from(min) {
            let broken = format!("Member must have value greater than or equal to {min}");
            self.add(&format!("'{number}'"), member, &broken);
        }
        if i64::from(number) > i64::from(max) {
            let broken = format!("Member must have value less than or equal to {max}");
            self.add(&format!("'{number}'"), member, &broken);
        }
        Ok(u32::try_from(number).ok())
    }

    /// Ends the list: nothing, or the one error that names every violation.
    pub(crate) fn end(self) -> Result<(), AwsError> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        Err(AwsError::validation(format!("{count} validation {errors} detected: {}", self.0.join("; "))))
    }

    fn add(&mut self, value: &str, member: &str, constraint: &str) {
        self.0.push(format!("Value {value} at '{member}' failed to satisfy constraint: {constraint}"));
    }
}

impl Text {
    fn broken_by(self, value: &str) -> Vec<String> {
        let length = value.chars().count();
        let mut broken = Vec::new();
        if length < self.min {
            broken.push(fewest_characters(self.min));
        }
        if length > self.max {
            broken.push(most_characters(self.max));
        }
        broken.extend(self.pattern.filter(|pattern| !pattern.matches(value)).map(Pattern::in_words));
        broken
    }

    fn all(self) -> Vec<String> {
        let mut all = vec![most_characters(self.max), fewest_characters(self.min)];
        all.extend(self.pattern.map(Pattern::in_words));
        all
    }
}

impl Pattern {
    fn matches(self, value: &str) -> bool {
        value.chars().all(self.allows) && !(value.is_empty() && self.regex.ends_with('+'))
    }

    fn in_words(self) -> String {
        format!("Member must satisfy regular expression pattern: {}", self.regex)
    }
}

fn fewest_characters(min: usize) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn most_characters(max: usize) -> String {
    format!("Member must have length less than or equal to {max}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Text = Text {
        min: 2,
        max: 4,
        pattern: Some(Pattern { regex: "[a-z]*", allows: |c| c.is_ascii_lowercase() }),
    };

    #[test]
    fn every_violation_is_named() {
        let mut violations = Violations::default();
        violations.required("roleArn", None);
        violations.text("name", Some("A"), NAME);
        violations.text("name", Some("fine"), NAME);
        violations.texts("names", &["ok", "toolong"], NAME);
        assert_eq!(violations.number("durationSeconds", Some("899"), 900, 3600), Ok(Some(899)));
        assert_eq!(
            violations.end().unwrap_err().message,
            "5 validation errors detected: \
             Value null at 'roleArn' failed to satisfy constraint: Member must not be null; \
             Value 'A' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2; \
             Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*; \
             Value '[ok, toolong]' at 'names' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must have length less than or equal to 4, Member must have length greater than or equal to 2, \
             Member must satisfy regular expression pattern: [a-z]*]; \
             Value '899' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value greater than or equal to 900"
        );
    }

    #[test]
    fn what_is_no_number_is_malformed() {
        for value in ["", "1.5", "1e3", "99999999999999999999", "３"] {
            let number = Violations::default().number("durationSeconds", Some(value), 900, 3600);
            assert_eq!(number, Err(AwsError::malformed_input()), "{value}");
        }
        assert_eq!(Violations::default().number("durationSeconds", None, 900, 3600), Ok(None));
    }
}
