//! Quantities and capacities.

use super::error::{CellError, ErrorCode};
use super::row::{Found, RowReader};
use crate::columns::Field;
use crate::sheet::Value;
use model::fold::{fold, fold_key};
use model::quantity::{Quantity, QuantityRange};
use model::spectext::{QuantityError, parse_quantity_or};
use model::unit::UnitTable;

/// Which end of an interval counts.
#[derive(Clone, Copy)]
enum End {
    Low,
    High,
}

/// What a cell of an amount needs beside its own text.
#[derive(Default)]
struct Surroundings {
    /// Unit where the cell names none: from its heading or its unit column.
    unit: Option<String>,
    /// Time where neither names one: 月, 年.
    period: Option<&'static str>,
    /// True where zero says something (no free capacity).
    zero: bool,
}

impl RowReader<'_> {
    pub(super) fn units(&self) -> &UnitTable {
        &self.context().reference.units
    }

    /// How much is needed. A frequency that names no time goes into the note.
    pub(super) fn need_quantity(&mut self, note: &mut String) -> Option<Quantity> {
        let frequency = self.one(Field::Frequency);
        let mut period = None;
        if let Some(found) = &frequency {
            match frequency_period(&found.text()) {
                Some(read) => period = read,
                None => *note = format!("频次：{}", found.text()),
            }
        }
        for (field, own) in [(Field::Quantity, None), (Field::QuantityYear, Some("年"))] {
            if let Some(found) = self.one(field) {
                let heading = heading_period(&found.plan.heading);
                let around = Surroundings {
                    unit: self.unit_beside(&found, Field::Unit),
                    period: own.or(period).or(heading),
                    zero: false,
                };
                return self.quantity(&found, &around, End::High);
            }
        }
        None
    }

    /// Total capacity, by the time that the column or the cell names.
    pub(super) fn capacity(&mut self) -> Option<Quantity> {
        let fields = [
            (Field::CapacityMonth, Some("月")),
            (Field::CapacityYear, Some("年")),
            (Field::CapacityDay, Some("天")),
            (Field::Capacity, None),
        ];
        for (field, period) in fields {
            if let Some(found) = self.one(field) {
                let period = period.or_else(|| heading_period(&found.plan.heading));
                let around =
                    Surroundings { unit: self.unit_beside(&found, Field::CapacityUnit), period, zero: false };
                return self.quantity(&found, &around, End::Low);
            }
        }
        None
    }

    /// Free capacity, as an amount or as a share of the total.
    pub(super) fn spare_capacity(&mut self, total: Option<&Quantity>) -> Option<Quantity> {
        let fields =
            [(Field::SpareMonth, Some("月")), (Field::SpareYear, Some("年")), (Field::SpareCapacity, None)];
        for (field, period) in fields {
            let Some(found) = self.one(field) else { continue };
            if let Some(share) = share(&found.value, false) {
                return total.map(|t| Quantity::new(t.value * share, &t.unit));
            }
            let stock = ["现货", "库存", "stock"].iter().any(|w| fold_key(&found.plan.heading).contains(w));
            let total_period =
                total.and_then(|t| t.unit.rsplit_once('/')).and_then(|(_, time)| period_word(time));
            let period =
                period.or_else(|| heading_period(&found.plan.heading)).or(total_period.filter(|_| !stock));
            let unit =
                self.unit_beside(&found, Field::CapacityUnit).or_else(|| total.map(|t| t.unit.clone()));
            let spare = self.quantity(&found, &Surroundings { unit, period, zero: true }, End::Low)?;
            self.warn_above(&found, &spare, total);
            return Some(spare);
        }
        for (field, of_load) in [(Field::SpareRate, false), (Field::LoadRate, true)] {
            let Some(found) = self.one(field) else { continue };
            match share(&found.value, true) {
                Some(share) => {
                    let share = if of_load { 1.0 - share } else { share };
                    return total.map(|t| Quantity::new(t.value * share, &t.unit));
                }
                None => {
                    let error = self
                        .error_at(&found, ErrorCode::NumberUnreadable)
                        .expected("0%到100%之间的百分比，如 30%");
                    self.refuse(error);
                }
            }
        }
        None
    }

    fn warn_above(&mut self, found: &Found<'_>, spare: &Quantity, total: Option<&Quantity>) {
        let Some(total) = total else { return };
        let Ok(value) = spare.value_in(&total.unit, self.units()) else { return };
        if value > total.value * (1.0 + 1e-9) {
            let warning = self
                .error_at(found, ErrorCode::SpareAboveCapacity)
                .expected(format!("不超过总产能 {total}"))
                .hint("剩余产能大于总产能，请核实单位");
            self.warn(warning);
        }
    }

    pub(super) fn minimum_order(&mut self) -> Option<Quantity> {
        let found = self.one(Field::MinimumOrder)?;
        let unit = self.unit_beside(&found, Field::CapacityUnit);
        // A unit of capacity (万片/月) counts here without its time.
        let unit = unit.map(|u| u.split_once('/').map_or(u.clone(), |(numerator, _)| numerator.to_owned()));
        self.quantity(&found, &Surroundings { unit, ..Default::default() }, End::Low)
    }

    /// What an offer is sold in whole multiples of.
    pub(super) fn lot(&mut self) -> Option<Quantity> {
        let found = self.one(Field::Lot)?;
        let unit = self.unit_beside(&found, Field::CapacityUnit);
        let unit = unit.map(|u| u.split_once('/').map_or(u.clone(), |(numerator, _)| numerator.to_owned()));
        self.quantity(&found, &Surroundings { unit, ..Default::default() }, End::Low)
    }

    /// The unit that a cell's heading or the unit column of its row gives; an unknown one is refused.
    fn unit_beside(&mut self, found: &Found<'_>, column: Field) -> Option<String> {
        if let Some(unit) = &found.plan.unit {
            return Some(unit.clone());
        }
        let beside = self.one(column)?;
        let text = fold(&beside.text()).trim_matches(['/', '(', ')', ' ']).to_owned();
        match self.units().unit(&text) {
            Ok(unit) => Some(unit.symbol),
            Err(unknown) => {
                // A unit column may stand beside several amounts; one refusal is enough.
                let column = beside.plan.column;
                if !self.errors.iter().any(|e| e.column == column && e.code == ErrorCode::UnitUnknown) {
                    let error = self
                        .error_at(&beside, ErrorCode::UnitUnknown)
                        .expected("计量单位，如 片、万片/月、吨/年、卷")
                        .hint(nearest(&unknown.nearest));
                    self.refuse(error);
                }
                None
            }
        }
    }

    fn quantity(&mut self, found: &Found<'_>, around: &Surroundings, end: End) -> Option<Quantity> {
        let text = found.text();
        if is_negative(&text) {
            return self.refuse_sign(found);
        }
        let read = match parse_quantity_or(&text, self.units(), around.unit.as_deref()) {
            Ok(quantity) => quantity,
            Err(QuantityError::Range(range)) => of_range(&range, end)?,
            Err(QuantityError::Unstated) => return None,
            Err(QuantityError::NoUnit { value, .. }) => {
                // An unknown unit beside it is refused already.
                if !self.errors.iter().any(|e| e.code == ErrorCode::UnitUnknown) {
                    let warning = self
                        .error_at(found, ErrorCode::UnitMissing)
                        .expected("带单位的数量，如 5000片/月")
                        .hint("没有单位，产能与需求量将无法比较");
                    self.warn(warning);
                }
                Quantity::new(value, "")
            }
            Err(error) => return self.refuse_quantity(found, &error),
        };
        if read.value < 0.0 || (read.value == 0.0 && !around.zero) {
            return self.refuse_sign(found);
        }
        let unit = match around.period {
            Some(time) if !read.unit.contains('/') && !read.unit.is_empty() => {
                format!("{}/{time}", read.unit)
            }
            _ => read.unit,
        };
        Some(Quantity { value: read.value, unit })
    }

    fn refuse_sign<T>(&mut self, found: &Found<'_>) -> Option<T> {
        let error = self.error_at(found, ErrorCode::QuantityNotPositive).expected("大于零的数量");
        self.refuse(error);
        None
    }

    fn refuse_quantity<T>(&mut self, found: &Found<'_>, error: &QuantityError) -> Option<T> {
        let placed = |code| self.error_at(found, code).expected("数字加单位，如 5000片/月");
        let error: CellError = match error {
            QuantityError::UnknownUnit { unit, .. } => {
                let near = self.units().unit(unit).err().and_then(|e| e.nearest);
                placed(ErrorCode::UnitUnknown).hint(format!("不认识的单位“{unit}”{}", suggestion(&near)))
            }
            _ => placed(ErrorCode::QuantityUnreadable),
        };
        self.refuse(error);
        None
    }
}

