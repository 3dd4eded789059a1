//! Boards with rectangular parts and round fiducials, and the bound of their measurement.

use super::profile::{NODES, Profile, erf};
use super::rng::Rng;

/// What a synthetic board of parts is like: parts in a raster between four fiducials.
#[derive(Debug, Clone, PartialEq)]
pub struct PartsRecipe {
    /// Rows of parts.
    pub rows: usize,
    /// Columns of parts.
    pub columns: usize,
    /// Nominal distance of parts in px.
    pub pitch_px: f64,
    /// Longer side in px.
    pub length_px: f64,
    /// Shorter side in px.
    pub width_px: f64,
    /// Standard deviation of the optics' blur in px.
    pub blur_px: f64,
    /// Light of a part above the ground in DN; below 0 for dark parts.
    pub contrast: f64,
    /// Ground in DN.
    pub background: f64,
    /// Standard deviation of read noise in DN.
    pub read_noise: f64,
    /// Standard deviation of placement in px, each axis.
    pub jitter_px: f64,
    /// Standard deviation of rotation in degrees.
    pub jitter_deg: f64,
    /// Displacement that all parts share, but not the fiducials, in px.
    pub bias_px: (f64, f64),
    /// Rotation of the board in degrees, clockwise on the screen.
    pub rotation_deg: f64,
    /// True scale over the nominal.
    pub scale: f64,
    /// Displacement of the board in px.
    pub shift_px: (f64, f64),
    /// Share of parts that are missing.
    pub missing: f64,
    /// Share of parts that lie turned by 90 degrees.
    pub turned: f64,
    /// Seed.
    pub seed: u64,
}

/// The truth of one part, in board coordinates in nominal px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedPart {
    /// Nominal middle, to the right.
    pub nominal: (f64, f64),
    /// Offset to the right.
    pub dx: f64,
    /// Offset downward.
    pub dy: f64,
    /// Rotation in degrees, clockwise on the screen.
    pub theta_deg: f64,
    /// False where there is none.
    pub present: bool,
}

/// A board: frame and truth.
#[derive(Debug, Clone)]
pub struct PartsBoard {
    /// Samples, row by row, without padding.
    pub samples: Vec<u8>,
    /// Width in px.
    pub width: usize,
    /// Height in px.
    pub height: usize,
    /// Parts, row by row.
    pub parts: Vec<PlacedPart>,
    /// Middles of the fiducials in board coordinates in nominal px.
    pub fiducials: [(f64, f64); 4],
    /// Where the board's origin would lie in the frame, were it not moved, in px.
    pub origin: (f64, f64),
}

impl Default for PartsRecipe {
    /// 8 x 10 parts of 0.8 x 0.4 mm at 20 um/px, dark on bright, signal 40 times the noise.
    fn default() -> Self {
        Self {
            rows: 8,
            columns: 10,
            pitch_px: 64.0,
            length_px: 40.0,
            width_px: 20.0,
            blur_px: 1.1,
            contrast: -120.0,
            background: 180.0,
            read_noise: 3.0,
            jitter_px: 0.4,
            jitter_deg: 0.8,
            bias_px: (0.0, 0.0),
            rotation_deg: 0.0,
            scale: 1.0,
            shift_px: (0.0, 0.0),
            missing: 0.0,
            turned: 0.0,
            seed: 1,
        }
    }
}

/// Room around the raster in px.
const MARGIN: f64 = 70.0;
/// Diameter of a fiducial in px.
pub const FIDUCIAL_PX: f64 = 30.0;

