//! Bins of brightness and colour that good beads are sorted by: `data/led_bins.csv`.

use crate::{Code, Error, Result};
use model::table::{self, TableError};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use vision::classify::{Bead, Class};
use vision::colour::{Bin, Bins, Chromaticity};

#[derive(Deserialize)]
struct Row {
    table: String,
    name: String,
    /// `x y|x y|x y`, in the CIE 1931 diagram.
    corners: String,
    light_min: f64,
    light_max: f64,
}

fn parse(text: &str) -> std::result::Result<BTreeMap<String, Bins>, TableError> {
    let mut tables: BTreeMap<String, (u64, Vec<Bin>)> = BTreeMap::new();
    for (line, row) in table::rows::<Row>("led_bins.csv", text)? {
        let fault = |what: &str| TableError::new("led_bins.csv", line, what.to_owned());
        let corner = |words: &str| {
            let (x, y) = words.trim().split_once(' ')?;
            Some((x.parse().ok()?, y.trim().parse().ok()?))
        };
        let corners = row.corners.split('|').map(corner).collect::<Option<Vec<_>>>();
        let bin = Bin {
            name: row.name,
            corners: corners.ok_or_else(|| fault("corners are written x y|x y|x y"))?,
            luminance_min: row.light_min,
            luminance_max: row.light_max,
        };
        tables.entry(row.table).or_insert((line, Vec::new())).1.push(bin);
    }
    let checked = |(name, (line, bins)): (String, (u64, Vec<Bin>))| {
        let bins = Bins::try_from(bins).map_err(|e| TableError::new("led_bins.csv", line, e.to_string()));
        bins.map(|bins| (name, bins))
    };
    tables.into_iter().map(checked).collect()
}

static TABLES: OnceLock<BTreeMap<String, Bins>> = OnceLock::new();

fn shipped() -> BTreeMap<String, Bins> {
    parse(include_str!("../../../../data/led_bins.csv")).expect("the shipped tables are tested")
}

/// Takes a buyer's own tables beside the shipped ones, and instead of those of the same names. To be called before any recipe is
/// read: there is one set of tables in a process.
///
/// # Errors
/// [`Code::BadInput`] with the line; [`Code::Conflict`] where tables are in use already.
pub fn use_led_bins(text: &str) -> Result<()> {
    let own =
        parse(text).map_err(|e| Error::new(Code::BadInput, e.to_string()).hint("see data/README.md"))?;
    let mut tables = shipped();
    tables.extend(own);
    TABLES.set(tables).map_err(|_| Error::new(Code::Conflict, "tables of bins are in use already"))
}

/// The tables by their names.
pub(super) fn tables() -> &'static BTreeMap<String, Bins> {
    TABLES.get_or_init(shipped)
}

/// Name of the bin of each bead: of good ones with a colour, else empty.
pub(super) fn of_beads<'a>(bins: &'a Bins, beads: &[Bead], colours: &[Option<Chromaticity>]) -> Vec<&'a str> {
    let good: Vec<Option<Chromaticity>> =
        beads.iter().zip(colours).map(|(b, colour)| colour.filter(|_| b.class == Class::Ok)).collect();
    bins.names(&good).into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_has_sixteen_bins_about_white() {
        let bins = &tables()["white16"];
        assert_eq!(bins.as_slice().len(), 16);
        let find = |x, y, luminance| {
            bins.find(&Chromaticity { x, y, luminance }).map(|at| bins.as_slice()[at].name.as_str())
        };
        assert_eq!((find(0.30, 0.32, 0.95), find(0.32, 0.34, 1.2)), (Some("B1"), Some("D4")));
        assert_eq!((find(0.34, 0.34, 1.0), find(0.32, 0.34, 1.3)), (None, None));
    }

    #[test]
    fn faults_have_their_line() {
        let head = "table,name,corners,light_min,light_max\n";
        for (row, says) in [
            ("t,A,0.3 0.3|0.4,0,1\n", "corners are written"),
            ("t,A,0.3 0.3|0.4 0.3,0,1\n", "three or more corners"),
            ("t,A,0.3 0.3|0.4 0.3|0.4 0.4,1,1\n", "below luminance_max"),
        ] {
            let error = parse(&format!("{head}{row}")).unwrap_err().to_string();
            assert!(error.contains("2") && error.contains(says), "{error}");
        }
    }
}
