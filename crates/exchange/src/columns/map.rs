//! Mappings that people give or that were remembered: which heading is which field.

use super::field::{Field, SheetKind, Target};
use model::fold::fold_name;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One wish of a person: this heading is this field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapEntry {
    /// Kind of sheet it is for.
    pub kind: SheetKind,
    /// The field; none where the column is to be left out, and for a field of the market's own.
    pub target: Option<Target>,
    /// Id of a field of the market's own (`needs.own.power`): which one that is, the sheet's market says.
    pub own: Option<String>,
    /// The heading, or the letters of the column.
    pub heading: String,
}

impl MapEntry {
    /// True for the target that it names.
    pub(super) fn is_target(&self, target: Option<Target>) -> bool {
        match self.own {
            Some(_) => matches!(target, Some(Target::Own(_))),
            None => target == self.target,
        }
    }
}

/// All wishes for an import (`--map needs.title=NAME`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(pub Vec<MapEntry>);

/// Why a mapping cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Not of the form `kind.field=heading`.
    #[error("映射“{0}”应写成 类别.字段=列名，如 needs.title=产品名称")]
    Form(String),
    /// The kind is unknown.
    #[error("映射“{0}”的类别“{1}”应为 enterprises、needs 或 offers")]
    Kind(String, String),
    /// The field is unknown.
    #[error("映射“{text}”的字段“{field}”不存在{hint}")]
    Field {
        /// The mapping.
        text: String,
        /// What stands for the field.
        field: String,
        /// The nearest fields.
        hint: String,
    },
}

impl ColumnMap {
    /// Reads mappings of the form `needs.title=NAME`.
    ///
    /// # Errors
    /// The first one that cannot be read.
    pub fn parse<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, MapError> {
        texts.into_iter().map(|text| entry(text.as_ref())).collect::<Result<_, _>>().map(Self)
    }

    /// The entries for one kind of sheet.
    pub fn of(&self, kind: SheetKind) -> impl Iterator<Item = &MapEntry> {
        self.0.iter().filter(move |e| e.kind == kind)
    }
}

/// What a mapping says in place of a field for a column that is to be left out.
pub const LEAVE_OUT: &str = "none";

/// What stands before the id of a field of the market's own.
const OWN: &str = "own.";

fn entry(text: &str) -> Result<MapEntry, MapError> {
    let form = || MapError::Form(text.to_owned());
    let (left, heading) = text.split_once('=').ok_or_else(form)?;
    let (kind, field) = left.split_once('.').ok_or_else(form)?;
    let heading = heading.trim().to_owned();
    if heading.is_empty() {
        return Err(form());
    }
    let kind =
        SheetKind::parse(kind).ok_or_else(|| MapError::Kind(text.to_owned(), kind.trim().to_owned()))?;
    let own = field.trim().strip_prefix(OWN).map(str::to_owned);
    let target = match field.trim() {
        LEAVE_OUT => None,
        _ if own.is_some() => None,
        field => Some(Target::parse(field).ok_or_else(|| MapError::Field {
            text: text.to_owned(),
            field: field.to_owned(),
            hint: nearest(field),
        })?),
    };
    Ok(MapEntry { kind, target, own, heading })
}

fn nearest(wanted: &str) -> String {
    let alike = |key: &str| {
        let (short, long) = if key.len() < wanted.len() { (key, wanted) } else { (wanted, key) };
        !short.is_empty() && (long.contains(short) || short.chars().take(3).eq(long.chars().take(3)))
    };
    let near: Vec<&str> = Field::ALL.iter().map(|f| f.key()).filter(|key| alike(key)).take(4).collect();
    if near.is_empty() { String::new() } else { format!("，是否为 {}？", near.join("、")) }
}

/// What was decided for one source: remembered by the application, handed back on the next import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMap {
    /// Kind of sheet.
    pub kind: SheetKind,
    /// Heading to the key of its target; empty for a column that is left out.
    pub columns: BTreeMap<String, String>,
}

/// What is remembered, by the fingerprint of the source's headings.
pub type Remembered = BTreeMap<String, SourceMap>;

/// Fingerprint of a source: SHA-256 over its sorted headings, so that the order of columns does not matter.
pub fn fingerprint<'a>(headings: impl IntoIterator<Item = &'a str>) -> String {
    let mut keys: Vec<String> = headings.into_iter().map(fold_name).filter(|k| !k.is_empty()).collect();
    keys.sort();
    sha256_hex(keys.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_mappings_and_says_what_is_wrong() {
        let map = ColumnMap::parse(["needs.title=NAME", "offers.规格参数=技术 说明", "企业.uscc=C"]).unwrap();
        assert_eq!(map.0[0].target, Some(Target::Field(Field::Title)));
        assert_eq!(ColumnMap::parse(["needs.none=内部编号"]).unwrap().0[0].target, None);
        let own = &ColumnMap::parse(["offers.own.power=功率"]).unwrap().0[0];
        assert_eq!((own.target, own.own.as_deref()), (None, Some("power")));
        assert_eq!(map.0[1].heading, "技术 说明");
        assert_eq!(map.of(SheetKind::Enterprises).count(), 1);
        let error = |text| ColumnMap::parse([text]).unwrap_err().to_string();
        insta::assert_snapshot!(error("needs.title"), @"映射“needs.title”应写成 类别.字段=列名，如 needs.title=产品名称");
        insta::assert_snapshot!(error("wants.title=x"), @"映射“wants.title=x”的类别“wants”应为 enterprises、needs 或 offers");
        insta::assert_snapshot!(error("needs.titel=x"), @"映射“needs.titel=x”的字段“titel”不存在，是否为 title？");
    }
}
