//! Master data of EPCIS documents: what their headers call sites, products, steps and parties.

use ledger::hash::link;
use serde_json::Value;
use std::collections::BTreeMap;

/// Attributes of one element, by the last part of their names (`name`, `descriptionShort`, `nameEn`, `enterprise`).
pub(super) type Attributes = BTreeMap<String, String>;

/// Elements by canonical identifier.
#[derive(Debug, Clone, Default)]
pub(super) struct Masters {
    elements: BTreeMap<String, Attributes>,
}

impl Masters {
    /// Takes over the master data of a document's head, where it has some. What is said later replaces what was said before.
    pub fn take(&mut self, head: &str) {
        if !head.contains("\"epcisMasterData\"") {
            return;
        }
        let Ok(head) = serde_json::from_str::<Value>(head) else { return };
        let lists = head["epcisHeader"]["epcisMasterData"]["vocabularyList"].as_array();
        let elements =
            lists.into_iter().flatten().filter_map(|list| list["vocabularyElementList"].as_array());
        for element in elements.flatten() {
            let Some(id) = element["id"].as_str() else { continue };
            let said = self.elements.entry(identity(id)).or_default();
            for attribute in element["attributes"].as_array().into_iter().flatten() {
                let name = attribute["id"].as_str().and_then(|id| id.rsplit([':', '#', '/']).next());
                let value = match &attribute["attribute"] {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    Value::Bool(is) => Some(is.to_string()),
                    _ => None,
                };
                if let (Some(name), Some(value)) = (name, value) {
                    said.insert(name.to_owned(), value);
                }
            }
        }
    }

    /// An attribute of an element.
    pub fn get(&self, id: &str, attribute: &str) -> Option<&str> {
        self.elements.get(id)?.get(attribute).map(String::as_str)
    }

    /// A number of an element.
    pub fn number(&self, id: &str, attribute: &str) -> Option<f64> {
        self.get(id, attribute)?.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// Chinese and English name of an element; the identifier itself where nothing names it.
    pub fn name(&self, id: &str) -> (String, String) {
        let zh = self.get(id, "name").or_else(|| self.get(id, "descriptionShort")).unwrap_or(id);
        (zh.to_owned(), self.get(id, "nameEn").unwrap_or(zh).to_owned())
    }
}

/// Canonical identifier. A class pattern (`urn:epc:idpat:sgtin:C.I.*`) is the product's Digital Link.
fn identity(id: &str) -> String {
    let class = id.strip_prefix("urn:epc:idpat:sgtin:").and_then(|rest| rest.strip_suffix(".*"));
    if let Some(class) = class {
        let lot = link::canonical(&format!("urn:epc:class:lgtin:{class}.0"));
        if let Some(lot) = lot {
            return super::facts::product_of(&lot).to_owned();
        }
    }
    link::canonical(id).unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_header() {
        let head = r#"{"epcisHeader": {"epcisMasterData": {"vocabularyList": [
            {"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": [
                {"id": "urn:epc:id:sgln:4012345.00001.0", "attributes": [
                    {"id": "cbv:mda:name", "attribute": "线材厂"}, {"id": "urn:yulin:ledger:nameEn", "attribute": "Wire"},
                    {"id": "urn:yulin:ledger:utility", "attribute": "1.5"}]}]},
            {"type": "urn:epcglobal:epcis:vtype:EPCClass", "vocabularyElementList": [
                {"id": "urn:epc:idpat:sgtin:4012345.011111.*", "attributes": [
                    {"id": "cbv:mda:descriptionShort", "attribute": "铜线"}]}]}]}}}"#;
        let mut masters = Masters::default();
        masters.take(head);
        masters.take("{\"epcisMasterData\"");
        let site = "https://id.gs1.org/414/4012345000016";
        assert_eq!(masters.name(site), ("线材厂".to_owned(), "Wire".to_owned()));
        assert_eq!(masters.number(site, "utility"), Some(1.5));
        assert_eq!(masters.name("https://id.gs1.org/01/04012345111118").1, "铜线");
        assert_eq!(masters.name("urn:x").0, "urn:x");
    }
}
