//! The function itself: values on a grid four times finer than the pixels, interpolated by cubic splines.

/// Grid steps in a pixel.
pub(super) const STEPS: usize = 4;

/// An effective point spread function, 0 outside its square.
#[derive(Debug, Clone)]
pub(crate) struct Epsf {
    /// Half the side in px.
    pub half: usize,
    /// Values on `side * side` points.
    pub values: Vec<f64>,
}

/// Value and derivatives by x and y (of the offset from the centre).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Point {
    pub value: f64,
    pub dx: f64,
    pub dy: f64,
}

impl Epsf {
    /// Points along a side.
    pub fn side(&self) -> usize {
        2 * self.half * STEPS + 1
    }

    /// A function with the given value at each offset.
    pub fn from_fn(half: usize, f: impl Fn(f64, f64) -> f64) -> Self {
        let side = 2 * half * STEPS + 1;
        let offset = |i: usize| i as f64 / STEPS as f64 - half as f64;
        let values = (0..side * side).map(|k| f(offset(k % side), offset(k / side))).collect();
        Self { half, values }
    }

    /// Index of the point nearest to an offset, or nothing outside.
    pub fn nearest(&self, x: f64, y: f64) -> Option<usize> {
        let index = |v: f64| {
            let i = ((v + self.half as f64) * STEPS as f64).round();
            (i >= 0.0 && i < self.side() as f64).then_some(i as usize)
        };
        Some(index(y)? * self.side() + index(x)?)
    }

    /// Value and derivatives at an offset, by Catmull-Rom cubics along both axes.
    pub fn at(&self, x: f64, y: f64) -> Point {
        let place = |v: f64| (v + self.half as f64) * STEPS as f64;
        let (px, py) = (place(x), place(y));
        let last = (self.side() - 3) as f64;
        if !(px >= 1.0 && py >= 1.0 && px <= last && py <= last) {
            return Point::default();
        }
        self.raster(x, y).at(0, 0)
    }

    /// The function on the pixels about a centre, of which one lies at the offset (x, y): between the points all have the
    /// same weights.
    pub fn raster(&self, x: f64, y: f64) -> Raster<'_> {
        let place = |v: f64| (v + self.half as f64) * STEPS as f64;
        let (px, py) = (place(x), place(y));
        let (left, top) = (px.floor(), py.floor());
        let (wx, sx) = weights(px - left);
        let (wy, sy) = weights(py - top);
        Raster { epsf: self, wx, sx, wy, sy, left: left as isize, top: top as isize }
    }

    /// Smooths by the 5 x 5 least-squares quadratic (Savitzky and Golay 1964): noise falls, curvature stays.
    pub fn smooth(&mut self) {
        const KERNEL: [f64; 5] = [-3.0 / 35.0, 12.0 / 35.0, 17.0 / 35.0, 12.0 / 35.0, -3.0 / 35.0];
        let side = self.side();
        let pass = |values: &[f64], step: usize| -> Vec<f64> {
            (0..side * side)
                .map(|k| {
                    let along = if step == 1 { k % side } else { k / side };
                    if along < 2 || along + 2 >= side {
                        return values[k];
                    }
                    (0..5).map(|t| KERNEL[t] * values[k + t * step - 2 * step]).sum()
                })
                .collect()
        };
        let across = pass(&self.values, 1);
        self.values = pass(&across, side);
    }

    /// Moves the function so that it is as symmetric as can be about 0: the least-squares shift between it and its mirror
    /// image, `sum p_x (p - p_mirrored) / (2 sum p_x²)`. Unlike the centre of gravity it hardly sees the noisy outskirts.
    pub fn centre(&mut self) {
        for _ in 0..3 {
            let side = self.side();
            let (mut xx, mut xy, mut yy, mut bx, mut by) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for k in 0..side * side {
                let (i, j) = (k % side, k / side);
                if i < 1 || j < 1 || i + 1 >= side || j + 1 >= side {
                    continue;
                }
                let scale = STEPS as f64 / 2.0;
                let px = (self.values[k + 1] - self.values[k - 1]) * scale;
                let py = (self.values[k + side] - self.values[k - side]) * scale;
                let odd = self.values[k] - self.values[side * side - 1 - k];
                xx += px * px;
                xy += px * py;
                yy += py * py;
                bx -= px * odd / 2.0;
                by -= py * odd / 2.0;
            }
            let det = xx * yy - xy * xy;
            if det <= 0.0 {
                return;
            }
            let (sx, sy) = ((bx * yy - by * xy) / det, (by * xx - bx * xy) / det);
            if sx.hypot(sy) < 1e-6 {
                return;
            }
            let before = self.clone();
            *self = Self::from_fn(self.half, |x, y| before.at(x + sx, y + sy).value);
        }
    }

    /// Mean value at a distance from the centre.
    pub fn ring(&self, r: f64) -> f64 {
        let at = |k: u32| {
            let (sine, cosine) = (f64::from(k) * std::f64::consts::FRAC_PI_8).sin_cos();
            self.at(r * cosine, r * sine).value
        };
        (0..16).map(at).sum::<f64>() / 16.0
    }

    /// Mean radius at which the function is half of what it is in the middle, in px.
    pub fn edge(&self) -> f64 {
        let half = self.ring(0.0) / 2.0;
        let steps = self.half * 20;
        let outside = (0..steps).map(|k| k as f64 / 20.0).find(|&r| self.ring(r) < half);
        outside.unwrap_or(self.half as f64)
    }

    /// Sum of the function over a pixel raster, the light of a bead of amplitude 1 in px.
    pub fn flux(&self) -> f64 {
        self.values.iter().sum::<f64>() / (STEPS * STEPS) as f64
    }
}

