//! Days, distances, counts, degrees.

use super::amount::is_negative;
use super::error::ErrorCode;
use super::row::{Found, RowReader};
use crate::columns::Field;
use model::fold::fold;
use model::spectext::{QuantityError, parse_quantity_or};

/// Half the girth of the earth; nothing is farther.
const KM_MAX: f64 = 20_040.0;
/// Longest sample time.
const DAYS_MAX: f64 = 3_650.0;
/// Employees of the largest enterprises.
const COUNT_MAX: f64 = 10_000_000.0;

impl RowReader<'_> {
    /// Whole days, rounded up; of an interval the longest.
    pub(super) fn days(&mut self, field: Field) -> Option<u32> {
        let found = self.one(field)?;
        let text = found.text().replace("个工作日", "天").replace("工作日", "天");
        let unit =
            found.plan.unit.clone().filter(|u| !u.contains("工作日")).unwrap_or_else(|| "天".to_owned());
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

    pub(super) fn refuse_number<T>(&mut self, found: &Found<'_>, expected: &str) -> Option<T> {
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

    /// Degrees within a range.
    pub(super) fn degrees(&mut self, field: Field, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        let found = self.one(field)?;
        let value = fold(&found.text()).trim_end_matches(['°', '度', 'e', 'n']).trim().parse::<f64>();
        match value {
            Ok(value) if range.contains(&value) => Some(value),
            _ => {
                self.refuse_number(&found, &format!("{}到{}之间的度数（十进制）", range.start(), range.end()))
            }
        }
    }
}