fn of_range(range: &QuantityRange, end: End) -> Option<Quantity> {
    match end {
        End::Low => range.low_end(),
        End::High => range.high_end(),
    }
}

pub(super) fn is_negative(text: &str) -> bool {
    let folded = fold(text);
    let mut chars = folded.trim_start().chars();
    chars.next() == Some('-') && chars.next().is_some_and(|c| c.is_ascii_digit() || c == '.')
}

/// A share of 0..=1 from `30%`, and, where the column holds shares, from 0.3 or 30.
fn share(value: &Value, bare: bool) -> Option<f64> {
    let text = fold(&value.text());
    let share = match text.trim().strip_suffix('%') {
        Some(number) => number.trim().parse::<f64>().ok()? / 100.0,
        None if bare => {
            let number = text.trim().parse::<f64>().ok()?;
            if number > 1.0 { number / 100.0 } else { number }
        }
        None => return None,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// The time that a heading speaks of: 月用量.
fn heading_period(heading: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 10] = [
        ("月", "月"),
        ("年", "年"),
        ("季", "季度"),
        ("周", "周"),
        ("日产", "天"),
        ("日均", "天"),
        ("每天", "天"),
        ("month", "月"),
        ("annual", "年"),
        ("year", "年"),
    ];
    let key = fold_key(heading);
    WORDS.iter().find(|(word, _)| key.contains(word)).map(|(_, time)| *time)
}

fn period_word(time: &str) -> Option<&'static str> {
    ["月", "年", "季度", "周", "天"].into_iter().find(|t| *t == time)
}

