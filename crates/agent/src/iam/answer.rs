//! IAM's answers: small XML documents, taken only if they are what they should be.

use crate::sts::word;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::events::Event;

/// How deep an answer of IAM's goes at most.
const DEEPEST: usize = 16;

/// An access key of a user, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Whether it is switched on.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// A new access key.
#[derive(Clone, Debug)]
pub struct CreatedKey {
    /// The key.
    pub key: AccessKey,
    /// Its secret, which IAM tells this once.
    pub secret: Sealed,
}

/// When, where and for what a key was used last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUsed {
    /// When; a key may never have been used.
    pub at: Option<Timestamp>,
    /// The service, `s3` for instance; `N/A` for a key that was never used.
    pub service: String,
    /// The region.
    pub region: String,
}

/// An MFA device of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaDevice {
    /// Its serial number or ARN.
    pub serial: String,
    /// Since when it is enabled.
    pub enabled: Option<Timestamp>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl AccessKey {
    pub(super) fn read(node: &Node) -> Option<Self> {
        Some(Self {
            id: node.word("AccessKeyId", 128)?,
            active: node.word("Status", 20)? == "Active",
            created: node.time("CreateDate")?,
        })
    }
}

impl CreatedKey {
    pub(super) fn read(node: &Node) -> Option<Self> {
        // IAM tells the date of a new key too, but has not always.
        let created = node.time("CreateDate").unwrap_or_else(crate::clock::now);
        Some(Self {
            key: AccessKey {
                id: node.word("AccessKeyId", 128)?,
                active: node.word("Status", 20)? == "Active",
                created,
            },
            secret: Sealed::new(node.word("SecretAccessKey", 1024)?),
        })
    }
}

impl LastUsed {
    pub(super) fn read(node: &Node) -> Option<Self> {
        Some(Self {
            at: node.time("LastUsedDate"),
            service: node.word("ServiceName", 100)?,
            region: node.word("Region", 60)?,
        })
    }
}

impl MfaDevice {
    pub(super) fn read(node: &Node) -> Option<Self> {
        Some(Self { serial: node.word("SerialNumber", 256)?, enabled: node.time("EnableDate") })
    }
}

impl User {
    pub(super) fn read(node: &Node) -> Option<Self> {
        Some(Self { name: node.word("UserName", 128)?, arn: node.word("Arn", 2048)? })
    }
}

/// One element of an answer. It may hold a secret, so it has no Debug.
#[derive(Default)]
pub(super) struct Node {
    name: String,
    pub(super) text: String,
    pub(super) children: Vec<Self>,
}

impl Drop for Node {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.text);
    }
}

impl Node {
    /// Reads a document.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) if open.len() < DEEPEST => {
                    let name = String::from_utf8(start.local_name().as_ref().to_vec()).ok()?;
                    let mut node = Self::default();
                    node.name = name;
                    open.push(node);
                }
                Event::Start(_) | Event::DocType(_) => return None,
                Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().ok()?;
                    let character = match reference.resolve_char_ref().ok()? {
                        Some(character) => character.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&name)?.to_owned(),
                    };
                    open.last_mut()?.text.push_str(&character);
                }
                Event::End(_) => {
                    let done = open.pop()?;
                    open.last_mut()?.children.push(done);
                }
                Event::Eof if open.len() == 1 => return open.pop(),
                Event::Eof => return None,
                Event::Empty(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The first element of this name, in the order of the document.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&Self) -> Option<T>) -> Result<T, ()> {
        read(self).ok_or(())
    }

    pub(super) fn word(&self, name: &str, most: usize) -> Option<String> {
        word(&self.find(name)?.text, most)
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.find(name)?.text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_what_is_none_is_not() {
        let root = Node::parse(
            "<?xml version=\"1.0\"?>\n<R xmlns=\"x\"><L><member><A>1&amp;2&#x33;</A></member><member><A>4</A></member></L></R>",
        )
        .unwrap();
        let list = root.find("L").unwrap();
        assert_eq!(list.children.len(), 2);
        assert_eq!(list.word("A", 9).as_deref(), Some("1&23"));
        assert!(root.find("B").is_none());
        for bad in ["<a>", "<a></b>", "<!DOCTYPE a><a/>", "<a>&unknown;</a>", &"<a>".repeat(100)] {
            assert!(Node::parse(bad).is_none(), "{bad}");
        }
    }
}
