//! One part: found near its nominal place, then fitted.

use super::shape::{Outline, UNKNOWNS};
use crate::frame::{Plane, Sample};
use crate::linear;
use crate::robust;

/// What is looked for, in px and radians.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub place: (f64, f64),
    pub theta: f64,
    pub outline: Outline,
    /// Farthest that the middle may be off.
    pub search: f64,
}

/// A part as fitted, in px, radians and DN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub x: f64,
    pub y: f64,
    /// Nearest to the nominal of the angles that look the same.
    pub theta: f64,
    pub length: f64,
    pub width: f64,
    pub contrast: f64,
    /// Root mean square residual.
    pub residual: f64,
    /// Standard deviations of x, y (their mean) and theta, from the residuals.
    pub sigma: f64,
    pub theta_sigma: f64,
}

/// Room about the outline that takes part in the fit, in px: the blur's reach and some background.
const MARGIN: f64 = 4.0;
/// Blur that a fit starts from, and its limits, in px.
const BLUR: (f64, f64, f64) = (1.0, 0.3, 4.0);
/// Contrast over the spread of the background below which there is nothing.
const CONTRAST_MIN: f64 = 4.0;
/// Share of the nominal area below which what is there is no part.
const AREA_MIN: f64 = 0.3;
/// Most rounds of the fit, and the step in px at which it has come to rest.
const ROUNDS: usize = 15;
const REST: f64 = 1e-3;

/// The part near its place; nothing where none is, or where its window leaves the frame.
pub(super) fn find<T: Sample>(plane: &Plane<'_, T>, target: &Target) -> Option<Fit> {
    let first = first_look(plane, target)?;
    refine(plane, target, first)
}

/// Place and rotation from the moments of the nearest patch that differs from the background.
fn first_look<T: Sample>(plane: &Plane<'_, T>, target: &Target) -> Option<[f64; UNKNOWNS]> {
    // From farther outside the search does not reach the frame; nor from a place that is no number.
    let near = |at: f64, size: usize| (-target.search..=size as f64 + target.search).contains(&at);
    if !(near(target.place.0, plane.width()) && near(target.place.1, plane.height())) {
        return None;
    }
    let half = (target.outline.reach() + target.search + MARGIN).ceil() as isize;
    let (left, top) = (target.place.0.round() as isize - half, target.place.1.round() as isize - half);
    let side = 2 * half as usize + 1;
    let (mut values, mut rim) = (Vec::with_capacity(side * side), Vec::new());
    for y in 0..side {
        for x in 0..side {
            // Beyond the frame there is no telling; the part itself must be inside, which the fit sees to.
            let value = plane.get(left + x as isize, top + y as isize).unwrap_or(f32::NAN);
            values.push(value);
            if (x == 0 || y == 0 || x == side - 1 || y == side - 1) && value.is_finite() {
                rim.push(value);
            }
        }
    }
    if rim.len() < side {
        return None;
    }
    let (background, noise) = robust::median_sigma(&mut rim);
    let share = target.outline.area() / (side * side) as f64;
    let mut off: Vec<f32> = values.iter().filter(|v| v.is_finite()).map(|v| (v - background).abs()).collect();
    let contrast = robust::quantile(&mut off, 1.0 - 0.5 * share.min(1.0));
    if f64::from(contrast) < CONTRAST_MIN * f64::from(noise.max(0.5)) {
        return None;
    }
    let differs: Vec<bool> = values.iter().map(|v| (v - background).abs() > 0.5 * contrast).collect();
    let off_middle = |patch: &[usize]| {
        let n = patch.len() as f64;
        let sum = |f: fn(usize, usize) -> usize| patch.iter().map(|&i| f(i, side)).sum::<usize>() as f64 / n;
        (sum(|i, side| i % side) - half as f64).hypot(sum(|i, side| i / side) - half as f64)
    };
    // What reaches the window's rim is a neighbour, for the part itself has room.
    let patch = whole_patches(differs, side)
        .into_iter()
        .filter(|patch| patch.len() as f64 >= AREA_MIN * target.outline.area())
        .min_by(|a, b| off_middle(a).total_cmp(&off_middle(b)))?;
    let area = patch.len() as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        patch.iter().map(|&i| f((i % side) as f64, (i / side) as f64)).sum::<f64>() / area
    };
    let (cx, cy) = (mean(&|x, _| x), mean(&|_, y| y));
    let xx = mean(&|x, _| (x - cx) * (x - cx));
    let yy = mean(&|_, y| (y - cy) * (y - cy));
    let xy = mean(&|x, y| (x - cx) * (y - cy));
    let (x, y) = (cx + left as f64, cy + top as f64);
    if (x - target.place.0).hypot(y - target.place.1) > target.search {
        return None;
    }
    let symmetry = target.outline.symmetry();
    let measured = if symmetry > 2.0 { 0.5 * (2.0 * xy).atan2(xx - yy) } else { target.theta };
    let theta = nearest(measured, target.theta, symmetry);
    let sign: f32 = patch.iter().map(|&i| values[i] - background).sum();
    let (a, b) = target.outline.halves();
    let contrast = f64::from(contrast).copysign(f64::from(sign));
    Some([x, y, theta, a, b, BLUR.0, contrast, f64::from(background)])
}

