//! What is wrong in a document: where, what was read, what is expected.

use serde::Serialize;
use std::fmt;

/// One fault of an EPCIS document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}：{}应为{expected}", if place.is_empty() { "文档" } else { place }, found.as_ref().map_or("缺少此项，".to_owned(), |f| format!("读到 {f}，")))]
pub struct Fault {
    /// JSON pointer of the value; of a missing value, the place where it should stand. Empty for the whole document.
    pub place: String,
    /// The value as it stands, shortened; `None` where it is missing.
    pub found: Option<String>,
    /// What should stand there.
    pub expected: Expected,
}

/// What a place of an EPCIS document wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Expected {
    /// JSON text; the parser's own words say what is wrong.
    Json(String),
    /// An object.
    Object,
    /// A list.
    List,
    /// A list with at least one item.
    NonEmptyList,
    /// An object or a list of objects and URIs (`@context`).
    Context,
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An absolute URI.
    Uri,
    /// An instant with time zone.
    Time,
    /// A day of the calendar.
    Date,
    /// An offset `±HH:MM` up to 14:00.
    ZoneOffset,
    /// A version such as `2.0`.
    Version,
    /// Hexadecimal digits.
    Hex,
    /// A unit code of UN/ECE Recommendation 20.
    UnitCode,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A word of a CBV vocabulary or a URI outside CBV's namespaces; with the nearest standard word, if one is near.
    Word {
        /// Name of the vocabulary's field, such as `bizStep`.
        vocabulary: &'static str,
        /// Nearest standard word.
        nearest: Option<&'static str>,
    },
    /// The field's presence.
    Present,
    /// At least one of these fields.
    AnyOf(&'static [&'static str]),
    /// A field of the standard, or a name with a namespace prefix; with the nearest standard field, if one is near.
    Field {
        /// Nearest standard field.
        nearest: Option<&'static str>,
    },
    /// A field name with a namespace prefix.
    Namespaced,
    /// A field that occurs once in its object.
    Once,
    /// An item that occurs once in its list.
    Distinct,
    /// No such field here: instance/lot master data belong to objects that are made.
    NoIlmd,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(detail) => write!(f, "合法的 JSON（{detail}）"),
            Self::Object => f.write_str("对象 {…}"),
            Self::List => f.write_str("列表 […]"),
            Self::NonEmptyList => f.write_str("至少有一项的列表"),
            Self::Context => f.write_str("URI、对象，或由它们组成的列表"),
            Self::Text => f.write_str("文本"),
            Self::Number => f.write_str("数字（不加引号）"),
            Self::Boolean => f.write_str("true 或 false"),
            Self::Uri => f.write_str("URI，如 urn:epc:id:sgtin:… 或 https://id.gs1.org/01/…"),
            Self::Time => f.write_str("带时区的时间，如 2026-11-22T08:30:00+08:00"),
            Self::Date => f.write_str("日期，如 2026-11-22"),
            Self::ZoneOffset => f.write_str("时区偏移，如 +08:00"),
            Self::Version => f.write_str("版本号，如 2.0"),
            Self::Hex => f.write_str("十六进制数字"),
            Self::UnitCode => f.write_str("UN/ECE 第20号建议书的单位代码，如 KGM"),
            Self::OneOf(words) => write!(f, "其中之一：{}", words.join("、")),
            Self::Word { vocabulary, nearest } => {
                write!(f, "CBV 2.0 的 {vocabulary} 标准词，或自有词表的 URI")?;
                nearest.map_or(Ok(()), |word| write!(f, "；是否为 {word}？"))
            }
            Self::Present => f.write_str("必填项"),
            Self::AnyOf(fields) => write!(f, "至少有其中一项：{}", fields.join("、")),
            Self::Field { nearest } => {
                f.write_str("标准字段，或带命名空间前缀的扩展字段（如 example:field）")?;
                nearest.map_or(Ok(()), |field| write!(f, "；是否为 {field}？"))
            }
            Self::Namespaced => f.write_str("带命名空间前缀的字段名（如 example:field）"),
            Self::Once => f.write_str("只出现一次的字段"),
            Self::Distinct => f.write_str("列表中不重复的项"),
            Self::NoIlmd => f.write_str("空缺：ilmd 只用于转换事件和 action 为 ADD 的对象事件"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_what_and_what_to_do() {
        let place = "/epcisBody/eventList/0/bizStep".to_owned();
        let expected = Expected::Word { vocabulary: "bizStep", nearest: Some("transporting") };
        let fault = Fault { place, found: Some("\"transportng\"".to_owned()), expected };
        assert_eq!(
            fault.to_string(),
            "/epcisBody/eventList/0/bizStep：读到 \"transportng\"，应为CBV 2.0 的 bizStep 标准词，或自有词表的 URI；是否为 transporting？"
        );
        let missing = Fault { place: "/type".to_owned(), found: None, expected: Expected::Present };
        assert_eq!(missing.to_string(), "/type：缺少此项，应为必填项");
    }
}
