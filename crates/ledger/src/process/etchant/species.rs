//! The species of the bath: molar mass, elements, enthalpy, volume.

use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Mul, Sub};

/// Amounts of the dissolved species and water, mol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Species {
    /// Cupric chloride, CuCl2.
    pub cupric: f64,
    /// Cuprous chloride, CuCl (in truth a chloro complex; the acid that binds it is counted as HCl).
    pub cuprous: f64,
    /// Free hydrochloric acid, HCl.
    pub acid: f64,
    /// Hydrogen peroxide, H2O2.
    pub peroxide: f64,
    /// Water, H2O.
    pub water: f64,
}

/// Molar mass of copper, kg/mol (IUPAC).
pub const COPPER_KG_MOL: f64 = 0.063_546;
/// Molar mass of chlorine gas Cl2, kg/mol.
pub const CHLORINE_KG_MOL: f64 = 0.070_906;
/// Reference temperature of the enthalpies, °C.
pub const REFERENCE_C: f64 = 25.0;
/// Density of water at the reference of specific gravity, kg/L.
pub const WATER_KG_L: f64 = 0.9982;

/// Atomic masses of hydrogen, oxygen and chlorine, kg/mol (IUPAC, abridged).
const HYDROGEN: f64 = 0.001_008;
const OXYGEN: f64 = 0.015_999;
const CHLORINE: f64 = CHLORINE_KG_MOL / 2.0;

/// Molar masses, kg/mol: CuCl2, CuCl, HCl, H2O2, H2O; sums of atoms, so that reactions keep the mass.
const MASS: [f64; 5] = [
    COPPER_KG_MOL + 2.0 * CHLORINE,
    COPPER_KG_MOL + CHLORINE,
    HYDROGEN + CHLORINE,
    2.0 * (HYDROGEN + OXYGEN),
    2.0 * HYDROGEN + OXYGEN,
];
/// Enthalpies of formation at 25 °C, kJ/mol (CODATA and NBS tables; CuCl as the solid, to check for the complex).
const ENTHALPY: [f64; 5] = [-269.6, -137.2, -167.2, -191.2, -285.8];
/// Apparent molar volumes, L/mol (fitted to specific gravity 1.27 at 150 g/L Cu and 1.3 mol/L HCl, to check).
const VOLUME: [f64; 5] = [0.028, 0.028, 0.019, 0.0235, MASS[4] / WATER_KG_L];

impl Species {
    fn array(&self) -> [f64; 5] {
        [self.cupric, self.cuprous, self.acid, self.peroxide, self.water]
    }

    fn weighted(&self, weights: &[f64; 5]) -> f64 {
        self.array().iter().zip(weights).map(|(n, w)| n * w).sum()
    }

    /// Mass, kg.
    pub fn mass_kg(&self) -> f64 {
        self.weighted(&MASS)
    }

    /// Volume, L.
    pub fn volume_l(&self) -> f64 {
        self.weighted(&VOLUME)
    }

    /// Enthalpy of formation, kJ.
    pub fn enthalpy_kj(&self) -> f64 {
        self.weighted(&ENTHALPY)
    }

    /// Atoms of Cu, Cl, H and O, mol.
    pub fn elements(&self) -> [f64; 4] {
        [
            self.cupric + self.cuprous,
            2.0 * self.cupric + self.cuprous + self.acid,
            self.acid + 2.0 * self.peroxide + 2.0 * self.water,
            2.0 * self.peroxide + self.water,
        ]
    }

    /// Copper, kg.
    pub fn copper_kg(&self) -> f64 {
        (self.cupric + self.cuprous) * COPPER_KG_MOL
    }

    /// A solution made of copper (g/L, all cupric) and acid (mol/L) in a volume (L), filled up with water.
    pub fn solution(copper_g_l: f64, acid_mol_l: f64, volume_l: f64) -> Self {
        let cupric = copper_g_l / 1000.0 / COPPER_KG_MOL * volume_l;
        let acid = acid_mol_l * volume_l;
        let filled = cupric * VOLUME[0] + acid * VOLUME[2];
        Self { cupric, acid, water: ((volume_l - filled) / VOLUME[4]).max(0.0), ..Self::default() }
    }

    /// Hydrochloric acid of a mass fraction (0.31 for the trade's), by its HCl in mol.
    pub fn hydrochloric_acid(mol: f64, fraction: f64) -> Self {
        let water = mol * MASS[2] * (1.0 - fraction) / fraction / MASS[4];
        Self { acid: mol, water, ..Self::default() }
    }

    /// Hydrogen peroxide solution of a mass fraction (0.35 for the trade's), by its H2O2 in mol.
    pub fn hydrogen_peroxide(mol: f64, fraction: f64) -> Self {
        let water = mol * MASS[3] * (1.0 - fraction) / fraction / MASS[4];
        Self { peroxide: mol, water, ..Self::default() }
    }
}

impl Add for Species {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            cupric: self.cupric + other.cupric,
            cuprous: self.cuprous + other.cuprous,
            acid: self.acid + other.acid,
            peroxide: self.peroxide + other.peroxide,
            water: self.water + other.water,
        }
    }
}

impl AddAssign for Species {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Species {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

impl Mul<f64> for Species {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self {
            cupric: self.cupric * factor,
            cuprous: self.cuprous * factor,
            acid: self.acid * factor,
            peroxide: self.peroxide * factor,
            water: self.water * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_bath_has_the_density_of_practice() {
        for (copper, low, high) in [(120.0, 1.20, 1.25), (150.0, 1.25, 1.30), (180.0, 1.29, 1.35)] {
            let bath = Species::solution(copper, 1.3, 100.0);
            let gravity = bath.mass_kg() / bath.volume_l() / WATER_KG_L;
            assert!((low..high).contains(&gravity), "{copper} g/L: {gravity}");
            assert!((bath.copper_kg() - copper / 10.0).abs() < 1e-9);
        }
    }

    #[test]
    fn dosing_solutions() {
        let acid = Species::hydrochloric_acid(10.0, 0.31);
        assert!((10.0 * 0.036_461 / acid.mass_kg() - 0.31).abs() < 1e-12);
        // Per kg of copper: 1.148 kg HCl and 0.535 kg H2O2 regenerate what etching used.
        let mol = 1.0 / COPPER_KG_MOL;
        assert!((2.0 * mol * 0.036_461 - 1.148).abs() < 1e-3);
        assert!((mol * 0.034_015 - 0.535).abs() < 1e-3);
    }
}
