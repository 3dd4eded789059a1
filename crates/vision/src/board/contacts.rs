//! What a candidate touches.

use super::bits::Bits;

/// A small binary window around a blob.
struct Window {
    left: isize,
    top: isize,
    bits: Bits,
}

impl Window {
    /// The blob with a free border.
    fn around(blob: &[(usize, usize)], border: usize) -> Self {
        let span = |f: fn(&(usize, usize)) -> usize| {
            blob.iter().map(f).fold((usize::MAX, 0), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((x1, x2), (y1, y2)) = (span(|p| p.0), span(|p| p.1));
        let (left, top) = (x1 as isize - border as isize, y1 as isize - border as isize);
        let (width, height) = (x2 - x1 + 1 + 2 * border, y2 - y1 + 1 + 2 * border);
        let mut bits = Bits::empty(width, height);
        for &(x, y) in blob {
            bits.set(x - x1 + border, y - y1 + border);
        }
        Self { left, top, bits }
    }
}

/// The parts of a blob about what lies in `deep`: each a stretch of those pixels, grown again by `grow` px inside the blob.
pub(super) fn parts(blob: &[(usize, usize)], deep: &Bits, grow: usize) -> Vec<Vec<(usize, usize)>> {
    let inner: Vec<(usize, usize)> = blob.iter().copied().filter(|&(x, y)| deep.get(x, y)).collect();
    if inner.is_empty() {
        return Vec::new();
    }
    let window = Window::around(&inner, 0);
    let stretches = window.bits.blobs().into_iter().map(|stretch| {
        let place = |(x, y)| ((x as isize + window.left) as usize, (y as isize + window.top) as usize);
        let stretch: Vec<(usize, usize)> = stretch.into_iter().map(place).collect();
        let grown = Window::around(&stretch, grow + 1);
        let near = grown.bits.dilated(grow);
        let own = |&(x, y): &(usize, usize)| {
            let inside = |at: usize, from: isize, end: usize| {
                usize::try_from(at as isize - from).ok().filter(|i| *i < end)
            };
            inside(x, grown.left, near.width)
                .zip(inside(y, grown.top, near.height))
                .is_some_and(|(x, y)| near.get(x, y))
        };
        blob.iter().copied().filter(own).collect()
    });
    stretches.collect()
}

/// Connected stretches that a blob touches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touched {
    /// Of the other side, within a reach.
    pub at: usize,
    /// Within 1 px less.
    pub near: usize,
    /// Within 2 px more.
    pub far: usize,
    /// Of its own side, within the reach.
    pub own: usize,
}

/// Stretches of `other` and `own` within `reach` px, 1 at least; the reach is a pixel more than the tolerance's rim, so that a
/// ragged edge is one stretch. One or two pixels at a corner are no contact.
pub(super) fn touched(blob: &[(usize, usize)], other: &Bits, own: &Bits, reach: usize) -> Touched {
    let window = Window::around(blob, reach + 3);
    let crop = |of: &Bits| of.crop((window.left, window.top), window.bits.width, window.bits.height);
    let (other, own) = (crop(other), crop(own));
    let count =
        |side: &Bits, near: &Bits| side.and(near).blob_sizes().into_iter().filter(|&size| size > FEW).count();
    let near = window.bits.dilated(reach - 1);
    let at = near.dilated(1);
    let far = at.dilated(2);
    Touched {
        at: count(&other, &at),
        near: count(&other, &near),
        far: count(&other, &far),
        own: count(&own, &at),
    }
}

/// Pixels that are no contact.
const FEW: usize = 2;

/// Px around a blob within which stretches may be one.
const LINK: usize = 24;

/// Stretches of `other` within `reach` px, those that are one within [`LINK`] px counted once.
pub(super) fn linked(blob: &[(usize, usize)], other: &Bits, reach: usize) -> usize {
    let window = Window::around(blob, LINK);
    let near = window.bits.dilated(reach);
    let around = other.crop((window.left, window.top), near.width, near.height);
    around.blob_shares(&near).into_iter().filter(|&share| share > FEW).count()
}

/// Px around a blob in which it is still its own edge that differs.
const GROWN: usize = 3;

/// What a blob with all that differs about it changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    /// Pixels.
    pub pixels: f32,
    /// Stretches of its own side near it that it makes more.
    pub own: f32,
    /// The same of the other side.
    pub other: f32,
}

/// What the blob and the pixels of `kind` within [`GROWN`] px change in `own`, the template's side that it lies on,
/// whatever else differs.
pub(super) fn change(blob: &[(usize, usize)], own: &Bits, kind: &Bits) -> Change {
    let window = Window::around(blob, NEAR);
    let near = window.bits.dilated(GROWN);
    let crop = |bits: &Bits| bits.crop((window.left, window.top), near.width, near.height);
    let (before, changed) = (crop(own), near.and(&crop(kind)));
    let after = before.xor(&changed);
    let stretches = |bits: &Bits| bits.blob_sizes().into_iter().filter(|n| *n > 4).count() as f32;
    Change {
        pixels: changed.total() as f32,
        own: stretches(&after) - stretches(&before),
        other: stretches(&after.inverted()) - stretches(&before.inverted()),
    }
}

/// Pixels of the blob whose neighbours all belong to it.
pub(super) fn core(blob: &[(usize, usize)]) -> usize {
    Window::around(blob, 1).bits.eroded(1).total()
}

/// What lies near a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    /// Stretches of its own side.
    pub own: f32,
    /// Stretches of the other side.
    pub other: f32,
    /// Share of its own side, 0..=1.
    pub share: f32,
}

/// Px around a box that count as near.
const NEAR: usize = 8;

/// Both sides in a box and around it, the bare ground its own where `extra`. A few pixels are no stretch.
pub(super) fn near(copper: &Bits, extra: bool, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) -> Near {
    let (left, top) = (x1.saturating_sub(NEAR), y1.saturating_sub(NEAR));
    let (right, bottom) = ((x2 + NEAR).min(copper.width), (y2 + NEAR).min(copper.height));
    let window = copper.crop((left as isize, top as isize), right - left, bottom - top);
    let stretches = |bits: &Bits| bits.blob_sizes().into_iter().filter(|n| *n > 4).collect::<Vec<_>>();
    let area = window.width * window.height;
    let (copper, bare) = (stretches(&window), stretches(&window.inverted()));
    let (own, other) = if extra { (bare, copper) } else { (copper, bare) };
    Near {
        own: own.len() as f32,
        other: other.len() as f32,
        share: own.iter().sum::<usize>() as f32 / area as f32,
    }
}
