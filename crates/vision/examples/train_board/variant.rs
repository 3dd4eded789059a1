//! A board as other cameras and other designs would show it: a classifier that sees such learns less of the boards at hand by heart.

use super::load::{Mark, Picture, ROOM};
use vision::synth::Rng;

/// Most by which a variant is larger or smaller.
const SCALE: f64 = 1.25;
/// Most by which its image is displaced against the template, along x and y each, in px.
const SHIFT_PX: f64 = 0.5;

/// How a variant is seen: mirrored, turned (x and y exchanged), scaled.
#[derive(Clone, Copy)]
pub struct View {
    mirrored: (bool, bool),
    turned: bool,
    scale: f64,
    shift_px: (f64, f64),
}

impl View {
    /// One of many, by chance.
    pub fn random(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut half = || rng.uniform() < 0.5;
        let (mirrored, turned) = ((half(), half()), half());
        let scale = (rng.between(-1.0, 1.0) * SCALE.ln()).exp();
        let mut shift = || rng.between(-SHIFT_PX, SHIFT_PX);
        Self { mirrored, turned, scale, shift_px: (shift(), shift()) }
    }

    /// The same for the template, which is displaced by nothing.
    pub fn of_template(self) -> Self {
        Self { shift_px: (0.0, 0.0), ..self }
    }

    /// The picture, tones between pixels by straight lines.
    pub fn picture(&self, of: &Picture) -> Picture {
        let scaled = |side: usize| (side as f64 * self.scale) as usize;
        let (w, h) = (scaled(of.width), scaled(of.height));
        let (width, height) = if self.turned { (h, w) } else { (w, h) };
        let tone = |i: usize| {
            let (x, y) = (i % width, i / width);
            let (x, y) = if self.turned { (y, x) } else { (x, y) };
            let x = if self.mirrored.0 { w - 1 - x } else { x };
            let y = if self.mirrored.1 { h - 1 - y } else { y };
            let from = |at: usize, by: f64, end: usize| {
                let at = ((at as f64 + 0.5) / self.scale - 0.5 + by).clamp(0.0, (end - 1) as f64);
                (at as usize, (at as usize + 1).min(end - 1), at.fract())
            };
            let (x1, x2, p) = from(x, self.shift_px.0, of.width);
            let (y1, y2, q) = from(y, self.shift_px.1, of.height);
            let row = |y: usize| {
                let at = |x: usize| f64::from(of.samples[y * of.width + x]);
                at(x1) * (1.0 - p) + at(x2) * p
            };
            (row(y1) * (1.0 - q) + row(y2) * q).round() as u8
        };
        Picture { width, height, samples: (0..width * height).map(tone).collect() }
    }

    /// Where a mark lies on it; the room that people leave around a defect does not grow with it.
    pub fn mark(&self, mark: &Mark, of: &Picture) -> Mark {
        let [x1, y1, x2, y2] = mark.corners;
        let side = |low: f64, high: f64, mirrored: bool, end: usize| {
            let (low, high) = ((low + ROOM) * self.scale - ROOM, (high - ROOM) * self.scale + ROOM);
            let end = end as f64 * self.scale;
            if mirrored { (end - high, end - low) } else { (low, high) }
        };
        let x = side(x1, x2, self.mirrored.0, of.width);
        let y = side(y1, y2, self.mirrored.1, of.height);
        let (x, y) = if self.turned { (y, x) } else { (x, y) };
        Mark { corners: [x.0, y.0, x.1, y.1], ..*mark }
    }
}
