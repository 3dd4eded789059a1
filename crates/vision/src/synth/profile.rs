//! The image of a lit bead: an even disc blurred by a Gaussian and averaged over the pixel.

/// Radial profile of a blurred disc, 1 in the middle of a disc much wider than the blur.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    table: Vec<f64>,
    /// Radius beyond which the profile is 0, in px.
    pub reach: f64,
    /// Stretch of x against y: x is divided by `1 + e`, y by `1 - e`.
    ellipticity: f64,
}

const STEPS_PER_PX: f64 = 64.0;

/// Nodes of the three-point Gauss-Legendre rule on -1/2..1/2 with their weights.
pub(super) const NODES: [(f64, f64); 3] =
    [(-0.387_298_334_620_741_7, 5.0 / 18.0), (0.0, 8.0 / 18.0), (0.387_298_334_620_741_7, 5.0 / 18.0)];

impl Profile {
    /// Profile of a disc of `diameter` px blurred by `sigma` px (more than 0).
    pub fn new(diameter: f64, sigma: f64, ellipticity: f64) -> Self {
        let reach = (diameter / 2.0 + 5.5 * sigma) * (1.0 + ellipticity.abs()) + 1.0;
        let table = (0..=(reach * STEPS_PER_PX) as usize + 2)
            .map(|i| blurred_disc(i as f64 / STEPS_PER_PX, diameter / 2.0, sigma))
            .collect();
        Self { table, reach, ellipticity }
    }

    /// Value at a point, without the pixel's own area.
    pub fn at(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x / (1.0 + self.ellipticity), y / (1.0 - self.ellipticity));
        let r = (x * x + y * y).sqrt() * STEPS_PER_PX;
        let (i, f) = (r as usize, r.fract());
        match self.table.get(i..i + 2) {
            Some(pair) => pair[0] + f * (pair[1] - pair[0]),
            None => 0.0,
        }
    }

    /// Mean over the pixel whose centre is (x, y) from the bead's centre.
    pub fn pixel(&self, x: f64, y: f64) -> f64 {
        let mut sum = 0.0;
        for (dy, wy) in NODES {
            for (dx, wx) in NODES {
                sum += wx * wy * self.at(x + dx, y + dy);
            }
        }
        sum
    }
}

/// Disc of radius `big` convolved with a Gaussian: the integral over u of the Gaussian at `u - r` times the share of the
/// Gaussian across the chord at u.
fn blurred_disc(r: f64, big: f64, sigma: f64) -> f64 {
    // u = -R cos t: the chord's square-root ends become smooth.
    let steps = 256;
    let h = std::f64::consts::PI / f64::from(steps);
    let mut sum = 0.0;
    for i in 0..steps {
        let (sine, cosine) = ((f64::from(i) + 0.5) * h).sin_cos();
        let u = -big * cosine;
        let gauss =
            (-(u - r).powi(2) / (2.0 * sigma * sigma)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt());
        sum += gauss * erf(big * sine / (std::f64::consts::SQRT_2 * sigma)) * big * sine * h;
    }
    sum
}

/// Error function, absolute error below 1.5e-7 (Abramowitz and Stegun 7.1.26).
pub(super) fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    (1.0 - poly * (-x * x).exp()).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_kept() {
        let profile = Profile::new(9.0, 1.3, 0.0);
        let mut sum = 0.0;
        for y in -14..=14 {
            for x in -14..=14 {
                sum += profile.pixel(f64::from(x) + 0.3, f64::from(y) - 0.2);
            }
        }
        let disc = std::f64::consts::PI * 4.5 * 4.5;
        assert!((sum / disc - 1.0).abs() < 1e-4, "{sum} {disc}");
        assert!((profile.at(0.0, 0.0) - 1.0).abs() < 0.01 && profile.at(13.0, 0.0) == 0.0);
    }
}
