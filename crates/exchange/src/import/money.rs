//! Prices and amounts of money.

use super::amount::is_negative;
use super::error::ErrorCode;
use super::row::{Found, RowReader};
use crate::columns::Field;
use model::fold::fold;
use model::price::PriceRange;
use model::spectext::{PriceError, parse_price};

/// Yuan above which a yearly revenue is a slip (10 trillion).
const YUAN_MAX: f64 = 1e13;

impl RowReader<'_> {
    /// Price out of one column, or of a lowest and a highest one.
    pub(super) fn price(&mut self) -> Option<PriceRange> {
        if let Some(found) = self.one(Field::Price) {
            return self.priced(&found);
        }
        let (low, high) = (self.one(Field::PriceLow), self.one(Field::PriceHigh));
        let low_price = low.as_ref().and_then(|f| self.priced(f));
        let high_price = high.as_ref().and_then(|f| self.priced(f));
        let per = low_price
            .iter()
            .chain(&high_price)
            .map(|p| p.per.clone())
            .find(|p| !p.is_empty())
            .unwrap_or_default();
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
        let bare = is_bare(&text);
        let unit =
            found.plan.unit.clone().or_else(|| self.one(Field::PriceUnit).map(|f| f.text().into_owned()));
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
                let error = self
                    .error_at(found, ErrorCode::PriceUnreadable)
                    .expected("价格，如 12~15元/卷")
                    .hint(hint);
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

    /// An amount of money in fen.
    pub(super) fn money_fen(&mut self, field: Field) -> Option<i64> {
        let found = self.one(field)?;
        let price = self.priced(&found)?;
        let text = found.text();
        if found.plan.unit.is_none() && is_bare(&text) {
            let warning = self
                .error_at(&found, ErrorCode::UnitMissing)
                .expected("带单位的金额，如 3000万元")
                .hint("没有单位，已按元读取；如是万元请在列名中写明");
            self.warn(warning);
        }
        let yuan = price.high_yuan.or(price.low_yuan)?;
        if !(0.0..=YUAN_MAX).contains(&yuan) {
            return self.refuse_number(&found, "合理的金额");
        }
        Some((yuan * 100.0).round() as i64)
    }
}

/// True for a number or an interval without any unit.
fn is_bare(text: &str) -> bool {
    fold(text).chars().all(|c| c.is_ascii_digit() || "., -~至到".contains(c))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversals() {
        assert_eq!(reversed("15~12元/片"), Some((15.0, 12.0)));
        assert_eq!(reversed("12-15元"), None);
        assert_eq!(reversed("9000-1万元"), None);
    }
}
