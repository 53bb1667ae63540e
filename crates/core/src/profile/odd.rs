//! The words for what is odd about a file.

use crate::name::shown;
use crate::snapshot::Problem;

/// What is odd about a file, a section or a line: what it is, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    Bom,
    NotUtf8,
    CarriageReturn,
    BrokenHeader,
    MalformedHeader,
    SectionTwice,
    TwoForms,
    BlankInHeader,
    Unprefixed,
    Ignored,
    PrefixInCredentials,
    UnreadName,
    Reserved,
    Defaults,
    NoSection,
    NoEquals,
    NestedNoEquals,
    Colon,
    KeyCharacters,
    Indented,
    HeaderInValue,
    SettingInValue,
    InlineComment,
    SettingTwice,
    NotOfOwn,
    KeysInOwn,
}

impl Odd {
    fn words(self) -> &'static str {
        match self {
            Self::NotOfOwn => {
                "Hatrack reads [profile NAME], [oidc NAME] and [saml NAME] in this file, and left this section out. Correct its header."
            }
            Self::KeysInOwn => {
                "Access keys don't belong into this file and were passed over. Remove them, and keep them in the vault: hat key add."
            }
            Self::Bom => {
                "The file begins with a byte order mark, for which the AWS CLI and most SDKs read nothing of it. Save it as UTF-8 without one."
            }
            Self::NotUtf8 => {
                "This line isn't UTF-8, for which the AWS CLI reads nothing of the file. Save the file as UTF-8."
            }
            Self::CarriageReturn => {
                "This line ends in a carriage return alone, which only some AWS tools take for the end of a line. End it with a line feed."
            }
            Self::BrokenHeader => {
                "This header has no closing bracket or nothing in its brackets, so it and the lines below it were left out. Complete it."
            }
            Self::MalformedHeader => {
                "This header isn't one word and one name, so its section was left out. Put a name with blanks between quotes."
            }
            Self::SectionTwice => {
                "This section stands in the file before, for which the AWS CLI reads nothing of the file. Make one section of both."
            }
            Self::TwoForms => {
                "This profile stands in the file before with another header, and AWS tools differ in which one they read. Make one section of both."
            }
            Self::BlankInHeader => {
                "Blanks stand inside the brackets, so that the AWS CLI doesn't see this section under its name. Remove them."
            }
            Self::Unprefixed => {
                "AWS tools read this section of the config file as no profile. Write \"profile\" before its name."
            }
            Self::Ignored => "AWS tools know no section with this header, so it was left out. Correct it.",
            Self::PrefixInCredentials => {
                "In the credentials file a section's header is the profile's name alone, so that this \"profile\" is read as part of the name. Remove the word."
            }
            Self::UnreadName => {
                "Tools built on the SDKs for Rust and JavaScript don't see a profile with this name. Use letters, digits and _ . / @ % : + - alone."
            }
            Self::Reserved => "The SDK for JavaScript refuses the file for this name. Choose another one.",
            Self::Defaults => {
                "Python's tools give the settings of this section to every other section, and other tools ignore it. Write [default], or move them."
            }
            Self::NoSection => {
                "This line stands above the first section, so it was left out. Move it into one, or remove it."
            }
            Self::NoEquals => {
                "This line has no \"=\" after a key, so it was left out; the AWS CLI reads nothing of the file for it. Correct or remove it."
            }
            Self::NestedNoEquals => {
                "This line is indented below a setting and has no \"=\" after a key, so it was left out; the AWS CLI reads nothing of the file for it. Correct or remove it."
            }
            Self::Colon => "A colon ends this key, which only Python's tools read. Write \"=\" in its place.",
            Self::KeyCharacters => {
                "Most AWS tools don't read a key with this name. Use letters, digits, - and _ alone."
            }
            Self::Indented => {
                "This setting is indented right below its header, for which some SDKs read nothing of the file. Remove the indent."
            }
            Self::HeaderInValue => {
                "This header is indented below a setting, so that it is part of the setting's value. Remove the indent."
            }
            Self::SettingInValue => {
                "This line is indented below a setting that has a value, so that it is part of that value. Remove the indent."
            }
            Self::InlineComment => {
                "What follows the # or ; belongs to the value for the AWS CLI, and is a comment for other tools. Put comments on lines of their own."
            }
            Self::SettingTwice => {
                "This key stands in the section before, for which the AWS CLI reads nothing of the file; the last one counts here. Remove one."
            }
        }
    }
}

/// How many problems of one file are told one by one.
const LIMIT: usize = 100;

/// Collects what is odd about one file.
pub(super) struct Oddities<'a> {
    path: &'a str,
    problems: Vec<Problem>,
    more: usize,
}

impl<'a> Oddities<'a> {
    pub(super) fn new(path: &'a str) -> Self {
        Self { path, problems: Vec::new(), more: 0 }
    }

    /// Notes what is odd about a line, counted from 1, and the profile that it belongs to.
    pub(super) fn note(&mut self, line: u32, profile: Option<&str>, odd: Odd) {
        if self.problems.len() == LIMIT {
            self.more += 1;
            return;
        }
        self.problems.push(Problem {
            file: self.path.to_owned(),
            line: Some(line),
            profile: profile.map(shown),
            message: odd.words().to_owned(),
        });
    }

    /// The problems in the order of their lines; `owner` tells the profile that a line belongs to.
    pub(super) fn finish<'n>(mut self, owner: impl Fn(u32) -> Option<&'n str>) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        for problem in &mut self.problems {
            if problem.profile.is_none() {
                problem.profile = problem.line.and_then(&owner).map(shown);
            }
        }
        if self.more > 0 {
            self.problems.push(Problem {
                file: self.path.to_owned(),
                line: None,
                profile: None,
                message: format!(
                    "{} more things are odd about this file. Correct the first ones to see them.",
                    self.more
                ),
            });
        }
        self.problems
    }
}
