//! TIFF 6.0 and BigTIFF: grey or RGB of 8 or 16 bits, plain, LZW, deflate or PackBits.

use super::png::DEFLATE_RATIO;
use super::{BYTES_MAX, FrameBuf, FrameFault, SamplesBuf, check_ratio, checked_bytes, without_last};
use std::io::{Cursor, ErrorKind};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};
use vision::frame::Layout;

/// The most that LZW of 12-bit codes can shrink is some 1365; deflate less.
const RATIO: usize = DEFLATE_RATIO * 4 / 3;

pub(super) fn decode(bytes: &[u8]) -> Result<FrameBuf, FrameFault> {
    let fault = |error: TiffError| match error {
        TiffError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => FrameFault::Broken {
            format: "TIFF",
            reason: format!("it ends too early, after {} bytes", bytes.len()),
        },
        other => FrameFault::Broken { format: "TIFF", reason: other.to_string() },
    };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = BYTES_MAX;
    limits.intermediate_buffer_size = BYTES_MAX;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(fault)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(fault)?;
    // Before the colour type, which fails without a reason for what has no pixels.
    checked_bytes(width.into(), height.into(), 1)?;
    let colours = decoder.colortype().map_err(fault)?;
    let model = |model: &str| Err(FrameFault::Colours { model: model.to_owned() });
    let (layout, group, bits) = match colours {
        ColorType::Gray(bits) => (Layout::Mono, 1, bits),
        ColorType::GrayA(bits) => (Layout::Mono, 2, bits),
        ColorType::RGB(bits) => (Layout::Rgb, 3, bits),
        ColorType::RGBA(bits) => (Layout::Rgb, 4, bits),
        ColorType::CMYK(_) | ColorType::CMYKA(_) => return model("CMYK"),
        ColorType::YCbCr(_) => return model("YCbCr"),
        ColorType::Lab(_) => return model("CIE L*a*b*"),
        ColorType::Palette(_) => return model("a palette"),
        other => return model(&format!("{other:?}")),
    };
    if bits != 8 && bits != 16 {
        return Err(FrameFault::Depth { bits: bits.into() });
    }
    if decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).map_err(fault)? == Some(2) {
        return model("in planes of their own");
    }
    let needed = checked_bytes(width.into(), height.into(), group as u64 * u64::from(bits) / 8)?;
    check_ratio("picture", needed, bytes.len(), RATIO)?;
    let picture = decoder.read_image().map_err(fault)?;
    if decoder.more_images() {
        return Err(FrameFault::Several);
    }
    let alpha = group % 2 == 0;
    let samples = match picture {
        DecodingResult::U8(s) => SamplesBuf::Bytes(if alpha { without_last(&s, group) } else { s }),
        DecodingResult::U16(s) => SamplesBuf::Words(if alpha { without_last(&s, group) } else { s }),
        _ => return model("signed or floating-point numbers"),
    };
    FrameBuf::new(samples, layout, bits, (width as usize, height as usize))
}
