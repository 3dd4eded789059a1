//! Amounts: quantities, capacities, prices, distances, days, counts.

use super::error::{CellError, ErrorCode};
use super::row::{Found, RowReader};
use crate::columns::Field;
use crate::sheet::Value;
use model::fold::{fold, fold_key};
use model::price::PriceRange;
use model::quantity::{Quantity, QuantityRange};
use model::spectext::{PriceError, QuantityError, parse_price, parse_quantity_or};
use model::unit::UnitTable;

/// Half the girth of the earth; nothing is farther.
const KM_MAX: f64 = 20_040.0;
/// Longest sample time.
const DAYS_MAX: f64 = 3_650.0;
/// Employees of the largest enterprises.
const COUNT_MAX: f64 = 10_000_000.0;
/// Yuan above which a yearly revenue is a slip (10 trillion).
const YUAN_MAX: f64 = 1e13;

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
    fn units(&self) -> &UnitTable {
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
                let around = Surroundings { unit: self.unit_beside(&found, Field::CapacityUnit), period, zero: false };
                return self.quantity(&found, &around, End::Low);
            }
        }
        None
    }

    /// Free capacity, as an amount or as a share of the total.
    pub(super) fn spare_capacity(&mut self, total: Option<&Quantity>) -> Option<Quantity> {
        let fields = [(Field::SpareMonth, Some("月")), (Field::SpareYear, Some("年")), (Field::SpareCapacity, None)];
        for (field, period) in fields {
            let Some(found) = self.one(field) else { continue };
            if let Some(share) = share(&found.value, false) {
                return total.map(|t| Quantity::new(t.value * share, &t.unit));
            }
            let stock = ["现货", "库存", "stock"].iter().any(|w| fold_key(&found.plan.heading).contains(w));
            let total_period = total.and_then(|t| t.unit.rsplit_once('/')).and_then(|(_, time)| period_word(time));
            let period = period
                .or_else(|| heading_period(&found.plan.heading))
                .or(total_period.filter(|_| !stock));
            let unit = self.unit_beside(&found, Field::CapacityUnit).or_else(|| total.map(|t| t.unit.clone()));
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
                    let error =
                        self.error_at(&found, ErrorCode::NumberUnreadable).expected("0%到100%之间的百分比，如 30%");
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
            Some(time) if !read.unit.contains('/') && !read.unit.is_empty() => format!("{}/{time}", read.unit),
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

    /// Price out of one column, or of a lowest and a highest one.
    pub(super) fn price(&mut self) -> Option<PriceRange> {
        if let Some(found) = self.one(Field::Price) {
            return self.priced(&found);
        }
        let (low, high) = (self.one(Field::PriceLow), self.one(Field::PriceHigh));
        let low_price = low.as_ref().and_then(|f| self.priced(f));
        let high_price = high.as_ref().and_then(|f| self.priced(f));
        let per = low_price.iter().chain(&high_price).map(|p| p.per.clone()).find(|p| !p.is_empty()).unwrap_or_default();
        let low_yuan = low_price.and_then(|p| p.low_yuan.or(p.high_yuan));
        let high_yuan = high_price.and_then(|p| p.high_yuan.or(p.low_yuan));
        if let (Some(a), Some(b), Some(cell)) = (low_yuan, high_yuan, &high)
            && a > b
        {
            self.refuse_price_order(cell, a, b);
            return None;
        }
        (low_yuan.is_some() || high_yuan.is_some()).then_some(PriceRange { low_yuan, high_yuan, per })
    }

    fn priced(&mut self, found: &Found<'_>) -> Option<PriceRange> {
        let text = found.text();
        if is_negative(&text) {
            let error = self.error_at(found, ErrorCode::PriceUnreadable).expected("不小于零的价格");
            self.refuse(error);
            return None;
        }
        let bare = fold(&text).chars().all(|c| c.is_ascii_digit() || "., -~至到".contains(c));
        let unit = found.plan.unit.clone().or_else(|| self.one(Field::PriceUnit).map(|f| f.text().into_owned()));
        let whole = match &unit {
            Some(unit) if bare => format!("{text}{}", as_money(unit)),
            _ => text.into_owned(),
        };
        match parse_price(&whole, self.units()) {
            Ok(Some(price)) => {
                if let Some((a, b)) = reversed(&whole) {
                    self.refuse_price_order(found, a, b);
                    return None;
                }
                Some(price)
            }
            Ok(None) => None,
            Err(error) => {
                let hint = match error {
                    PriceError::NotYuan { unit, .. } => format!("单位“{unit}”不是人民币，请换算成元"),
                    PriceError::NoNumber(_) => "没有价格请留空或写“面议”".to_owned(),
                };
                let error = self.error_at(found, ErrorCode::PriceUnreadable).expected("价格，如 12~15元/卷").hint(hint);
                self.refuse(error);
                None
            }
        }
    }

    fn refuse_price_order(&mut self, found: &Found<'_>, low: f64, high: f64) {
        let error = self
            .error_at(found, ErrorCode::PriceOrder)
            .expected("最低价不高于最高价")
            .hint(format!("读到的最低价 {low} 高于最高价 {high}"));
        self.refuse(error);
    }

    /// Whole days, rounded up; of an interval the longest.
    pub(super) fn days(&mut self, field: Field) -> Option<u32> {
        let found = self.one(field)?;
        let text = found.text().replace("个工作日", "天").replace("工作日", "天");
        let unit = found.plan.unit.clone().filter(|u| !u.contains("工作日")).unwrap_or_else(|| "天".to_owned());
        let days = self.measure(&found, &text, &unit, "天")?;
        if !(0.0..=DAYS_MAX).contains(&days) {
            return self.refuse_number(&found, "0到3650天");
        }
        Some(days.ceil() as u32)
    }

    /// Kilometres; of an interval the longest. 全国 and the like set no bound.
    pub(super) fn kilometres(&mut self, field: Field) -> Option<f64> {
        const UNBOUNDED: [&str; 11] =
            ["全国", "国内", "全球", "全省", "省内", "不限", "无限制", "江西", "华南", "华东", "长三角"];
        let found = self.one(field)?;
        let text = found.text();
        let worded = !text.chars().any(char::is_numeric);
        if worded && UNBOUNDED.iter().any(|w| text.contains(w)) {
            return None;
        }
        let unit = found.plan.unit.clone().unwrap_or_else(|| "km".to_owned());
        let km = self.measure(&found, &text, &unit, "km")?;
        if !(0.0..=KM_MAX).contains(&km) || km == 0.0 {
            return self.refuse_number(&found, "大于零的公里数");
        }
        Some(km)
    }

    /// The high end of a measured cell in `target`.
    fn measure(&mut self, found: &Found<'_>, text: &str, default_unit: &str, target: &str) -> Option<f64> {
        let read = match parse_quantity_or(text, self.units(), Some(default_unit)) {
            Ok(quantity) => Some(quantity),
            Err(QuantityError::Range(range)) => range.high_end(),
            Err(QuantityError::Unstated) => return None,
            Err(_) => None,
        };
        let value = read.and_then(|q| q.value_in(target, self.units()).ok());
        if value.is_none() || is_negative(text) {
            return self.refuse_number(found, &format!("数字加单位，如 30{target}"));
        }
        value
    }

    fn refuse_number<T>(&mut self, found: &Found<'_>, expected: &str) -> Option<T> {
        let error = self.error_at(found, ErrorCode::NumberOutOfRange).expected(expected);
        self.refuse(error);
        None
    }

    /// A whole number of people.
    pub(super) fn count(&mut self, field: Field) -> Option<u32> {
        let found = self.one(field)?;
        let count = self.measure(&found, &found.text(), "人", "人")?;
        if !(0.0..=COUNT_MAX).contains(&count) {
            return self.refuse_number(&found, "合理的人数");
        }
        Some(count.round() as u32)
    }

    /// An amount of money in fen.
    pub(super) fn money_fen(&mut self, field: Field) -> Option<i64> {
        let found = self.one(field)?;
        let price = self.priced(&found)?;
        let yuan = price.high_yuan.or(price.low_yuan)?;
        if !(0.0..=YUAN_MAX).contains(&yuan) {
            return self.refuse_number(&found, "合理的金额");
        }
        Some((yuan * 100.0).round() as i64)
    }

    /// Degrees within a range.
    pub(super) fn degrees(&mut self, field: Field, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        let found = self.one(field)?;
        let value = fold(&found.text()).trim_end_matches(['°', '度', 'e', 'n']).trim().parse::<f64>();
        match value {
            Ok(value) if range.contains(&value) => Some(value),
            _ => self.refuse_number(&found, &format!("{}到{}之间的度数（十进制）", range.start(), range.end())),
        }
    }
}

fn of_range(range: &QuantityRange, end: End) -> Option<Quantity> {
    match end {
        End::Low => range.low_end(),
        End::High => range.high_end(),
    }
}

fn is_negative(text: &str) -> bool {
    let folded = fold(text);
    let mut chars = folded.trim_start().chars();
    chars.next() == Some('-') && chars.next().is_some_and(|c| c.is_ascii_digit() || c == '.')
}

/// A heading's or column's price unit as money: `片` means 元/片.
fn as_money(unit: &str) -> String {
    let money = ["元", "¥", "￥", "rmb", "cny", "角", "分钱"].iter().any(|m| fold(unit).contains(m));
    if money { unit.to_owned() } else { format!("元/{}", unit.trim_start_matches('/')) }
}

/// Both numbers of `15~12元`, where the first is the greater.
fn reversed(text: &str) -> Option<(f64, f64)> {
    let folded = fold(text);
    let (left, right) = folded.split_once(['~', '至', '到']).or_else(|| folded.split_once('-'))?;
    let number = |part: &str, last: bool| -> Option<f64> {
        let mut numbers = part.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|n| !n.is_empty());
        let number = if last { numbers.next_back() } else { numbers.next() };
        number?.parse().ok()
    };
    // 9000元-1万元 is no reversal: with units on both sides the numbers alone say nothing.
    if left.trim_end().ends_with(|c: char| !c.is_ascii_digit()) || right.contains(['万', '千', '亿']) {
        return None;
    }
    let (a, b) = (number(left, true)?, number(right, false)?);
    (a > b).then_some((a, b))
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
        "次" | "次性" | "单次" | "" | "单批" | "批" | "once" | "次性采购" | "不定期" | "按需" | "长期" | "常年" | "临时" => None,
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

    #[test]
    fn reversals() {
        assert_eq!(reversed("15~12元/片"), Some((15.0, 12.0)));
        assert_eq!(reversed("12-15元"), None);
        assert_eq!(reversed("9000-1万元"), None);
    }
}
