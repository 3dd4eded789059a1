//! Tolerance classes of sizes: by ISO 286 (GB/T 1800), where `10h7` is 10 mm with +0/-0.015 mm, and the general tolerances of
//! ISO 2768-1 (GB/T 1804), which hold where a drawing says nothing else.
//!
//! `data/tolerances/iso286_grades.csv` has the widths of the grades IT01 to IT18 (ISO 286-1, table 1), and
//! `iso286_deviations.csv` the deviation of a shaft's nearer limit from the nominal size (tables 4 and 5), both in μm by
//! the upper end of the range of nominal sizes, up to 500 mm. Holes follow from shafts by the standard's general rule
//! (A to H: the limits mirrored) and special rule (K, M, N to IT8 and P to IT7: mirrored, and more by the difference to the next
//! finer grade where the size is over 3 mm). `iso2768.csv` has the permissible deviations of lengths, ±μm (ISO 2768-1, table 1).

use std::sync::LazyLock;

/// Size above which the special rule for holes holds, mm (ISO 286-1, 4.3.2.3).
const SPECIAL_RULE_ABOVE_MM: f64 = 3.0;

/// Limits of a toleranced size: their distances from the nominal size, mm, the lower first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Lower deviation (ei, EI).
    pub lower_mm: f64,
    /// Upper deviation (es, ES).
    pub upper_mm: f64,
}

/// Columns by name, rows by the upper end of the range of nominal sizes (mm).
struct Table {
    columns: Vec<String>,
    rows: Vec<(f64, Vec<f64>)>,
}

static GRADES: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("../../../data/tolerances/iso286_grades.csv")));
static DEVIATIONS: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("../../../data/tolerances/iso286_deviations.csv")));

static GENERAL: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("../../../data/tolerances/iso2768.csv")));

/// The least and the greatest deviation to either side, mm, that a class allows over all sizes of its table: `f`, `m`, `c` or `v` of
/// ISO 2768, or a grade of ISO 286 such as `IT7` (half its width).
///
/// `None` for other words.
pub fn deviation_range_mm(class: &str) -> Option<(f64, f64)> {
    let (table, class, per_mm) = match class.rsplit_once("2768-") {
        Some((_, class)) => (&*GENERAL, class, 1000.0),
        None => (&*GRADES, class, 2000.0),
    };
    let at = table.columns.iter().position(|c| c == class)?;
    let values = table.rows.iter().filter_map(|row| row.1.get(at).copied()).filter(|v| v.is_finite());
    values.map(|v| v / per_mm).fold(None, |ends: Option<(f64, f64)>, v| match ends {
        Some((least, greatest)) => Some((least.min(v), greatest.max(v))),
        None => Some((v, v)),
    })
}

/// The width of the band, mm, that a class allows a size: as [`deviation_range_mm`], but twice the deviation of this size.
///
/// `None` for other words, and where the standard's table has no such size.
pub fn width_mm(class: &str, nominal_mm: f64) -> Option<f64> {
    let (table, class, sides) = match class.rsplit_once("2768-") {
        Some((_, class)) => (&*GENERAL, class, 2.0),
        None => (&*GRADES, class, 1.0),
    };
    let um = if nominal_mm > 0.0 { table.value(nominal_mm, class)? } else { return None };
    Some((um * sides * 10.0).round() / 10_000.0)
}

impl Table {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(|line| line.split(','));
        let head = lines.next().into_iter().flatten().skip(1);
        let columns = head.map(str::to_owned).collect();
        let rows = lines.filter_map(|mut cells| {
            let up_to = cells.next()?.parse().ok()?;
            Some((up_to, cells.map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()))
        });
        Self { columns, rows: rows.collect() }
    }

    /// The value of a column for a nominal size, μm.
    fn value(&self, nominal_mm: f64, column: &str) -> Option<f64> {
        let at = self.columns.iter().position(|c| c == column)?;
        let row = self.rows.iter().find(|(up_to, _)| nominal_mm <= *up_to)?;
        row.1.get(at).copied().filter(|v| v.is_finite())
    }
}

