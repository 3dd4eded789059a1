//! How a part looks: a rectangle or a disc of even light, blurred.

use crate::special::normal_cdf_f32;

/// Unknowns of a fit: x, y, rotation, half length (or radius), half width, blur, contrast, background.
pub(super) const UNKNOWNS: usize = 8;

/// Nominal outline, in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outline {
    Box { half_length: f64, half_width: f64 },
    Disc { radius: f64 },
}

impl Outline {
    /// Half the sides as the unknowns have them; a disc has one.
    pub fn halves(self) -> (f64, f64) {
        match self {
            Self::Box { half_length, half_width } => (half_length, half_width),
            Self::Disc { radius } => (radius, radius),
        }
    }

    /// Radius about the middle that holds it all.
    pub fn reach(self) -> f64 {
        match self {
            Self::Box { half_length, half_width } => half_length.hypot(half_width),
            Self::Disc { radius } => radius,
        }
    }

    pub fn area(self) -> f64 {
        match self {
            Self::Box { half_length, half_width } => 4.0 * half_length * half_width,
            Self::Disc { radius } => std::f64::consts::PI * radius * radius,
        }
    }

    /// True for the unknowns that it has.
    pub fn has(self, unknown: usize) -> bool {
        matches!(self, Self::Box { .. }) || !matches!(unknown, 2 | 4)
    }

    /// Angle after which it looks the same again, in radians.
    pub fn symmetry(self) -> f64 {
        match self {
            // Of sides this alike neither is the longer one for sure.
            Self::Box { half_length, half_width } if half_length < 1.1 * half_width => {
                std::f64::consts::FRAC_PI_2
            }
            _ => std::f64::consts::PI,
        }
    }

    /// True where a pixel, at (dx, dy) from the middle, lies within `margin` of it.
    pub fn holds(self, (dx, dy): (f64, f64), theta: f64, margin: f64) -> bool {
        match self {
            Self::Box { half_length, half_width } => {
                let (s, c) = theta.sin_cos();
                let (u, v) = (c * dx + s * dy, c * dy - s * dx);
                u.abs() <= half_length + margin && v.abs() <= half_width + margin
            }
            Self::Disc { radius } => dx.hypot(dy) <= radius + margin,
        }
    }

    /// Light at (dx, dy) from the middle, and its derivatives by the unknowns.
    pub fn model(self, p: &[f64; UNKNOWNS], dx: f64, dy: f64) -> (f64, [f64; UNKNOWNS]) {
        let [_, _, theta, a, b, blur, contrast, background] = *p;
        let (value, [x, y, turn, by_a, by_b, by_blur]) = match self {
            Self::Box { .. } => {
                let (s, c) = theta.sin_cos();
                let (u, v) = (c * dx + s * dy, c * dy - s * dx);
                let (f, g) = (Bar::new(u, a, blur), Bar::new(v, b, blur));
                let (along, across) = (f.slope * g.value, f.value * g.slope);
                let place = [s * across - c * along, -s * along - c * across, v * along - u * across];
                let sides = [f.by_half * g.value, f.value * g.by_half];
                (
                    f.value * g.value,
                    [
                        place[0],
                        place[1],
                        place[2],
                        sides[0],
                        sides[1],
                        f.by_blur * g.value + f.value * g.by_blur,
                    ],
                )
            }
            Self::Disc { .. } => {
                // Right for a disc much wider than the blur; even about the middle, so the place is right for any.
                let r = dx.hypot(dy).max(1e-9);
                let z = (a - r) / blur;
                let slope = density(z) / blur;
                (cdf(z), [slope * dx / r, slope * dy / r, 0.0, slope, 0.0, -z * slope])
            }
        };
        let derivatives = [
            contrast * x,
            contrast * y,
            contrast * turn,
            contrast * by_a,
            contrast * by_b,
            contrast * by_blur,
            value,
            1.0,
        ];
        (background + contrast * value, derivatives)
    }
}

/// A bar from -half to half, blurred.
struct Bar {
    value: f64,
    slope: f64,
    by_half: f64,
    by_blur: f64,
}

impl Bar {
    fn new(at: f64, half: f64, blur: f64) -> Self {
        let (up, down) = ((at + half) / blur, (at - half) / blur);
        let (rise, fall) = (density(up) / blur, density(down) / blur);
        Self {
            value: cdf(up) - cdf(down),
            slope: rise - fall,
            by_half: rise + fall,
            by_blur: down * fall - up * rise,
        }
    }
}

fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() * 0.398_942_280_401_432_7
}

fn cdf(z: f64) -> f64 {
    let upper = f64::from(normal_cdf_f32(z.abs() as f32));
    if z < 0.0 { 1.0 - upper } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_model() {
        let p = [0.0, 0.0, 0.3, 9.0, 5.0, 1.4, -80.0, 120.0];
        for outline in [Outline::Box { half_length: 9.0, half_width: 5.0 }, Outline::Disc { radius: 9.0 }] {
            for (dx, dy) in [(8.0, 3.0), (-2.0, 5.5), (7.0, -4.0)] {
                let (_, by) = outline.model(&p, dx, dy);
                for i in (0..UNKNOWNS).filter(|&i| outline.has(i)) {
                    let h = 1e-2;
                    let at = |d: f64| {
                        let mut q = p;
                        q[i] += d;
                        outline.model(&q, dx - q[0], dy - q[1]).0
                    };
                    let expected = (at(h) - at(-h)) / (2.0 * h);
                    assert!((by[i] - expected).abs() < 0.01 * (1.0 + expected.abs()), "{outline:?} {i}");
                }
            }
        }
    }
}
