//! The controller: readings to dosing and current, under interlocks.
//!
//! Specific gravity drives the current (copper out), ORP the oxidant, free acid the acid, temperature heater and cooler,
//! level the bleed. An interlock overrides all: what is dangerous is switched off, and stays off until its reset value.

use super::bath::Readings;
use serde::{Deserialize, Serialize};

/// Set points and limits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetPoints {
    /// Specific gravity to hold (1.239-1.330).
    pub specific_gravity: f64,
    /// ORP to hold, mV (500-540).
    pub orp_mv: f64,
    /// Free acid to hold, mol/L (1.3-1.4).
    pub acid_mol_l: f64,
    /// Temperature to hold, °C (45-55).
    pub temperature_c: f64,
    /// Above this ORP the anode is starved and chlorine is near: current off, mV.
    pub chlorine_trip_mv: f64,
    /// Below this ORP the current may come back, mV.
    pub chlorine_reset_mv: f64,
    /// Above this temperature etching and heating stop, °C.
    pub temperature_trip_c: f64,
    /// Below this temperature they may come back, °C.
    pub temperature_reset_c: f64,
    /// Above this level the bleed opens and dosing of water stops, L.
    pub level_high_l: f64,
    /// Below this level bleed, current and etching stop, L.
    pub level_low_l: f64,
}

impl Default for SetPoints {
    fn default() -> Self {
        Self {
            specific_gravity: 1.28,
            orp_mv: 520.0,
            acid_mol_l: 1.35,
            temperature_c: 50.0,
            chlorine_trip_mv: 620.0,
            chlorine_reset_mv: 560.0,
            temperature_trip_c: 58.0,
            temperature_reset_c: 54.0,
            level_high_l: 1100.0,
            level_low_l: 600.0,
        }
    }
}

/// Gains and the largest values of the actuators.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actuators {
    /// Current for each unit of specific gravity above the set point, A.
    pub current_gain_a: f64,
    /// Current that holds the set point at the usual load, A.
    pub current_base_a: f64,
    /// Largest current, A.
    pub current_max_a: f64,
    /// Oxidant for each mV below the set point, mol/s.
    pub oxidant_gain_mol_s: f64,
    /// Most oxidant, mol/s.
    pub oxidant_max_mol_s: f64,
    /// Acid for each mol/L below the set point, mol/s.
    pub acid_gain_mol_s: f64,
    /// Most acid, mol/s.
    pub acid_max_mol_s: f64,
    /// Water for each unit of specific gravity above the set point, mol/s.
    pub water_gain_mol_s: f64,
    /// Most water, mol/s.
    pub water_max_mol_s: f64,
    /// Bleed above the high level, for each L, L/s.
    pub bleed_gain_per_s: f64,
    /// Heat for each K below the set point, kW; cooling for each K above it.
    pub heat_gain_kw: f64,
    /// Most heating and most cooling, kW.
    pub heat_max_kw: f64,
}

impl Default for Actuators {
    fn default() -> Self {
        Self {
            current_gain_a: 200_000.0,
            current_base_a: 5000.0,
            current_max_a: 12_000.0,
            oxidant_gain_mol_s: 0.002,
            oxidant_max_mol_s: 0.08,
            acid_gain_mol_s: 1.0,
            acid_max_mol_s: 0.2,
            water_gain_mol_s: 100.0,
            water_max_mol_s: 2.0,
            bleed_gain_per_s: 0.001,
            heat_gain_kw: 10.0,
            heat_max_kw: 60.0,
        }
    }
}

/// An interlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Interlock {
    /// ORP beyond the trip value, or chlorine detected.
    Chlorine,
    /// Too hot.
    Temperature,
    /// Too little in the sump.
    LevelLow,
    /// A reading is no number, or outside what the sensor can read.
    Sensor,
}

/// What the actuators are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Commands {
    /// Current, A.
    pub current_a: f64,
    /// Hydrogen peroxide, mol/s.
    pub oxidant_mol_s: f64,
    /// Hydrochloric acid, mol/s.
    pub acid_mol_s: f64,
    /// Water, mol/s.
    pub water_mol_s: f64,
    /// Bleed, L/s.
    pub bleed_l_s: f64,
    /// Heating (positive) or cooling (negative), kW.
    pub heat_kw: f64,
    /// True where etching may go on.
    pub may_etch: bool,
}

/// The controller with its latched interlocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Controller {
    /// Set points.
    pub set: SetPoints,
    /// Actuators.
    pub actuators: Actuators,
    chlorine: bool,
    too_hot: bool,
}

impl Controller {
    /// A controller without tripped interlocks.
    pub fn new(set: SetPoints, actuators: Actuators) -> Self {
        Self { set, actuators, chlorine: false, too_hot: false }
    }

