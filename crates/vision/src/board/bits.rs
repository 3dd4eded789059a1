//! Binary images, 64 pixels a word.

use crate::frame::{Plane, Sample};

/// Side of a cell in px: a word.
pub(super) const CELL: usize = 64;

/// A binary image; bits beyond the width are 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bits {
    pub width: usize,
    pub height: usize,
    /// Words of a row.
    words: usize,
    data: Vec<u64>,
}

impl Bits {
    #[cfg(test)]
    pub fn from_fn(width: usize, height: usize, f: impl Fn(usize, usize) -> bool) -> Self {
        let words = width.div_ceil(64);
        let mut data = Vec::with_capacity(words * height);
        for y in 0..height {
            for k in 0..words {
                let bits = (64 * k..width.min(64 * k + 64)).map(|x| u64::from(f(x, y)) << (x % 64));
                data.push(bits.fold(0, |a, b| a | b));
            }
        }
        Self { width, height, words, data }
    }

    /// Set where the value of a row satisfies `f`.
    pub fn from_plane<T: Sample>(plane: &Plane<'_, T>, f: impl Fn(T) -> bool) -> Self {
        let (width, height) = (plane.width(), plane.height());
        let words = width.div_ceil(64);
        let mut data = Vec::with_capacity(words * height);
        for y in 0..height {
            for chunk in plane.row(y).chunks(64) {
                let mut bytes = [0u8; 64];
                for (byte, value) in bytes.iter_mut().zip(chunk) {
                    *byte = u8::from(f(*value));
                }
                // Eight bytes of 0 or 1 become eight bits: the product puts byte i at bit 56 + i, and nothing else there.
                let eight = |b: &[u8; 8]| u64::from_le_bytes(*b).wrapping_mul(0x0102_0408_1020_4080) >> 56;
                let parts = bytes.as_chunks::<8>().0.iter().enumerate();
                data.push(parts.fold(0, |word, (i, b)| word | (eight(b) << (8 * i))));
            }
        }
        Self { width, height, words, data }
    }

    pub fn get(&self, x: usize, y: usize) -> bool {
        (self.data[y * self.words + x / 64] >> (x % 64)) & 1 == 1
    }

    fn row(&self, y: usize) -> &[u64] {
        &self.data[y * self.words..][..self.words]
    }

    /// Valid bits of a word of a row.
    fn mask(&self, k: usize) -> u64 {
        let left = self.width - 64 * k;
        if left >= 64 { u64::MAX } else { (1 << left) - 1 }
    }

    fn zip(&self, other: &Self, f: impl Fn(u64, u64) -> u64) -> Self {
        let data = self.data.iter().zip(&other.data).map(|(a, b)| f(*a, *b)).collect();
        Self { data, ..*self }
    }