/// The angle nearest to `nominal` of those that differ from `theta` by whole turns of the symmetry.
fn nearest(theta: f64, nominal: f64, symmetry: f64) -> f64 {
    theta - ((theta - nominal) / symmetry).round() * symmetry
}

/// Patches of neighbours along sides that do not touch the window's rim, as lists of pixels.
fn whole_patches(mut open: Vec<bool>, side: usize) -> Vec<Vec<usize>> {
    let mut patches = Vec::new();
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let (mut patch, mut next, mut whole) = (vec![start], 0, true);
        while let Some(&at) = patch.get(next) {
            next += 1;
            let (x, y) = (at % side, at / side);
            if x == 0 || y == 0 || x + 1 == side || y + 1 == side {
                whole = false;
                continue;
            }
            for n in [at - 1, at + 1, at - side, at + side] {
                if std::mem::take(&mut open[n]) {
                    patch.push(n);
                }
            }
        }
        if whole {
            patches.push(patch);
        }
    }
    patches
}

/// Gauss-Newton with damping by halves.
fn refine<T: Sample>(plane: &Plane<'_, T>, target: &Target, first: [f64; UNKNOWNS]) -> Option<Fit> {
    let outline = target.outline;
    let pixels = around(plane, outline, &first)?;
    let mut p = first;
    let mut now = normal(outline, &pixels, &p);
    for _ in 0..ROUNDS {
        let step = linear::solve(&now.normal, &now.right)?;
        let mut share = 1.0;
        let (next, system) = loop {
            let mut next = p;
            for (value, s) in next.iter_mut().zip(step) {
                *value += share * s;
            }
            next[5] = next[5].clamp(BLUR.1, BLUR.2);
            let system = normal(outline, &pixels, &next);
            if system.squares <= now.squares || share < 0.05 {
                break (next, system);
            }
            share *= 0.5;
        };
        let moved = (next[0] - p[0]).hypot(next[1] - p[1]) + (next[2] - p[2]).abs() * outline.reach();
        (p, now) = (next, system);
        if moved < REST {
            break;
        }
    }
    let [x, y, theta, a, b, _, contrast, _] = p;
    let inside = (x - target.place.0).hypot(y - target.place.1) <= target.search + 1.0;
    if !inside || contrast * first[6] <= 0.0 || !(a > 0.0 && b > 0.0) {
        return None;
    }
    let freedom = (pixels.len() as f64 - UNKNOWNS as f64).max(1.0);
    let variance = now.squares / freedom;
    let inverse = linear::invert(&now.normal)?;
    Some(Fit {
        x,
        y,
        theta: nearest(theta, target.theta, outline.symmetry()),
        length: 2.0 * a,
        width: 2.0 * b,
        contrast,
        residual: variance.sqrt(),
        sigma: (variance * (inverse[0][0] + inverse[1][1]) / 2.0).sqrt(),
        theta_sigma: (variance * inverse[2][2]).sqrt(),
    })
}

/// Pixels (x, y, value) within the margin; nothing where some are outside the frame.
fn around<T: Sample>(
    plane: &Plane<'_, T>,
    outline: Outline,
    p: &[f64; UNKNOWNS],
) -> Option<Vec<(f64, f64, f64)>> {
    let reach = (outline.reach() + 1.5 * MARGIN).ceil() as isize;
    let (cx, cy) = (p[0].round() as isize, p[1].round() as isize);
    let mut pixels = Vec::new();
    for y in cy - reach..=cy + reach {
        for x in cx - reach..=cx + reach {
            if outline.holds((x as f64 - p[0], y as f64 - p[1]), p[2], MARGIN) {
                pixels.push((x as f64, y as f64, f64::from(plane.get(x, y)?)));
            }
        }
    }
    Some(pixels)
}

struct System {
    normal: [[f64; UNKNOWNS]; UNKNOWNS],
    right: [f64; UNKNOWNS],
    squares: f64,
}

fn normal(outline: Outline, pixels: &[(f64, f64, f64)], p: &[f64; UNKNOWNS]) -> System {
    let mut system = System { normal: [[0.0; UNKNOWNS]; UNKNOWNS], right: [0.0; UNKNOWNS], squares: 0.0 };
    for &(x, y, value) in pixels {
        let (expected, by) = outline.model(p, x - p[0], y - p[1]);
        let residual = value - expected;
        system.squares += residual * residual;
        for (i, a) in by.iter().enumerate() {
            system.right[i] += a * residual;
            for (j, b) in by[..=i].iter().enumerate() {
                system.normal[i][j] += a * b;
            }
        }
    }
    // What the outline does not have stays where it is.
    for i in (0..UNKNOWNS).filter(|&i| !outline.has(i)) {
        system.normal[i] = [0.0; UNKNOWNS];
        system.normal.iter_mut().for_each(|row| row[i] = 0.0);
        system.normal[i][i] = 1.0;
        system.right[i] = 0.0;
    }
    system
}
