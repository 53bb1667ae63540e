//! Exclusive XML Canonicalization 1.0 without comments, of a whole element.
//!
//! Of a document, that is the root element and nothing around it.

use super::xml::{Element, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The algorithm's identifier.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The name spaces that are written already, by prefix.
type Written<'e> = BTreeMap<&'e str, &'e str>;

/// Writes an element as a signature takes it: without `left_out`, and keeping the declarations of
/// `kept` prefixes wherever they are in scope.
pub(super) fn canonical(element: &Element, left_out: Option<&Element>, kept: &BTreeSet<&str>) -> String {
    let mut out = String::new();
    write(&mut out, element, left_out, kept, &Written::new());
    out
}

fn write<'e>(
    out: &mut String,
    element: &'e Element,
    left_out: Option<&Element>,
    kept: &BTreeSet<&'e str>,
    outside: &Written<'e>,
) {
    let name = element.name.written();
    let mut written = outside.clone();
    *out += "<";
    *out += &name;
    // Ordered by prefix, the default first.
    let mut used: BTreeSet<&str> = element
        .attributes
        .iter()
        .map(|(name, _)| name.prefix.as_str())
        .filter(|prefix| !prefix.is_empty())
        .collect();
    used.insert(&element.name.prefix);
    used.extend(kept.iter().filter(|prefix| element.scope.contains_key(**prefix)));
    for prefix in used.into_iter().filter(|prefix| *prefix != "xml") {
        let space = element.scope.get(prefix).map_or("", String::as_str);
        if written.get(prefix).copied().unwrap_or_default() != space {
            written.insert(prefix, space);
            let colon = if prefix.is_empty() { "" } else { ":" };
            attribute(out, &format!("xmlns{colon}{prefix}"), space);
        }
    }
    let mut attributes: Vec<_> = element.attributes.iter().collect();
    attributes.sort_by_key(|(name, _)| (&name.space, &name.local));
    for (name, value) in attributes {
        attribute(out, &name.written(), value);
    }
    *out += ">";
    for node in &element.children {
        match node {
            Node::Element(child) if left_out.is_some_and(|it| std::ptr::eq(it, child)) => {}
            Node::Element(child) => write(out, child, left_out, kept, &written),
            Node::Text(text) => escape(out, text, |c| match c {
                '&' => Some("&amp;"),
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                '\r' => Some("&#xD;"),
                _ => None,
            }),
        }
    }
    // Writing to a string can't fail.
    write!(out, "</{name}>").ok();
}

fn attribute(out: &mut String, name: &str, value: &str) {
    *out += " ";
    *out += name;
    *out += "=\"";
    escape(out, value, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
    *out += "\"";
}

fn escape(out: &mut String, text: &str, by: impl Fn(char) -> Option<&'static str>) {
    for c in text.chars() {
        match by(c) {
            Some(reference) => *out += reference,
            None => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, path: &[&str], kept: &[&str]) -> String {
        let root = Element::read(text).unwrap();
        let mut element = &root;
        for name in path {
            element = element.elements().find(|child| child.name.local == *name).unwrap();
        }
        canonical(element, None, &kept.iter().copied().collect())
    }

    /// The expected texts are what libxml2 (`xmllint --exc-c14n`) writes, but for comments.
    #[test]
    fn a_document_is_written_as_libxml2_does() {
        for (text, expected) in [
            (
                "<?xml version='1.0'?>\n<!-- x --><a  b = '1'\n a='2'><!-- no --><b/></a>\n",
                r#"<a a="2" b="1"><b></b></a>"#,
            ),
            (
                "<a xmlns='urn:u' xmlns:unused='urn:w'><b xmlns=''><c/></b><d xmlns='urn:u'/></a>",
                r#"<a xmlns="urn:u"><b xmlns=""><c></c></b><d></d></a>"#,
            ),
            (
                "<p:a xmlns:p='urn:v' xmlns:q='urn:u' q:z='1' p:y='2' x='3' xml:lang='en'><p:b xmlns:p='urn:w'/><p:c/></p:a>",
                r#"<p:a xmlns:p="urn:v" xmlns:q="urn:u" x="3" xml:lang="en" q:z="1" p:y="2"><p:b xmlns:p="urn:w"></p:b><p:c></p:c></p:a>"#,
            ),
            (
                "<a b='1\t2\n3&#9;4&#10;5&#13;6&lt;&gt;&quot;&apos;&amp;'>\r\n&#13;&lt;&gt;\"&amp;<![CDATA[<&>]]></a>",
                "<a b=\"1 2 3&#x9;4&#xA;5&#xD;6&lt;>&quot;'&amp;\">\n&#xD;&lt;&gt;\"&amp;&lt;&amp;&gt;</a>",
            ),
        ] {
            assert_eq!(of(text, &[], &[]), expected, "{text}");
        }
    }

    /// The example of the recommendation's section 2.2, and what its section 3 makes of a list of prefixes.
    #[test]
    fn a_part_takes_along_what_it_uses_and_what_is_kept() {
        let text = r#"<n0:pdu xmlns:n0="http://a.example" xmlns:n2="http://c.example" xmlns="urn:d"><n1:elem2 xmlns:n1="http://b.example" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:pdu>"#;
        assert_eq!(
            of(text, &["elem2"], &[]),
            r#"<n1:elem2 xmlns:n1="http://b.example" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#
        );
        assert_eq!(
            of(text, &["elem2"], &["", "n2", "none"]),
            r#"<n1:elem2 xmlns="urn:d" xmlns:n1="http://b.example" xmlns:n2="http://c.example" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#
        );
    }

    #[test]
    fn what_is_left_out_leaves_its_surroundings() {
        let root = Element::read("<a> <b>1</b> <b>2</b></a>").unwrap();
        let second = root.elements().nth(1);
        assert_eq!(canonical(&root, second, &BTreeSet::new()), "<a> <b>1</b> </a>");
    }
}
