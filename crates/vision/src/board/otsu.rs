//! The threshold between two tones (N. Otsu, IEEE Transactions SMC 9, 1979).

use crate::frame::{Plane, Sample};

/// Two tones and the threshold between them, in DN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tones {
    pub threshold: f32,
    pub dark: f32,
    pub bright: f32,
}

const BINS: usize = 256;

/// The tones of a plane, or nothing where it has but one.
pub(super) fn tones<T: Sample>(plane: &Plane<'_, T>) -> Option<Tones> {
    // Some hundred rows tell the tones.
    let step = (plane.height() / 100).max(1);
    let rows = || (0..plane.height()).step_by(step).map(|y| plane.row(y));
    // Bytes have as many values as there are bins; of words the upper bits count.
    let most = if size_of::<T>() == 1 { 255 } else { rows().flatten().map(|v| v.to_u32()).max()? };
    let shift = (32 - most.leading_zeros()).saturating_sub(BINS.ilog2());
    // Neighbours are mostly of one tone: each of eight counts in its own histogram, so that none waits for the one before.
    let mut parts = [[0u32; BINS]; 8];
    for row in rows() {
        let (eights, rest) = row.as_chunks::<8>();
        for values in eights.iter().map(|eight| eight.as_slice()).chain([rest]) {
            for (part, value) in parts.iter_mut().zip(values) {
                part[(value.to_u32() >> shift) as usize % BINS] += 1;
            }
        }
    }
    let histogram: [u64; BINS] =
        std::array::from_fn(|bin| parts.iter().map(|part| u64::from(part[bin])).sum());
    let total: u64 = histogram.iter().sum();
    let sum: f64 = histogram.iter().enumerate().map(|(i, n)| i as f64 * *n as f64).sum();
    let (mut below, mut below_sum, mut best) = (0u64, 0.0, (0.0, 0usize, 0.0, 0.0));
    for (i, n) in histogram.iter().enumerate().take(BINS - 1) {
        below += n;
        below_sum += i as f64 * *n as f64;
        if below == 0 || below == total {
            continue;
        }
        let (dark, bright) = (below_sum / below as f64, (sum - below_sum) / (total - below) as f64);
        let between = below as f64 * (total - below) as f64 * (bright - dark).powi(2);
        if between > best.0 {
            best = (between, i, dark, bright);
        }
    }
    if best.3 - best.2 < 2.0 {
        return None;
    }
    let back = |bin: f64| (bin * f64::from(1u32 << shift)) as f32;
    Some(Tones { threshold: back((best.2 + best.3) / 2.0), dark: back(best.2), bright: back(best.3) })
}