impl PartsRecipe {
    /// Frame and truth.
    pub fn render(&self) -> PartsBoard {
        let mut rng = Rng::new(self.seed);
        let span = |n: usize| (n - 1) as f64 * self.pitch_px;
        let (across, down) = (span(self.columns), span(self.rows));
        let (width, height) = ((across + 2.0 * MARGIN) as usize, (down + 2.0 * MARGIN) as usize);
        let far = MARGIN / 2.0 + 6.0;
        let fiducials = [(-far, -far), (across + far, -far), (-far, down + far), (across + far, down + far)];
        let mut parts = Vec::new();
        for k in 0..self.rows * self.columns {
            let nominal =
                ((k % self.columns) as f64 * self.pitch_px, (k / self.columns) as f64 * self.pitch_px);
            let (dx, dy) = (self.jitter_px * rng.normal(), self.jitter_px * rng.normal());
            let (dx, dy) = (dx + self.bias_px.0, dy + self.bias_px.1);
            let quarter = if rng.uniform() < self.turned { 90.0 } else { 0.0 };
            let theta_deg = self.jitter_deg * rng.normal() + quarter;
            parts.push(PlacedPart { nominal, dx, dy, theta_deg, present: rng.uniform() >= self.missing });
        }
        let mut light = vec![0.0; width * height];
        let size = (width, height);
        for part in parts.iter().filter(|p| p.present) {
            let centre = self.to_px(part.nominal.0 + part.dx, part.nominal.1 + part.dy);
            let theta = (part.theta_deg + self.rotation_deg).to_radians();
            let reach = self.length_px.hypot(self.width_px) / 2.0 * self.scale + 6.0 * self.blur_px;
            add(&mut light, size, centre, reach, |x, y| self.contrast * self.part(x, y, theta));
        }
        let disc = Profile::new(FIDUCIAL_PX * self.scale, self.blur_px, 0.0);
        for &(x, y) in &fiducials {
            add(&mut light, size, self.to_px(x, y), disc.reach, |x, y| self.contrast * disc.pixel(x, y));
        }
        let mut samples = Vec::with_capacity(light.len());
        for l in light {
            let value: f64 = self.background + l + self.read_noise * rng.normal();
            samples.push(value.round().clamp(0.0, 255.0) as u8);
        }
        PartsBoard { samples, width, height, parts, fiducials, origin: (MARGIN, MARGIN) }
    }

    fn to_px(&self, x: f64, y: f64) -> (f64, f64) {
        let (s, c) = self.rotation_deg.to_radians().sin_cos();
        let at = |a: f64, shift: f64| MARGIN + self.scale * a + shift;
        (at(c * x - s * y, self.shift_px.0), at(s * x + c * y, self.shift_px.1))
    }

    /// Mean light of a part over the pixel at (x, y) from its middle, 1 inside.
    fn part(&self, x: f64, y: f64, theta: f64) -> f64 {
        let (s, c) = theta.sin_cos();
        let soft = |t: f64, side: f64| {
            let (half, w) = (side * self.scale / 2.0, std::f64::consts::SQRT_2 * self.blur_px);
            0.5 * (erf((t + half) / w) - erf((t - half) / w))
        };
        let mut sum = 0.0;
        for (dy, wy) in NODES {
            for (dx, wx) in NODES {
                let (px, py) = (x + dx, y + dy);
                sum += wx * wy * soft(c * px + s * py, self.length_px) * soft(c * py - s * px, self.width_px);
            }
        }
        sum
    }

    /// Smallest standard deviations of any unbiased measurement of a part that is not turned: of its place in px for one
    /// axis (the root of the mean of both variances), and of its rotation in degrees. By symmetry what else is unknown
    /// costs nothing. See [`super::position_bound`] for the formula.
    pub fn bound(&self) -> (f64, f64) {
        let variance = self.read_noise.powi(2) + 1.0 / 12.0;
        let reach = (self.length_px / 2.0 + 6.0 * self.blur_px).ceil() as i32;
        let (h, turn) = (1e-2, 1e-3);
        let mut fisher = [0.0; 3];
        for y in -reach..=reach {
            for x in -reach..=reach {
                // A middle that lies between pixels is as good as any.
                let (x, y) = (f64::from(x) - 0.25, f64::from(y) - 0.25);
                let slopes = [
                    (self.part(x + h, y, 0.0) - self.part(x - h, y, 0.0)) / (2.0 * h),
                    (self.part(x, y + h, 0.0) - self.part(x, y - h, 0.0)) / (2.0 * h),
                    (self.part(x, y, turn) - self.part(x, y, -turn)) / (2.0 * turn),
                ];
                for (f, slope) in fisher.iter_mut().zip(slopes) {
                    *f += (self.contrast * slope).powi(2) / variance;
                }
            }
        }
        ((0.5 / fisher[0] + 0.5 / fisher[1]).sqrt(), (1.0 / fisher[2]).sqrt().to_degrees())
    }
}

fn add(
    light: &mut [f64],
    (width, height): (usize, usize),
    (cx, cy): (f64, f64),
    reach: f64,
    f: impl Fn(f64, f64) -> f64,
) {
    let span = |c: f64, n: usize| (c - reach).max(0.0) as usize..((c + reach).max(0.0) as usize + 1).min(n);
    for y in span(cy, height) {
        for x in span(cx, width) {
            light[y * width + x] += f(x as f64 - cx, y as f64 - cy);
        }
    }
}
