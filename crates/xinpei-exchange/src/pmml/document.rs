//! Elements of a document, their attributes and lines.

use roxmltree::{Document, Node, ParsingOptions};
use xinpei::Error;

use crate::failure::Findings;

/// Largest document, in bytes.
const BYTES: usize = 16 * 1024 * 1024;
/// Most elements and texts of a document.
const NODES: u32 = 1_000_000;

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Error> {
    if text.len() > BYTES {
        return Err(Error::input(format!("the document is larger than {} MB", BYTES / 1024 / 1024)));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text.trim_start_matches('\u{feff}'), options)
        .map_err(|e| Error::input(format!("the document is not XML: {}", e.to_string().to_lowercase())))
}

/// The elements of a name inside an element.
pub(crate) fn children<'a, 'd: 'a>(node: Node<'a, 'd>, name: &'static str) -> impl Iterator<Item = Node<'a, 'd>> {
    elements(node).filter(move |n| n.tag_name().name() == name)
}

/// The elements inside an element; extensions are nobody's business.
pub(crate) fn elements<'a, 'd: 'a>(node: Node<'a, 'd>) -> impl Iterator<Item = Node<'a, 'd>> {
    node.children().filter(|n| n.is_element() && n.tag_name().name() != "Extension")
}

/// The first element of a name.
pub(crate) fn child<'a, 'd: 'a>(node: Node<'a, 'd>, name: &'static str) -> Option<Node<'a, 'd>> {
    children(node, name).next()
}

/// The line on which an element starts.
pub(crate) fn line(node: Node<'_, '_>) -> u32 {
    node.document().text_pos_at(node.range().start).row
}

/// What a message calls an element.
pub(crate) fn place(node: Node<'_, '_>) -> String {
    let tag = node.tag_name().name();
    let name = ["name", "field", "modelName"].iter().find_map(|key| node.attribute(*key));
    name.map_or_else(|| tag.to_owned(), |name| format!("{tag} `{name}`"))
}

impl Findings {
    /// Something about an element cannot be carried.
    pub(crate) fn refuse_node(&mut self, node: Node<'_, '_>, what: impl Into<String>) {
        self.refuse(line(node), place(node), what);
    }

    /// Attributes and elements other than these cannot be carried.
    pub(crate) fn only(&mut self, node: Node<'_, '_>, attributes: &[&str], inside: &[&str]) {
        for attribute in node.attributes() {
            if attribute.namespace().is_none() && !attributes.contains(&attribute.name()) {
                self.refuse_node(node, format!("the attribute `{}` is not carried", attribute.name()));
            }
        }
        for element in elements(node) {
            if !inside.contains(&element.tag_name().name()) {
                self.refuse_node(element, format!("it is not carried inside {}", place(node)));
            }
        }
    }
}
