//! What the cells, the sheet's name and its titles say beside the headings.

use super::field::{Field, SheetKind, Target};
use super::headings::{ACCEPT, Headings};
use super::map::ColumnMap;
use super::plan::ColumnPlan;
use super::rows::HeadingRows;
use crate::sheet::{Row, Sheet, Value};
use model::fold::fold_key;

/// Rows that are looked at.
const SAMPLE_ROWS: usize = 60;
/// Below this a kind is a toss-up and a person must say it.
const KIND_CONFIDENCE_MIN: f64 = 0.52;

/// What is left of a kind's score where the column that a row cannot do without is missing.
const WITHOUT_REQUIRED: f64 = 0.25;
/// How much louder the headings must speak for a kind without that column to win over one with it.
const MUCH_LOUDER: f64 = 2.5;

/// The first data rows.
pub(super) struct Sample<'a>(Vec<&'a Row>);

impl<'a> Sample<'a> {
    pub(super) fn new(rows: &[&'a Row]) -> Self {
        Self(rows.iter().copied().take(SAMPLE_ROWS).collect())
    }

    /// Raises or lowers the confidence of a heading's meaning by what its cells look like.
    pub(super) fn adjust(&self, column: u32, field: Field, confidence: f64) -> f64 {
        let Some(share) = self.share(column, field) else { return confidence };
        // An exact heading is believed even over odd cells; a vague one needs them.
        let weight = if confidence >= 0.95 { 0.15 } else { 0.4 };
        (confidence + weight * (share - 0.5)).clamp(0.0, 1.0)
    }

    /// True where most cells of a column are names of organisations.
    pub(super) fn names_enterprises(&self, column: u32) -> bool {
        self.share(column, Field::Enterprise).is_some_and(|share| share > 0.5)
    }

    /// Share of the cells that look as the field's should; `None` where nothing can be said.
    fn share(&self, column: u32, field: Field) -> Option<f64> {
        let looks = test(field)?;
        let values: Vec<&Value> = self.0.iter().filter_map(|r| r.get(column)).collect();
        let alike = values.iter().filter(|v| looks(v)).count() as f64;
        (!values.is_empty()).then(|| alike / values.len() as f64)
    }
}

/// What the cells of a field look like, for fields whose cells tell.
fn test(field: Field) -> Option<fn(&Value) -> bool> {
    let test: fn(&Value) -> bool = match field {
        Field::Enterprise => |v| {
            const ENDS: [&str; 12] =
                ["公司", "厂", "集团", "中心", "院", "社", "店", "部", "所", "大学", "ltd", "（虚构示例）"];
            let key = fold_key(&v.text());
            ENDS.iter().any(|end| key.ends_with(&fold_key(end)))
                || key.contains("公司")
                || key.contains("ltd")
        },
        Field::Uscc => |v| {
            let text = v.text();
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            (15..=20).contains(&letters) && text.chars().any(|c| c.is_ascii_digit())
        },
        Field::Phone => |v| v.text().chars().filter(|c| c.is_numeric()).count() >= 7,
        Field::Quantity | Field::Capacity | Field::CapacityYear | Field::CapacityMonth | Field::Employees => {
            |v| v.is_number() || v.text().chars().any(|c| c.is_numeric())
        }
        Field::ValidFrom | Field::ValidUntil => {
            |v| matches!(v, Value::Date(_)) || v.text().chars().filter(|c| c.is_numeric()).count() >= 3
        }
        Field::Contact => |v| v.text().chars().count() <= 12,
        Field::Title => |v| !v.is_number() && v.text().chars().any(char::is_alphabetic),
        _ => return None,
    };
    Some(test)
}

/// The kind of a sheet, with confidence from 0.5 to 1; `None` for a toss-up.
pub(super) fn kind(
    sheet: &Sheet,
    found: &HeadingRows,
    words: &Headings<'_>,
    plans: &[(SheetKind, Vec<ColumnPlan>)],
    map: Option<&ColumnMap>,
) -> Option<(SheetKind, f64)> {
    let mut scores: Vec<(f64, f64, SheetKind)> = plans
        .iter()
        .map(|(kind, columns)| {
            let from_columns: f64 = columns.iter().map(|c| weight(*kind, c, words, plans)).sum();
            let from_names = hints(sheet, found, *kind);
            let from_map = map.map_or(0, |m| m.of(*kind).count()) as f64;
            let has_required = columns.iter().any(|c| c.target == Some(Target::Field(kind.required())));
            let all = 0.1 + from_columns + from_names + from_map;
            (if has_required { all } else { all * WITHOUT_REQUIRED }, all, *kind)
        })
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [(first, all, kind), (second, ..), ..] = scores[..] else { return None };
    // Headings that speak loudly for another kind, which only lacks the column that a row cannot do without: better to
    // say that this column is missing than to take the sheet for something else and pass most of it over.
    if let Some((_, loud, other)) = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1))
        && *loud > all * MUCH_LOUDER
    {
        return Some((*other, loud / (loud + all)));
    }
    let confidence = first / (first + second);
    (confidence >= KIND_CONFIDENCE_MIN).then_some((kind, confidence))
}

