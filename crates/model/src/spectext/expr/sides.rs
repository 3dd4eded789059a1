//! Sizes of several sides (`500*600mm`, `L1000×W500×H30`).

use super::{Amount, ExprReader, SIDES_MAX, Shape, Side};
use crate::spectext::normal::is_han;
use crate::spectext::words::Role;
use crate::unit::Rational;

impl ExprReader<'_> {
    pub(super) fn is_times(&self, at: usize) -> bool {
        let mut chars = self.text[at..].chars();
        match chars.next() {
            Some('*') => true,
            Some('G' | 'C') => self.is_cores(at),
            Some('x' | 'X') => {
                let next = chars.as_str().trim_start_matches(' ');
                // X7R and its kin are dielectrics.
                let code = |b: &[u8]| matches!(b, [b'4'..=b'9', c, ..] if b"PRSTUV".contains(&c.to_ascii_uppercase()));
                let digit = |c: char| c.is_ascii_digit() || ".长宽高厚".contains(c);
                next.starts_with(digit) && !code(next.as_bytes())
            }
            _ => false,
        }
    }

    /// A size whose first side was read.
    pub(super) fn sides(&self, first: Side, at: usize) -> Option<(Shape, usize)> {
        let (sides, mut end) = self.chain(first, at)?;
        // A temperature is the side of nothing: 80℃×30min are two amounts.
        let warm = |s: &Side| {
            let likeliest = s.unit().and_then(|w| self.units.compose(w).into_iter().next());
            likeliest.is_some_and(|u| u.offset != Rational::ZERO)
        };
        if sides.iter().any(warm) {
            return None;
        }
        // `50*50~510*460`: a range of sizes.
        if sides.iter().all(|s| s.high.is_none())
            && let Some((low, upper)) = self.range_end(end)
            && let Some((tops, upper)) = self.chain(Side { low, high: None, tolerance: None }, upper)
            && tops.len() == sides.len()
        {
            let both = sides.into_iter().zip(tops).map(|(s, t)| Side { high: Some(t.low), ..s }).collect();
            return Some((Shape::Sides(both, None), upper));
        }
        let role = if let Some(after) = self.skip_word(Role::OrLess, end) {
            end = after;
            Some(Role::AtMost)
        } else if let Some(after) = self.skip_word(Role::OrMore, end) {
            end = after;
            Some(Role::AtLeast)
        } else {
            None
        };
        Some((Shape::Sides(sides, role), end))
    }

    /// Two sides or more, joined by multiplication signs.
    pub(super) fn chain(&self, first: Side, at: usize) -> Option<(Vec<Side>, usize)> {
        let mut sides = vec![first];
        let mut end = self.side_mark(at);
        while sides.len() < SIDES_MAX {
            let times = self.skip_spaces(end);
            if !self.is_times(times) {
                break;
            }
            let from = self.side_lead(self.skip_spaces(times + 1));
            let Some((side, side_end)) = self.side(from) else { break };
            sides.push(side);
            end = self.side_mark(side_end);
        }
        (sides.len() > 1).then(|| (sides, self.last_mark(end)))
    }

    /// Behind the letter or word of the last side (`800高*600宽*200深`), or of a coil (`1.0*1250*C`).
    fn last_mark(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let mark = ["深", "宽", "高", "长", "厚", "L", "W", "H", "D", "T", "*C"]
            .iter()
            .find(|m| rest.starts_with(**m));
        let end = at + mark.map_or(0, |m| m.len());
        let runs_on = self.text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || is_han(c));
        if runs_on { at } else { end }
    }

    pub(super) fn side(&self, at: usize) -> Option<(Side, usize)> {
        let (low, end) = self.amount(at, false)?;
        if let Some((tolerance, end, unit)) = self.tolerance(end) {
            let low = Amount { unit: low.unit.or(unit), ..low };
            return Some((Side { low, high: None, tolerance: Some(tolerance) }, end));
        }
        // A range inside a side only where no further factor makes it a range of sizes.
        if let Some((high, high_end)) = self.range_end(end)
            && !self.is_times(self.skip_spaces(high_end))
        {
            return Some((Side { low, high: Some(high), tolerance: None }, high_end));
        }
        Some((Side { low, high: None, tolerance: None }, end))
    }

    /// A letter or word before a side (`L500`, `宽600`).
    pub(super) fn side_lead(&self, at: usize) -> usize {
        let mut chars = self.text[at..].chars();
        match chars.next() {
            Some(c) if "长宽高厚深LWHDTΦ".contains(c) => self.skip_spaces(at + c.len_utf8()),
            _ => at,
        }
    }

    /// A letter or word behind a side (`500(L)`, `600宽`).
    pub(super) fn side_mark(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        // 1280(RGB)×800, 800×RGB×480: three dots make a pixel.
        let dots = ["(RGB)", "*(RGB)", "RGB", "*RGB", "xRGB"].iter().find_map(|d| rest.strip_prefix(d));
        if let Some(behind) = dots
            && self.is_times(self.text.len() - behind.trim_start_matches(' ').len())
        {
            return self.text.len() - behind.len();
        }
        let mut chars = rest.chars();
        match chars.next() {
            Some('(') => {
                let inner = chars.next();
                let closed = chars.next() == Some(')');
                match inner {
                    Some(c) if closed && (c.is_ascii_alphabetic() || "长宽高厚深".contains(c)) => {
                        at + 2 + c.len_utf8()
                    }
                    _ => at,
                }
            }
            Some(c) if "长宽高厚深".contains(c) && self.is_times(self.skip_spaces(at + c.len_utf8())) => {
                at + c.len_utf8()
            }
            Some(c @ ('L' | 'W' | 'H' | 'D' | 'T')) if self.is_times(at + c.len_utf8()) => at + c.len_utf8(),
            _ => at,
        }
    }
}
