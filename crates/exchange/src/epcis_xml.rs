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
        // Of a text that ends too early the parser tells its beginning.
        let ends =
            matches!(error, roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode);
        let (line, column) = if ends { end_of(text) } else { (error.pos().row, error.pos().col) };
        XmlFault { line, column, what: format!("不是合法的 XML（{error}）") }
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
    if let Some(header) = reader.header(root) {
        out.insert("epcisHeader".to_owned(), header);
    }
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

/// Line and column of a text's end, from 1.
fn end_of(text: &str) -> (u32, u32) {
    let text = text.trim_end();
    let last = text.rsplit('\n').next().unwrap_or_default();
    let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    (count(text.matches('\n').count()), count(last.chars().count()))
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

    /// Master data of the header; 1.2 keeps them in an `extension`. The envelope of business documents (SBDH) has no place in JSON.
    fn header(&mut self, root: Node<'_, '_>) -> Option<Value> {
        let header = child(root, "EPCISHeader").ok()?;
        let data = header.descendants().find(|n| n.tag_name().name() == "EPCISMasterData")?;
        self.note("/epcisHeader", header);
        let lists = "/epcisHeader/epcisMasterData/vocabularyList";
        let mut vocabularies: Vec<Value> = Vec::new();
        for vocabulary in data.descendants().filter(|n| n.tag_name().name() == "Vocabulary") {
            let place = format!("{lists}/{}", vocabularies.len());
            self.note(&place, vocabulary);
            let mut found: Vec<Value> = Vec::new();
            for element in vocabulary.descendants().filter(|n| n.tag_name().name() == "VocabularyElement") {
                self.note(&format!("{place}/vocabularyElementList/{}", found.len()), element);
                found.push(vocabulary_element(element));
            }
            let mut fields = Map::new();
            if let Some(kind) = vocabulary.attribute("type") {
                fields.insert("type".to_owned(), kind.into());
            }
            fields.insert("vocabularyElementList".to_owned(), found.into());
            vocabularies.push(fields.into());
        }
        Some(json!({ "epcisMasterData": { "vocabularyList": vocabularies } }))
    }
}

/// An element of a vocabulary with its attributes and children.
fn vocabulary_element(element: Node<'_, '_>) -> Value {
    let mut fields = Map::new();
    if let Some(id) = element.attribute("id") {
        fields.insert("id".to_owned(), id.into());
    }
    let named = |name: &'static str| elements(element).filter(move |n| n.tag_name().name() == name);
    let attributes: Vec<Value> = named("attribute")
        .map(|a| json!({ "id": a.attribute("id").unwrap_or_default(), "attribute": text_of(a) }))
        .collect();
    if !attributes.is_empty() {
        fields.insert("attributes".to_owned(), attributes.into());
    }
    let children: Vec<Value> =
        named("children").flat_map(elements).map(|child| text_of(child).into()).collect();
    if !children.is_empty() {
        fields.insert("children".to_owned(), children.into());
    }
    fields.into()
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