/// How much a column speaks for this kind: much where no other kind knows its heading.
fn weight(
    kind: SheetKind,
    column: &ColumnPlan,
    words: &Headings<'_>,
    plans: &[(SheetKind, Vec<ColumnPlan>)],
) -> f64 {
    let Some(Target::Field(field)) = column.target else { return 0.0 };
    if words.is_common(field) {
        // Where an enterprise sits is what an enterprise sheet is about, and a side remark elsewhere.
        return if kind == SheetKind::Enterprises { 0.25 } else { 0.2 } * column.confidence;
    }
    let shared = plans.iter().filter(|(other, _)| *other != kind).any(|(_, columns)| {
        columns.iter().any(|c| c.column == column.column && c.target.is_some() && c.confidence >= ACCEPT)
    });
    if shared { 0.4 * column.confidence } else { 1.5 * column.confidence }
}

/// What the sheet's name, the titles above the headings and the file's name say.
fn hints(sheet: &Sheet, found: &HeadingRows, kind: SheetKind) -> f64 {
    let titles: String = sheet
        .rows
        .iter()
        .take_while(|r| r.number < found.first)
        .flat_map(|r| r.cells.iter().map(|c| fold_key(&c.value.text())))
        .collect();
    let file = sheet.file.rsplit(['/', '\\']).next().unwrap_or("");
    [(fold_key(&sheet.name), 3.0), (titles, 2.5), (fold_key(file), 2.0)]
        .into_iter()
        .map(|(text, weight)| if says(&text) == Some(kind) { weight } else { 0.0 })
        .sum()
}

/// The one kind that a text names; both sides at once (供需对接) name none.
fn says(text: &str) -> Option<SheetKind> {
    const NEEDS: [&str; 8] = ["需求", "采购", "求购", "外购", "need", "demand", "purchas", "buy"];
    const OFFERS: [&str; 12] = [
        "供给",
        "供应",
        "供货",
        "可供",
        "产能",
        "产品目录",
        "产品清单",
        "产品名录",
        "offer",
        "suppl",
        "product",
        "sell",
    ];
    const ENTERPRISES: [&str; 9] =
        ["企业名录", "企业名单", "企业信息", "会员", "名录", "一企一档", "花名册", "enterprise", "member"];
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    match (has(&NEEDS), has(&OFFERS) && !text.contains("供应商"), has(&ENTERPRISES) || text.ends_with("企业"))
    {
        (true, false, _) => Some(SheetKind::Needs),
        (false, true, _) => Some(SheetKind::Offers),
        (false, false, true) => Some(SheetKind::Enterprises),
        _ => None,
    }
}
