//! Bins of brightness and colour, as data.

use super::Chromaticity;
use crate::robust;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name under which beads are counted that lie in no bin.
pub const OUTSIDE: &str = "outside";

/// One bin: a polygon in the CIE 1931 diagram and a range of brightness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// Name, such as `C3`.
    pub name: String,
    /// Corners (x, y) of the polygon in order; usually four.
    pub corners: Vec<(f64, f64)>,
    /// Lowest brightness, over the median of the panel's good beads.
    pub luminance_min: f64,
    /// Brightness from which on a bead is in a higher bin.
    pub luminance_max: f64,
}

/// A table of bins. A bead that lies in several (on a common edge) is in the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Bin>", into = "Vec<Bin>")]
pub struct Bins(Vec<Bin>);

/// Why a table is no table of bins.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BinError {
    /// No bins, or more than 256.
    #[error("the table has {0} bins; it must have 1 to 256")]
    Count(usize),
    /// Two bins of one name.
    #[error("bin `{0}` is there twice; give each bin its own name")]
    Twice(String),
    /// Too few corners, or corners outside the diagram.
    #[error("bin `{0}` needs three or more corners with x and y between 0 and 1")]
    Corners(String),
    /// An empty range.
    #[error("bin `{0}` needs luminance_min below luminance_max, neither below 0")]
    Range(String),
}

impl TryFrom<Vec<Bin>> for Bins {
    type Error = BinError;

    fn try_from(bins: Vec<Bin>) -> Result<Self, BinError> {
        if bins.is_empty() || bins.len() > 256 {
            return Err(BinError::Count(bins.len()));
        }
        for (i, bin) in bins.iter().enumerate() {
            let name = || bin.name.clone();
            if bins[..i].iter().any(|other| other.name == bin.name) {
                return Err(BinError::Twice(name()));
            }
            let inside = |v: f64| (0.0..=1.0).contains(&v);
            if bin.corners.len() < 3 || !bin.corners.iter().all(|&(x, y)| inside(x) && inside(y)) {
                return Err(BinError::Corners(name()));
            }
            // Written so that what is not a number fails too.
            if !(bin.luminance_min >= 0.0 && bin.luminance_min < bin.luminance_max) {
                return Err(BinError::Range(name()));
            }
        }
        Ok(Self(bins))
    }
}

impl From<Bins> for Vec<Bin> {
    fn from(bins: Bins) -> Self {
        bins.0
    }
}

impl Bins {
    /// The bins in order.
    pub fn as_slice(&self) -> &[Bin] {
        &self.0
    }

    /// Name of the bin of each bead that has a colour, [`OUTSIDE`] for one of none. Brightness counts over the median of all of them.
    pub fn names(&self, colours: &[Option<Chromaticity>]) -> Vec<Option<&str>> {
        let mut light: Vec<f32> = colours.iter().flatten().map(|c| c.luminance as f32).collect();
        let usual = f64::from(robust::median(&mut light));
        let name = |colour: &Chromaticity| {
            let bin = self.find(&Chromaticity { luminance: colour.luminance / usual, ..*colour });
            bin.map_or(OUTSIDE, |at| self.0[at].name.as_str())
        };
        colours.iter().map(|colour| colour.as_ref().map(name)).collect()
    }

    /// Beads of each bin by its name, as [`Self::names`] has them.
    pub fn sort(&self, colours: impl Iterator<Item = Chromaticity>) -> BTreeMap<String, u64> {
        let mut sorted = BTreeMap::new();
        for name in self.names(&colours.map(Some).collect::<Vec<_>>()).into_iter().flatten() {
            *sorted.entry(name.to_owned()).or_insert(0) += 1;
        }
        sorted
    }

    /// Number of the bin that a colour falls into, from 0; nothing for none. The brightness is in the bins' own unit.
    pub fn find(&self, colour: &Chromaticity) -> Option<usize> {
        self.0.iter().position(|bin| {
            (bin.luminance_min..bin.luminance_max).contains(&colour.luminance)
                && contains(&bin.corners, (colour.x, colour.y))
        })
    }
}

/// True where a point lies in a polygon (or on one of its edges), by counting the edges to its right.
fn contains(corners: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let mut inside = false;
    for (i, &(ax, ay)) in corners.iter().enumerate() {
        let (bx, by) = corners[(i + 1) % corners.len()];
        let cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let between = (x - ax) * (x - bx) <= 0.0 && (y - ay) * (y - by) <= 0.0;
        if cross.abs() < 1e-12 && between {
            return true;
        }
        if (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax) {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four by four bins: two steps of x, two of y, four of brightness.
    fn sixteen() -> Vec<Bin> {
        let mut bins = Vec::new();
        for level in 0..4 {
            for (i, (x, y)) in
                [(0.30, 0.30), (0.32, 0.30), (0.30, 0.32), (0.32, 0.32)].into_iter().enumerate()
            {
                bins.push(Bin {
                    name: format!("{}{}", ["A", "B", "C", "D"][level], i + 1),
                    corners: vec![(x, y), (x + 0.02, y), (x + 0.02, y + 0.02), (x, y + 0.02)],
                    luminance_min: 100.0 + 50.0 * level as f64,
                    luminance_max: 150.0 + 50.0 * level as f64,
                });
            }
        }
        bins
    }

    #[test]
    fn beads_fall_into_their_bins() {
        let bins = Bins::try_from(sixteen()).unwrap();
        let find = |x, y, luminance| {
            bins.find(&Chromaticity { x, y, luminance }).map(|i| bins.as_slice()[i].name.clone())
        };
        assert_eq!(find(0.31, 0.31, 120.0).as_deref(), Some("A1"));
        assert_eq!(find(0.33, 0.335, 299.0).as_deref(), Some("D4"));
        assert_eq!(find(0.32, 0.31, 150.0).as_deref(), Some("B1"), "the first of two that share an edge");
        assert_eq!(find(0.36, 0.31, 120.0), None);
        assert_eq!(find(0.31, 0.31, 300.0), None);
    }

    #[test]
    fn brightness_counts_over_the_median() {
        let table = sixteen().into_iter().map(|bin| Bin {
            luminance_min: bin.luminance_min / 200.0,
            luminance_max: bin.luminance_max / 200.0,
            ..bin
        });
        let bins = Bins::try_from(table.collect::<Vec<_>>()).unwrap();
        // The median is 4000, whatever the camera's unit: bins of 0.5 to 0.75, 1 to 1.25 and beyond 1.5.
        let colours = [2400.0, 4000.0, 4100.0, 9000.0, 2500.0].map(|luminance| Chromaticity {
            x: 0.31,
            y: 0.31,
            luminance,
        });
        let sorted = bins.sort(colours.into_iter());
        assert_eq!(sorted, [("A1", 2), ("C1", 2), (OUTSIDE, 1)].map(|(n, k)| (n.to_owned(), k)).into());
    }

    #[test]
    fn bad_tables_are_refused() {
        let with = |change: fn(&mut Vec<Bin>)| {
            let mut bins = sixteen();
            change(&mut bins);
            Bins::try_from(bins).map(|_| ())
        };
        assert_eq!(with(|b| b.clear()), Err(BinError::Count(0)));
        assert_eq!(with(|b| b[1].name = "A1".into()), Err(BinError::Twice("A1".into())));
        assert_eq!(with(|b| b[0].corners.truncate(2)), Err(BinError::Corners("A1".into())));
        assert_eq!(with(|b| b[0].luminance_max = f64::NAN), Err(BinError::Range("A1".into())));
    }
}
