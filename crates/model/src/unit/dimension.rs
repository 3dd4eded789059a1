//! Dimensions over the base symbols that the unit table defines.

/// Exponents of base symbols, such as kg m⁻¹ s⁻² for a pressure. The bases are the table's own words
/// (`m`, `kg`, `piece`, `roll` ...), kept as their places in [`crate::unit::UnitTable`]; dimensions of
/// different tables must not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Dimension(Vec<(u16, i8)>);

impl Dimension {
    /// One base symbol to a power.
    pub(super) fn base(index: u16, exponent: i8) -> Self {
        if exponent == 0 { Self::default() } else { Self(vec![(index, exponent)]) }
    }

    /// True for a plain number (%, ppm).
    pub fn is_number(&self) -> bool {
        self.0.is_empty()
    }

    /// Base places and exponents, by place.
    pub(super) fn parts(&self) -> &[(u16, i8)] {
        &self.0
    }

    /// The dimension of `self · other^exponent`; exponents saturate.
    pub(super) fn times(&self, other: &Self, exponent: i8) -> Self {
        let mut out = self.0.clone();
        for &(base, power) in &other.0 {
            let power = power.saturating_mul(exponent);
            match out.binary_search_by_key(&base, |p| p.0) {
                Ok(at) => {
                    out[at].1 = out[at].1.saturating_add(power);
                    if out[at].1 == 0 {
                        out.remove(at);
                    }
                }
                Err(at) if power != 0 => out.insert(at, (base, power)),
                Err(_) => {}
            }
        }
        Self(out)
    }
}