/// The time that a cell of frequency names; `Some(None)` for once; `None` where it says something else.
fn frequency_period(text: &str) -> Option<Option<&'static str>> {
    let key = fold_key(text);
    let key = key
        .trim_start_matches(['每', '按', '/', '1', '一'])
        .trim_start_matches("次/")
        .trim_end_matches("一次")
        .trim_end_matches("1次")
        .trim_end_matches(['度', '/']);
    Some(match key {
        "次" | "次性" | "单次" | "" | "单批" | "批" | "once" | "次性采购" | "不定期" | "按需" | "长期"
        | "常年" | "临时" => None,
        "月" | "个月" | "monthly" | "month" | "月采购" => Some("月"),
        "年" | "yearly" | "annually" | "year" | "annual" => Some("年"),
        "季" | "个季" | "季节" | "quarterly" | "quarter" => Some("季度"),
        "周" | "星期" | "weekly" | "week" => Some("周"),
        "天" | "日" | "daily" | "day" => Some("天"),
        _ => return None,
    })
}

fn nearest(near: &Option<String>) -> String {
    near.as_ref().map_or(String::new(), |n| format!("是否为“{n}”？"))
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref().map_or(String::new(), |n| format!("，是否为“{n}”？"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies() {
        for (text, expect) in [
            ("每月", Some(Some("月"))),
            ("月", Some(Some("月"))),
            ("每月一次", Some(Some("月"))),
            ("一次性", Some(None)),
            ("按季度", Some(Some("季度"))),
            ("一年", Some(Some("年"))),
            ("每月两次", None),
        ] {
            assert_eq!(frequency_period(text), expect, "{text}");
        }
    }
}
