//! Amounts of lots: masses in kilograms, others in the unit they are stated in.

use serde::Serialize;

/// What is left of an amount below this part of it is an error of floating-point numbers.
pub(super) const NOTHING_LEFT: f64 = 1e-9;

/// An amount; `NaN`-free: an unknown amount has [`Unit::UNKNOWN`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Amount {
    /// Size in the unit; 0 where it is unknown.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
}

/// Unit code of UN/ECE Recommendation 20 (two or three characters), packed; masses are kept as `KGM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit([u8; 3]);

impl Unit {
    /// No amount is known.
    pub const UNKNOWN: Self = Self(*b"   ");
    /// Kilograms.
    pub const KGM: Self = Self(*b"KGM");
    /// Pieces.
    pub const PIECE: Self = Self(*b"EA ");

    /// The unit's code; empty where no amount is known.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end()
    }

    /// A code; pieces where none is given. `None` for a text that is no code.
    pub fn read(code: Option<&str>) -> Option<Self> {
        let Some(code) = code else { return Some(Self::PIECE) };
        let bytes = code.as_bytes();
        if !matches!(bytes.len(), 1..=3) || !bytes.iter().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        if matches!(code, "EA" | "H87" | "C62" | "PCE") {
            return Some(Self::PIECE);
        }
        let mut out = [b' '; 3];
        out[..bytes.len()].copy_from_slice(bytes);
        Some(Self(out))
    }
}

impl Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Mass units of UN/ECE Recommendation 20 in kilograms, exact by definition.
const MASSES: [(&str, f64); 9] = [
    ("KGM", 1.0),
    ("GRM", 1e-3),
    ("MGM", 1e-6),
    ("MC", 1e-9),
    ("TNE", 1e3),
    ("KTN", 1e6),
    ("DTN", 1e2),
    ("LBR", 0.453_592_37),
    ("ONZ", 0.028_349_523_125),
];

impl Amount {
    /// An unknown amount.
    pub const UNKNOWN: Self = Self { value: 0.0, unit: Unit::UNKNOWN };
    /// One piece: what an instance is.
    pub const ONE_PIECE: Self = Self { value: 1.0, unit: Unit::PIECE };

    /// A mass.
    pub fn kilograms(value: f64) -> Self {
        Self { value, unit: Unit::KGM }
    }

    /// An amount as an event states it. Negative and infinite amounts are unknown ones.
    pub fn read(quantity: Option<f64>, uom: Option<&str>) -> Self {
        let (Some(value), Some(unit)) = (quantity, Unit::read(uom)) else { return Self::UNKNOWN };
        if !value.is_finite() || value < 0.0 {
            return Self::UNKNOWN;
        }
        match MASSES.iter().find(|(code, _)| *code == unit.code()) {
            Some((_, kilograms)) => Self::kilograms(value * kilograms),
            None => Self { value, unit },
        }
    }

    /// True where an amount is stated.
    pub fn is_known(&self) -> bool {
        self.unit != Unit::UNKNOWN
    }
}

/// The sum of amounts, where all are known and of one unit.
pub(super) fn total(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
    let mut sum: Option<Amount> = None;
    for amount in amounts {
        match &mut sum {
            _ if !amount.is_known() => return None,
            None => sum = Some(amount),
            Some(sum) if sum.unit == amount.unit => sum.value += amount.value,
            Some(_) => return None,
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masses_become_kilograms() {
        for (value, uom, expect) in [
            (250.0, Some("GRM"), Amount::kilograms(0.25)),
            (2.0, Some("TNE"), Amount::kilograms(2000.0)),
            (3.0, None, Amount { value: 3.0, unit: Unit::PIECE }),
            (3.0, Some("H87"), Amount { value: 3.0, unit: Unit::PIECE }),
            (-1.0, Some("KGM"), Amount::UNKNOWN),
            (1.0, Some("KG M"), Amount::UNKNOWN),
        ] {
            assert_eq!(Amount::read(Some(value), uom), expect);
        }
        assert_eq!(Amount::read(None, Some("KGM")), Amount::UNKNOWN);
        assert_eq!(Amount::read(Some(1.0), Some("MTR")).unit.code(), "MTR");
        assert_eq!(total([Amount::kilograms(1.0), Amount::kilograms(2.0)]), Some(Amount::kilograms(3.0)));
        assert_eq!(total([Amount::kilograms(1.0), Amount::ONE_PIECE]), None);
        assert_eq!(total([]), None);
    }
}