    pub fn and_not(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    pub fn xor(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    pub fn inverted(&self) -> Self {
        let data = self.data.iter().enumerate().map(|(i, w)| !w & self.mask(i % self.words)).collect();
        Self { data, ..*self }
    }

    /// Set where a pixel within a square of `2 r + 1` px is set.
    pub fn dilated(&self, r: usize) -> Self {
        if r == 0 { self.clone() } else { (1..r).fold(self.dilated_once(), |out, _| out.dilated_once()) }
    }

    /// Set where all pixels within that square are set; what lies outside the image counts as set.
    pub fn eroded(&self, r: usize) -> Self {
        self.inverted().dilated(r).inverted()
    }

    fn dilated_once(&self) -> Self {
        let mut across = Vec::with_capacity(self.data.len());
        for y in 0..self.height {
            let (row, mut left) = (self.row(y), 0);
            for (k, &word) in row.iter().enumerate() {
                let right = row.get(k + 1).map_or(0, |next| next << 63);
                across.push((word | (word << 1) | left | (word >> 1) | right) & self.mask(k));
                left = word >> 63;
            }
        }
        let row = |y: usize| &across[y * self.words..][..self.words];
        let mut data = Vec::with_capacity(across.len());
        for y in 0..self.height {
            let (above, below) = (row(y.saturating_sub(1)), row((y + 1).min(self.height - 1)));
            data.extend(row(y).iter().zip(above).zip(below).map(|((own, above), below)| own | above | below));
        }
        Self { data, ..*self }
    }

    /// Word `k` of a row displaced so that pixel x shows what was at `x + dx`; what lies outside is 0.
    #[inline(always)]
    fn displaced_word(row: &[u64], k: usize, dx: isize) -> u64 {
        let start = k as isize * 64 + dx;
        let (word, bit) = (start.div_euclid(64), start.rem_euclid(64) as u32);
        let at = |w: isize| usize::try_from(w).ok().and_then(|w| row.get(w)).copied().unwrap_or(0);
        if bit == 0 { at(word) } else { (at(word) >> bit) | (at(word + 1) << (64 - bit)) }
    }

    /// Pixels of `self` that differ from `other` displaced by (dx, dy), among those of every `step`-th row that both
    /// have, and how many those are.
    pub fn differing(&self, other: &Self, shift: (isize, isize), step: usize) -> (u64, u64) {
        let differ = self.differing_by_cell(other, shift, step).into_iter().map(u64::from).sum();
        let has = |&y: &usize| y.checked_add_signed(shift.1).is_some_and(|from| from < self.height);
        let (low, high) = self.shared(shift.0);
        let rows = (0..self.height).step_by(step).filter(has).count();
        (differ, (rows * high.saturating_sub(low)) as u64)
    }

    /// The differing pixels of [`Bits::differing`], by cells.
    pub fn differing_by_cell(&self, other: &Self, shift: (isize, isize), step: usize) -> Vec<u32> {
        pulp::Arch::new().dispatch(Differing { one: self, other, shift, step })
    }

    /// Cells of [`CELL`] x [`CELL`] px: of a row, and rows of them.
    pub fn cells(&self) -> (usize, usize) {
        (self.words, self.height.div_ceil(CELL))
    }

    /// Columns that an image displaced by `dx` shares with this one: the first, and the end.
    fn shared(&self, dx: isize) -> (usize, usize) {
        ((-dx).max(0) as usize, (self.width as isize - dx).min(self.width as isize).max(0) as usize)
    }

    /// The image displaced, each cell by a (dx, dy) of its own: pixel (x, y) shows what was at (x + dx, y + dy), or `fallback` where
    /// that lies outside.
    pub fn displaced(&self, by: &[(isize, isize)], fallback: &Self) -> Self {
        let mut out = fallback.clone();
        for y in 0..self.height {
            for k in 0..self.words {
                let (dx, dy) = by[y / CELL * self.words + k];
                let Some(from) = y.checked_add_signed(dy).filter(|&from| from < self.height) else {
                    continue;
                };
                let (low, high) = self.shared(dx);
                let valid = span_mask(k, low, high);
                let word = &mut out.data[y * self.words + k];
                *word = (*word & !valid) | (Self::displaced_word(self.row(from), k, dx) & valid);
            }
        }
        out
    }

    /// Sets of pixels that touch along sides or corners, in the order of their first pixel.
    pub fn blobs(&self) -> Vec<Vec<(usize, usize)>> {
        let mut left = self.clone();
        let mut blobs = Vec::new();
        for y in 0..self.height {
            for k in 0..self.words {
                while left.data[y * self.words + k] != 0 {
                    let x = 64 * k + left.data[y * self.words + k].trailing_zeros() as usize;
                    blobs.push(left.take_blob(x, y));
                }
            }
        }
        blobs
    }

    /// No pixel set.
    pub fn empty(width: usize, height: usize) -> Self {
        let words = width.div_ceil(64);
        Self { width, height, words, data: vec![0; words * height] }
    }

    pub fn set(&mut self, x: usize, y: usize) {
        self.data[y * self.words + x / 64] |= 1 << (x % 64);
    }

    /// The pixels from (left, top) on; what lies outside the image is not set.
    pub fn crop(&self, (left, top): (isize, isize), width: usize, height: usize) -> Self {
        let mut out = Self::empty(width, height);
        for y in 0..height {
            let Some(from) = usize::try_from(top + y as isize).ok().filter(|&from| from < self.height) else {
                continue;
            };
            for k in 0..out.words {
                out.data[y * out.words + k] = Self::displaced_word(self.row(from), k, left) & out.mask(k);
            }
        }
        out
    }

    /// Set bits.
    pub fn total(&self) -> usize {
        self.data.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Sizes of the sets of pixels that touch along sides or corners, as of [`Bits::blobs`].
    pub fn blob_sizes(&self) -> Vec<usize> {
        self.blob_shares(self)
    }

    /// How many of its pixels `other`, of the same size, has of each of those sets, where it has any. By runs along rows: a
    /// run joins those of the row above that it touches.
    pub fn blob_shares(&self, other: &Self) -> Vec<usize> {
        // Of each run: first pixel, end, and the run it was joined to (itself for the first).
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        let (mut above, mut sizes) = (0..0, Vec::new());
        fn root(runs: &[(usize, usize, usize)], mut at: usize) -> usize {
            while runs[at].2 != at {
                at = runs[at].2;
            }
            at
        }
        for y in 0..self.height {
            let (start, mut x) = (runs.len(), 0);
            while let Some(low) = self.next(y, x, true) {
                let high = self.next(y, low, false).unwrap_or(self.width);
                let own = runs.len();
                runs.push((low, high, own));
                sizes.push(if std::ptr::eq(self, other) {
                    high - low
                } else {
                    other.count((low, y), (high, y + 1)).0 as usize
                });
                for beside in above.clone() {
                    if runs[beside].0 <= high && low <= runs[beside].1 {
                        let (a, b) = (root(&runs, beside), root(&runs, own));
                        if a != b {
                            runs[b.max(a)].2 = a.min(b);
                            sizes[a.min(b)] += std::mem::take(&mut sizes[b.max(a)]);
                        }
                    }
                }
                x = high;
            }
            above = start..runs.len();
        }
        sizes.retain(|&size| size > 0);
        sizes
    }

    /// The first pixel of a row from `x` on that is set, or is not.
    fn next(&self, y: usize, x: usize, set: bool) -> Option<usize> {
        let mut from = x % 64;
        for (k, word) in self.row(y).iter().enumerate().skip(x / 64) {
            let word = if set { *word } else { !word & self.mask(k) };
            let rest = word & (u64::MAX << from);
            if rest != 0 {
                return Some(64 * k + rest.trailing_zeros() as usize);
            }
            from = 0;
        }
        None
    }

    /// Set bits in a box, its right and lower ends excluded, and the box's pixels inside the image.
    pub fn count(&self, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) -> (u64, u64) {
        let (x2, y2) = (x2.min(self.width), y2.min(self.height));
        let mut set = 0;
        for y in y1..y2 {
            for (k, word) in self.row(y).iter().enumerate().skip(x1 / 64).take(x2 / 64 + 1 - x1 / 64) {
                set += u64::from((word & span_mask(k, x1, x2)).count_ones());
            }
        }
        (set, (x2.saturating_sub(x1) * y2.saturating_sub(y1)) as u64)
    }

    /// Removes the blob of a set pixel and gives its pixels.
    fn take_blob(&mut self, x: usize, y: usize) -> Vec<(usize, usize)> {
        let (mut open, mut blob) = (vec![(x, y)], Vec::new());
        self.clear(x, y);
        while let Some((x, y)) = open.pop() {
            blob.push((x, y));
            for ny in y.saturating_sub(1)..(y + 2).min(self.height) {
                for nx in x.saturating_sub(1)..(x + 2).min(self.width) {
                    if self.get(nx, ny) {
                        self.clear(nx, ny);
                        open.push((nx, ny));
                    }
                }
            }
        }
        blob
    }

    fn clear(&mut self, x: usize, y: usize) {
        self.data[y * self.words + x / 64] &= !(1 << (x % 64));
    }
}

/// Bits of word `k` that stand for pixels in `low..high`.
#[inline(always)]
fn span_mask(k: usize, low: usize, high: usize) -> u64 {
    let below = |n: usize| match n.saturating_sub(64 * k) {
        0 => 0,
        n if n >= 64 => u64::MAX,
        n => (1u64 << n) - 1,
    };
    below(high) & !below(low)
}

/// Differing pixels by cells: [`Bits::differing_by_cell`], for the machine that it runs on. Counting bits is one instruction on
/// machines that are asked for it; a plain closure would be compiled for any machine, because it is called by way of a function of
/// its own.
struct Differing<'b> {
    one: &'b Bits,
    other: &'b Bits,
    shift: (isize, isize),
    step: usize,
}

impl pulp::WithSimd for Differing<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Vec<u32> {
        let Self { one, other, shift: (dx, dy), step } = self;
        let (across, down) = one.cells();
        let mut cells = vec![0_u64; across * down];
        let (low, high) = one.shared(dx);
        let valid: Vec<u64> = (0..across).map(|k| span_mask(k, low, high)).collect();
        // A displaced word is the end of a word and the beginning of the one beside it; what lies outside the image is 0.
        let (word, bit) = (dx.div_euclid(64), dx.rem_euclid(64) as u32);
        let margin = word.unsigned_abs() + 1;
        let mut row = vec![0; margin + across + margin];
        let first = margin.strict_add_signed(word);
        for y in (0..one.height).step_by(step) {
            let Some(from) = y.checked_add_signed(dy).filter(|&from| from < other.height) else { continue };
            row[margin..margin + across].copy_from_slice(other.row(from));
            let (ends, beginnings) = (&row[first..first + across], &row[first + 1..first + 1 + across]);
            let theirs =
                ends.iter().zip(beginnings).map(|(end, next)| (end >> bit) | (next << 1 << (63 - bit)));
            let sums = cells[y / CELL * across..][..across].iter_mut();
            for (((sum, own), valid), their) in sums.zip(one.row(y)).zip(&valid).zip(theirs) {
                *sum += u64::from(((own ^ their) & valid).count_ones());
            }
        }
        cells.into_iter().map(|sum| sum as u32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(width: usize, height: usize, seed: u64) -> Bits {
        let mut rng = crate::synth::Rng::new(seed);
        let values: Vec<bool> = (0..width * height).map(|_| rng.uniform() < 0.1).collect();
        Bits::from_fn(width, height, |x, y| values[y * width + x])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn words_do_what_pixels_do(
            width in 3usize..140, height in 3usize..12, dx in -9isize..9, dy in -2isize..3, seed in 0u64..99,
        ) {
            let (a, b) = (image(width, height, seed), image(width, height, seed + 100));
            let at = |bits: &Bits, x: isize, y: isize| {
                let inside = x >= 0 && y >= 0 && x < width as isize && y < height as isize;
                inside.then(|| bits.get(x as usize, y as usize))
            };
            let (dilated, eroded, moved) = (a.dilated(1), a.eroded(1), a.displaced(&vec![(dx, dy); a.words], &b));
            let (mut differ, mut count) = (0, 0);
            for y in 0..height as isize {
                for x in 0..width as isize {
                    let near = || (-1..=1).flat_map(|j| (-1..=1).map(move |i| (i, j)));
                    let any = near().any(|(i, j)| at(&a, x + i, y + j) == Some(true));
                    let all = near().all(|(i, j)| at(&a, x + i, y + j) != Some(false));
                    let source = at(&a, x + dx, y + dy);
                    prop_assert_eq!(at(&dilated, x, y), Some(any));
                    prop_assert_eq!(at(&eroded, x, y), Some(all));
                    prop_assert_eq!(at(&moved, x, y), source.or(at(&b, x, y)));
                    if let Some(source) = source {
                        count += 1;
                        differ += u64::from(Some(source) != at(&b, x, y));
                    }
                }
            }
            let (x1, x2) = (width / 3, width + 5);
            let inside = (x1..width).flat_map(|x| (1..height - 1).map(move |y| (x, y)));
            let set = inside.clone().filter(|&(x, y)| a.get(x, y)).count() as u64;
            prop_assert_eq!(a.count((x1, 1), (x2, height - 1)), (set, inside.count() as u64));
            let plane = crate::frame::PlaneBuf::from_fn(width, height, |x, y| 200 * u8::from(a.get(x, y)));
            prop_assert_eq!(&Bits::from_plane(&plane.as_plane(), |v| v > 100), &a);
            let mut sizes: Vec<usize> = a.blobs().iter().map(Vec::len).collect();
            let mut runs = a.blob_sizes();
            sizes.sort_unstable();
            runs.sort_unstable();
            prop_assert_eq!((runs, a.total()), (sizes.clone(), sizes.iter().sum()));
            let cropped = a.crop((dx, dy), width + 3, height);
            let crop = |x: usize, y: usize| at(&a, x as isize + dx, y as isize + dy) == Some(true);
            prop_assert_eq!(cropped, Bits::from_fn(width + 3, height, crop));
            prop_assert_eq!(b.differing(&a, (dx, dy), 1), (differ, count));
            prop_assert_eq!(a.blobs().iter().map(Vec::len).sum::<usize>(), (0..width * height)
                .filter(|k| a.get(k % width, k / width)).count());
        }
    }
}