/// The limits of a size with a tolerance class (`h7`, `H8`, `js6`): shafts in small letters, holes in capitals.
///
/// `None` where the standard's tables of `data/tolerances` have no such class or size.
pub fn iso286(nominal_mm: f64, deviation: &str, grade: u8) -> Option<Limits> {
    if nominal_mm <= 0.0 {
        return None;
    }
    let width = |grade: u8| GRADES.value(nominal_mm, &format!("IT{grade}"));
    let it = width(grade)?;
    let shaft = deviation.to_ascii_lowercase();
    let hole = deviation != shaft;
    if hole && deviation != deviation.to_ascii_uppercase() {
        return None;
    }
    if shaft == "js" {
        return Some(limits(-it / 2.0, it / 2.0));
    }
    let nearer = DEVIATIONS.value(nominal_mm, &shaft)?;
    let above = matches!(shaft.as_str(), "k" | "m" | "n" | "p");
    Some(match (hole, above) {
        (false, false) => limits(nearer - it, nearer),
        (false, true) => {
            // Beyond IT7 and below IT4 the deviation of k is nothing.
            let nearer = if shaft == "k" && !(4..=7).contains(&grade) { 0.0 } else { nearer };
            limits(nearer, nearer + it)
        }
        (true, false) => limits(-nearer, -nearer + it),
        (true, true) => {
            let finest = if shaft == "p" { 7 } else { 8 };
            if grade > finest {
                return None;
            }
            let special = nominal_mm > SPECIAL_RULE_ABOVE_MM;
            let more = if special { it - width(grade.checked_sub(1)?)? } else { 0.0 };
            limits(-nearer + more - it, -nearer + more)
        }
    })
}

/// From μm; tenths of a micrometre are exact in the tables.
fn limits(lower_um: f64, upper_um: f64) -> Limits {
    let mm = |um: f64| (um * 10.0).round() / 10_000.0;
    Limits { lower_mm: mm(lower_um), upper_mm: mm(upper_um) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_classes() {
        for (class, expect) in [
            ("ISO 2768-m", Some((0.1, 2.0))),
            ("ISO 2768-f", Some((0.05, 0.5))),
            ("ISO 2768-v", Some((0.5, 8.0))),
            ("IT7", Some((0.005, 0.0315))),
            ("IT01", Some((0.00015, 0.002))),
            ("ISO 2768-x", None),
            ("7", None),
        ] {
            assert_eq!(deviation_range_mm(class), expect, "{class}");
        }
    }

    #[test]
    fn widths_of_classes() {
        for (class, size, expect) in [
            ("IT6", 10.0, Some(0.009)),
            ("IT7", 10.0, Some(0.015)),
            ("ISO 2768-m", 50.0, Some(0.6)),
            ("IT7", 0.0, None),
            ("IT7", 5000.0, None),
            ("h7", 10.0, None),
        ] {
            assert_eq!(width_mm(class, size), expect, "{class} {size}");
        }
    }

    /// Limits of ISO 286-2 in μm.
    #[test]
    fn classes_of_the_standard() {
        for (size, deviation, grade, expect) in [
            (10.0, "h", 7, Some((-15.0, 0.0))),
            (10.5, "h", 7, Some((-18.0, 0.0))),
            (20.0, "H", 7, Some((0.0, 21.0))),
            (25.0, "g", 6, Some((-20.0, -7.0))),
            (25.0, "f", 7, Some((-41.0, -20.0))),
            (50.0, "js", 6, Some((-8.0, 8.0))),
            (50.0, "JS", 7, Some((-12.5, 12.5))),
            (6.0, "m", 6, Some((4.0, 12.0))),
            (40.0, "k", 6, Some((2.0, 18.0))),
            (40.0, "p", 6, Some((26.0, 42.0))),
            (30.0, "H", 8, Some((0.0, 33.0))),
            (60.0, "F", 8, Some((30.0, 76.0))),
            (15.0, "K", 7, Some((-12.0, 6.0))),
            (15.0, "M", 7, Some((-18.0, 0.0))),
            (15.0, "N", 7, Some((-23.0, -5.0))),
            (15.0, "P", 7, Some((-29.0, -11.0))),
            (2.0, "N", 7, Some((-14.0, -4.0))),
            (100.0, "d", 9, Some((-207.0, -120.0))),
            (600.0, "h", 7, None),
            (10.0, "zz", 7, None),
            (10.0, "Js", 7, None),
            (0.0, "h", 7, None),
        ] {
            let got = iso286(size, deviation, grade).map(|l| (l.lower_mm * 1e3, l.upper_mm * 1e3));
            let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9;
            let same = match (got, expect) {
                (Some(a), Some(b)) => near(a, b),
                (a, b) => a == b,
            };
            assert!(same, "{size}{deviation}{grade}: {got:?}");
        }
    }
}
