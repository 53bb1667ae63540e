//! Credentials as a section of the credentials file: how it is written, known again and erased.
//!
//! Bytes in, bytes out. A section that Hatrack made carries an owner's mark and vanishes without a
//! trace; one that it took over, with consent, gets back what was replaced. Whatever an edit would
//! do to any other line is a reason not to make it. Deliberately absent: files, locks and the
//! journal (the agent has those), and the choice of who may consent.

mod adopted;
mod choice;
mod key;
mod mark;
pub mod plain;
mod refusal;
mod section;
mod write;

pub use adopted::Adopted;
pub use choice::default_profile;
pub use mark::EntryId;
pub use refusal::{Refusal, ValueFault};

use crate::ini::{Document, LineKind};
use crate::name::{OutputProfile, RoleId};
use choice::Files;
use jiff::Timestamp;
use mark::Origin;
use section::{Text, View, find, marked};
use zeroize::Zeroizing;

/// What is to be delivered, and where.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// The section.
    pub profile: &'a OutputProfile,
    /// The access key's id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_access_key: &'a str,
    /// The session token.
    pub session_token: &'a str,
    /// The region that goes with it; it stands in the same section, as every SDK merges both files.
    pub region: Option<&'a str>,
    /// The role whose credentials they are.
    pub role_id: &'a RoleId,
    /// When they end.
    pub expiration: Timestamp,
}

impl std::fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("profile", &self.profile)
            .field("role_id", &self.role_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}

/// Both shared files, as they stand.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    /// The credentials file; empty if there is none.
    pub credentials: &'a [u8],
    /// The config file; empty if there is none.
    pub config: &'a [u8],
}

/// What the journal knows, and what a person consented to.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'a> {
    /// Whether a section that isn't ours may be taken over.
    pub adopt: bool,
    /// The name of the journal entry that will keep what is replaced.
    pub entry: &'a EntryId,
    /// What the journal has kept of an earlier adoption of this section.
    pub record: Option<&'a Adopted>,
}

/// The credentials file as it will be.
pub struct Edit {
    /// The whole file.
    pub text: Zeroizing<Vec<u8>>,
    /// What was replaced, for the journal; `None` where the section exists only in our name.
    pub adopted: Option<Adopted>,
}

/// What came of erasing a section.
pub enum Erased {
    /// No section of this name is ours, and the file stays as it is.
    NotThere,
    /// Our lines are gone.
    Gone {
        /// The whole file.
        text: Zeroizing<Vec<u8>>,
        /// Whether the section had been taken over, and what was replaced in it is lost.
        lost: bool,
    },
}

/// A section that carries our mark, as found in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The section.
    pub profile: OutputProfile,
    /// The role whose credentials it has.
    pub role_id: RoleId,
    /// When they end.
    pub expiration: Timestamp,
    /// The journal entry, where the section was taken over.
    pub adopted: Option<EntryId>,
    /// Whether all that we wrote stands, and no other credentials beside it.
    pub intact: bool,
}

/// Writes a delivery into the credentials file, or says why not.
pub fn write(shared: Shared<'_>, delivery: &Delivery<'_>, consent: Consent<'_>) -> Result<Edit, Refusal> {
    key::check_values(delivery)?;
    let document = readable(shared.credentials)?;
    let files = Files::new(&document, shared.config);
    match standing(&document, &files, delivery.profile, consent.adopt)? {
        Standing::Absent => Ok(Edit { text: write::append(&document, delivery), adopted: None }),
        Standing::Made { view, gap } => write::rewrite(&view, delivery, gap)
            .map(|text| Edit { text, adopted: None })
            .ok_or_else(|| odd(&files, delivery.profile)),
        Standing::Adopt { view } => {
            // Of a section that we took over already, what it was is what is taken over.
            let base = adopted::restored(&view, consent.record);
            write::adopt(&base, delivery, consent.entry).ok_or_else(|| odd(&files, delivery.profile))
        }
    }
}

/// Says early whether a delivery into this section would be refused, before anybody is asked for
/// anything.
pub fn check(shared: Shared<'_>, profile: &OutputProfile, adopt: bool) -> Result<(), Refusal> {
    let document = readable(shared.credentials)?;
    let files = Files::new(&document, shared.config);
    standing(&document, &files, profile, adopt).map(|_| ())
}

