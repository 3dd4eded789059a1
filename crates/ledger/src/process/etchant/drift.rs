//! Sensor drift, seen by the balance: what a sensor says and what the mass balance says must not part company.

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
