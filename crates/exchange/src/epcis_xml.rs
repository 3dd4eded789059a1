//! EPCIS documents in XML (1.2 and 2.0) to the JSON binding of EPCIS 2.0, which is the one form that the ledger reads.
//!
//! What EPCIS 1.2 keeps in `extension` and `baseExtension` comes out where 2.0 has it, words of CBV lose their URN, elements
//! of other namespaces become prefixed fields with their prefix declared in `@context`. Nothing is judged here: an element
//! that the standard does not know goes through under its own name and is a fault for whoever reads the JSON, and
//! [`Converted::line`] says where in the XML it stood.

mod event;
mod names;

pub use names::EPCIS_CONTEXT;
use names::Prefixes;
use roxmltree::Node;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A document in JSON that was one in XML.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The document in the JSON binding of EPCIS 2.0.
    pub json: String,
    lines: HashMap<String, u32>,
}

/// XML that cannot be read as an EPCIS document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第{line}行第{column}列：{what}")]
pub struct XmlFault {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What was found and what is expected.
    pub what: String,
}

impl Converted {
    /// Line of the XML, from 1, for a JSON pointer: of the value itself, or of the nearest thing around it.
    pub fn line(&self, pointer: &str) -> Option<u32> {
        let mut place = pointer;
        loop {
            if let Some(line) = self.lines.get(place) {
                return Some(*line);
            }
            place = &place[..place.rfind('/')?];
        }
    }
}

/// True for a text that begins as XML does.
pub fn is_xml(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// Reads an `EPCISDocument` or `EPCISQueryDocument`.
///
/// # Errors
/// Text that is no XML (document type definitions are refused), another root, no body, or something that the JSON binding
/// has no place for, with line and column.
pub fn convert(text: &str) -> Result<Converted, XmlFault> {
    let document = roxmltree::Document::parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let at = error.pos();
        XmlFault { line: at.row, column: at.col, what: format!("不是合法的 XML（{error}）") }
    })?;
    let root = document.root_element();
    let mut reader = Reader { lines: HashMap::new(), prefixes: Prefixes::default() };
    let mut out = Map::new();
    for (name, attribute) in [("schemaVersion", "schemaVersion"), ("creationDate", "creationDate")] {
        if let Some(value) = root.attribute(attribute) {
            reader.note(&format!("/{name}"), root);
            out.insert(name.to_owned(), value.into());
        }
    }
    reader.note("", root);
    let kind = root.tag_name().name();
    let body = match kind {
        "EPCISDocument" => {
            let list = child(child(root, "EPCISBody")?, "EventList")?;
            json!({ "eventList": reader.events(list, "/epcisBody/eventList")? })
        }
        "EPCISQueryDocument" => {
            let results = child(child(root, "EPCISBody")?, "QueryResults")?;
            let mut fields = Map::new();
            for name in ["queryName", "subscriptionID"] {
                if let Some(node) = elements(results).find(|n| n.tag_name().name() == name) {
                    fields.insert(name.to_owned(), text_of(node).into());
                }
            }
            let list = child(child(results, "resultsBody")?, "EventList")?;
            let events = reader.events(list, "/epcisBody/queryResults/resultsBody/eventList")?;
            fields.insert("resultsBody".to_owned(), json!({ "eventList": events }));
            json!({ "queryResults": fields })
        }
        other => {
            let what = format!("根元素为 <{other}>，应为 EPCISDocument 或 EPCISQueryDocument");
            return Err(fault(root, what));
        }
    };
    let mut context: Vec<Value> = vec![names::EPCIS_CONTEXT.into()];
    let declared = reader.prefixes.declared();
    if !declared.is_empty() {
        context.push(declared.into());
    }
    out.insert("@context".to_owned(), context.into());
    out.insert("type".to_owned(), kind.into());
    out.insert("epcisBody".to_owned(), body);
    Ok(Converted { json: Value::Object(out).to_string(), lines: reader.lines })
}

/// The state of a conversion.
struct Reader {
    lines: HashMap<String, u32>,
    prefixes: Prefixes,
}

impl Reader {
    /// Remembers where the value of a JSON pointer stands.
    fn note(&mut self, pointer: &str, node: Node<'_, '_>) {
        self.lines.insert(pointer.to_owned(), node.document().text_pos_at(node.range().start).row);
    }
}

/// Child elements.
fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

/// The child element of that local name.
fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Result<Node<'a, 'i>, XmlFault> {
    elements(node)
        .find(|n| n.tag_name().name() == name)
        .ok_or_else(|| fault(node, format!("<{}> 中缺少 <{name}>", node.tag_name().name())))
}

/// The text of an element without the white space around it; text split by comments is joined.
fn text_of(node: Node<'_, '_>) -> String {
    let text: String = node.children().filter(Node::is_text).filter_map(|n| n.text()).collect();
    text.trim().to_owned()
}

fn fault(node: Node<'_, '_>, what: String) -> XmlFault {
    let at = node.document().text_pos_at(node.range().start);
    XmlFault { line: at.row, column: at.col, what }
}

#[cfg(test)]
mod tests;