/// Erases the section if it is ours, and puts back what an adoption replaced.
pub fn erase(credentials: &[u8], profile: &OutputProfile, record: Option<&Adopted>) -> Erased {
    let mut erased = Erased::NotThere;
    let mut document = Document::parse(credentials);
    // Somebody may have copied the section: each copy has the mark, and each round takes one.
    while let Some(view) = find(&document, profile.as_str()).into_iter().find(|view| view.mark.is_some()) {
        let (text, lost) = match view.mark.as_ref().map(|(_, mark)| &mark.origin) {
            Some(Origin::Adopted { .. }) => (adopted::restore(&view, record), record.is_none()),
            Some(Origin::Made { gap }) => (remove(&view, *gap), false),
            None => break,
        };
        document = Document::parse(&text);
        erased = Erased::Gone { text, lost };
    }
    erased
}

/// Finds the sections that carry our mark.
pub fn owned(credentials: &[u8]) -> Vec<Owned> {
    let document = Document::parse(credentials);
    let owned = |view: View<'_>| {
        let intact = view.is_whole() && !view.has_foreign_credentials();
        let (_, mark) = view.mark?;
        let adopted = match mark.origin {
            Origin::Made { .. } => None,
            Origin::Adopted { entry } => Some(entry),
        };
        Some(Owned {
            profile: mark.profile,
            role_id: mark.role_id,
            expiration: mark.expiration,
            adopted,
            intact,
        })
    };
    marked(&document).into_iter().filter_map(owned).collect()
}

/// How the wanted section stands, as far as it may be written.
enum Standing<'d> {
    /// There is none.
    Absent,
    /// We made it.
    Made { view: View<'d>, gap: usize },
    /// It is somebody's, or was until we took it over.
    Adopt { view: View<'d> },
}

fn standing<'d>(
    document: &'d Document,
    files: &Files<'_>,
    profile: &OutputProfile,
    adopt: bool,
) -> Result<Standing<'d>, Refusal> {
    let offer = || files.offer(profile);
    let profile = profile.clone();
    if let Some(key) = files.deciding_key(&profile) {
        return Err(Refusal::Decided { offer: offer(), profile, key });
    }
    let mut views = find(document, profile.as_str());
    let Some(view) = views.pop() else {
        return Ok(Standing::Absent);
    };
    if !views.is_empty() {
        return Err(Refusal::Twice { offer: offer(), profile });
    }
    let Some((_, mark)) = &view.mark else {
        return if adopt {
            Ok(Standing::Adopt { view })
        } else {
            Err(Refusal::Exists { offer: offer(), profile })
        };
    };
    let foreign = view.has_foreign_credentials();
    match &mark.origin {
        _ if foreign && !adopt => Err(Refusal::Changed { offer: offer(), profile }),
        Origin::Made { gap } if !foreign => Ok(Standing::Made { gap: *gap, view }),
        Origin::Made { .. } | Origin::Adopted { .. } => Ok(Standing::Adopt { view }),
    }
}

fn odd(files: &Files<'_>, profile: &OutputProfile) -> Refusal {
    Refusal::Odd { profile: profile.clone(), offer: files.offer(profile) }
}

/// Reads the file unless it is no text of single bytes: a section added to UTF-16 would be read by
/// nobody and break what is there.
fn readable(credentials: &[u8]) -> Result<Document, Refusal> {
    let utf_16 = credentials.starts_with(b"\xFF\xFE") || credentials.starts_with(b"\xFE\xFF");
    if utf_16 || credentials.contains(&0) { Err(Refusal::NotText) } else { Ok(Document::parse(credentials)) }
}

/// Takes our lines out of a section that we made, and the section with them unless somebody has
/// put settings of theirs into it.
fn remove(view: &View<'_>, gap: usize) -> Zeroizing<Vec<u8>> {
    let ours = view.our_lines();
    let rest: Vec<usize> = view.body().filter(|line| !ours.contains(line)).collect();
    let header = view.raw(view.lines.start);
    let ending = view.document.line_ending().as_bytes();
    let room = view.document.as_bytes().len();

    if rest.iter().any(|line| view.has_content(*line)) {
        let mut text = Text::new(ending, room);
        text.push(header);
        rest.iter().for_each(|line| text.push(view.raw(*line)));
        return view.replaced_by(&text);
    }
    let above = view.lines.start;
    let mut text = Text::new(ending, room);
    text.push_lines(view.document, 0..above);
    let blank = above.checked_sub(1).and_then(|line| view.document.line(line));
    if blank.is_some_and(|line| line.kind() == LineKind::Blank) {
        text.cut(view.document.line(above).map(|line| line.ending()).unwrap_or_default(), gap);
    }
    rest.iter().for_each(|line| text.push(view.raw(*line)));
    text.push_lines(view.document, view.lines.end..view.document.line_count());
    text.bytes
}

#[cfg(test)]
mod tests;
