//! Drift of the specific-gravity sensor, seen by the balance: what the sensor reads and what it should read, by the copper
//! that the books say is in the bath and by the other sensors, must not part company.
//!
//! What is uncertain is of two kinds. Noise differs from reading to reading and averages out; a wrong calibration or meter
//! stays, and grows with what has passed through. So the cumulative sum is in units of the noise, and takes only what of the
//! deviation the second kind cannot explain.

use super::bath::Readings;
use super::simulate::Totals;
use crate::random::Random;
use serde::{Deserialize, Serialize};

/// Two-sided cumulative sum (E. Page, 1954) of a residual: small lasting shifts are found, noise is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cusum {
    /// Standard deviation of the residual while all is sound.
    pub sd: f64,
    /// Slack in standard deviations: half of the shift that is to be found (0.5).
    pub slack: f64,
    /// Alarm limit in standard deviations (5: a false alarm about every 900 samples at slack 0.5).
    pub limit: f64,
    high: f64,
    low: f64,
}

/// Which way a sensor drifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Drift {
    /// It reads too much.
    High,
    /// It reads too little.
    Low,
}

impl Cusum {
    /// A detector at rest.
    pub fn new(sd: f64, slack: f64, limit: f64) -> Self {
        Self { sd, slack, limit, high: 0.0, low: 0.0 }
    }

    /// Takes a residual (sensor minus balance); tells the drift while the sum is beyond the limit.
    pub fn take(&mut self, residual: f64) -> Option<Drift> {
        let z = residual / self.sd;
        self.high = (self.high + z - self.slack).max(0.0);
        self.low = (self.low - z - self.slack).max(0.0);
        if self.high > self.limit {
            Some(Drift::High)
        } else if self.low > self.limit {
            Some(Drift::Low)
        } else {
            None
        }
    }

    /// Forgets the past, after the sensor was calibrated.
    pub fn reset(&mut self) {
        (self.high, self.low) = (0.0, 0.0);
    }
}

/// Standard deviations of the readings (to check: of instruments of the trade).
#[derive(Debug, Clone, Copy)]
struct Deviations {
    orp_mv: f64,
    acid_mol_l: f64,
    /// Part of the level.
    level: f64,
    /// Part of the copper: of an assay and of the meters of what is etched, deposited and bled.
    copper: f64,
    specific_gravity: f64,
}

/// From reading to reading.
const NOISE: Deviations =
    Deviations { orp_mv: 1.0, acid_mol_l: 0.01, level: 0.001, copper: 0.0, specific_gravity: 0.0005 };
/// From plant to plant, the same all the time: calibrations and meters. The gravity has none: that is what is sought.
const LASTING: Deviations =
    Deviations { orp_mv: 3.0, acid_mol_l: 0.02, level: 0.003, copper: 0.003, specific_gravity: 0.0 };
/// Lasting deviations up to so many of their standard deviations are no drift (3: one plant of 370 is beyond).
const LASTING_SDS: f64 = 3.0;
/// Slack and limit of the cumulative sum, in standard deviations of the noise (one false alarm in 70,000 samples).
const SLACK: f64 = 0.5;
const LIMIT: f64 = 10.0;

/// Copper in and out of the bath since it was assayed, kg, as the meters say it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CopperBook {
    /// By the assay at the start.
    pub start_kg: f64,
    /// Etched.
    pub etched_kg: f64,
    /// Deposited.
    pub deposited_kg: f64,
    /// Bled.
    pub bled_kg: f64,
}

impl CopperBook {
    /// The book of a run so far, from its start and what was bled.
    pub fn of(start_kg: f64, totals: &Totals, bled_kg: f64) -> Self {
        Self { start_kg, etched_kg: totals.etched_kg, deposited_kg: totals.deposited_kg, bled_kg }
    }

    fn stock_kg(&self) -> f64 {
        self.start_kg + self.etched_kg - self.deposited_kg - self.bled_kg
    }

    /// Standard deviation of the stock, if assay and meters are that good.
    fn sd_kg(&self, part: f64) -> f64 {
        let squares = [self.start_kg, self.etched_kg, self.deposited_kg, self.bled_kg].map(|kg| kg * kg);
        part * squares.iter().sum::<f64>().sqrt()
    }
}

/// Watches the specific-gravity sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct GravityWatch(Cusum);

