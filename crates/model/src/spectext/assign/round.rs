//! Round things told by a diameter and other sides: `φ50×1000`, `φ12*1.1`, `M8×30`.

use super::super::expr::{Amount, Expr, Shape, Side};
use super::super::words::{Role, WORDS};
use super::{Assigner, Placed};
use crate::property::{Entry, PropertyId};
use crate::unit::UnitWords;

/// A side of so many times the diameter or less is how thick a disc is.
const DISC_RATIO_MAX: f64 = 1.0 / 3.0;
/// A side of so many times the diameter of a thread or less is its pitch.
const PITCH_RATIO_MAX: f64 = 0.26;

/// The bore of a hose is so much of its outer diameter at least: what is less is its wall.
const HOSE_RATIO_MIN: f64 = 0.5;

impl Assigner<'_> {
    /// The diameter and the other sides behind a mark of a diameter: the wall of a tube, how thick a disc is, or how long a rod.
    pub(super) fn round(&self, entry: &Entry, mark: &str, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        if WORDS.is(Role::RoundMark, mark)
            && let Some(found) = self.bored(list)
        {
            return Some(found);
        }
        // OD 25.4 x 1.5: the outer diameter and the wall of a tube.
        let outer = self.properties.index(&PropertyId("outer_diameter".to_owned()))?;
        if let ([first, wall], true) = (sides.as_slice(), entry.targets.iter().any(|t| t.0 == outer))
            && !WORDS.is(Role::RoundMark, mark)
            && wall.low.value * 2.0 < first.low.value
        {
            let unit = sides.iter().rev().find_map(Side::unit);
            return Some(vec![
                self.side_of("outer_diameter", first, unit)?,
                self.side_of("thickness", wall, unit)?,
            ]);
        }
        let diameter = self.properties.index(&PropertyId("diameter".to_owned()))?;
        let marked = WORDS.is(Role::RoundMark, mark) && entry.targets.iter().any(|t| t.0 == diameter);
        let [first, others @ ..] = sides.as_slice() else { return None };
        if !marked || others.is_empty() {
            return None;
        }
        let tube = self.speaks_of(Role::Tube);
        let rod = self.speaks_of(Role::Rod);
        let thread = WORDS.is(Role::ThreadMark, mark);
        let unit = sides.iter().rev().find_map(Side::unit);
        let mut out = vec![self.side_of(if tube { "outer_diameter" } else { "diameter" }, first, unit)?];
        for (place, side) in others.iter().enumerate() {
            let ratio = side.low.value / first.low.value;
            if thread && place == 0 && ratio <= PITCH_RATIO_MAX {
                continue;
            }
            let flat =
                place == 0 && !thread && if tube { ratio < 0.5 } else { !rod && ratio <= DISC_RATIO_MAX };
            out.push(self.side_of(if flat { "thickness" } else { "length" }, side, unit)?);
        }
        Some(out)
    }

    /// The bores of bushings (20×23×20, φ40*φ50*60) and of hoses (8*5) with their outer diameters.
    pub(super) fn bored(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        let unit = sides.iter().rev().find_map(Side::unit);
        let of = |id: &str, side: &Side| self.side_of(id, side, unit);
        match sides.as_slice() {
            [a, b, length] if self.speaks_of(Role::Bushing) && a.low.value != b.low.value => {
                let (bore, outer) = if a.low.value < b.low.value { (a, b) } else { (b, a) };
                Some(vec![of("inner_diameter", bore)?, of("outer_diameter", outer)?, of("length", length)?])
            }
            [outer, bore]
                if self.speaks_of(Role::Hose)
                    && bore.low.value < outer.low.value
                    && bore.low.value >= outer.low.value * HOSE_RATIO_MIN =>
            {
                Some(vec![of("outer_diameter", outer)?, of("inner_diameter", bore)?])
            }
            _ => None,
        }
    }

    /// True where the text has a word of the role.
    pub(super) fn speaks_of(&self, role: Role) -> bool {
        WORDS.words(role).any(|word| self.folded.contains(word))
    }

    /// A side as a value of the property with this id.
    pub(super) fn side_of(&self, id: &str, side: &Side, unit: Option<&UnitWords>) -> Option<Placed> {
        let property = self.properties.index(&PropertyId(id.to_owned()))?;
        let own = |a: &Amount| Amount { unit: a.unit.clone().or_else(|| unit.cloned()), ..a.clone() };
        let low = own(&side.low);
        let shape = match (&side.high, &side.tolerance) {
            (Some(high), _) => Shape::Range(low, own(high)),
            (None, Some(tolerance)) => Shape::Toleranced(low, tolerance.clone()),
            (None, None) => Shape::Point(low),
        };
        Some((0, (property, self.resolver().resolve(property, &shape, unit)?)))
    }
}
