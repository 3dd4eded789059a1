//! Where the board lies in the frame.

use serde::{Deserialize, Serialize};

/// Board coordinates to pixels: turned, scaled, moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Place of the board's origin in px, to the right.
    pub x_px: f64,
    /// Place of the board's origin in px, downward.
    pub y_px: f64,
    /// Rotation in degrees, clockwise on the screen.
    pub rotation_deg: f64,
    /// Micrometres a pixel.
    pub um_per_px: f64,
}

/// A place on the board in micrometres, and in the frame in px.
type Pair = ((f64, f64), (f64, f64));

impl Pose {
    pub(super) fn nominal((x_px, y_px): (f64, f64), um_per_px: f64) -> Self {
        Self { x_px, y_px, rotation_deg: 0.0, um_per_px }
    }

    /// Least squares through places that belong together, in rounds without outliers; nothing for fewer than two, or where
    /// they coincide.
    pub(super) fn through(pairs: &[Pair]) -> Option<Self> {
        let mut pose = Self::fit(pairs)?;
        for _ in 0..4 {
            let off = |pair: &Pair| {
                let (x, y) = pose.to_px(pair.0.0, pair.0.1);
                (x - pair.1.0).hypot(y - pair.1.1)
            };
            let mut all: Vec<f32> = pairs.iter().map(|p| off(p) as f32).collect();
            // The median of a Rayleigh distribution is 1.1774 sigma.
            let limit = (3.5 / 1.1774 * f64::from(crate::robust::median(&mut all))).max(0.01);
            let near: Vec<Pair> = pairs.iter().filter(|p| off(p) <= limit).copied().collect();
            pose = Self::fit(&near).unwrap_or(pose);
        }
        Some(pose)
    }

    fn fit(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 2 {
            return None;
        }
        let n = pairs.len() as f64;
        let mean = |f: fn(&Pair) -> f64| pairs.iter().map(f).sum::<f64>() / n;
        let (bx, by) = (mean(|p| p.0.0), mean(|p| p.0.1));
        let (fx, fy) = (mean(|p| p.1.0), mean(|p| p.1.1));
        let (mut dot, mut cross, mut norm) = (0.0, 0.0, 0.0);
        for ((x, y), (u, v)) in pairs {
            let (x, y, u, v) = (x - bx, y - by, u - fx, v - fy);
            dot += x * u + y * v;
            cross += x * v - y * u;
            norm += x * x + y * y;
        }
        let scale = dot.hypot(cross) / norm;
        if !(norm > 0.0 && scale > 0.0) {
            return None;
        }
        let angle = cross.atan2(dot);
        let pose = Self { x_px: 0.0, y_px: 0.0, rotation_deg: angle.to_degrees(), um_per_px: 1.0 / scale };
        let (x, y) = pose.to_px(bx, by);
        Some(Self { x_px: fx - x, y_px: fy - y, ..pose })
    }

    /// Rotation in radians.
    pub(super) fn angle(&self) -> f64 {
        self.rotation_deg.to_radians()
    }

    /// A length in px.
    pub(super) fn px(&self, um: f64) -> f64 {
        um / self.um_per_px
    }

    /// A place on the board in the frame, in px.
    pub fn to_px(&self, x_um: f64, y_um: f64) -> (f64, f64) {
        let (s, c) = self.angle().sin_cos();
        (self.x_px + self.px(c * x_um - s * y_um), self.y_px + self.px(s * x_um + c * y_um))
    }

    /// A place in the frame on the board, in micrometres.
    pub fn to_um(&self, x_px: f64, y_px: f64) -> (f64, f64) {
        let (s, c) = self.angle().sin_cos();
        let (x, y) = ((x_px - self.x_px) * self.um_per_px, (y_px - self.y_px) * self.um_per_px);
        (c * x + s * y, c * y - s * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_is_found_again_past_an_outlier() {
        let truth = Pose { x_px: 40.0, y_px: -7.0, rotation_deg: 1.5, um_per_px: 20.3 };
        let places = [
            (0.0, 0.0),
            (9000.0, 0.0),
            (0.0, 7000.0),
            (9000.0, 7000.0),
            (4000.0, 3000.0),
            (7000.0, 1000.0),
            (2000.0, 5000.0),
        ];
        let mut pairs: Vec<Pair> = places.iter().map(|&p| (p, truth.to_px(p.0, p.1))).collect();
        pairs[4].1.0 += 6.0;
        let found = Pose::through(&pairs).unwrap();
        assert!(
            (found.rotation_deg - 1.5).abs() < 1e-3 && (found.um_per_px - 20.3).abs() < 1e-3,
            "{found:?}"
        );
        let (x, y) = found.to_um(pairs[3].1.0, pairs[3].1.1);
        assert!((x - 9000.0).abs() < 0.5 && (y - 7000.0).abs() < 0.5, "{x} {y}");
        assert_eq!(Pose::through(&pairs[..1]), None);
        assert_eq!(Pose::through(&[pairs[0], pairs[0]]), None);
    }
}
