//! Which properties are kinds of one another (`data/property_kin.csv`): a board's base material is its material, and who asks
//! for the one may be answered with the other.

use super::{PropertyId, PropertyTable};
use crate::table::{self, TableError};
use serde::Deserialize;

/// A property that is kin to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// The property.
    pub property: PropertyId,
    /// True where it is a kind of the other one, false where the other is a kind of it.
    pub special: bool,
}

const TABLE: &str = "property_kin.csv";

#[derive(Deserialize)]
struct Row {
    general: String,
    special: String,
}

impl PropertyTable {
    /// Reads `general,special`: the special property is a kind of the general one. Both are found at each other
    /// ([`super::Property::kin`]), in the order of the text; two special ones of one general property are no kin.
    ///
    /// # Errors
    /// The first faulty row: a property that is not known, a pair that stands twice, or two whose values do not compare.
    pub fn relate(&mut self, text: &str) -> Result<(), TableError> {
        for (line, Row { general, special }) in table::rows::<Row>(TABLE, text)? {
            let fault = |what: String| TableError::new(TABLE, line, what);
            let [(g, one), (s, other)] = {
                let find = |id: &str| {
                    let place = self.by_id.get(id).copied().map(usize::from);
                    let place = place.ok_or_else(|| fault(format!("{id} is no property")))?;
                    Ok((place, &self.rows[place]))
                };
                [find(&general)?, find(&special)?]
            };
            if (one.kind, one.direction, one.range) != (other.kind, other.direction, other.range) {
                return Err(fault(format!("{general} and {special} are not compared in the same way")));
            }
            if g == s || one.kin.iter().any(|k| k.property.0 == special) {
                return Err(fault(format!("{general} and {special} are the same, or kin already")));
            }
            self.rows[g].kin.push(Kin { property: PropertyId(special), special: true });
            self.rows[s].kin.push(Kin { property: PropertyId(general), special: false });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{BUILTIN, Reference};

    #[test]
    fn kin_are_found_at_each_other() {
        let properties = &Reference::builtin().properties;
        let kin = |id: &str| {
            properties.by_id(id).unwrap().kin.iter().map(|k| k.property.0.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(kin("material"), ["base_material"]);
        assert_eq!(kin("wire_diameter"), ["diameter"]);
        assert_eq!(kin("diameter"), ["wire_diameter", "outer_diameter", "bead_diameter"]);
        assert!(kin("purity").is_empty());
    }

    #[test]
    fn faulty_rows_are_placed() {
        let check = |rows: &str, expect: &str| {
            let mut table = PropertyTable::parse(BUILTIN.properties).unwrap();
            let fault = table.relate(&format!("general,special\n{rows}\n")).unwrap_err();
            assert_eq!(fault.to_string(), format!("property_kin.csv line {expect}"));
        };
        check("material,matter", "2: matter is no property");
        check("thickness,purity", "2: thickness and purity are not compared in the same way");
        check("thickness,thickness", "2: thickness and thickness are the same, or kin already");
        check(
            "thickness,board_thickness\nboard_thickness,thickness",
            "3: board_thickness and thickness are the same, or kin already",
        );
    }
}
