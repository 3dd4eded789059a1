//! A JSON tree that keeps what a validator needs: order of the fields, repeated fields, integers, and the place of a
//! value as a JSON pointer (RFC 6901). Text is borrowed from the document where it holds no escape.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::borrow::Cow;
use std::fmt;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; integers of 64 bits stay exact.
    Number(Number),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object, fields as they stand.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Longest excerpt of a value that is shown in a fault, in characters.
const EXCERPT_CHARS_MAX: usize = 60;

impl<'a> Json<'a> {
    /// Parses a text.
    ///
    /// # Errors
    /// The syntax error with its line and column.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.trim_start_matches('\u{feff}'))
    }

    /// The first field of that name, where this is an object.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        match self {
            Self::Object(fields) => fields.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text, where this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as it stands in a message: shortened, containers named by their kind.
    pub fn excerpt(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) if text.chars().count() > EXCERPT_CHARS_MAX => {
                let head: String = text.chars().take(EXCERPT_CHARS_MAX).collect();
                format!("\"{head}…\"")
            }
            Self::Text(text) => format!("\"{text}\""),
            Self::List(items) if items.is_empty() => "[]".to_owned(),
            Self::List(_) => "[…]".to_owned(),
            Self::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Self::Object(_) => "{…}".to_owned(),
        }
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = access.next_key::<Key<'de>>()? {
            fields.push((key.0, access.next_value()?));
        }
        Ok(Json::Object(fields))
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

/// A field's name, borrowed where it can be (serde's own `Cow` always copies).
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(TreeVisitor)? {
            Json::Text(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a field's name must be text")),
        }
    }
}

/// Where a value stands: a chain of steps on the stack, written out as a JSON pointer only when a fault is found.
#[derive(Debug, Clone, Copy)]
pub enum Place<'p> {
    /// The whole document.
    Root,
    /// A field of an object.
    Field(&'p Place<'p>, &'p str),
    /// An item of a list, counted from 0.
    Item(&'p Place<'p>, usize),
}

impl<'p> Place<'p> {
    /// The place of a field of the object that stands here.
    pub fn field(&'p self, key: &'p str) -> Self {
        Self::Field(self, key)
    }

    /// The place of an item of the list that stands here.
    pub fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, key) => {
                write!(f, "{parent}/")?;
                if key.contains(['~', '/']) {
                    f.write_str(&key.replace('~', "~0").replace('/', "~1"))
                } else {
                    f.write_str(key)
                }
            }
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_repeats_and_integers() {
        let json =
            Json::parse(r#"{"b": 18446744073709551615, "a": "x", "b": [null, true, "\u4e2d"]}"#).unwrap();
        let Json::Object(fields) = &json else { panic!("an object") };
        assert_eq!(fields.iter().map(|(k, _)| k.as_ref()).collect::<Vec<_>>(), ["b", "a", "b"]);
        assert_eq!(fields[0].1.excerpt(), "18446744073709551615");
        assert!(matches!(&fields[1].1, Json::Text(Cow::Borrowed("x"))));
        assert_eq!(fields[2].1, Json::List(vec![Json::Null, Json::Bool(true), Json::Text("中".into())]));
    }

    #[test]
    fn pointer_escapes() {
        let root = Place::Root;
        let list = root.field("a/b~c");
        let item = list.item(3);
        assert_eq!(item.field("x:y").to_string(), "/a~1b~0c/3/x:y");
        assert_eq!(root.to_string(), "");
    }

    #[test]
    fn syntax_error_has_a_line() {
        assert_eq!(Json::parse("{\n \"a\": }").unwrap_err().line(), 2);
    }
}
