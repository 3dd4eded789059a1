//! Boards of parallel conductors with pads, and their defects.

use super::rng::Rng;

/// What is wrong with a synthetic board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum BoardDefect {
    Open,
    Short,
    Mousebite,
    Spur,
    Copper,
    PinHole,
}

impl BoardDefect {
    /// All defects.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Short, Self::Mousebite, Self::Spur, Self::Copper, Self::PinHole];
}

/// What a synthetic board is like: vertical conductors of 12 px every 30 px at scale 1, dark on bright ground.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardRecipe {
    /// Conductors.
    pub conductors: usize,
    /// Height in px at scale 1.
    pub height: usize,
    /// Defects, spread over the board.
    pub defects: usize,
    /// Displacement of the image against the template in px; fractions blur the edges.
    pub shift_px: (f64, f64),
    /// Standard deviation of noise in DN; copper is 60, ground 190.
    pub noise: f64,
    /// Size of everything.
    pub scale: f64,
    /// How far the image's conductors bulge and narrow at most, in px at scale 1.
    pub rough_px: f64,
    /// Seed.
    pub seed: u64,
}

/// A template, an image, and where the defects are.
#[derive(Debug, Clone)]
pub struct BoardPair {
    /// Template, row by row.
    pub template: Vec<u8>,
    /// Image, row by row.
    pub image: Vec<u8>,
    /// Width in px.
    pub width: usize,
    /// Height in px.
    pub height: usize,
    /// Defects with their centres in px of the template.
    pub truth: Vec<(BoardDefect, f64, f64)>,
    /// Half their width and height in px, in the same order: what lies outside or inside of a conductor's edge counts.
    pub halves: Vec<(f64, f64)>,
}

impl Default for BoardRecipe {
    fn default() -> Self {
        Self {
            conductors: 8,
            height: 240,
            defects: 12,
            shift_px: (0.0, 0.0),
            noise: 6.0,
            scale: 1.0,
            rough_px: 0.0,
            seed: 1,
        }
    }
}

const PITCH: f64 = 30.0;
const HALF: f64 = 6.0;
const COPPER: f64 = 60.0;
const GROUND: f64 = 190.0;

/// An added or taken piece: a box or a disc.
#[derive(Debug, Clone, Copy)]
struct Piece {
    add: bool,
    round: bool,
    x: f64,
    y: f64,
    half_x: f64,
    half_y: f64,
}

impl Piece {
    fn holds(&self, x: f64, y: f64) -> bool {
        let (u, v) = ((x - self.x) / self.half_x, (y - self.y) / self.half_y);
        if self.round { u * u + v * v <= 1.0 } else { u.abs() <= 1.0 && v.abs() <= 1.0 }
    }
}

impl BoardRecipe {
    /// Renders both images.
    pub fn render(&self) -> BoardPair {
        let mut rng = Rng::new(self.seed);
        let (width, height) = (self.conductors as f64 * PITCH * self.scale, self.height as f64 * self.scale);
        let (width, height) = (width as usize, height as usize);
        let (pieces, truth) = self.pieces(&mut rng);
        let even = |_: f64, _: f64| 0.0;
        let template = self.picture(&mut rng, (0.0, 0.0), &[], even, width, height);
        let image = self.picture(&mut rng, self.shift_px, &pieces, self.bulges(), width, height);
        let truth = truth.into_iter().map(|(d, x, y)| (d, x * self.scale, y * self.scale)).collect();
        let halves = pieces.iter().map(|p| (p.half_x * self.scale, p.half_y * self.scale)).collect();
        BoardPair { template, image, width, height, truth, halves }
    }

    /// How much wider on each side a conductor is at a height, in px at scale 1: slow waves, of each conductor its own.
    fn bulges(&self) -> impl Fn(f64, f64) -> f64 + use<> {
        let mut rng = Rng::new(self.seed ^ 0xb01d);
        let waves: Vec<(f64, f64)> =
            (0..self.conductors).map(|_| (rng.between(0.08, 0.35), rng.between(0.0, 6.3))).collect();
        let rough = self.rough_px;
        move |conductor, y| {
            let (step, phase) = waves[conductor as usize];
            rough * (0.6 * (step * y + phase).sin() + 0.4 * (2.7 * step * y - phase).sin())
        }
    }

    /// One defect to each place of a coarse raster, so that none touches another.
    fn pieces(&self, rng: &mut Rng) -> (Vec<Piece>, Vec<(BoardDefect, f64, f64)>) {
        let down = (self.height as f64 / 60.0) as usize;
        let mut places: Vec<(usize, usize)> =
            (0..down).flat_map(|j| (0..self.conductors - 1).step_by(2).map(move |i| (i, j))).collect();
        let (mut pieces, mut truth) = (Vec::new(), Vec::new());
        for n in 0..self.defects.min(places.len()) {
            let (i, j) = places.swap_remove((rng.uniform() * places.len() as f64) as usize);
            let trace = i as f64 * PITCH + PITCH / 2.0;
            let y = j as f64 * 60.0 + 30.0 + rng.between(-8.0, 8.0);
            let defect = BoardDefect::ALL[n % 6];
            let edge = trace + HALF;
            let r = rng.between(3.0, 4.0);
            let piece = |add, round, x, half_x, half_y| Piece { add, round, x, y, half_x, half_y };
            let piece = match defect {
                BoardDefect::Open => piece(false, false, trace, HALF + 2.0, r),
                BoardDefect::Short => piece(true, false, trace + PITCH / 2.0, PITCH / 2.0 - HALF + 1.0, r),
                BoardDefect::Mousebite => piece(false, true, edge, r + 1.0, r + 1.0),
                BoardDefect::Spur => piece(true, true, edge, r + 2.0, r),
                BoardDefect::Copper => piece(true, true, trace + PITCH / 2.0, r, r),
                BoardDefect::PinHole => piece(false, true, trace, 2.6, 2.6),
            };
            truth.push((defect, piece.x, piece.y));
            pieces.push(piece);
        }
        (pieces, truth)
    }

    fn picture(
        &self,
        rng: &mut Rng,
        shift: (f64, f64),
        pieces: &[Piece],
        bulge: impl Fn(f64, f64) -> f64,
        width: usize,
        height: usize,
    ) -> Vec<u8> {
        let copper = |x: f64, y: f64| {
            let nearest = ((x - PITCH / 2.0) / PITCH).round().clamp(0.0, self.conductors as f64 - 1.0);
            let own = (x - nearest * PITCH - PITCH / 2.0).abs();
            // A pad on every second conductor.
            let pad = nearest as usize % 2 == 1 && (y - 20.0).abs() < 9.0 && own < 9.0;
            let base = own <= HALF + bulge(nearest, y) || pad;
            pieces.iter().fold(base, |set, p| if p.holds(x, y) { p.add } else { set })
        };
        let mut out = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut share = 0.0;
                for (sx, sy) in [(-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3), (0.0, 0.0)] {
                    let (px, py) = (x as f64 - shift.0 + sx, y as f64 - shift.1 + sy);
                    share += 0.2 * f64::from(u8::from(copper(px / self.scale, py / self.scale)));
                }
                let value = GROUND + (COPPER - GROUND) * share + self.noise * rng.normal();
                out.push(value.round().clamp(0.0, 255.0) as u8);
            }
        }
        out
    }
}
