//! Boards: an image compared with a template of copper and bare ground.
//!
//! ```text
//! binarise (Otsu)  ->  align (fewest differing pixels, the whole, then cells)  ->  tolerance band  ->  candidates  ->  contacts  ->  class
//! ```
//!
//! Copper that is too much touches 0, 1 or more stretches of the template's copper: stray copper, a spur, a short. Copper
//! that is missing touches 0, 1 or more stretches of its bare ground: a pin hole, a mouse bite, an open. The classes are
//! those of DeepPCB (S. Tang and others, arXiv:1902.06197). [`Finding::features`] is what a trained classifier may weigh
//! instead of the plain score.

mod align;
mod bits;
mod contacts;
mod features;
mod forest;
mod otsu;
mod pieces;
mod rays;

pub use features::Features;
pub use forest::{CLASSES, Forest, ForestError, ForestFile, KINDS, Node, leaf};

use crate::frame::{Plane, Sample};
use bits::Bits;
use pieces::Company;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is wrong with a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardClass {
    /// A conductor is interrupted.
    Open,
    /// Two conductors are joined.
    Short,
    /// A conductor lacks a piece at its edge.
    Mousebite,
    /// A conductor has a piece too much at its edge.
    Spur,
    /// Copper that touches no conductor.
    Copper,
    /// A hole inside copper.
    PinHole,
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoardOptions {
    /// True where copper is darker than the ground.
    pub copper_dark: bool,
    /// Displacement of edges that is no defect, in px, 0..=8.
    pub tolerance_px: usize,
    /// Farthest that the image may be displaced from the template, in px, 0..=32.
    pub shift_max_px: usize,
    /// Smallest defect, in px of area outside the tolerance.
    pub area_min_px: usize,
    /// Share of differing pixels above which image and template are of different boards.
    pub mismatch_max: f64,
}

impl Default for BoardOptions {
    fn default() -> Self {
        Self { copper_dark: true, tolerance_px: 1, shift_max_px: 8, area_min_px: 5, mismatch_max: 0.15 }
    }
}

/// Why two images cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BoardError {
    /// Sizes differ.
    #[error("the image has {image:?} px, the template {template:?}; cut or scale them to one size")]
    Size {
        /// Width and height of the template in px.
        template: (usize, usize),
        /// Width and height of the image in px.
        image: (usize, usize),
    },
    /// An image of one tone.
    #[error("the {which} has no contrast; check light and exposure")]
    Flat {
        /// `template` or `image`.
        which: &'static str,
    },
    /// Too different at every displacement.
    #[error(
        "{share:.0} % of the pixels differ at the best displacement; is this the right template, and copper_dark as it is?",
        share = mismatch * 100.0
    )]
    Different {
        /// Share of differing pixels, 0..=1.
        mismatch: f64,
    },
    /// Options out of range.
    #[error(
        "`tolerance_px` must be 0 to 8 and `shift_max_px` 0 to 32 and less than a quarter of the image's sides"
    )]
    Options,
}

/// A defect. The box is in px of the template, its right and lower ends excluded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Left.
    pub x1: usize,
    /// Top.
    pub y1: usize,
    /// Right.
    pub x2: usize,
    /// Bottom.
    pub y2: usize,
    /// What it is.
    pub class: BoardClass,
    /// How sure it is a defect, 0..1, from thickness and contrast; not a probability, unless a [`Forest`] gave it.
    pub score: f32,
    /// Measures.
    pub features: Features,
}

/// Px that a box grows on each side where no forest says how far: the median of DeepPCB's training half, whose boxes people
/// drew.
pub const BOX_MARGIN_PX: f32 = 9.0;
/// Area of two boxes in common over that of both together, above which they are of one defect.
const OVERLAP_MAX: f64 = 0.4;
/// Share of a box inside another, above which they are of one defect.
const WITHIN_MAX: f64 = 0.8;
/// Side of the cells by which boxes that may overlap are found.
const CELL_PX: usize = 64;

