//! Fields outside the standard: user extensions and instance/lot master data.

use super::context::Context;
use super::reader::Reader;
use crate::json::{Json, Place};
use serde::Serialize;

/// A field outside the standard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extension {
    /// Name in Clark notation, `{namespace}local`; bare where a nested field has no namespace.
    pub name: String,
    /// Its value.
    pub value: ExtensionValue,
}

/// Value of a field outside the standard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ExtensionValue {
    /// `null`
    Null,
    /// Text, a declared prefix expanded.
    Text(String),
    /// A number.
    Number(f64),
    /// An integer too large to be exact as a floating-point number, in its own digits.
    Integer(String),
    /// `true` or `false`
    Bool(bool),
    /// Several values.
    List(Vec<ExtensionValue>),
    /// Fields.
    Object(Vec<Extension>),
}

/// Largest integer up to which every integer is exact in 64-bit floating point.
const EXACT_INTEGER_MAX: u64 = 1 << 53;

impl Extension {
    /// Reads one field.
    pub(super) fn read(
        reader: &mut Reader,
        context: &Context,
        name: &str,
        json: &Json<'_>,
        place: Place<'_>,
    ) -> Self {
        Self { name: context.clark(name), value: ExtensionValue::read(reader, context, json, place) }
    }
}

impl ExtensionValue {
    fn read(reader: &mut Reader, context: &Context, json: &Json<'_>, place: Place<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Text(text) => Self::Text(context.expand(text).into_owned()),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) if value > EXACT_INTEGER_MAX => Self::Integer(value.to_string()),
                (None, Some(value)) if value.unsigned_abs() > EXACT_INTEGER_MAX => {
                    Self::Integer(value.to_string())
                }
                _ => number.as_f64().map_or(Self::Null, Self::Number),
            },
            Json::List(items) => Self::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| Self::read(reader, context, item, place.item(i)))
                    .collect(),
            ),
            Json::Object(fields) => {
                reader.once(fields, place);
                let read = |(name, value): &(_, Json<'_>)| {
                    let name: &std::borrow::Cow<'_, str> = name;
                    Extension::read(reader, context, name, value, place.field(name))
                };
                Self::Object(fields.iter().map(read).collect())
            }
        }
    }

    /// The text, where this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, also where it stands as text (XML knows no other way).
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Integer(text) | Self::Text(text) => {
                text.trim().parse().ok().filter(|v: &f64| v.is_finite())
            }
            _ => None,
        }
    }
}
