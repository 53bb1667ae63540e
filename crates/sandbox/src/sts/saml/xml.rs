//! XML as signatures see it: a tree in which every prefix and every name space is kept.
//!
//! Deliberately absent: document types, entities other than XML's five, processing instructions within
//! the tree, and every encoding but UTF-8.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How deep elements may lie in one another.
const DEPTH: usize = 64;

/// The name spaces that prefixes stand for; the empty prefix stands for the default one.
pub(super) type Scope = BTreeMap<String, String>;

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) attributes: Vec<(Name, String)>,
    /// What prefixes stand for here, its own declarations among them.
    pub(super) scope: Rc<Scope>,
    pub(super) children: Vec<Node>,
}

/// What is in an element. Comments are not kept: nothing that is signed has any.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// The name of an element or an attribute, as written and as meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) prefix: String,
    pub(super) local: String,
    /// The name space; empty for none.
    pub(super) space: String,
}

/// A text is no XML that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Element {
    /// Reads a document.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let closed = match reader.read_event().map_err(|_| Unreadable)? {
                Event::Start(_) | Event::Empty(_) if root.is_some() || open.len() == DEPTH => {
                    return Err(Unreadable);
                }
                Event::Start(start) => {
                    let element = Self::begin(open.last(), &start)?;
                    open.push(element);
                    None
                }
                Event::Empty(start) => Some(Self::begin(open.last(), &start)?),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    add_text(&mut open, &text.xml_content().map_err(|_| Unreadable)?)?;
                    None
                }
                Event::CData(text) => {
                    add_text(&mut open, &text.xml_content().map_err(|_| Unreadable)?)?;
                    None
                }
                Event::GeneralRef(reference) => {
                    add_text(&mut open, character(&reference)?.encode_utf8(&mut [0; 4]))?;
                    None
                }
                Event::Comment(_) | Event::Decl(_) => None,
                Event::PI(_) | Event::DocType(_) => return Err(Unreadable),
                Event::Eof => return if open.is_empty() { root.ok_or(Unreadable) } else { Err(Unreadable) },
            };
            match (closed, open.last_mut()) {
                (Some(element), Some(parent)) => parent.children.push(Node::Element(element)),
                (Some(element), None) => root = Some(element),
                (None, _) => {}
            }
        }
    }

    fn begin(parent: Option<&Self>, start: &BytesStart<'_>) -> Result<Self, Unreadable> {
        let mut scope = parent.map_or_else(Rc::default, |parent| Rc::clone(&parent.scope));
        let mut written = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Unreadable)?;
            let (name, value) = (utf8(attribute.key.as_ref())?, value(&attribute.value)?);
            match name.split_once(':') {
                None if name == "xmlns" => drop(Rc::make_mut(&mut scope).insert(String::new(), value)),
                Some(("xmlns", prefix)) if !value.is_empty() && !matches!(prefix, "xml" | "xmlns") => {
                    Rc::make_mut(&mut scope).insert(prefix.to_owned(), value);
                }
                Some(("xmlns", _)) => return Err(Unreadable),
                Some(_) | None => written.push((name.to_owned(), value)),
            }
        }
        let name = Name::read(utf8(start.name().as_ref())?, &scope, true)?;
        let mut attributes = Vec::new();
        let mut names = BTreeSet::new();
        for (written, value) in written {
            let name = Name::read(&written, &scope, false)?;
            if !names.insert((name.space.clone(), name.local.clone())) {
                return Err(Unreadable);
            }
            attributes.push((name, value));
        }
        Ok(Self { name, attributes, scope, children: Vec::new() })
    }

    /// Whether it is this one.
    pub(super) fn is(&self, space: &str, local: &str) -> bool {
        self.name.space == space && self.name.local == local
    }

    /// An attribute without a name space.
    pub(super) fn attribute(&self, local: &str) -> Option<&str> {
        let known = self.attributes.iter().find(|(name, _)| name.space.is_empty() && name.local == local);
        known.map(|(_, value)| value.as_str())
    }

    /// Its own text, without the white space around it.
    pub(super) fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect::<String>().trim().to_owned()
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements in it with this name.
    pub(super) fn all<'a>(&'a self, space: &'a str, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |child| child.is(space, local))
    }

    /// The one element in it with this name; none where there are more.
    pub(super) fn only(&self, space: &str, local: &str) -> Option<&Self> {
        let mut all = self.elements().filter(|child| child.is(space, local));
        all.next().filter(|_| all.next().is_none())
    }
}

impl Name {
    fn read(written: &str, scope: &Scope, is_element: bool) -> Result<Self, Unreadable> {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        if local.is_empty() || local.contains(':') || (prefix.is_empty() && written.starts_with(':')) {
            return Err(Unreadable);
        }
        let space = match prefix {
            "xml" => "http://www.w3.org/XML/1998/namespace",
            // An attribute without a prefix is in no name space.
            "" if !is_element => "",
            "" => scope.get("").map_or("", String::as_str),
            _ => scope.get(prefix).ok_or(Unreadable)?,
        };
        Ok(Self { prefix: prefix.to_owned(), local: local.to_owned(), space: space.to_owned() })
    }

    /// The name as it is written.
    pub(super) fn written(&self) -> String {
        if self.prefix.is_empty() { self.local.clone() } else { format!("{}:{}", self.prefix, self.local) }
    }
}

fn add_text(open: &mut [Element], text: &str) -> Result<(), Unreadable> {
    match open.last_mut() {
        Some(element) => element.children.push(Node::Text(text.to_owned())),
        None if text.chars().all(char::is_whitespace) => {}
        None => return Err(Unreadable),
    }
    Ok(())
}

/// An attribute's value: white space as it is written becomes a blank, as a reference it stays.
fn value(written: &[u8]) -> Result<String, Unreadable> {
    let blank = utf8(written)?.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ");
    unescape(&blank).map(std::borrow::Cow::into_owned).map_err(|_| Unreadable)
}

fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(bytes).map_err(|_| Unreadable)
}

/// The character that a reference stands for: a number, or one of XML's five.
fn character(reference: &BytesRef<'_>) -> Result<char, Unreadable> {
    if let Some(c) = reference.resolve_char_ref().map_err(|_| Unreadable)? {
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
    fn what_is_no_plain_xml_is_refused() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Element::read(&deep(DEPTH)).is_ok());
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "<a>&unknown;</a>",
            "<a x='1' x='2'/>",
            "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
            "<p:a/>",
            "<a p:x='1'/>",
            "<a xmlns:p=''/>",
            "<a:b:c xmlns:a='u'/>",
            "<a><?target data?></a>",
            "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            &deep(DEPTH + 1),
        ] {
            assert_eq!(Element::read(text).err(), Some(Unreadable), "{text:.60}");
        }
    }

    #[test]
    fn names_mean_what_their_prefixes_stand_for() {
        let root = Element::read("<a xmlns='u'><b xmlns=''/><p:c xmlns:p='v' p:x='1' x='2'/></a>").unwrap();
        assert!(root.is("u", "a") && root.only("", "b").is_some());
        let c = root.only("v", "c").unwrap();
        assert_eq!(c.attribute("x"), Some("2"));
        assert!(Element::read("<a><b/><b/></a>").unwrap().only("", "b").is_none());
    }
}