impl Finding {
    fn grow(&mut self, by: f32, (width, height): (usize, usize)) {
        let grown = |at: usize, by: f32, end: usize| (at as f32 + by).round().clamp(0.0, end as f32) as usize;
        (self.x1, self.y1) = (grown(self.x1, -by, width), grown(self.y1, -by, height));
        (self.x2, self.y2) = (grown(self.x2, by, width), grown(self.y2, by, height));
    }

    /// By score from the surest down, then by place.
    fn surest_first(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then((self.y1, self.x1).cmp(&(other.y1, other.x1)))
    }

    /// Columns and rows of the cells that its box lies in.
    fn cells(&self) -> Vec<(usize, usize)> {
        let span = |from: usize, to: usize| from / CELL_PX..=to / CELL_PX;
        span(self.x1, self.x2).flat_map(|x| span(self.y1, self.y2).map(move |y| (x, y))).collect()
    }

    /// True where it is of the same defect as a surer one: the boxes overlap much, or more than a share `within` of one lies in the
    /// other.
    fn repeats(&self, surer: &Self, within: f64) -> bool {
        let (own, others, both) = (self.area(), surer.area(), self.common(surer));
        both as f64 / (own + others - both).max(1) as f64 > OVERLAP_MAX
            || both as f64 > within * own.min(others) as f64
    }

    /// Area of its box.
    fn area(&self) -> usize {
        (self.x2 - self.x1) * (self.y2 - self.y1)
    }

    /// Area in common with another box.
    fn common(&self, other: &Self) -> usize {
        let side = |a: (usize, usize), b: (usize, usize)| a.1.min(b.1).saturating_sub(a.0.max(b.0));
        side((self.x1, self.x2), (other.x1, other.x2)) * side((self.y1, self.y2), (other.y1, other.y2))
    }
}

/// The outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Displacement of the image against the template, to the right and downward, in px.
    pub shift_px: (isize, isize),
    /// Share of pixels that differ after alignment, 0..=1.
    pub mismatch: f64,
    /// Defects, the surest first.
    pub findings: Vec<Finding>,
    /// Findings near each other, put together: one defect in pieces or several, which only a forest tells apart.
    pub joined: Vec<Finding>,
}

impl Comparison {
    /// The same with classes, scores and boxes as a forest judges them; `size` is the template's width and height in px.
    #[must_use]
    pub fn judged_by(mut self, forest: &Forest, size: (usize, usize)) -> Self {
        self.findings.append(&mut self.joined);
        for f in &mut self.findings {
            let (class, score, margin) = forest.judge(&f.features);
            (f.class, f.score) = (class, score);
            f.grow(margin, size);
        }
        self.distinct(WITHIN_MAX)
    }

    /// The same with boxes that leave [`BOX_MARGIN_PX`] around what differs, as people draw them; `size` is the template's
    /// width and height in px. For findings without a forest.
    #[must_use]
    pub fn with_margins(mut self, size: (usize, usize)) -> Self {
        self.joined.clear();
        self.findings.iter_mut().for_each(|f| f.grow(BOX_MARGIN_PX, size));
        // By the plain score a long edge comes before the defect on it: both stay.
        self.distinct(1.0)
    }

    /// Sorted, the surest first; of findings of one defect the surest alone.
    fn distinct(mut self, within: f64) -> Self {
        self.findings.sort_by(Finding::surest_first);
        let mut kept: Vec<Finding> = Vec::with_capacity(self.findings.len());
        // Of a speckled image there may be millions: only what shares a cell can overlap.
        let mut by_cell: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for f in self.findings {
            let cells = f.cells();
            let mut near = cells.iter().filter_map(|cell| by_cell.get(cell)).flatten();
            if near.all(|&at| !f.repeats(&kept[at], within)) {
                for cell in cells {
                    by_cell.entry(cell).or_default().push(kept.len());
                }
                kept.push(f);
            }
        }
        Self { findings: kept, ..self }
    }
}

