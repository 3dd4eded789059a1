//! Fields of a market's own, and what it asks of the record's.

use super::error::{CellError, ErrorCode};
use super::row::RowReader;
use super::specs::NOTE_CHARS;
use crate::columns::{SheetKind, Target, record_field};
use model::markets::{Market, MarketField};
use model::spec::Specification;
use model::visibility::Noun;
use std::collections::BTreeMap;

/// What a row says in its market's own fields.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// The words, by the fields' ids.
    pub(super) values: BTreeMap<String, String>,
    /// What is compared of them.
    pub(super) specs: Vec<Specification>,
}

impl<'a> RowReader<'a> {
    /// The market that the row belongs to; none for parts and materials.
    pub(super) fn market(&self) -> Option<&'a Market> {
        self.context().reference.markets.other(&self.sheet.plan.market)
    }

    fn side(&self) -> Noun {
        if self.sheet.plan.kind == SheetKind::Needs { Noun::Need } else { Noun::Offer }
    }

    /// Reads the market's own fields; what must be there and is not is refused.
    pub(super) fn own(&mut self) -> Own {
        let mut out = Own::default();
        let Some(market) = self.market() else { return out };
        let (side, units) = (self.side(), &self.context().reference.units);
        for (place, field) in (0u16..).zip(&market.fields) {
            let Some(names) = field.name(side) else { continue };
            let found = self.cell_of(place, field);
            let Some((column, text)) = found.filter(|(_, text)| !text.is_empty()) else {
                if field.required.contains(&side) && field.id != "title" && !self.context().lenient {
                    let column = self.column_of(place, field);
                    let error = self.fault(column, &names.zh, ErrorCode::FieldMissing).expected("填写此项");
                    self.refuse(error.hint(&field.hint.zh));
                }
                continue;
            };
            if !field.own {
                continue;
            }
            if text.chars().count() > NOTE_CHARS {
                let error = self.fault(column, &names.zh, ErrorCode::TooLong).read(&text);
                self.refuse(error.expected(format!("不超过{NOTE_CHARS}字")));
                continue;
            }
            match market.read_own(&field.id, &text, side, units) {
                Ok(spec) => {
                    out.specs.extend(spec);
                    out.values.insert(field.id.clone(), text);
                }
                Err(expected) => {
                    let error = self.fault(column, &names.zh, ErrorCode::FieldUnreadable).read(&text);
                    self.refuse(error.expected(expected.0).hint(&field.hint.zh));
                }
            }
        }
        out
    }

    fn fault(&self, column: u32, name: &str, code: ErrorCode) -> CellError {
        CellError::new(self.sheet.sheet, self.row.number, column, name, code)
    }

    /// The column of a field, the first of the sheet where it has none.
    fn column_of(&self, place: u16, field: &MarketField) -> u32 {
        let target =
            if field.own { Some(Target::Own(place)) } else { record_field(&field.id).map(Target::Field) };
        let columns = &self.sheet.plan.columns;
        columns.iter().find(|c| c.target.is_some() && c.target == target).map_or(0, |c| c.column)
    }

    /// Column and words of a field; a date of a workbook as a day.
    fn cell_of(&self, place: u16, field: &MarketField) -> Option<(u32, String)> {
        if !field.own {
            let found = self.one(record_field(&field.id)?)?;
            return Some((found.plan.column, found.text().into_owned()));
        }
        let plan = self.sheet.plan.columns.iter().find(|c| c.target == Some(Target::Own(place)))?;
        let value = self.sheet.fill.value(self.row, plan.column)?;
        let text = value.text();
        if super::row::is_nothing(&text) {
            return None;
        }
        let bare = text.chars().last().is_some_and(|c| c.is_ascii_digit());
        let unit = plan.unit.as_deref().filter(|_| bare && field.unit.is_some()).unwrap_or_default();
        Some((plan.column, format!("{}{unit}", text.trim())))
    }
}
