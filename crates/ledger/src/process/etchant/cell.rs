//! The electrolytic cell: Faraday's law, current efficiency, energy for a kilogram of copper.

use super::bath::FARADAY;
use super::species::COPPER_KG_MOL;
use serde::{Deserialize, Serialize};

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Voltage, V.
    pub voltage_v: f64,
    /// Part of the current that deposits copper, 0..1; the rest dissolves it again.
    pub current_efficiency: f64,
    /// Largest current, A.
    pub current_max_a: f64,
    /// How much cuprous chloride reaches the anode for each mol/L, mol/(s mol/L): the mass transfer coefficient times area.
    pub anode_transfer_l_s: f64,
}

/// What a cell does in a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct CellWork {
    /// Copper deposited with cuprous chloride oxidised at the anode, mol Cu.
    pub regenerated_mol: f64,
    /// Copper deposited with chlorine set free, mol Cu.
    pub chlorine_mol: f64,
    /// Electricity, kJ.
    pub energy_kj: f64,
}

impl Cell {
    /// Copper deposited by a charge, g/Ah: `M / 2F` times the efficiency (1.1855 g/Ah at efficiency 1).
    pub fn copper_g_ah(&self) -> f64 {
        COPPER_KG_MOL * 1000.0 * 3600.0 / (2.0 * FARADAY) * self.current_efficiency
    }

    /// Electricity for a kilogram of copper, kWh/kg: `V / (1.1855 · CE)`.
    pub fn energy_kwh_kg(&self) -> f64 {
        self.voltage_v / self.copper_g_ah()
    }

    /// What a current does in a time, with so much cuprous chloride in the liquor (mol/L and mol in all).
    pub fn run(&self, current_a: f64, seconds: f64, cuprous_mol_l: f64, cuprous_mol: f64) -> CellWork {
        let current = current_a.clamp(0.0, self.current_max_a);
        let deposited = current * self.current_efficiency * seconds / (2.0 * FARADAY);
        // Two cuprous ions give the electrons for one copper atom.
        let reach = (self.anode_transfer_l_s * cuprous_mol_l * seconds).min(cuprous_mol) / 2.0;
        let regenerated = deposited.min(reach);
        CellWork {
            regenerated_mol: regenerated,
            chlorine_mol: deposited - regenerated,
            energy_kj: self.voltage_v * current * seconds / 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faraday_and_the_published_cell() {
        let cell =
            Cell { voltage_v: 2.0, current_efficiency: 0.8, current_max_a: 1e4, anode_transfer_l_s: 1.0 };
        assert!((Cell { current_efficiency: 1.0, ..cell }.copper_g_ah() - 1.1855).abs() < 1e-4);
        assert!((cell.energy_kwh_kg() - 2.11).abs() < 0.005);
        let hour = cell.run(1000.0, 3600.0, 1.0, 1e6);
        let kg = hour.regenerated_mol * COPPER_KG_MOL;
        assert!((hour.energy_kj / 3600.0 / kg - cell.energy_kwh_kg()).abs() < 1e-9);
        assert_eq!(hour.chlorine_mol, 0.0);
        let starved = cell.run(1000.0, 3600.0, 1e-6, 1e6);
        assert!(starved.chlorine_mol > 0.99 * (starved.chlorine_mol + starved.regenerated_mol));
    }
}
