//! Packed samples of cameras: Mono10p and Mono12p of the GenICam Pixel Format Naming Convention 2.4, a stream of bits
//! with the lowest bit first.

/// Samples of Mono10p: four samples in five bytes. Bits after the last whole sample are padding.
pub fn unpack_10p(bytes: &[u8]) -> Vec<u16> {
    unpack::<10>(bytes)
}

/// Samples of Mono12p: two samples in three bytes. Bits after the last whole sample are padding.
pub fn unpack_12p(bytes: &[u8]) -> Vec<u16> {
    unpack::<12>(bytes)
}

fn unpack<const BITS: u32>(bytes: &[u8]) -> Vec<u16> {
    let mut samples = Vec::with_capacity(bytes.len() * 8 / BITS as usize);
    let (mut held, mut count) = (0u32, 0u32);
    for &byte in bytes {
        held |= u32::from(byte) << count;
        count += 8;
        if count >= BITS {
            samples.push((held & ((1 << BITS) - 1)) as u16);
            held >>= BITS;
            count -= BITS;
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pack(samples: &[u16], bits: u32) -> Vec<u8> {
        let mut bytes = vec![0u8; (samples.len() * bits as usize).div_ceil(8)];
        for (i, &s) in samples.iter().enumerate() {
            for b in 0..bits as usize {
                let at = i * bits as usize + b;
                bytes[at / 8] |= (((s >> b) & 1) as u8) << (at % 8);
            }
        }
        bytes
    }

    #[test]
    fn known_bytes() {
        assert_eq!(unpack_12p(&[0x34, 0x12, 0xab]), [0x234, 0xab1]);
        assert_eq!(unpack_10p(&[0xff, 0x03, 0, 0, 0]), [0x3ff, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn packing_and_unpacking_agree(samples in proptest::collection::vec(0u16..1024, 0..40)) {
            let whole = &samples[..samples.len() / 4 * 4];
            prop_assert_eq!(unpack_10p(&pack(whole, 10)), whole);
            prop_assert_eq!(unpack_12p(&pack(whole, 12)), whole);
        }
    }
}
