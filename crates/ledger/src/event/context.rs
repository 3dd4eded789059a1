//! The `@context` of JSON-LD: prefixes and terms to namespaces.
//!
//! No context is fetched: the standard EPCIS context's prefixes are built in, a document's own are read where they are
//! stated inline. A context given only as a URL stands for itself.

use super::fault::Expected;
use super::reader::Reader;
use crate::json::{Json, Place};
use std::borrow::Cow;

/// Prefixes that the standard EPCIS context declares.
const STANDARD: [(&str, &str); 8] = [
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("gs1", "https://gs1.org/voc/"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("dcterms", "http://purl.org/dc/terms/"),
];

/// Prefixes and terms in force at a place of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    own: Vec<(String, String)>,
}

impl Context {
    /// The IRI of a prefix or term; later declarations win.
    pub fn lookup(&self, word: &str) -> Option<&str> {
        let own = self.own.iter().rev().find(|(key, _)| key == word).map(|(_, iri)| iri.as_str());
        own.or_else(|| STANDARD.iter().find(|(key, _)| *key == word).map(|(_, iri)| *iri))
    }

    /// Declares a prefix or term.
    pub fn declare(&mut self, word: &str, iri: &str) {
        self.own.push((word.to_owned(), iri.to_owned()));
    }

    /// A value with its prefix expanded, where it has a declared one.
    pub fn expand<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match text.split_once(':') {
            Some((prefix, rest)) if !rest.starts_with("//") => match self.lookup(prefix) {
                Some(iri) => Cow::Owned(format!("{iri}{rest}")),
                None => Cow::Borrowed(text),
            },
            _ => Cow::Borrowed(text),
        }
    }

    /// A field's name in Clark notation, `{namespace}local`; the name itself where no namespace is declared for it.
    pub fn clark(&self, name: &str) -> String {
        match name.split_once(':') {
            Some((_, rest)) if rest.starts_with("//") => split_iri(name),
            Some((prefix, local)) => match self.lookup(prefix) {
                Some(iri) => format!("{{{iri}}}{local}"),
                None if prefix == "urn" => split_iri(name),
                None => name.to_owned(),
            },
            None => self.lookup(name).map_or_else(|| name.to_owned(), split_iri),
        }
    }

    /// Adds what an `@context` value declares inline.
    pub(super) fn read(&mut self, reader: &mut Reader, json: &Json<'_>, place: Place<'_>) {
        match json {
            Json::Text(text) if super::reader::is_uri(text) => {}
            Json::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.read(reader, item, place.item(index));
                }
            }
            Json::Object(terms) => {
                for (word, definition) in terms {
                    let iri = match definition {
                        Json::Object(_) => definition.get("@id").and_then(Json::as_text),
                        other => other.as_text(),
                    };
                    match iri {
                        Some(iri) => {
                            let iri = self.expand(iri).into_owned();
                            self.declare(word, &iri);
                        }
                        // `@version: 1.1`, `"term": null` and the like declare no namespace.
                        None if word.starts_with('@')
                            || matches!(definition, Json::Null | Json::Object(_)) => {}
                        None => reader.fault(place.field(word), definition, Expected::Uri),
                    }
                }
            }
            other => reader.fault(place, other, Expected::Context),
        }
    }
}

/// An IRI split before its local name: `{https://example.org/ns/}field`.
fn split_iri(iri: &str) -> String {
    match iri.rfind(['/', '#', ':']) {
        Some(at) if at + 1 < iri.len() => format!("{{{}}}{}", &iri[..=at], &iri[at + 1..]),
        _ => iri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        let mut context = Context::default();
        context.declare("example", "https://ns.example.com/epcis/");
        context.declare("batch", "https://ns.example.com/epcis/batch");
        for (name, expect) in [
            ("example:myField", "{https://ns.example.com/epcis/}myField"),
            ("https://ns.example.com/epcis/myField", "{https://ns.example.com/epcis/}myField"),
            ("batch", "{https://ns.example.com/epcis/}batch"),
            ("cbvmda:lotNumber", "{urn:epcglobal:cbv:mda:}lotNumber"),
            ("urn:x:y:z", "{urn:x:y:}z"),
            ("other:field", "other:field"),
            ("plain", "plain"),
        ] {
            assert_eq!(context.clark(name), expect);
        }
        for (value, expect) in [
            ("gs1:Temperature", "https://gs1.org/voc/Temperature"),
            ("example:a:b", "https://ns.example.com/epcis/a:b"),
            ("https://a.b/c", "https://a.b/c"),
            ("urn:epc:id:giai:1.2", "urn:epc:id:giai:1.2"),
            ("no prefix", "no prefix"),
        ] {
            assert_eq!(context.expand(value), expect);
        }
    }
}