impl GravityWatch {
    /// A watch at rest.
    pub fn new() -> Self {
        Self(Cusum::new(1.0, SLACK, LIMIT))
    }

    /// Takes readings and the copper book at their time; tells the drift while there is evidence of it.
    pub fn take(&mut self, seen: &Readings, book: &CopperBook) -> Option<Drift> {
        if seen.level_l <= 0.0 {
            return None;
        }
        let expected = seen.expected_gravity(book.stock_kg());
        // How far each uncertain thing moves the expectation, by its standard deviation.
        let sd = |of: &Deviations| {
            let moved = [
                Readings { orp_mv: seen.orp_mv + of.orp_mv, ..*seen }.expected_gravity(book.stock_kg()),
                Readings { acid_mol_l: seen.acid_mol_l + of.acid_mol_l, ..*seen }
                    .expected_gravity(book.stock_kg()),
                Readings { level_l: seen.level_l * (1.0 + of.level), ..*seen }
                    .expected_gravity(book.stock_kg()),
                seen.expected_gravity(book.stock_kg() + book.sd_kg(of.copper)),
            ];
            let squares: f64 = moved.iter().map(|m| (m - expected) * (m - expected)).sum();
            (squares + of.specific_gravity * of.specific_gravity).sqrt()
        };
        let residual = seen.specific_gravity - expected;
        let unexplained = (residual.abs() - LASTING_SDS * sd(&LASTING)).max(0.0).copysign(residual);
        self.0.take(unexplained / sd(&NOISE))
    }
}

impl Default for GravityWatch {
    fn default() -> Self {
        Self::new()
    }
}

/// Errors of sound sensors and meters, drawn from a seed: what stays is drawn once, noise for each reading.
#[derive(Debug, Clone)]
pub struct SensorErrors {
    random: Random,
    lasting: Readings,
    meters: [f64; 4],
}

impl SensorErrors {
    /// The errors of one plant.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let lasting = drawn(&mut random, &LASTING);
        let meters = std::array::from_fn(|_| LASTING.copper * random.normal());
        Self { random, lasting, meters }
    }

    /// What the sensors show of true readings.
    pub fn seen(&mut self, truth: &Readings) -> Readings {
        let (noise, lasting) = (drawn(&mut self.random, &NOISE), &self.lasting);
        Readings {
            orp_mv: truth.orp_mv + noise.orp_mv + lasting.orp_mv,
            specific_gravity: truth.specific_gravity + noise.specific_gravity + lasting.specific_gravity,
            acid_mol_l: (truth.acid_mol_l + noise.acid_mol_l + lasting.acid_mol_l).max(0.0),
            temperature_c: truth.temperature_c,
            level_l: truth.level_l * (1.0 + noise.level_l + lasting.level_l),
        }
    }

    /// What assay and meters show of a true book.
    pub fn book(&self, truth: &CopperBook) -> CopperBook {
        let [start, etched, deposited, bled] = self.meters.map(|error| 1.0 + error);
        CopperBook {
            start_kg: truth.start_kg * start,
            etched_kg: truth.etched_kg * etched,
            deposited_kg: truth.deposited_kg * deposited,
            bled_kg: truth.bled_kg * bled,
        }
    }
}

/// Errors drawn by their standard deviations; that of the level is a part of it.
fn drawn(random: &mut Random, of: &Deviations) -> Readings {
    Readings {
        orp_mv: of.orp_mv * random.normal(),
        specific_gravity: of.specific_gravity * random.normal(),
        acid_mol_l: of.acid_mol_l * random.normal(),
        temperature_c: 0.0,
        level_l: of.level * random.normal(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_shift_and_bears_noise() {
        // A fixed pattern of noise with mean 0 and size about 1.
        let noise = |i: u32| [0.8, -1.1, 0.3, 1.2, -0.9, -0.3, 0.6, -0.6][(i % 8) as usize];
        let mut detector = Cusum::new(1.0, 0.5, 5.0);
        assert!((0..1000).all(|i| detector.take(noise(i)).is_none()));
        let found = (0..100).find_map(|i| detector.take(noise(i) - 1.5).map(|d| (i, d)));
        let (samples, drift) = found.unwrap();
        assert_eq!(drift, Drift::Low);
        assert!(samples < 10, "{samples}");
        detector.reset();
        assert_eq!(detector.take(0.0), None);
    }
}