/// Compares an image with its template.
///
/// Rotation and scale are not searched for: images must be cut to the board's outline, as those of scanning machines are.
///
/// # Errors
/// Sizes that differ, images without contrast, another board, options out of range.
pub fn compare<T: Sample>(
    template: &Plane<'_, T>,
    image: &Plane<'_, T>,
    options: &BoardOptions,
) -> Result<Comparison, BoardError> {
    let size = |p: &Plane<'_, T>| (p.width(), p.height());
    if size(template) != size(image) {
        return Err(BoardError::Size { template: size(template), image: size(image) });
    }
    let least = template.width().min(template.height());
    if options.tolerance_px > 8 || options.shift_max_px > 32 || options.shift_max_px * 4 > least {
        return Err(BoardError::Options);
    }
    let (nominal, nominal_levels) = binarise(template, options, "template")?;
    let (actual, _) = binarise(image, options, "image")?;
    let (shift_px, mismatch) = align::best(&nominal, &actual, options.shift_max_px);
    if mismatch > options.mismatch_max {
        return Err(BoardError::Different { mismatch });
    }
    // Where the displaced image has no pixels, the template stands in: no finding can come from there.
    let shifts = align::local(&nominal, &actual, shift_px);
    let actual = actual.displaced(&shifts, &nominal);
    let gray = Gray { template, image, shifts, across: nominal.cells().0, contrast: nominal_levels };
    let bare = nominal.inverted();
    let (missing, added) = (nominal.and_not(&actual), actual.and_not(&nominal));
    let differs = missing.or(&added);
    let mut findings = Vec::new();
    for extra in [true, false] {
        // What differs outside the tolerance, and outside tolerances of 1 and 2 px more.
        let (mut allowed, mut left) = (if extra { nominal.clone() } else { bare.clone() }, Vec::new());
        for by in [options.tolerance_px, 1, 1] {
            allowed = allowed.dilated(by);
            left.push(if extra { actual.and_not(&allowed) } else { allowed.inverted().and_not(&actual) });
        }
        let scene = Scene {
            copper: &nominal,
            bare: &bare,
            after: &actual,
            differs: &differs,
            kind: if extra { &added } else { &missing },
            left: &left,
        };
        let mut blobs = left[0].blobs();
        blobs.retain(|blob| blob.len() >= options.area_min_px);
        let mut wholes: Vec<Finding> =
            blobs.iter().map(|b| judge(b, extra, &scene, &gray, options)).collect();
        let company: Vec<Company> = (0..wholes.len()).map(|i| Company::of(&[i], &wholes)).collect();
        for (whole, company) in wholes.iter_mut().zip(company) {
            whole.features = company.told(whole.features);
        }
        for members in pieces::joined(&wholes) {
            let blob: Vec<(usize, usize)> = members.iter().flat_map(|&i| blobs[i].iter().copied()).collect();
            let mut found = judge(&blob, extra, &scene, &gray, options);
            found.features = Company::of(&members, &wholes).told(found.features);
            found.features.pieces = members.len() as f32;
            findings.push(found);
        }
        for (blob, whole) in blobs.into_iter().zip(wholes) {
            cut_out(&blob, &whole, &scene, |part, depth| {
                if part.len() >= options.area_min_px {
                    let mut found = judge(part, extra, &scene, &gray, options);
                    let near = &whole.features;
                    found.features = Features {
                        depth: depth as f32,
                        gap: near.gap,
                        next_area: near.next_area,
                        main_share: near.main_share * found.features.area / near.area,
                        ..found.features
                    };
                    found.features.parent_share = found.area() as f32 / whole.area() as f32;
                    findings.push(found);
                }
            });
            findings.push(whole);
        }
    }
    findings.sort_by(Finding::surest_first);
    let (joined, findings) = findings.into_iter().partition(|f| f.features.pieces > 1.0);
    Ok(Comparison { shift_px, mismatch, findings, joined })
}

/// Longer side from which on a stretch of differing pixels may be an edge that does not meet the template's, with a defect on
/// it.
const LONG_PX: f32 = 28.0;

