//! One channel of a frame.

use super::FrameError;

/// A sample of a plane.
pub trait Sample: Copy + Default + PartialOrd + Send + Sync + 'static {
    /// As a 32-bit float; exact.
    fn to_f32(self) -> f32;
    /// As a word; exact.
    fn to_u16(self) -> u16;
    /// Eight samples side by side from the lowest bits on.
    fn pack(samples: &[Self; 8]) -> u128;
    /// As a 32-bit integer; exact.
    fn to_u32(self) -> u32 {
        u32::from(self.to_u16())
    }
}

impl Sample for u8 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    #[inline(always)]
    fn to_u16(self) -> u16 {
        u16::from(self)
    }
    #[inline(always)]
    fn pack(samples: &[Self; 8]) -> u128 {
        u128::from(u64::from_le_bytes(*samples))
    }
}

impl Sample for u16 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    #[inline(always)]
    fn to_u16(self) -> u16 {
        self
    }
    #[inline(always)]
    fn pack(samples: &[Self; 8]) -> u128 {
        let mut bytes = [0; 16];
        for (pair, sample) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
            *pair = sample.to_le_bytes();
        }
        u128::from_le_bytes(bytes)
    }
}

/// A borrowed channel: `height` rows of `width` samples, `stride` samples apart.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a, T> {
    samples: &'a [T],
    width: usize,
    height: usize,
    stride: usize,
}

/// An owned channel without padding.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneBuf<T> {
    samples: Vec<T>,
    width: usize,
    height: usize,
}

impl<'a, T: Sample> Plane<'a, T> {
    /// A plane over `samples`.
    ///
    /// # Errors
    /// Empty, truncated, or a stride below the width.
    pub fn new(samples: &'a [T], width: usize, height: usize, stride: usize) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if stride < width {
            return Err(FrameError::Stride { stride, needed: width });
        }
        let needed = (height - 1).saturating_mul(stride).saturating_add(width);
        if samples.len() < needed {
            return Err(FrameError::Truncated { needed, found: samples.len() });
        }
        Ok(Self { samples, width, height, stride })
    }

    /// Width in pixels.
    #[inline(always)]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.height
    }

    /// One row.
    ///
    /// # Panics
    /// If `y` is not below the height.
    #[inline(always)]
    pub fn row(&self, y: usize) -> &'a [T] {
        &self.samples[y * self.stride..][..self.width]
    }

    /// One sample, or nothing outside the plane.
    #[inline]
    pub fn get(&self, x: isize, y: isize) -> Option<f32> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| self.samples[y * self.stride + x].to_f32())
    }

    /// The samples from (x, y) on, with the stride, for kernels that step through rows themselves.
    #[inline(always)]
    pub(crate) fn from(&self, x: usize, y: usize) -> (&'a [T], usize) {
        (&self.samples[y * self.stride + x..], self.stride)
    }
}

impl<T: Sample> PlaneBuf<T> {
    /// A plane with the value of `f(x, y)` at each pixel.
    pub fn from_fn(width: usize, height: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut samples = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                samples.push(f(x, y));
            }
        }
        Self { samples, width, height }
    }

    /// The same plane, borrowed.
    pub fn as_plane(&self) -> Plane<'_, T> {
        Plane { samples: &self.samples, width: self.width, height: self.height, stride: self.width }
    }
}
