//! Numeric expressions in normalised text: `1.6±0.1mm`, `-40~85℃`, `500*600mm`, `99.8%以上`.

mod limits;
mod sides;
mod special;

use super::normal::is_han;
use super::number;
use super::words::{Role, WORDS};
use crate::unit::{UnitTable, UnitWords};

/// Sides of one size; longer chains of factors are no size.
const SIDES_MAX: usize = 4;

/// One number with what stands behind it.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub value: f64,
    pub unit: Option<UnitWords>,
    /// Factor of a bare multiplier word (`1万`), else 1.
    pub scale: f64,
    /// What the unit's word would be as a multiplier (`K`).
    pub unit_scale: Option<f64>,
    /// Per cent of a purity in nines (`4N`, `4N5`).
    pub nines: Option<f64>,
}

/// `±0.1mm`, `+0.1/-0.05`: the one upwards, the other downwards; negative only in a class whose limits lie on one side (g6).
#[derive(Debug, Clone)]
pub(super) struct Tolerance {
    pub plus: f64,
    pub minus: f64,
    pub unit: Option<UnitWords>,
}

/// One side of a size.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub low: Amount,
    pub high: Option<Amount>,
    pub tolerance: Option<Tolerance>,
}

impl Side {
    /// The spelled unit of the side.
    pub fn unit(&self) -> Option<&UnitWords> {
        let high = self.high.as_ref().and_then(|h| h.unit.as_ref());
        high.or(self.low.unit.as_ref()).or_else(|| self.tolerance.as_ref()?.unit.as_ref())
    }
}

/// Form of an expression. The flag of an end says that the end itself is excluded.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Point(Amount),
    Range(Amount, Amount),
    Low(Amount, bool),
    High(Amount, bool),
    /// At least as good as: the property's direction decides.
    Better(Amount),
    Toleranced(Amount, Tolerance),
    Bare(Tolerance),
    Sides(Vec<Side>, Option<Role>),
}

impl Shape {
    /// The spelled unit that counts where another amount of the expression has none.
    pub fn unit(&self) -> Option<&UnitWords> {
        match self {
            Self::Point(a) | Self::Low(a, _) | Self::High(a, _) | Self::Better(a) => a.unit.as_ref(),
            Self::Range(a, b) => b.unit.as_ref().or(a.unit.as_ref()),
            Self::Toleranced(a, t) => a.unit.as_ref().or(t.unit.as_ref()),
            Self::Bare(t) => t.unit.as_ref(),
            Self::Sides(sides, _) => sides.iter().rev().find_map(Side::unit),
        }
    }

    /// Bounds a point (or the sides of a size) by a relation that stands before it.
    pub fn bounded_by(self, role: Role) -> Self {
        match (self, role) {
            (Self::Point(a), Role::AtLeast) => Self::Low(a, false),
            (Self::Point(a), Role::MoreThan) => Self::Low(a, true),
            (Self::Point(a), Role::AtMost) => Self::High(a, false),
            (Self::Point(a), Role::LessThan) => Self::High(a, true),
            (Self::Point(a), Role::BetterThan) => Self::Better(a),
            (Self::Sides(sides, None), role) => Self::Sides(sides, Some(role)),
            (shape, _) => shape,
        }
    }
}

/// An expression with its place in the clause.
#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub start: usize,
    pub end: usize,
    pub shape: Shape,
}

/// Reads expressions of one clause.
pub(super) struct ExprReader<'a> {
    pub units: &'a UnitTable,
    pub text: &'a str,
    /// `text` in lower case.
    pub folded: &'a str,
    /// End of the longest known word that starts at a place; a unit must not cut it.
    pub word_end: &'a dyn Fn(usize) -> usize,
    /// Folded name directly before the number, which may be repeated in a range (`P0.8-P1.5`).
    pub lead: &'a str,
}

