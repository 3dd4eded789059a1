//! Eight numbers at a time: plainly, or with AVX2 and FMA.

use crate::frame::Sample;
use crate::psf::LANES;

/// Vector operations of the kernel.
pub(super) trait Lanes: Copy {
    /// Eight numbers.
    type V: Copy;
    /// Eight whole numbers of 32 bits.
    type N: Copy;

    fn splat(self, value: f32) -> Self::V;
    fn load(self, values: &[f32; LANES]) -> Self::V;
    fn widen<T: Sample>(self, samples: &[T; LANES]) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a * b + c`.
    fn madd(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    fn store(self, v: Self::V) -> [f32; LANES];
    fn whole<T: Sample>(self, samples: &[T; LANES]) -> Self::N;
    fn plus(self, a: Self::N, b: Self::N) -> Self::N;
    /// Whole numbers below 2^24 as such.
    fn float(self, n: Self::N) -> Self::V;

    /// Sum of the eight, always in one order.
    #[inline(always)]
    fn total(self, v: Self::V) -> f32 {
        let v = self.store(v);
        ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
    }

    /// Sums of four times eight.
    #[inline(always)]
    fn totals(self, v: [Self::V; 4]) -> [f32; 4] {
        v.map(|v| self.total(v))
    }

    /// The one of the eight that comes before all others.
    #[inline(always)]
    fn extreme(self, v: Self::V, before: impl Fn(f32, f32) -> bool) -> f32 {
        let v = self.store(v);
        let pick = |a: f32, b: f32| if before(a, b) { a } else { b };
        let four: [f32; 4] = std::array::from_fn(|i| pick(v[i], v[i + 4]));
        pick(pick(four[0], four[2]), pick(four[1], four[3]))
    }
}

/// For any machine. Not fused: without the instruction a fused operation is a slow call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

impl Plain {
    #[inline(always)]
    fn zip(a: [f32; LANES], b: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
        std::array::from_fn(|i| f(a[i], b[i]))
    }
}

impl Lanes for Plain {
    type V = [f32; LANES];
    type N = [u32; LANES];

    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [value; LANES]
    }
    #[inline(always)]
    fn load(self, values: &[f32; LANES]) -> Self::V {
        *values
    }
    #[inline(always)]
    fn widen<T: Sample>(self, samples: &[T; LANES]) -> Self::V {
        samples.map(T::to_f32)
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn madd(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.add(self.mul(a, b), c)
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    fn store(self, v: Self::V) -> [f32; LANES] {
        v
    }
    #[inline(always)]
    fn whole<T: Sample>(self, samples: &[T; LANES]) -> Self::N {
        samples.map(T::to_u32)
    }
    #[inline(always)]
    fn plus(self, a: Self::N, b: Self::N) -> Self::N {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn float(self, n: Self::N) -> Self::V {
        n.map(|n| n as f32)
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    type V = pulp::f32x8;
    type N = pulp::u32x8;

    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        self.splat_f32x8(value)
    }
    #[inline(always)]
    fn load(self, values: &[f32; LANES]) -> Self::V {
        pulp::cast(*values)
    }
    #[inline(always)]
    fn widen<T: Sample>(self, samples: &[T; LANES]) -> Self::V {
        self.float(self.whole(samples))
    }
    #[inline(always)]
    fn whole<T: Sample>(self, samples: &[T; LANES]) -> Self::N {
        let packed = pulp::cast(T::pack(samples));
        pulp::cast(if size_of::<T>() == 1 {
            self.avx2._mm256_cvtepu8_epi32(packed)
        } else {
            self.avx2._mm256_cvtepu16_epi32(packed)
        })
    }
    #[inline(always)]
    fn plus(self, a: Self::N, b: Self::N) -> Self::N {
        self.wrapping_add_u32x8(a, b)
    }
    #[inline(always)]
    fn float(self, n: Self::N) -> Self::V {
        pulp::cast(self.avx._mm256_cvtepi32_ps(pulp::cast(n)))
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        self.sub_f32x8(a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        self.mul_f32x8(a, b)
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        self.add_f32x8(a, b)
    }
    #[inline(always)]
    fn madd(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.mul_add_f32x8(a, b, c)
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        self.max_f32x8(a, b)
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        self.min_f32x8(a, b)
    }
    #[inline(always)]
    fn store(self, v: Self::V) -> [f32; LANES] {
        pulp::cast(v)
    }
    #[inline(always)]
    fn totals(self, v: [Self::V; 4]) -> [f32; 4] {
        let [a, b, c, d] = v.map(pulp::cast);
        // Pairs of neighbours are added until each half has a part of all four sums.
        let both = self.avx._mm256_hadd_ps(self.avx._mm256_hadd_ps(a, b), self.avx._mm256_hadd_ps(c, d));
        let halves: [[f32; 4]; 2] = pulp::cast(both);
        std::array::from_fn(|i| halves[0][i] + halves[1][i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<L: Lanes>(lanes: L) {
        let bytes: [u8; 8] = [0, 1, 2, 127, 128, 200, 254, 255];
        assert_eq!(lanes.store(lanes.widen(&bytes)), bytes.map(f32::from));
        let twice = lanes.plus(lanes.whole(&bytes), lanes.whole(&bytes));
        assert_eq!(lanes.store(lanes.float(twice)), bytes.map(|b| 2.0 * f32::from(b)));
        let words: [u16; 8] = [0, 1, 255, 256, 4095, 32_767, 32_768, 65_535];
        assert_eq!(lanes.store(lanes.widen(&words)), words.map(f32::from));
        let a = lanes.load(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let two = lanes.splat(2.0);
        assert_eq!(lanes.total(lanes.madd(a, two, two)), 88.0);
        assert_eq!(lanes.total(lanes.sub(lanes.mul(a, two), lanes.add(a, two))), 20.0);
        assert_eq!(lanes.totals([a, two, lanes.mul(a, two), lanes.sub(a, a)]), [36.0, 16.0, 72.0, 0.0]);
        assert_eq!((lanes.extreme(a, |a, b| a > b), lanes.extreme(a, |a, b| a < b)), (8.0, 1.0));
        assert_eq!(lanes.store(lanes.max(a, lanes.splat(4.0)))[0], 4.0);
        assert_eq!(lanes.store(lanes.min(a, lanes.splat(4.0)))[7], 4.0);
    }

    #[test]
    fn both_kinds_calculate_alike() {
        check(Plain);
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = pulp::x86::V3::try_new() {
            check(v3);
        }
    }
}