    /// Commands for readings, and the interlocks that are in force. `chlorine_detected`: the gas detector.
    pub fn decide(&mut self, readings: &Readings, chlorine_detected: bool) -> (Commands, Vec<Interlock>) {
        let (set, act) = (&self.set, &self.actuators);
        let is_plausible = (0.0..1200.0).contains(&readings.orp_mv)
            && (0.9..1.6).contains(&readings.specific_gravity)
            && (-0.5..6.0).contains(&readings.acid_mol_l)
            && (0.0..100.0).contains(&readings.temperature_c)
            && readings.level_l >= 0.0;
        if !is_plausible {
            // Blind: everything off, nothing is etched.
            return (Commands::default(), vec![Interlock::Sensor]);
        }
        latch(&mut self.chlorine, readings.orp_mv, set.chlorine_trip_mv, set.chlorine_reset_mv);
        self.chlorine |= chlorine_detected;
        latch(&mut self.too_hot, readings.temperature_c, set.temperature_trip_c, set.temperature_reset_c);
        let level_low = readings.level_l < set.level_low_l;
        let level_high = readings.level_l > set.level_high_l;
        let above = readings.specific_gravity - set.specific_gravity;
        let limited = |value: f64, most: f64| value.clamp(0.0, most);
        let mut out = Commands {
            current_a: limited(act.current_base_a + act.current_gain_a * above, act.current_max_a),
            oxidant_mol_s: limited(
                act.oxidant_gain_mol_s * (set.orp_mv - readings.orp_mv),
                act.oxidant_max_mol_s,
            ),
            acid_mol_s: limited(
                act.acid_gain_mol_s * (set.acid_mol_l - readings.acid_mol_l),
                act.acid_max_mol_s,
            ),
            water_mol_s: if level_high {
                0.0
            } else {
                limited(act.water_gain_mol_s * above, act.water_max_mol_s)
            },
            bleed_l_s: limited(act.bleed_gain_per_s * (readings.level_l - set.level_high_l), f64::MAX),
            heat_kw: (act.heat_gain_kw * (set.temperature_c - readings.temperature_c))
                .clamp(-act.heat_max_kw, act.heat_max_kw),
            may_etch: !self.too_hot && !level_low,
        };
        let mut interlocks = Vec::new();
        if self.chlorine {
            (out.current_a, out.oxidant_mol_s) = (0.0, 0.0);
            interlocks.push(Interlock::Chlorine);
        }
        if self.too_hot {
            // Peroxide heats the bath; cooling stays on.
            (out.oxidant_mol_s, out.current_a) = (0.0, 0.0);
            out.heat_kw = out.heat_kw.min(0.0);
            interlocks.push(Interlock::Temperature);
        }
        if level_low {
            (out.current_a, out.bleed_l_s) = (0.0, 0.0);
            out.heat_kw = out.heat_kw.min(0.0);
            interlocks.push(Interlock::LevelLow);
        }
        (out, interlocks)
    }
}

/// Sets a latch above the trip value and releases it below the reset value.
fn latch(state: &mut bool, value: f64, trip: f64, reset: f64) {
    *state = value > trip || (*state && value >= reset);
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Readings = Readings {
        orp_mv: 520.0,
        specific_gravity: 1.28,
        acid_mol_l: 1.35,
        temperature_c: 50.0,
        level_l: 1000.0,
    };

    #[test]
    fn interlocks_override_and_latch() {
        let mut controller = Controller::new(SetPoints::default(), Actuators::default());
        let mut ask = |readings: Readings, gas: bool| controller.decide(&readings, gas);
        let (calm, none) = ask(GOOD, false);
        assert!(calm.current_a > 0.0 && calm.may_etch && none.is_empty());
        for (readings, gas, expect) in [
            (Readings { orp_mv: 630.0, ..GOOD }, false, vec![Interlock::Chlorine]),
            (Readings { orp_mv: 600.0, ..GOOD }, false, vec![Interlock::Chlorine]),
            (Readings { orp_mv: 550.0, ..GOOD }, false, vec![]),
            (GOOD, true, vec![Interlock::Chlorine]),
            (GOOD, false, vec![]),
            (Readings { temperature_c: 60.0, ..GOOD }, false, vec![Interlock::Temperature]),
            (Readings { temperature_c: 56.0, ..GOOD }, false, vec![Interlock::Temperature]),
            (GOOD, false, vec![]),
            (Readings { level_l: 500.0, ..GOOD }, false, vec![Interlock::LevelLow]),
            (Readings { orp_mv: f64::NAN, ..GOOD }, false, vec![Interlock::Sensor]),
        ] {
            let (commands, interlocks) = ask(readings, gas);
            assert_eq!(interlocks, expect, "{readings:?}");
            assert_eq!(commands.current_a == 0.0, !expect.is_empty(), "{readings:?}");
        }
        assert!(!ask(Readings { temperature_c: 60.0, ..GOOD }, false).0.may_etch);
    }
}
