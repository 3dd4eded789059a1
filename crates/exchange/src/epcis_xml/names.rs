//! Names: namespaces and their prefixes, words of CBV, which list holds which items.

use roxmltree::Node;
use serde_json::{Map, Value};

/// The standard context, which every document in JSON names.
pub const EPCIS_CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/// Namespaces of EPCIS itself, whose elements are no extensions.
const EPCIS: [&str; 4] = [
    "urn:epcglobal:epcis:xsd:1",
    "urn:epcglobal:epcis:xsd:2",
    "urn:epcglobal:epcis-query:xsd:1",
    "urn:epcglobal:epcis-query:xsd:2",
];

/// Namespaces as XML writes them, whose prefix the standard context of JSON declares (there with the separator that a JSON
/// name needs).
const STANDARD: [(&str, &str); 2] = [("urn:epcglobal:cbv:mda", "cbvmda"), ("https://gs1.org/voc/", "gs1")];

/// Attributes of this namespace speak of the schema, not of the event.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// URNs of CBV 1.2 in front of standard words (CBV 2.0, section 7).
const WORD_URNS: [&str; 5] = [
    "urn:epcglobal:cbv:bizstep:",
    "urn:epcglobal:cbv:disp:",
    "urn:epcglobal:cbv:btt:",
    "urn:epcglobal:cbv:sdt:",
    "urn:epcglobal:cbv:er:",
];

/// Lists of the standard with their items' element.
pub const LISTS: [(&str, &str); 12] = [
    ("epcList", "epc"),
    ("childEPCs", "epc"),
    ("inputEPCList", "epc"),
    ("outputEPCList", "epc"),
    ("quantityList", "quantityElement"),
    ("childQuantityList", "quantityElement"),
    ("inputQuantityList", "quantityElement"),
    ("outputQuantityList", "quantityElement"),
    ("bizTransactionList", "bizTransaction"),
    ("sourceList", "source"),
    ("destinationList", "destination"),
    ("sensorElementList", "sensorElement"),
];

/// Attributes of a sensor report that are numbers in JSON.
pub const NUMBERS: [&str; 7] =
    ["value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"];

/// A standard word without the URN of CBV 1.2; anything else as it is.
pub fn word(text: &str) -> &str {
    WORD_URNS.iter().find_map(|urn| text.strip_prefix(urn)).unwrap_or(text)
}

/// True for an element or attribute that is no extension.
pub fn is_standard(namespace: Option<&str>) -> bool {
    namespace.is_none_or(|ns| EPCIS.contains(&ns))
}

/// Prefixes of the namespaces met, each prefix with one namespace for the whole document.
#[derive(Debug, Default)]
pub struct Prefixes(Vec<(String, String)>);

impl Prefixes {
    /// `prefix:local` for a name of another namespace.
    pub fn name(&mut self, node: Node<'_, '_>, namespace: &str, local: &str) -> String {
        if let Some((_, prefix)) = STANDARD.iter().find(|(ns, _)| *ns == namespace) {
            return format!("{prefix}:{local}");
        }
        if let Some((prefix, _)) = self.0.iter().find(|(_, ns)| ns == namespace) {
            return format!("{prefix}:{local}");
        }
        let wanted = node.lookup_prefix(namespace).filter(|p| !p.is_empty()).unwrap_or("ns").to_owned();
        let is_taken =
            |p: &str| self.0.iter().any(|(q, _)| q == p) || matches!(p, "cbvmda" | "gs1" | "epcis" | "cbv");
        let numbered = (2..).map(|n| format!("{wanted}{n}"));
        let prefix = std::iter::once(wanted.clone()).chain(numbered).find(|p| !is_taken(p)).unwrap_or(wanted);
        self.0.push((prefix.clone(), namespace.to_owned()));
        format!("{prefix}:{local}")
    }

    /// What `@context` has to declare.
    pub fn declared(self) -> Map<String, Value> {
        self.0.into_iter().map(|(prefix, namespace)| (prefix, namespace.into())).collect()
    }
}
