//! Events of a document, element by element.

use super::names::{self, LISTS, NUMBERS, XSI};
use super::{Reader, XmlFault, elements, fault, text_of};
use roxmltree::Node;
use serde_json::{Map, Number, Value, json};
use std::str::FromStr;

type Fields = Map<String, Value>;

/// 1.2 still has the deprecated `QuantityEvent`: so much of a class was observed, which 2.0 says with an object event.
fn as_object_event(fields: &mut Fields) {
    let mut quantity = Fields::new();
    if let Some(class) = fields.remove("epcClass") {
        quantity.insert("epcClass".to_owned(), class);
    }
    if let Some(amount) = fields.remove("quantity") {
        quantity.insert("quantity".to_owned(), amount.as_str().map_or(Value::Null, number));
    }
    fields.insert("type".to_owned(), "ObjectEvent".into());
    fields.insert("action".to_owned(), "OBSERVE".into());
    fields.insert("quantityList".to_owned(), json!([quantity]));
}

/// Deeper elements are refused: JSON readers have such limits too, and nothing real is so deep.
const DEPTH_MAX: usize = 64;

impl Reader {
    /// The events of an `EventList`; 1.2 wraps the newer types in `extension`.
    pub(super) fn events(&mut self, list: Node<'_, '_>, place: &str) -> Result<Vec<Value>, XmlFault> {
        self.note(place, list);
        let mut out = Vec::new();
        let mut waiting: Vec<Node<'_, '_>> = elements(list).collect();
        waiting.reverse();
        while let Some(node) = waiting.pop() {
            if node.tag_name().name() == "extension" {
                let inner: Vec<_> = elements(node).collect();
                waiting.extend(inner.into_iter().rev());
                continue;
            }
            let at = format!("{place}/{}", out.len());
            self.note(&at, node);
            let mut fields = Fields::new();
            fields.insert("type".to_owned(), node.tag_name().name().into());
            self.fields(node, &at, &mut fields)?;
            if node.tag_name().name() == "QuantityEvent" {
                as_object_event(&mut fields);
            }
            out.push(fields.into());
        }
        Ok(out)
    }

    /// The fields of an event, those of its extension points among them.
    fn fields(&mut self, node: Node<'_, '_>, place: &str, out: &mut Fields) -> Result<(), XmlFault> {
        for element in elements(node) {
            let name = element.tag_name().name();
            if !names::is_standard(element.tag_name().namespace()) {
                self.extension(element, place, out)?;
                continue;
            }
            if matches!(name, "extension" | "baseExtension") {
                self.fields(element, place, out)?;
                continue;
            }
            let at = format!("{place}/{name}");
            self.note(&at, element);
            let value = match name {
                "bizStep" | "disposition" => names::word(&text_of(element)).into(),
                "readPoint" | "bizLocation" => self.part(element, &at)?,
                "errorDeclaration" => self.declaration(element, &at)?,
                "persistentDisposition" => persistent(element),
                "ilmd" => self.master_data(element, &at)?,
                "certificationInfo" => {
                    push(out, name, text_of(element).into());
                    continue;
                }
                _ => match LISTS.iter().find(|(list, _)| *list == name) {
                    Some((_, item)) => self.list(element, &at, item)?,
                    None => text_of(element).into(),
                },
            };
            if out.insert(name.to_owned(), value).is_some() {
                return Err(fault(element, format!("<{name}> 在同一事件中出现两次")));
            }
        }
        Ok(())
    }

    fn list(&mut self, list: Node<'_, '_>, place: &str, item: &str) -> Result<Value, XmlFault> {
        let mut out = Vec::new();
        for element in elements(list) {
            let found = element.tag_name().name();
            if found != item {
                let what = format!("<{}> 中读到 <{found}>，应为 <{item}>", list.tag_name().name());
                return Err(fault(element, what));
            }
            let at = format!("{place}/{}", out.len());
            self.note(&at, element);
            out.push(match item {
                "epc" => text_of(element).into(),
                "quantityElement" => self.part(element, &at)?,
                "sensorElement" => self.sensor(element, &at)?,
                _ => {
                    let mut fields = Fields::new();
                    if let Some(kind) = element.attribute("type") {
                        fields.insert("type".to_owned(), names::word(kind).into());
                    }
                    fields.insert(item.to_owned(), text_of(element).into());
                    fields.into()
                }
            });
        }
        Ok(out.into())
    }

    /// A place or a quantity: its own fields, and extensions.
    fn part(&mut self, node: Node<'_, '_>, place: &str) -> Result<Value, XmlFault> {
        let mut out = Fields::new();
        for element in elements(node) {
            let name = element.tag_name().name();
            if !names::is_standard(element.tag_name().namespace()) {
                self.extension(element, place, &mut out)?;
            } else if name == "extension" {
                for inner in elements(element) {
                    self.extension(inner, place, &mut out)?;
                }
            } else {
                self.note(&format!("{place}/{name}"), element);
                let text = text_of(element);
                let value = if name == "quantity" { number(&text) } else { text.into() };
                out.insert(name.to_owned(), value);
            }
        }
        Ok(out.into())
    }

