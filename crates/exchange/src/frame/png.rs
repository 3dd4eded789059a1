//! PNG (ISO/IEC 15948): grey or RGB of 8 or 16 bits; an alpha channel is left out, a palette becomes RGB.

use super::{BYTES_MAX, FrameBuf, FrameFault, SamplesBuf, check_ratio, checked_bytes, without_last, words};
use png::{ColorType, Decoder, DecodingError, Limits, Transformations};
use std::io::{Cursor, ErrorKind};
use vision::frame::Layout;

/// The most that deflate can shrink (zlib's own figure is 1032).
pub(super) const DEFLATE_RATIO: usize = 1040;

pub(super) fn decode(bytes: &[u8]) -> Result<FrameBuf, FrameFault> {
    let fault = |error: DecodingError| match error {
        DecodingError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => FrameFault::Broken {
            format: "PNG",
            reason: format!("it ends too early, after {} bytes", bytes.len()),
        },
        other => FrameFault::Broken { format: "PNG", reason: other.to_string() },
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: BYTES_MAX });
    decoder.set_transformations(Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(fault)?;
    let (width, height, depth) = (header.width, header.height, header.bit_depth as u32);
    if depth < 8 {
        return Err(FrameFault::Depth { bits: depth });
    }
    let channels = header.color_type.samples() as u64;
    let packed = checked_bytes(width.into(), height.into(), channels * u64::from(depth) / 8)?;
    check_ratio("picture", packed, bytes.len(), DEFLATE_RATIO)?;
    let mut reader = decoder.read_info().map_err(fault)?;
    // A palette becomes three channels, a transparent colour one more: known only now.
    let expanded = reader.output_color_type().0.samples() as u64;
    checked_bytes(width.into(), height.into(), expanded * u64::from(depth) / 8)?;
    let (colours, depth) = reader.output_color_type();
    let size = reader
        .output_buffer_size()
        .ok_or(FrameFault::TooLarge { width: width.into(), height: height.into() })?;
    let mut buffer = vec![0; size];
    let taken = reader.next_frame(&mut buffer).map_err(fault)?.buffer_size();
    buffer.truncate(taken);
    // Samples may all be there while the end of the file is not: a copy that was broken off.
    reader.finish().map_err(fault)?;
    let (layout, group) = match colours {
        ColorType::Grayscale => (Layout::Mono, 1),
        ColorType::GrayscaleAlpha => (Layout::Mono, 2),
        ColorType::Rgb => (Layout::Rgb, 3),
        ColorType::Rgba => (Layout::Rgb, 4),
        ColorType::Indexed => {
            return Err(FrameFault::Broken { format: "PNG", reason: "its palette is missing".to_owned() });
        }
    };
    let alpha = group % 2 == 0;
    let (samples, bits) = if depth == png::BitDepth::Sixteen {
        let words = words(&buffer, u16::from_be_bytes);
        (SamplesBuf::Words(if alpha { without_last(&words, group) } else { words }), 16)
    } else {
        (SamplesBuf::Bytes(if alpha { without_last(&buffer, group) } else { buffer }), 8)
    };
    FrameBuf::new(samples, layout, bits, (width as usize, height as usize))
}
