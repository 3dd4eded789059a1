//! Master data of EPCIS documents: what their headers call sites, products, steps and parties.

use ledger::hash::link;
use ledger::query::Parameter;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Attributes of one element, by the last part of their names (`name`, `descriptionShort`, `nameEn`, `enterprise`).
pub(super) type Attributes = BTreeMap<String, String>;

/// Elements by canonical identifier.
#[derive(Debug, Clone, Default)]
pub(super) struct Masters {
    elements: BTreeMap<String, Attributes>,
    /// What lies directly within an element.
    children: BTreeMap<String, BTreeSet<String>>,
}

/// Fields whose values are elements of master data.
const PLACES: [&str; 2] = ["bizLocation", "readPoint"];

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
            let within = element["children"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let within: Vec<String> = within.map(identity).collect();
            if !within.is_empty() {
                self.children.entry(identity(id)).or_default().extend(within);
            }
            let said = self.elements.entry(identity(id)).or_default();
            for attribute in element["attributes"].as_array().into_iter().flatten() {
                let name = attribute["id"].as_str().map(attribute_of);
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

    /// Parameters of a query in which those that speak of master data (`HASATTR_`, `EQATTR_`, `WD_` of places) name the elements that are
    /// meant. What no element answers stays as it is: it finds nothing.
    pub fn answer(&self, parameters: &[Parameter]) -> Vec<Parameter> {
        parameters
            .iter()
            .map(|parameter| self.answered(parameter).unwrap_or_else(|| parameter.clone()))
            .collect()
    }

    /// True where an answer needs master data.
    pub fn are_asked_by(parameters: &[Parameter]) -> bool {
        parameters.iter().any(|p| ["HASATTR_", "EQATTR_", "WD_"].iter().any(|word| p.name.starts_with(word)))
    }

    fn answered(&self, parameter: &Parameter) -> Option<Parameter> {
        let (operation, rest) = parameter.name.split_once('_')?;
        let place = PLACES
            .into_iter()
            .find(|place| rest.strip_prefix(place).is_some_and(|r| r.is_empty() || r.starts_with('_')))?;
        let attribute = rest[place.len()..].strip_prefix('_');
        let has = |test: &dyn Fn(&Attributes) -> bool| {
            let meant: Vec<String> =
                self.elements.iter().filter(|(_, said)| test(said)).map(|(id, _)| id.clone()).collect();
            (!meant.is_empty()).then(|| Parameter { name: format!("EQ_{place}"), values: meant })
        };
        match (operation, attribute) {
            ("HASATTR", None) => {
                has(&|said| parameter.values.iter().any(|name| said.contains_key(attribute_of(name))))
            }
            ("EQATTR", Some(attribute)) => has(&|said| {
                said.get(attribute_of(attribute)).is_some_and(|value| parameter.values.contains(value))
            }),
            ("WD", None) => {
                let mut values = parameter.values.clone();
                let mut seen: BTreeSet<String> = values.iter().map(|id| identity(id)).collect();
                let mut open: Vec<String> = seen.iter().cloned().collect();
                while let Some(id) = open.pop() {
                    for child in self.children.get(&id).into_iter().flatten() {
                        if seen.insert(child.clone()) {
                            values.push(child.clone());
                            open.push(child.clone());
                        }
                    }
                }
                Some(Parameter { name: parameter.name.clone(), values })
            }
            _ => None,
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

/// The last part of an attribute's name: `name` of `urn:epcglobal:cbv:mda#name`.
fn attribute_of(name: &str) -> &str {
    name.rsplit([':', '#', '/']).next().unwrap_or(name)
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
    fn queries_name_the_elements_that_master_data_mean() {
        let head = r#"{"epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": "urn:epcglobal:epcis:vtype:BusinessLocation",
            "vocabularyElementList": [
                {"id": "https://plant.example/a", "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "甲厂"}],
                 "children": ["https://plant.example/hall"]},
                {"id": "https://plant.example/hall", "children": ["https://plant.example/line"]},
                {"id": "https://plant.example/b", "attributes": [{"id": "cbv:mda:name", "attribute": "乙厂"}]}]}]}}}"#;
        let mut masters = Masters::default();
        masters.take(head);
        let answer = |name: &str, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let asked = Parameter { name: name.to_owned(), values };
            assert!(Masters::are_asked_by(std::slice::from_ref(&asked)));
            let answered = masters.answer(&[asked]).pop().unwrap();
            (answered.name, answered.values)
        };
        let (name, values) = answer("HASATTR_bizLocation", &["urn:epcglobal:cbv:mda:name"]);
        assert_eq!(name, "EQ_bizLocation");
        assert_eq!(values, ["https://plant.example/a", "https://plant.example/b"]);
        assert_eq!(answer("EQATTR_readPoint_name", &["乙厂"]).1, ["https://plant.example/b"]);
        // Nobody has it: the parameter stays, and finds nothing.
        assert_eq!(answer("EQATTR_bizLocation_name", &["丙厂"]).0, "EQATTR_bizLocation_name");
        assert_eq!(answer("HASATTR_bizStep", &["name"]).0, "HASATTR_bizStep");
        let (name, values) = answer("WD_bizLocation", &["https://plant.example/a"]);
        assert_eq!(name, "WD_bizLocation");
        assert_eq!(
            values,
            ["https://plant.example/a", "https://plant.example/hall", "https://plant.example/line"]
        );
    }

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