/// Calls `f` with the thicker parts of a long stretch, and by how much the tolerance was wider that left them over.
fn cut_out(
    blob: &[(usize, usize)],
    whole: &Finding,
    scene: &Scene<'_>,
    mut f: impl FnMut(&[(usize, usize)], usize),
) {
    if whole.features.long_side < LONG_PX {
        return;
    }
    for (depth, deep) in scene.left.iter().enumerate().skip(1) {
        for part in contacts::parts(blob, deep, depth) {
            let side = |at: fn(&(usize, usize)) -> usize| {
                let (low, high) = part.iter().map(at).fold((usize::MAX, 0), |(l, h), v| (l.min(v), h.max(v)));
                (high + 1).saturating_sub(low)
            };
            if (side(|p| p.0).max(side(|p| p.1)) as f32) < 0.7 * whole.features.long_side {
                f(&part, depth);
            }
        }
    }
}

/// Copper as set bits, and the difference of the two tones.
fn binarise<T: Sample>(
    plane: &Plane<'_, T>,
    options: &BoardOptions,
    which: &'static str,
) -> Result<(Bits, f64), BoardError> {
    let tones = otsu::tones(plane).ok_or(BoardError::Flat { which })?;
    let (dark, threshold) = (options.copper_dark, tones.threshold.ceil() as u16);
    let copper = Bits::from_plane(plane, |value| (value.to_u16() < threshold) == dark);
    Ok((copper, f64::from(tones.bright - tones.dark)))
}

/// Copper and bare ground of the template, copper of the image.
struct Scene<'a> {
    copper: &'a Bits,
    bare: &'a Bits,
    after: &'a Bits,
    /// Pixels that differ at all.
    differs: &'a Bits,
    /// Those of the finding's kind.
    kind: &'a Bits,
    /// Pixels of the finding's kind outside the tolerance, and outside tolerances of 1 and 2 px more.
    left: &'a [Bits],
}

struct Gray<'a, 'p, T> {
    template: &'a Plane<'p, T>,
    image: &'a Plane<'p, T>,
    /// Displacements of the cells, and how many stand in a row.
    shifts: Vec<align::Shift>,
    across: usize,
    contrast: f64,
}

impl<T: Sample> Gray<'_, '_, T> {
    /// Mean absolute difference of the pixels, over the contrast.
    fn difference(&self, blob: &[(usize, usize)]) -> f64 {
        let each = |&(x, y): &(usize, usize)| {
            let (dx, dy) = self.shifts[y / bits::CELL * self.across + x / bits::CELL];
            let (x, y) = (x as isize, y as isize);
            let image = self.image.get(x + dx, y + dy)?;
            Some(f64::from((image - self.template.get(x, y)?).abs()))
        };
        let sum: f64 = blob.iter().filter_map(each).sum();
        sum / blob.len() as f64 / self.contrast.max(1.0)
    }
}

