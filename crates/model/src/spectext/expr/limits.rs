//! Tolerances behind a nominal value (`±0.1`, `+0.1/-0.05`, `12.5-0.02`).

use super::{Amount, ExprReader, Shape, Tolerance};
use crate::unit::UnitWords;

impl ExprReader<'_> {
    /// `±0.1`, `+/-0.1`, `+0.1/-0.05`, also in brackets, behind a nominal value: the tolerance, its end, and a unit that
    /// stands behind the brackets.
    pub(super) fn tolerance(&self, at: usize) -> Option<(Tolerance, usize, Option<UnitWords>)> {
        let mut from = self.skip_spaces(at);
        let bracket = self.text[from..].starts_with('(');
        if bracket {
            from = self.skip_spaces(from + 1);
        }
        let one_side = || self.one_sided(from).filter(|_| bracket || self.is_drawn(at, from));
        let (tolerance, mut end) =
            self.plus_minus(from).or_else(|| self.two_sided(from)).or_else(one_side)?;
        if !bracket {
            return Some((tolerance, end, None));
        }
        let close = self.skip_spaces(end);
        if !self.text[close..].starts_with(')') {
            return None;
        }
        end = close + 1;
        match self.unit(end) {
            Some(unit) => Some((tolerance, end + unit.len, Some(unit))),
            None => Some((tolerance, end, None)),
        }
    }

    pub(super) fn bare_tolerance(&self, at: usize) -> Option<(Shape, usize)> {
        let (tolerance, end) = self.plus_minus(at).or_else(|| self.two_sided(at))?;
        Some((Shape::Bare(tolerance), end))
    }

    pub(super) fn plus_minus(&self, at: usize) -> Option<(Tolerance, usize)> {
        let sign = ["±", "+/-", "+-", "正负"].iter().find(|s| self.text[at..].starts_with(**s))?;
        let (amount, end) = self.amount(self.skip_spaces(at + sign.len()), false)?;
        let value = amount.value.abs() * amount.scale;
        Some((Tolerance { plus: value, minus: value, unit: amount.unit }, end))
    }

    /// `+0.1/-0.05` or `-0.05/+0.1`; one of the two may be `0` without a sign.
    pub(super) fn two_sided(&self, at: usize) -> Option<(Tolerance, usize)> {
        let text = &self.text[at..];
        if let Some(step) = text.strip_prefix("0/").or(text.strip_prefix("0 /")) {
            let sign = step.chars().next().filter(|c| matches!(c, '+' | '-'))?;
            let (step, end) = self.amount(self.text.len() - step.len(), true)?;
            let size = step.value.abs() * step.scale;
            let (plus, minus) = if sign == '+' { (size, 0.0) } else { (0.0, size) };
            return Some((Tolerance { plus, minus, unit: step.unit }, end));
        }
        let first_sign = text.chars().next().filter(|c| matches!(c, '+' | '-'))?;
        let (first, end) = self.amount(at, true)?;
        let gap =
            self.text[end..].len() - self.text[end..].trim_start_matches([' ', '/', ',', '，', '、']).len();
        let second_at = end + gap;
        // 0-60V/0-50A are two ranges.
        let ranged = self.text[second_at..].trim_start_matches(['0', '.']).starts_with(['-', '~']);
        let nothing = self.text[second_at..].starts_with('0') && self.text[end..].starts_with('/') && !ranged;
        let second_sign =
            self.text[second_at..].chars().next().filter(|c| matches!(c, '+' | '-') || nothing)?;
        if first_sign == second_sign {
            return None;
        }
        let (second, end) = self.amount(second_at, true)?;
        if nothing && second.value != 0.0 {
            return None;
        }
        let (plus, minus) = if first_sign == '+' { (&first, &second) } else { (&second, &first) };
        let tolerance = Tolerance {
            plus: plus.value.abs() * plus.scale,
            minus: minus.value.abs() * minus.scale,
            unit: second.unit.clone().or(first.unit.clone()),
        };
        Some((tolerance, end))
    }

    /// `(-0.007/-0.02)`, `(+0.012/+0.004)`: both limits on one side of the nominal value.
    pub(super) fn one_sided(&self, at: usize) -> Option<(Tolerance, usize)> {
        let sign = self.text[at..].chars().next().filter(|c| matches!(c, '+' | '-'))?;
        let (first, end) = self.amount(at, true)?;
        let second_at = end + self.text[end..].strip_prefix('/').map(|_| 1)?;
        if !self.text[second_at..].starts_with(sign) {
            return None;
        }
        let (second, end) = self.amount(second_at, true)?;
        let (plus, minus) = (first.value.max(second.value), -first.value.min(second.value));
        Some((Tolerance { plus, minus, unit: second.unit.or(first.unit) }, end))
    }

    /// True for limits without brackets that can be no ends of a range: both have decimals below one (`10 -0.01/-0.03`).
    pub(super) fn is_drawn(&self, nominal_end: usize, at: usize) -> bool {
        let limits = self.text[at..].trim_start_matches(['+', '-']);
        let second = limits.split_once('/').map_or("", |(_, second)| second.trim_start_matches(['+', '-']));
        nominal_end < at && limits.starts_with("0.") && second.starts_with("0.")
    }

    /// `12.5-0.02`: what falls so far behind a dash is no end of a range but the tolerance downwards of a drawing.
    pub(super) fn minus_only(&self, first: &Amount, at: usize) -> Option<(Shape, usize)> {
        let (step, end) = self.amount(self.text[at..].starts_with('-').then_some(at + 1)?, false)?;
        let decimal = step.value.fract() != 0.0 && step.value < 1.0;
        if first.unit.is_some() || !decimal || step.value * 10.0 >= first.value {
            return None;
        }
        let tolerance = Tolerance { plus: 0.0, minus: step.value, unit: step.unit.clone() };
        Some((Shape::Toleranced(Amount { unit: step.unit, ..first.clone() }, tolerance), end))
    }
}