/// See [`Epsf::raster`].
pub(crate) struct Raster<'a> {
    epsf: &'a Epsf,
    wx: [f64; 4],
    sx: [f64; 4],
    wy: [f64; 4],
    sy: [f64; 4],
    left: isize,
    top: isize,
}

impl Raster<'_> {
    /// Value and derivatives so many pixels right of and below the one that it was made for.
    #[inline]
    pub fn at(&self, right: isize, below: isize) -> Point {
        let side = self.epsf.side() as isize;
        let (x, y) = (self.left + right * STEPS as isize, self.top + below * STEPS as isize);
        if x < 1 || y < 1 || x > side - 3 || y > side - 3 {
            return Point::default();
        }
        let mut point = Point::default();
        let rows = self.epsf.values[((y - 1) * side) as usize..].chunks(side as usize);
        for ((row, wy), sy) in rows.zip(self.wy).zip(self.sy) {
            let Some(four) = row[(x - 1) as usize..].first_chunk::<4>() else { continue };
            let along = |w: &[f64; 4]| w[0] * four[0] + w[1] * four[1] + w[2] * four[2] + w[3] * four[3];
            let value = along(&self.wx);
            point.value += wy * value;
            point.dx += wy * along(&self.sx);
            point.dy += sy * value;
        }
        point.dx *= STEPS as f64;
        point.dy *= STEPS as f64;
        point
    }
}

/// Catmull-Rom weights of four neighbours at a fraction between the middle two, and of the derivative.
fn weights(t: f64) -> ([f64; 4], [f64; 4]) {
    let (t2, t3) = (t * t, t * t * t);
    (
        [
            0.5 * (-t3 + 2.0 * t2 - t),
            0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
            0.5 * (-3.0 * t3 + 4.0 * t2 + t),
            0.5 * (t3 - t2),
        ],
        [
            0.5 * (-3.0 * t2 + 4.0 * t - 1.0),
            0.5 * (9.0 * t2 - 10.0 * t),
            0.5 * (-9.0 * t2 + 8.0 * t + 1.0),
            0.5 * (3.0 * t2 - 2.0 * t),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauss(x: f64, y: f64) -> f64 {
        (-(x * x + y * y) / 8.0).exp()
    }

    #[test]
    fn interpolation_and_derivatives() {
        let epsf = Epsf::from_fn(10, gauss);
        for (x, y) in [(0.0, 0.0), (1.33, -0.71), (-2.6, 3.1)] {
            let p = epsf.at(x, y);
            assert!((p.value - gauss(x, y)).abs() < 2e-5);
            assert!(
                (p.dx + x / 4.0 * gauss(x, y)).abs() < 1e-3 && (p.dy + y / 4.0 * gauss(x, y)).abs() < 1e-3
            );
        }
        assert_eq!(epsf.at(10.5, 0.0).value, 0.0);
        let raster = epsf.raster(0.33, -0.71);
        for (i, j) in [(0, 0), (-2, 3), (7, -6), (40, 0)] {
            let (p, q) = (raster.at(i, j), epsf.at(0.33 + i as f64, -0.71 + j as f64));
            let off = (p.value - q.value).abs().max((p.dx - q.dx).abs()).max((p.dy - q.dy).abs());
            assert!(off < 1e-12, "{off}");
        }
        assert!((epsf.flux() - 8.0 * std::f64::consts::PI).abs() < 1e-3);
    }

    #[test]
    fn centring_undoes_a_shift() {
        let mut epsf = Epsf::from_fn(10, |x, y| gauss(x - 0.21, y + 0.13));
        epsf.centre();
        assert!((epsf.at(0.7, 0.3).value - gauss(0.7, 0.3)).abs() < 2e-4);
    }

    #[test]
    fn smoothing_keeps_a_quadratic() {
        let mut epsf = Epsf::from_fn(4, |x, y| 1.0 + x + x * y + 0.5 * y * y);
        let before = epsf.clone();
        epsf.smooth();
        let off = epsf.values.iter().zip(&before.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-9, "{off}");
    }
}
