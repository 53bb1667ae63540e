//! XML, as little of it as SAML needs: a tree of elements with a limited depth.
//!
//! Deliberately absent: document types, entities other than XML's five, and every encoding but UTF-8.

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use zeroize::Zeroizing;

/// How deep elements may lie in one another; a signed response with all its parts has about ten.
const DEPTH: usize = 40;
/// How many attributes one element may have.
const ATTRIBUTES: usize = 40;

/// The names of SAML's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// What a response consists of.
    Protocol,
    /// What an assertion consists of.
    Assertion,
    /// Anything else.
    Other,
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    space: Space,
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Self>,
    /// Its own text. A comment doesn't part it: what is signed has no comments.
    text: Zeroizing<String>,
}

/// A text is no XML that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

impl From<quick_xml::Error> for Unreadable {
    fn from(_: quick_xml::Error) -> Self {
        Self
    }
}

impl Element {
    /// Reads a document.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let mut reader = NsReader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let (space, event) = reader.read_resolved_event()?;
            let closed = match event {
                Event::Start(_) | Event::Empty(_) if root.is_some() => return Err(Unreadable),
                Event::Start(start) => {
                    if open.len() == DEPTH {
                        return Err(Unreadable);
                    }
                    let element = Self::begin(&space, &start)?;
                    open.push(element);
                    None
                }
                Event::Empty(start) => Some(Self::begin(&space, &start)?),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    let text = text.xml_content().map_err(|_| Unreadable)?;
                    Self::add_text(open.last_mut(), &text)?;
                    None
                }
                Event::CData(text) => {
                    Self::add_text(open.last_mut(), &text.xml_content().map_err(|_| Unreadable)?)?;
                    None
                }
                Event::GeneralRef(reference) => {
                    let c = character(&reference)?;
                    Self::add_text(open.last_mut(), c.encode_utf8(&mut [0; 4]))?;
                    None
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
                Event::DocType(_) => return Err(Unreadable),
                Event::Eof => return if open.is_empty() { root.ok_or(Unreadable) } else { Err(Unreadable) },
            };
            match (closed, open.last_mut()) {
                (Some(element), Some(parent)) => parent.children.push(element),
                (Some(element), None) => root = Some(element),
                (None, _) => {}
            }
        }
    }

    fn begin(space: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Self, Unreadable> {
        let space = match space {
            ResolveResult::Bound(space) => match space.as_ref() {
                b"urn:oasis:names:tc:SAML:2.0:protocol" => Space::Protocol,
                b"urn:oasis:names:tc:SAML:2.0:assertion" => Space::Assertion,
                _ => Space::Other,
            },
            ResolveResult::Unbound => Space::Other,
            ResolveResult::Unknown(_) => return Err(Unreadable),
        };
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Unreadable)?;
            if attributes.len() == ATTRIBUTES {
                return Err(Unreadable);
            }
            let name = owned(attribute.key.as_ref())?;
            attributes.push((name, attribute.unescape_value()?.into_owned()));
        }
        let name = owned(start.local_name().as_ref())?;
        Ok(Self { space, name, attributes, children: Vec::new(), text: Zeroizing::default() })
    }

    fn add_text(element: Option<&mut Self>, text: &str) -> Result<(), Unreadable> {
        match element {
            Some(element) => element.text.push_str(text),
            None if text.chars().all(char::is_whitespace) => {}
            None => return Err(Unreadable),
        }
        Ok(())
    }

    /// Whether it is this one.
    pub(super) fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// An attribute of its own, without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Its text, without the white space around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The elements in it with this name.
    pub(super) fn all<'a>(&'a self, space: Space, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.is(space, name))
    }

    /// The first element in it with this name.
    pub(super) fn first(&self, space: Space, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(space, name))
    }
}

fn owned(bytes: &[u8]) -> Result<String, Unreadable> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Unreadable)
}

/// The character that a reference stands for: a number, or one of XML's five.
fn character(reference: &BytesRef<'_>) -> Result<char, Unreadable> {
    if let Some(c) = reference.resolve_char_ref()? {
        return Ok(c);
    }
    match reference.as_ref() {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        _ => Err(Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_whole_whatever_stands_between() {
        let read = Element::read(
            "<?xml version='1.0'?><a x='1 &amp; 2'> b<!-- no -->c&#x64;<![CDATA[<e>]]>&lt; <y/></a>\n",
        );
        let element = read.unwrap();
        assert_eq!((element.text(), element.attribute("x")), ("bcd<e><", Some("1 & 2")));
        assert!(element.first(Space::Other, "y").is_some());
        assert!(element.first(Space::Assertion, "y").is_none());
    }

    #[test]
    fn what_is_no_plain_xml_is_refused() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Element::read(&deep(DEPTH)).is_ok());
        let many = |count: usize| {
            let attributes: String = (0..count).map(|n| format!(" a{n}=''")).collect();
            format!("<a{attributes}/>")
        };
        assert!(Element::read(&many(ATTRIBUTES)).is_ok());
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>text",
            "<a>&unknown;</a>",
            "<a x='&unknown;'/>",
            "<a x='1' x='2'/>",
            "<a>&#0;</a>",
            "<p:a/>",
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            &deep(DEPTH + 1),
            &deep(30_000),
            &many(ATTRIBUTES + 1),
        ] {
            assert_eq!(Element::read(text).err(), Some(Unreadable), "{text:.60}");
        }
    }
}