    fn declaration(&mut self, node: Node<'_, '_>, place: &str) -> Result<Value, XmlFault> {
        let mut out = Fields::new();
        for element in elements(node) {
            let name = element.tag_name().name();
            let is_standard = names::is_standard(element.tag_name().namespace());
            match name {
                _ if !is_standard => self.extension(element, place, &mut out)?,
                "extension" => {
                    for inner in elements(element) {
                        self.extension(inner, place, &mut out)?;
                    }
                }
                "correctiveEventIDs" => {
                    let ids: Vec<Value> = elements(element).map(|id| text_of(id).into()).collect();
                    out.insert(name.to_owned(), ids.into());
                }
                "reason" => _ = out.insert(name.to_owned(), names::word(&text_of(element)).into()),
                _ => _ = out.insert(name.to_owned(), text_of(element).into()),
            }
            self.note(&format!("{place}/{name}"), element);
        }
        Ok(out.into())
    }

    fn master_data(&mut self, node: Node<'_, '_>, place: &str) -> Result<Value, XmlFault> {
        let mut out = Fields::new();
        for element in elements(node) {
            if element.tag_name().name() == "extension" && names::is_standard(element.tag_name().namespace())
            {
                for inner in elements(element) {
                    self.extension(inner, place, &mut out)?;
                }
            } else {
                self.extension(element, place, &mut out)?;
            }
        }
        Ok(out.into())
    }

    fn sensor(&mut self, node: Node<'_, '_>, place: &str) -> Result<Value, XmlFault> {
        let mut out = Fields::new();
        let mut reports = Vec::new();
        for element in elements(node) {
            match element.tag_name().name() {
                "sensorMetadata" => {
                    let at = format!("{place}/sensorMetadata");
                    let metadata = self.attributes(element, &at);
                    out.insert("sensorMetadata".to_owned(), metadata);
                }
                "sensorReport" => {
                    let at = format!("{place}/sensorReport/{}", reports.len());
                    let report = self.attributes(element, &at);
                    reports.push(report);
                }
                "extension" if names::is_standard(element.tag_name().namespace()) => {
                    for inner in elements(element) {
                        self.extension(inner, place, &mut out)?;
                    }
                }
                _ => self.extension(element, place, &mut out)?,
            }
        }
        out.insert("sensorReport".to_owned(), reports.into());
        Ok(out.into())
    }

    /// The attributes of sensor metadata or a report.
    fn attributes(&mut self, node: Node<'_, '_>, place: &str) -> Value {
        self.note(place, node);
        let mut out = Fields::new();
        for attribute in node.attributes() {
            let (name, text) = (attribute.name(), attribute.value().trim());
            match attribute.namespace() {
                Some(XSI) => {}
                Some(namespace) => {
                    let key = self.prefixes.name(node, namespace, name);
                    out.insert(key, text.into());
                }
                None => {
                    let value = match (name, text) {
                        ("booleanValue", "true" | "1") => true.into(),
                        ("booleanValue", "false" | "0") => false.into(),
                        _ if NUMBERS.contains(&name) => number(text),
                        _ => text.into(),
                    };
                    out.insert(name.to_owned(), value);
                }
            }
        }
        out.into()
    }

    /// Adds an element of another namespace; one that comes again makes a list.
    fn extension(&mut self, node: Node<'_, '_>, place: &str, out: &mut Fields) -> Result<(), XmlFault> {
        let name = match node.tag_name().namespace() {
            Some(namespace) if !names::is_standard(Some(namespace)) => {
                self.prefixes.name(node, namespace, node.tag_name().name())
            }
            _ => node.tag_name().name().to_owned(),
        };
        let at = format!("{place}/{name}");
        self.note(&at, node);
        if node.ancestors().nth(DEPTH_MAX).is_some() {
            return Err(fault(node, format!("元素嵌套超过 {DEPTH_MAX} 层")));
        }
        if let Some(attribute) = node.attributes().find(|a| a.namespace() != Some(XSI)) {
            let what = format!(
                "扩展元素 <{}> 带有属性 {}：JSON 形式没有属性的位置，应写成子元素",
                node.tag_name().name(),
                attribute.name()
            );
            return Err(fault(node, what));
        }
        let value = if elements(node).next().is_some() {
            let mut fields = Fields::new();
            for element in elements(node) {
                self.extension(element, &at, &mut fields)?;
            }
            fields.into()
        } else {
            Value::from(text_of(node))
        };
        push(out, &name, value);
        Ok(())
    }
}

/// Adds a value; a second one of the same name makes a list of both.
fn push(out: &mut Fields, name: &str, value: Value) {
    match out.get_mut(name) {
        None => _ = out.insert(name.to_owned(), value),
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = json!([first.take(), value]),
    }
}

fn persistent(node: Node<'_, '_>) -> Value {
    let mut out = Fields::new();
    for element in elements(node) {
        let list = out.entry(element.tag_name().name()).or_insert_with(|| json!([]));
        if let Value::Array(words) = list {
            words.push(names::word(&text_of(element)).into());
        }
    }
    out.into()
}

/// A number in its own digits; text that is none stays text, to be found faulty where it is read.
fn number(text: &str) -> Value {
    let plain = text.strip_prefix('+').unwrap_or(text);
    let plain = if plain.starts_with('.') { format!("0{plain}") } else { plain.to_owned() };
    Number::from_str(plain.trim_end_matches('.')).map_or_else(|_| text.into(), Value::Number)
}
