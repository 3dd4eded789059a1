//! The bath: composition, temperature, and what its sensors would read.

use super::species::{COPPER_KG_MOL, REFERENCE_C, Species, WATER_KG_L};
use serde::{Deserialize, Serialize};

/// Specific heat of the liquor, kJ/(kg K) (to check; water 4.18, falling with salt).
pub const HEAT_KJ_KG_K: f64 = 3.2;
/// Gas constant, J/(mol K).
const GAS: f64 = 8.314_462_618;
/// Faraday constant, C/mol.
pub const FARADAY: f64 = 96_485.332_12;
/// Formal potential of Cu(II)/Cu(I) in the liquor against Ag/AgCl, mV (to check: puts 100:1 at about 530 mV).
const FORMAL_MV: f64 = 400.0;

/// State of a bath.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bath {
    /// What is in it.
    pub content: Species,
    /// Temperature, °C.
    pub temperature_c: f64,
}

/// What the sensors read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Readings {
    /// Oxidation-reduction potential against Ag/AgCl, mV.
    pub orp_mv: f64,
    /// Specific gravity.
    pub specific_gravity: f64,
    /// Free acid, mol/L.
    pub acid_mol_l: f64,
    /// Temperature, °C.
    pub temperature_c: f64,
    /// Volume in the sump, L.
    pub level_l: f64,
}

impl Bath {
    /// True readings.
    pub fn readings(&self) -> Readings {
        let (n, volume) = (&self.content, self.content.volume_l());
        // Less than a millionth of cuprous cannot be told from none.
        let ratio = n.cupric.max(1e-9) / n.cuprous.max(n.cupric * 1e-6).max(1e-12);
        Readings {
            orp_mv: FORMAL_MV + 1000.0 * GAS * (self.temperature_c + 273.15) / FARADAY * ratio.ln(),
            specific_gravity: n.mass_kg() / volume / WATER_KG_L,
            acid_mol_l: n.acid / volume,
            temperature_c: self.temperature_c,
            level_l: volume,
        }
    }

    /// Enthalpy, kJ: formation at 25 °C and heat above it.
    pub fn enthalpy_kj(&self) -> f64 {
        self.content.enthalpy_kj()
            + HEAT_KJ_KG_K * self.content.mass_kg() * (self.temperature_c - REFERENCE_C)
    }

    /// The bath with that content and enthalpy.
    pub fn of_enthalpy(content: Species, enthalpy_kj: f64) -> Self {
        let heat = enthalpy_kj - content.enthalpy_kj();
        Self { content, temperature_c: REFERENCE_C + heat / (HEAT_KJ_KG_K * content.mass_kg()) }
    }

    /// Copper, g/L.
    pub fn copper_g_l(&self) -> f64 {
        self.content.copper_kg() * 1000.0 / self.content.volume_l()
    }
}

impl Readings {
    /// Specific gravity of the liquor if so much copper (kg) is in the sump, by all readings but that of the gravity: how
    /// the copper is divided between cupric and cuprous by the ORP and the temperature, the acid by its own reading, the
    /// volume by the level. Peroxide that has not reacted is left out: it is used up at once while there is cuprous.
    pub fn expected_gravity(&self, copper_kg: f64) -> f64 {
        let volt = (self.orp_mv - FORMAL_MV) / 1000.0;
        let ratio = (volt * FARADAY / (GAS * (self.temperature_c + 273.15))).exp();
        let mut content = Species::solution(copper_kg * 1000.0 / self.level_l, self.acid_mol_l, self.level_l);
        content.cuprous = content.cupric / (1.0 + ratio);
        content.cupric -= content.cuprous;
        content.mass_kg() / content.volume_l() / WATER_KG_L
    }
}

/// Moles of copper in a mass, for extents of reactions.
pub fn copper_mol(kg: f64) -> f64 {
    kg / COPPER_KG_MOL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_of_practice() {
        let mut content = Species::solution(150.0, 1.3, 1000.0);
        content.cuprous = content.cupric / 101.0;
        content.cupric -= content.cuprous;
        let bath = Bath { content, temperature_c: 50.0 };
        let readings = bath.readings();
        assert!((500.0..540.0).contains(&readings.orp_mv), "{readings:?}");
        assert!((1.239..1.330).contains(&readings.specific_gravity));
        for cuprous in [0.001, 0.1, 0.5, 0.9] {
            let all = content.cupric + content.cuprous;
            let bath = Bath {
                content: Species { cuprous: cuprous * all, cupric: (1.0 - cuprous) * all, ..content },
                temperature_c: 47.0,
            };
            let readings = bath.readings();
            let expected = readings.expected_gravity(bath.content.copper_kg());
            assert!(
                (expected - readings.specific_gravity).abs() < 1e-9,
                "{cuprous}: {expected} {readings:?}"
            );
        }
        let back = Bath::of_enthalpy(content, bath.enthalpy_kj());
        assert!((back.temperature_c - 50.0).abs() < 1e-9);
    }
}