impl ExprReader<'_> {
    /// The expression that starts at byte `at`, if one does.
    pub fn read(&self, at: usize) -> Option<Expr> {
        let (shape, end) =
            self.bare_tolerance(at).or_else(|| self.class(at)).or_else(|| self.measured(at))?;
        Some(Expr { start: at, end, shape })
    }

    fn measured(&self, at: usize) -> Option<(Shape, usize)> {
        if let Some(found) = self.powers(at) {
            return Some(found);
        }
        let (first, end) = self.amount(at, true)?;
        // 3225 ±10ppm, 26MHz ±10ppm: millionths are a stability's.
        let millionths = |t: &Tolerance| {
            let symbol = |w: &UnitWords| self.units.compose(w).into_iter().next().map(|u| u.symbol);
            t.unit.as_ref().and_then(symbol).is_some_and(|u| u == "ppm")
                && first.unit.as_ref().and_then(symbol).is_none_or(|u| !u.starts_with("pp"))
        };
        // 100nF 50V ±10%: the share is the capacitance's.
        let apart = |t: &Tolerance| {
            let share = t.unit.as_ref().and_then(|w| self.units.compose(w).into_iter().next());
            let volts = first.unit.as_ref().and_then(|w| self.units.compose(w).into_iter().next());
            self.text[end..].starts_with(' ')
                && share.is_some_and(|u| u.symbol == "%")
                && volts.is_some_and(|u| u.symbol == "V")
                && self.text[..at].trim_end_matches(' ').ends_with(['F', 'f', 'R', '5', '7', 'G', 'H'])
        };
        if let Some((tolerance, end, unit)) = self
            .tolerance(end)
            .filter(|t| !millionths(&t.0) && !apart(&t.0) && !self.is_of_other(&first, end, &t.0))
        {
            let first = Amount { unit: first.unit.or(unit), ..first };
            return Some(
                self.sides(Side { low: first.clone(), high: None, tolerance: Some(tolerance.clone()) }, end)
                    .unwrap_or((Shape::Toleranced(first, tolerance), end)),
            );
        }
        if let Some(found) = self.sides(Side { low: first.clone(), high: None, tolerance: None }, end) {
            return Some(found);
        }
        if let Some(found) = self.minus_only(&first, end) {
            return Some(found);
        }
        if let Some((second, end)) = self.between(at, end) {
            return Some((Shape::Range(first, second), end));
        }
        if let Some((second, end)) = self.range_end(end) {
            let side = Side { low: first.clone(), high: Some(second.clone()), tolerance: None };
            return Some(self.sides(side, end).unwrap_or_else(|| {
                let end = self
                    .skip_word(Role::OrLess, end)
                    .or_else(|| self.skip_word(Role::OrMore, end))
                    .unwrap_or(end);
                (Shape::Range(first, second), end)
            }));
        }
        if let Some((ratio, end)) = self.ratio(&first, end) {
            return Some((Shape::Point(ratio), self.skip_word(Role::OrMore, end).unwrap_or(end)));
        }
        if let Some(end) = self.skip_word(Role::OrMore, end) {
            return Some((Shape::Low(first, false), end));
        }
        if let Some(end) = self.skip_word(Role::OrLess, end) {
            return Some((Shape::High(first, false), end));
        }
        Some((Shape::Point(first), end))
    }

    /// A relation behind the number. One-character Chinese words must end there (`7天内`, `7天内交货` but not `7天内层`).
    fn skip_word(&self, role: Role, at: usize) -> Option<usize> {
        let from = self.skip_spaces(at);
        let rest = &self.folded[from..];
        if role == Role::OrMore && from == at && rest.starts_with('+') {
            let next = rest[1..].chars().next();
            // 灰板1200g+铜版纸157g: a plus before something known joins the two.
            if next.is_some_and(is_han) && (self.word_end)(at + 1) > at + 1 {
                return None;
            }
            return next.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-').then_some(at + 1);
        }
        let len = WORDS.at_start(role, rest)?;
        let single = rest[..len].chars().count() == 1;
        let behind = from + len;
        let runs_on = rest[len..].chars().next().is_some_and(is_han)
            && (self.word_end)(behind) == behind
            && WORDS.at_start(Role::Delivered, &rest[len..]).is_none();
        (!(single && runs_on) && (self.word_end)(from) <= from + len).then_some(from + len)
    }

    fn skip_spaces(&self, at: usize) -> usize {
        at + self.text[at..].len() - self.text[at..].trim_start_matches(' ').len()
    }

    /// A number with sign, multiplier and unit.
    fn amount(&self, at: usize, signed: bool) -> Option<(Amount, usize)> {
        let text = &self.text[at..];
        let (negative, sign_len) = match text.as_bytes().first()? {
            b'-' if signed => (true, 1),
            b'+' if signed => (false, 1),
            _ if signed && text.starts_with("零下") => (true, "零下".len()),
            _ => (false, 0),
        };
        let from = at + sign_len;
        if let Some(found) = self.percent_words(from) {
            return Some(found);
        }
        if let Some(found) = self.one_in_many(from) {
            return Some(found);
        }
        if self.is_cells(from) {
            return None;
        }
        let (value, mut end) = match self.fraction(from).or_else(|| self.half(from)) {
            Some(found) => found,
            None => match number::read(&self.text[from..]) {
                Some((value, len)) => (value, from + len),
                None => return self.chinese(from),
            },
        };
        let value = if negative { -value } else { value };
        let mut out = Amount { value, unit: None, scale: 1.0, unit_scale: None, nines: None };
        if let Some((nines, len)) = self.nines(value, end) {
            out.nines = Some(nines);
            if len > 1 {
                return Some((out, end + len));
            }
        }
        // 4R7: the letter stands for the point.
        if let Some((decimal, unit, len)) = self.letter_point(from, end) {
            return Some((Amount { value: decimal, unit, ..out }, end + len));
        }
        if let Some((share, len)) = self.per_degree(end) {
            let value = format!("{value}e6").parse().ok()?;
            return Some((Amount { value, unit: Some(share), ..out }, end + len));
        }
        for (word, scale) in [(" million", 1e6), (" thousand", 1e3), (" billion", 1e9)] {
            if self.folded[end..].starts_with(word) {
                out.scale = scale;
                end += word.len();
            }
        }
        // 100k cycles
        if let Some((words, len)) = self.thousands_of(end) {
            out.scale = 1e3;
            out.unit = Some(words);
            return Some((out, end + len));
        }
        // 壁厚2.5 PC: half a piece is none.
        let half = value.fract() != 0.0 && self.folded[end..].starts_with(" pc");
        let unit_at = self.unit_place(end).filter(|_| !self.is_cores(end) && !half);
        if let Some(words) = unit_at.and_then(|p| self.unit(p)) {
            let place = unit_at?;
            // 10W are watts, only 10W次 are many.
            let scale = |m: &(f64, usize)| m.1 == words.len && !self.text[place..].starts_with('W');
            out.unit_scale = self.units.multiplier_value(&self.text[place..]).filter(scale).map(|m| m.0);
            end = place + words.len;
            // 宽1米2
            if let Some(decimal) = self.spoken_decimal(place, end, value) {
                out.value = decimal;
                end += 1;
            }
            out.unit = Some(words);
        } else if let Some((words, len)) = self.bracketed_unit(end) {
            out.unit = Some(words);
            end += len;
        } else if let Some((scale, len)) = self.units.multiplier_value(&self.text[end..]) {
            out.scale = scale;
            end += len;
        }
        let next = self.text[end..].chars().next();
        let runs_on = out.unit.is_none() && next.is_some_and(|c| c.is_ascii_alphabetic());
        // 11/0.16TS: tinned strands.
        if runs_on && let Some(len) = WORDS.at_start(Role::Strand, &self.folded[end..]) {
            return Some((out, end + len));
        }
        // BGA 0.4pitch: a name may follow.
        let named = (self.word_end)(end) > end + 2;
        if runs_on && !named && !self.is_times(end) && !self.is_bound(end) {
            return None;
        }
        if out.unit.is_none() && self.goes_on(end) {
            return None;
        }
        Some((out, end))
    }

    /// True where words make something else of the number before them: a power that was not read (`10的6-9次方`), the
    /// number of a sort (`10#钢球`) or a class (`8.8级`), a rate of unknown things (`6线/秒`).
    fn goes_on(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let power = rest.strip_prefix('的').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
        let things = rest.trim_start_matches(is_han);
        let letters = (rest.len() - things.len()) / 3;
        let rate = things.strip_prefix('/').is_some_and(|r| r.starts_with(['秒', '分', '时', '小']));
        let sort = rest.strip_prefix('#').is_some_and(|r| r.starts_with(is_han));
        // P5级, 8.8级: a class; 耐温155级 is a temperature's.
        let whole = self.text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let class =
            rest.starts_with('级') && self.text[whole.len()..at].parse().is_ok_and(|v: f64| v < 100.0);
        power || sort || class || (rate && (1..=2).contains(&letters))
    }

    /// A length whose decimal stands behind its unit (1米2).
    fn spoken_decimal(&self, unit: usize, end: usize, whole: f64) -> Option<f64> {
        let digit = self.text[end..].chars().next().and_then(|c| c.to_digit(10)).filter(|d| *d > 0)?;
        let ends = self.text[end + 1..].chars().next().is_none_or(|c| " ，;、)".contains(c));
        (&self.text[unit..end] == "米" && whole.fract() == 0.0 && ends)
            .then(|| format!("{whole}.{digit}").parse().ok())
            .flatten()
    }

    /// The unit of three Latin letters or more behind a K for thousands (100k cycles), and the bytes of both.
    fn thousands_of(&self, at: usize) -> Option<(UnitWords, usize)> {
        let behind = self.folded[at..].strip_prefix('k')?.strip_prefix(' ')?;
        let place = self.text.len() - behind.len();
        let words = self.units.scan(&self.text[place..])?;
        let unit = &self.text[place..place + words.len];
        let whole = !self.text[place + words.len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        let len = 2 + words.len;
        (whole && unit.len() > 2 && unit.bytes().all(|b| b.is_ascii_alphabetic())).then_some((words, len))
    }

    /// Where a unit may start behind a number.
    fn unit_place(&self, end: usize) -> Option<usize> {
        let place = self.skip_spaces(end);
        (place < self.text.len()).then_some(place)
    }

    fn unit(&self, at: usize) -> Option<UnitWords> {
        let words = self.units.scan(&self.text[at..])?;
        let end = at + words.len;
        if (self.word_end)(at) > end {
            return None;
        }
        let spaced = self.text[..at].ends_with(' ');
        let latin = self.text[..end].ends_with(|c: char| c.is_ascii_alphabetic());
        let next = self.text[end..].chars().next();
        // 4#粉, 45#钢: the number of a sort.
        let hash = self.text[..end].ends_with('#');
        let few = self.text[..at].chars().rev().take_while(char::is_ascii_digit).count() == 1;
        // 1# 镍板: wires of gauges below ten are seldom told so.
        let coloured = next.is_some_and(|c| "黑红白蓝绿黄灰棕橙紫".contains(c)) && !few;
        let sort = hash && (next.is_some_and(is_han) || few) && next != Some('线') && !coloured;
        // Ra>80 PF>0.9: what a relation stands behind is a name.
        let name = spaced && next.is_some_and(|c| "≥≤<>=".contains(c));
        // 105 毛刺≤0.02: a noun, and no tenth of a yuan.
        let noun = spaced
            && self.text[at..end].chars().count() == 1
            && self.text[at..end].chars().all(is_han)
            && next.is_some_and(is_han)
            && (self.text[at..].starts_with('双') || !self.goes_on_in_words(end));
        // P2 刷新1920 灰阶14bit: a name with a number of its own.
        let named =
            spaced && self.text[at..end].chars().all(is_han) && next.is_some_and(|c| c.is_ascii_digit());
        // 220V转12V, 48转12V: what is made of it.
        let turned = self.text[at..end].ends_with('转') && next.is_some_and(|c| c.is_ascii_digit());
        // 3M467: a maker's number.
        let numbered = &self.text[at..end] == "M"
            && self.text[end..].bytes().take_while(u8::is_ascii_digit).count() >= 3;
        if sort || name || noun || named || turned || numbered {
            return None;
        }
        // `0.1 M3`: a Latin word that is set apart and runs on into digits is a name.
        if spaced && latin && self.text[end..].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        Some(words)
    }

    /// True where words that belong to a number and its unit go on (5 片以上, 20 袋装).
    fn goes_on_in_words(&self, at: usize) -> bool {
        let rest = &self.folded[at..];
        let roles = [Role::OrMore, Role::OrLess, Role::Filler, Role::Packed, Role::Prefer];
        roles.iter().any(|role| WORDS.at_start(*role, rest).is_some()) || (self.word_end)(at) > at
    }

    /// `(片/月)`: the unit and the bytes with its brackets.
    fn bracketed_unit(&self, at: usize) -> Option<(UnitWords, usize)> {
        let inner = self.text[at..].strip_prefix('(')?;
        let words = self.units.scan(inner)?;
        let len = words.len + 2;
        inner[words.len..].starts_with(')').then_some((words, len))
    }

    fn is_bound(&self, at: usize) -> bool {
        let rest = &self.folded[at..];
        WORDS.at_start(Role::OrMore, rest).is_some() || WORDS.at_start(Role::OrLess, rest).is_some()
    }

    /// The second end of a range behind its first.
    fn range_end(&self, at: usize) -> Option<(Amount, usize)> {
        let sign = self.skip_spaces(at);
        let len = WORDS.at_start(Role::To, &self.folded[sign..])?;
        // TO-220 is a package.
        if self.folded[sign..].starts_with("to-") {
            return None;
        }
        let mut from = self.skip_spaces(sign + len);
        if !self.lead.is_empty() && self.folded[from..].starts_with(self.lead) {
            from = self.skip_spaces(from + self.lead.len());
        }
        if let Some(len) = WORDS.at_start(Role::AtMost, &self.folded[from..]) {
            from = self.skip_spaces(from + len);
        }
        let (second, end) = self.amount(from, true)?;
        // 275bar -40~100℃: behind a space the dash is the sign of the range that follows.
        let signed = sign > at && len == 1 && self.text[sign..].starts_with('-') && from == sign + 1;
        let ranged = || WORDS.at_start(Role::To, &self.folded[self.skip_spaces(end)..]).is_some();
        (!(signed && ranged())).then_some((second, end))
    }

    /// The second end of `介于0.1和0.2mm之间`, `between 2 and 5 mm`, behind its first, which starts at `start`.
    fn between(&self, start: usize, at: usize) -> Option<(Amount, usize)> {
        let sign = self.skip_spaces(at);
        let joint = ["和", "与", "到", "至", "~", "-", "and"]
            .iter()
            .find(|j| self.folded[sign..].starts_with(**j))?;
        let (second, end) = self.amount(self.skip_spaces(sign + joint.len()), true)?;
        let amid = WORDS.at_start(Role::Amid, &self.folded[self.skip_spaces(end)..]);
        let announced = WORDS.at_end(Role::Between, self.folded[..start].trim_end_matches(' '));
        match amid {
            Some(len) => Some((second, self.skip_spaces(end) + len)),
            None => announced.then_some((second, end)),
        }
    }

    /// `5000:1`.
    fn ratio(&self, first: &Amount, at: usize) -> Option<(Amount, usize)> {
        let rest = self.text[at..].strip_prefix(':')?;
        let (divisor, len) = number::read(rest)?;
        if first.unit.is_some() || divisor == 0.0 || rest[len..].starts_with([':', '-', '/']) {
            return None;
        }
        Some((
            Amount { value: first.value * first.scale / divisor, scale: 1.0, ..first.clone() },
            at + 1 + len,
        ))
    }
}