fn judge<T: Sample>(
    blob: &[(usize, usize)],
    extra: bool,
    scene: &Scene<'_>,
    gray: &Gray<'_, '_, T>,
    options: &BoardOptions,
) -> Finding {
    let span = |f: fn(&(usize, usize)) -> usize| {
        blob.iter().map(f).fold((usize::MAX, 0), |(low, high), v| (low.min(v), high.max(v + 1)))
    };
    let ((x1, x2), (y1, y2)) = (span(|p| p.0), span(|p| p.1));
    let (other, own) = if extra { (scene.copper, scene.bare) } else { (scene.bare, scene.copper) };
    let reach = options.tolerance_px + 2;
    let touched = contacts::touched(blob, other, own, reach);
    let contacts = touched.at;
    let class = match (extra, contacts) {
        (true, 0) => BoardClass::Copper,
        (true, 1) => BoardClass::Spur,
        (true, _) => BoardClass::Short,
        (false, 0) => BoardClass::PinHole,
        (false, 1) => BoardClass::Mousebite,
        (false, _) => BoardClass::Open,
    };
    let (w, h) = ((x2 - x1) as f32, (y2 - y1) as f32);
    let (area, core) = (blob.len() as f32, contacts::core(blob) as f32);
    let contrast = gray.difference(blob) as f32;
    let before = contacts::near(scene.copper, extra, (x1, y1), (x2, y2));
    let after = contacts::near(scene.after, extra, (x1, y1), (x2, y2));
    let deep = |by: usize| blob.iter().filter(|&&(x, y)| scene.left[by].get(x, y)).count() as f32;
    let rays = rays::cast(scene.copper, scene.after, middle(blob, scene.left));
    let change = contacts::change(blob, own, scene.kind);
    let features = Features {
        extra: f32::from(u8::from(extra)),
        area,
        core,
        aspect: w.max(h) / w.min(h),
        short_side: w.min(h),
        long_side: w.max(h),
        fill: area / (w * h),
        contrast,
        contacts: contacts as f32,
        contacts_near: touched.near as f32,
        contacts_far: touched.far as f32,
        own_side: touched.own as f32,
        own_before: before.own,
        own_after: after.own,
        other_before: before.other,
        other_after: after.other,
        own_share: before.share,
        area_deep: deep(1),
        area_deeper: deep(2),
        depth: 0.0,
        parent_share: 1.0,
        disorder: disorder(scene.differs, blob, (x1, y1), (x2, y2)),
        width: rays.width,
        edge: rays.edge,
        escapes: rays.escapes,
        sectors: rays.sectors,
        opposite: rays.opposite,
        remaining: rays.remaining,
        ray_long: rays.long,
        ray_short: rays.short,
        linked: contacts::linked(blob, other, reach) as f32,
        own_gain: change.own,
        other_gain: change.other,
        grown: change.pixels,
        opposed: opposed(scene, (x1, y1), (x2, y2)),
        gap: 0.0,
        next_area: 0.0,
        main_share: 1.0,
        pieces: 1.0,
    };
    // Grows with what noise and displaced edges seldom make: thickness and full contrast.
    let evidence = (0.2 * area + core + features.area_deep + features.area_deeper) * contrast.min(1.0);
    let score = evidence / (evidence + 12.0);
    // The tolerance took this much from each side.
    let grow = options.tolerance_px;
    Finding {
        x1: x1.saturating_sub(grow),
        y1: y1.saturating_sub(grow),
        x2: (x2 + grow).min(gray.template.width()),
        y2: (y2 + grow).min(gray.template.height()),
        class,
        score,
        features,
    }
}

/// Px around a finding whose order is looked at.
const AROUND_PX: usize = 16;

/// The pixel nearest to the centre of gravity, of those that the widest tolerance leaves.
fn middle(blob: &[(usize, usize)], left: &[Bits]) -> (usize, usize) {
    let of = |bits: &Bits| blob.iter().copied().filter(|&(x, y)| bits.get(x, y)).collect::<Vec<_>>();
    let deepest = left.iter().rev().map(of).find(|p| !p.is_empty()).unwrap_or_default();
    let n = deepest.len().max(1);
    let (sx, sy) = deepest.iter().fold((0, 0), |(sx, sy), &(x, y)| (sx + x, sy + y));
    let off = |&(x, y): &(usize, usize)| (x * n).abs_diff(sx).pow(2) + (y * n).abs_diff(sy).pow(2);
    deepest.iter().copied().min_by_key(off).unwrap_or(blob[0])
}

/// See [`Features::opposed`].
fn opposed(scene: &Scene<'_>, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) -> f32 {
    let (from, to) =
        ((x1.saturating_sub(AROUND_PX), y1.saturating_sub(AROUND_PX)), (x2 + AROUND_PX, y2 + AROUND_PX));
    let (all, pixels) = scene.differs.count(from, to);
    (all - scene.kind.count(from, to).0) as f32 / pixels.max(1) as f32
}

/// See [`Features::disorder`].
fn disorder(
    differs: &Bits,
    blob: &[(usize, usize)],
    (x1, y1): (usize, usize),
    (x2, y2): (usize, usize),
) -> f32 {
    let (set, pixels) = differs.count(
        (x1.saturating_sub(AROUND_PX), y1.saturating_sub(AROUND_PX)),
        (x2 + AROUND_PX, y2 + AROUND_PX),
    );
    let own = blob.len() as u64;
    set.saturating_sub(own) as f32 / pixels.saturating_sub(own).max(1) as f32
}

#[cfg(test)]
mod tests;
