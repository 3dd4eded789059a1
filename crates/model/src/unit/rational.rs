//! Exact ratios, so that a conversion rounds once.

/// A reduced ratio of two 128-bit integers with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i128,
    denominator: i128,
}

/// Largest integer up to which every integer is a double.
const EXACT_DOUBLE_MAX: i128 = 1 << 53;
/// Decimal digits after which a double is decided (17 suffice but for ties, which the sticky digit breaks).
const DIGITS_MAX: usize = 40;

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Rational {
    /// 0.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// 1.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`, reduced; `None` for a zero denominator or a value out of range.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?;
        let (n, d) = (numerator / divisor, denominator / divisor);
        if d < 0 {
            Some(Self { numerator: n.checked_neg()?, denominator: d.checked_neg()? })
        } else {
            Some(Self { numerator: n, denominator: d })
        }
    }

    /// Reads `0.0254`, `-40`, `1E-09` (as spreadsheets write it) or `5/9`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((a, b)) => Self::decimal(a.trim())?.checked_div(Self::decimal(b.trim())?),
            None => Self::decimal(text.trim()),
        }
    }

    fn decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut value: i128 = 0;
        for c in whole.chars().chain(fraction.chars()) {
            value = value.checked_mul(10)?.checked_add(i128::from(c.to_digit(10)?))?;
        }
        if negative {
            value = -value;
        }
        let scale = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10i128.checked_pow(scale.unsigned_abs())?;
        if scale >= 0 { Self::new(value.checked_mul(power)?, 1) } else { Self::new(value, power) }
    }

    /// The decimal number that a person reads in `value` (its shortest form: 0.1 is one tenth).
    /// `None` where it is not finite or out of range.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_finite() { Self::decimal(&format!("{value:e}")) } else { None }
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        let Self { numerator, denominator } = self;
        let exact = |n: i128| (-EXACT_DOUBLE_MAX..=EXACT_DOUBLE_MAX).contains(&n);
        if denominator == 1 || (exact(numerator) && exact(denominator)) {
            return numerator as f64 / denominator as f64;
        }
        self.long_division().unwrap_or(numerator as f64 / denominator as f64)
    }

    /// Decimal digits and a sticky last digit, read back by the correctly rounding parser.
    fn long_division(self) -> Option<f64> {
        let divisor = self.denominator.unsigned_abs();
        let magnitude = self.numerator.unsigned_abs();
        let mut digits = format!("{}.", magnitude / divisor);
        let mut rest = magnitude % divisor;
        let mut significant = if magnitude >= divisor { digits.len() } else { 0 };
        while rest != 0 && significant < DIGITS_MAX {
            rest = rest.checked_mul(10)?;
            let digit = rest / divisor;
            digits.push(char::from_digit(u32::try_from(digit).ok()?, 10)?);
            rest %= divisor;
            if significant > 0 || digit > 0 {
                significant += 1;
            }
        }
        digits.push(if rest == 0 { '0' } else { '1' });
        let value: f64 = digits.parse().ok()?;
        Some(if self.numerator < 0 { -value } else { value })
    }

    /// Sum; `None` out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// Difference; `None` out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { numerator: other.numerator.checked_neg()?, denominator: other.denominator })
    }

    /// Product; `None` out of range.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        // Reducing crosswise first keeps the intermediate products small.
        let a = Self::new(self.numerator, other.denominator)?;
        let b = Self::new(other.numerator, self.denominator)?;
        Self::new(a.numerator.checked_mul(b.numerator)?, a.denominator.checked_mul(b.denominator)?)
    }

    /// Quotient; `None` for a zero divisor or out of range.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    /// Integer power; `None` out of range.
    pub fn checked_pow(self, exponent: i8) -> Option<Self> {
        let mut out = Self::ONE;
        for _ in 0..exponent.unsigned_abs() {
            out = out.checked_mul(self)?;
        }
        if exponent < 0 { Self::ONE.checked_div(out) } else { Some(out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_spreadsheets_write() {
        for (text, numerator, denominator) in [
            ("0.0254", 127, 5000),
            ("1E-09", 1, 1_000_000_000),
            ("5/9", 5, 9),
            ("45967/180", 45967, 180),
            ("-40", -40, 1),
            ("1e3", 1000, 1),
        ] {
            assert_eq!(Rational::parse(text), Rational::new(numerator, denominator), "{text}");
        }
        for text in ["", ".", "x", "1/0", "1e99", "--1"] {
            assert_eq!(Rational::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rounds_once() {
        assert_eq!(Rational::parse("1/3").map(Rational::to_f64), Some(1.0 / 3.0));
        let long = Rational::parse("12345678901234567890123/1000").map(Rational::to_f64);
        assert_eq!(long, Some(12_345_678_901_234_567_890.123));
        assert_eq!(Rational::from_f64(0.1), Rational::parse("1/10"));
    }
}
