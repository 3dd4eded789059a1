use super::*;
use ::png::{BitDepth, ColorType, Encoder};
use proptest::prelude::*;
use vision::frame::BayerPattern;

const SIZE: (usize, usize) = (5, 3);

/// Samples that tell every place from every other.
fn ramp(channels: usize) -> Vec<u8> {
    (0..SIZE.0 * SIZE.1 * channels).map(|i| (7 * i + 3) as u8).collect()
}

fn png(colours: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, SIZE.0 as u32, SIZE.1 as u32);
    encoder.set_color(colours);
    encoder.set_depth(depth);
    if colours == ColorType::Indexed {
        encoder.set_palette((0..=255u8).flat_map(|i| [i, 255 - i, 9]).collect::<Vec<u8>>());
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    out
}

fn tiff<C: ::tiff::encoder::colortype::ColorType>(data: &[C::Inner]) -> Vec<u8>
where
    [C::Inner]: ::tiff::encoder::TiffValue,
{
    let mut out = std::io::Cursor::new(Vec::new());
    let mut encoder = ::tiff::encoder::TiffEncoder::new(&mut out).unwrap();
    encoder.write_image::<C>(SIZE.0 as u32, SIZE.1 as u32, data).unwrap();
    out.into_inner()
}

/// A bitmap's header of 40 bytes.
fn bitmap_header(width: i32, height: i32, bits: u16, code: &[u8; 4]) -> Vec<u8> {
    let mut header = 40u32.to_le_bytes().to_vec();
    header.extend(width.to_le_bytes());
    header.extend(height.to_le_bytes());
    header.extend(1u16.to_le_bytes());
    header.extend(bits.to_le_bytes());
    header.extend(code);
    header.extend([0; 20]);
    header
}

fn bmp(bits: u16, height: i32, body: &[u8]) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    let palette: Vec<u8> = match bits {
        8 => (0..=255u8).flat_map(|i| [i, i, i, 0]).collect(),
        _ => Vec::new(),
    };
    file.extend([0; 8]);
    file.extend((14 + 40 + palette.len() as u32).to_le_bytes());
    file.extend(bitmap_header(SIZE.0 as i32, height, bits, &[0; 4]));
    file.extend(palette);
    file.extend(body);
    file
}

/// Rows padded to four bytes, from the bottom row on.
fn bottom_up(rows: &[u8], row: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for line in rows.chunks(row).rev() {
        out.extend(line);
        out.resize(out.len().next_multiple_of(4), 0xaa);
    }
    out
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
    out
}

fn list(id: &[u8; 4], kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut body = kind.to_vec();
    body.extend(chunks.concat());
    chunk(id, &body)
}

fn avi(code: &[u8; 4], bits: u16, frames: &[Vec<u8>]) -> Vec<u8> {
    let format = bitmap_header(SIZE.0 as i32, SIZE.1 as i32, bits, code);
    let sound = list(b"LIST", b"strl", &[chunk(b"strh", b"auds    "), chunk(b"strf", &[1; 16])]);
    let video = list(b"LIST", b"strl", &[chunk(b"strh", b"vids    "), chunk(b"strf", &format)]);
    let header = list(b"LIST", b"hdrl", &[chunk(b"avih", &[0; 56]), sound, video]);
    let mut movie = vec![chunk(b"00wb", b"sound"), chunk(b"01db", b"")];
    movie.extend(frames.iter().map(|f| chunk(b"01db", f)));
    list(b"RIFF", b"AVI ", &[header, list(b"LIST", b"movi", &movie), chunk(b"idx1", &[0; 16])])
}

fn one(bytes: Vec<u8>) -> Result<FrameBuf, FrameFault> {
    let packets: Vec<_> = Packets::new("f", bytes.as_slice()).collect();
    assert_eq!(packets.len(), 1);
    packets.into_iter().next().unwrap().map_err(|(_, fault)| fault)?.decode()
}

fn bytes(layout: Layout, samples: Vec<u8>) -> Result<FrameBuf, FrameFault> {
    FrameBuf::new(SamplesBuf::Bytes(samples), layout, 8, SIZE)
}

#[test]
fn every_format_gives_its_samples() {
    let (grey, rgb) = (ramp(1), ramp(3));
    let wide: Vec<u16> = grey.iter().map(|&g| u16::from(g) * 250 + 7).collect();
    let words = |bits| FrameBuf::new(SamplesBuf::Words(wide.clone()), Layout::Mono, bits, SIZE);
    let big: Vec<u8> = wide.iter().flat_map(|w| w.to_be_bytes()).collect();
    let little: Vec<u8> = wide.iter().flat_map(|w| w.to_le_bytes()).collect();
    let bgr: Vec<u8> = rgb.chunks(3).flat_map(|p| [p[2], p[1], p[0]]).collect();
    let with = |header: &str, body: &[u8]| [header.as_bytes(), body].concat();

    assert_eq!(one(png(ColorType::Grayscale, BitDepth::Eight, &grey)), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(png(ColorType::Grayscale, BitDepth::Sixteen, &big)), words(16));
    assert_eq!(one(png(ColorType::Rgb, BitDepth::Eight, &rgb)), bytes(Layout::Rgb, rgb.clone()));
    let alpha: Vec<u8> = grey.iter().flat_map(|&g| [g, 99]).collect();
    assert_eq!(
        one(png(ColorType::GrayscaleAlpha, BitDepth::Eight, &alpha)),
        bytes(Layout::Mono, grey.clone())
    );
    let palette: Vec<u8> = grey.iter().flat_map(|&g| [g, 255 - g, 9]).collect();
    assert_eq!(one(png(ColorType::Indexed, BitDepth::Eight, &grey)), bytes(Layout::Rgb, palette));

    use ::tiff::encoder::colortype::{Gray8, Gray16, RGB8};
    assert_eq!(one(tiff::<Gray8>(&grey)), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(tiff::<Gray16>(&wide)), words(16));
    assert_eq!(one(tiff::<RGB8>(&rgb)), bytes(Layout::Rgb, rgb.clone()));

    assert_eq!(one(bmp(8, 3, &bottom_up(&grey, 5))), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(bmp(24, 3, &bottom_up(&bgr, 15))), bytes(Layout::Rgb, rgb.clone()));
    let top_down: Vec<u8> = grey.chunks(5).flat_map(|r| [r, &[0; 3]].concat()).collect();
    assert_eq!(one(bmp(8, -3, &top_down)), bytes(Layout::Mono, grey.clone()));

    assert_eq!(one(avi(b"Y800", 8, std::slice::from_ref(&grey))), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(avi(b"Y800", 8, &[top_down])), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(avi(&[0; 4], 24, &[bottom_up(&bgr, 15)])), bytes(Layout::Rgb, rgb.clone()));
    // Colours of half the resolution are left out: what is measured is the brightness at every pixel.
    let rows = || grey.chunks(SIZE.0);
    let packed = |first: usize| -> Vec<u8> {
        let pixel = |y: &u8| if first == 0 { [*y, 77] } else { [77, *y] };
        rows()
            .flat_map(|row| [row.iter().flat_map(pixel).collect(), vec![77; 2 * (SIZE.0 % 2)]].concat())
            .collect()
    };
    assert_eq!(one(avi(b"YUY2", 16, &[packed(0)])), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(avi(b"UYVY", 16, &[packed(1)])), bytes(Layout::Mono, grey.clone()));
    let colours = 2 * SIZE.0.div_ceil(2) * SIZE.1.div_ceil(2);
    let planar = [grey.clone(), vec![77; colours]].concat();
    assert_eq!(one(avi(b"I420", 12, std::slice::from_ref(&planar))), bytes(Layout::Mono, grey.clone()));
    assert!(matches!(
        one(avi(b"NV12", 12, &[planar[..planar.len() - 1].to_vec()])),
        Err(FrameFault::Truncated { part: "bitmap", .. })
    ));

    assert_eq!(one(with("raw 5 3 mono 8\n", &grey)), bytes(Layout::Mono, grey.clone()));
    assert_eq!(one(with("raw 5 3 rgb 8\n", &rgb)), bytes(Layout::Rgb, rgb.clone()));
    let bayer = Layout::Bayer(BayerPattern::Grbg);
    assert_eq!(one(with("raw 5 3 bayer_grbg 8\n", &grey)), bytes(bayer, grey.clone()));
    assert_eq!(one(with("raw 5 3 mono 16\n", &little)), words(16));
    assert_eq!(one(with("P5\n# a comment\n5 3\n255\n", &grey)), bytes(Layout::Mono, grey));
    assert_eq!(one(with("P5 5 3 65535\n", &big)), words(16));
    assert_eq!(one(with("P6 5 3 255\n", &rgb)), bytes(Layout::Rgb, rgb));
}

#[test]
fn streams_hold_several_frames() {
    let (a, b) = (ramp(1), vec![1; 15]);
    let raw = [b"raw 5 3 mono 8\n".as_slice(), &a, b"raw 5 3 mono 8\n", &b].concat();
    for stream in [raw, avi(b"Y800", 8, &[a.clone(), b.clone()])] {
        let packets: Vec<Packet> = Packets::new("s", stream.as_slice()).collect::<Result<_, _>>().unwrap();
        assert_eq!(packets.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["s, frame 1", "s, frame 2"]);
        assert_eq!(packets[1].decode(), bytes(Layout::Mono, b.clone()));
        // Cut in the second frame: the first comes, then the fault with its place, then nothing.
        let cut = &stream[..stream.len() - 40.min(stream.len() / 4)];
        let mut packets = Packets::new("s", cut);
        assert!(packets.next().unwrap().is_ok());
        let (place, fault) = packets.next().unwrap().unwrap_err();
        assert_eq!(place, "s, frame 2");
        assert!(matches!(fault, FrameFault::Truncated { .. }), "{fault:?}");
        assert!(packets.next().is_none());
    }
}

/// Pictures and raw frames one after the other; what stands between them is passed over and named with its byte.
#[test]
fn frames_of_a_pipe_follow_one_another() {
    let grey = ramp(1);
    let picture = png(ColorType::Grayscale, BitDepth::Eight, &grey);
    let frame = [b"raw 5 3 mono 8\n".as_slice(), &grey].concat();
    let read = |parts: &[&[u8]]| -> (Vec<String>, bool) {
        let bytes = parts.concat();
        let mut packets = Packets::new("s", bytes.as_slice());
        let one = |packet: Result<Packet, (String, FrameFault)>| match packet {
            Ok(packet) => {
                let read = packet.decode().ok() == bytes_of(&grey);
                format!("{} {}", packet.name, if read { "ok" } else { "bad" })
            }
            Err((place, fault)) => format!("{place}: {fault}"),
        };
        (packets.by_ref().map(one).collect(), packets.is_cut())
    };
    let whole = |parts: &[&[u8]], expect: &[&str]| assert_eq!(read(parts), (to_owned(expect), false));
    whole(&[&picture, &picture, &frame], &["s ok", "s, frame 2 ok", "s, frame 3 ok"]);
    whole(
        &[&frame, b"junk raw or P5 not", &frame],
        &[
            "s, frame 1 ok",
            "s, frame 2 (byte 30): no frame begins with `junk raw`; 18 bytes are passed over",
            "s, frame 3 ok",
        ],
    );
    whole(
        &[b"raw 5 3 mono 4\n", &grey, &frame],
        &[
            "s, frame 1 (byte 0): 4 bits a sample; 8 to 16 are needed to measure: let the camera write 8-bit or 16-bit frames",
            "s, frame 2 ok",
        ],
    );
    for (parts, last) in [
        (&[&frame[..], &frame[..20]], "s, frame 2: truncated: the raw frame needs 15 bytes and 5 are there"),
        (&[&frame[..], &frame[..7]], "s, frame 2: truncated: the header needs 8 bytes and 7 are there"),
        (&[&picture[..], &picture[..40]], "s, frame 2 bad"),
    ] {
        let (said, cut) = read(parts);
        assert_eq!((said.len(), said[1].as_str(), cut), (2, last, true));
    }
}

fn bytes_of(grey: &[u8]) -> Option<FrameBuf> {
    bytes(Layout::Mono, grey.to_vec()).ok()
}

fn to_owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let fault = |bytes: &[u8]| one(bytes.to_vec()).unwrap_err().to_string();
    let check = |bytes: &[u8], says: &str| {
        let fault = fault(bytes);
        assert!(fault.contains(says), "`{fault}` should say `{says}`");
    };
    check(b"", "empty");
    check(b"hello, world", "begins with `hello, world`");
    check(&[0xff, 0xd8, 0xff, 0xe0, 0, 16], "JPEG is lossy");
    check(&png(ColorType::Grayscale, BitDepth::One, &[0; 3]), "1 bit a sample");
    let good = png(ColorType::Grayscale, BitDepth::Eight, &ramp(1));
    check(&good[..good.len() - 20], "broken PNG");
    check(&good[..20], "broken PNG");
    check(&good[..good.len() - 1], "broken PNG");
    // A header's size without the samples.
    let sized = |w: u32, h: u32| {
        let mut out = Vec::new();
        drop(Encoder::new(&mut out, w, h).write_header().unwrap());
        out
    };
    check(&sized(65_000, 65_000), "too large");
    check(&sized(16_000, 16_000), "truncated");
    // 289 MB of one channel are within the limit; the file only lacks them.
    check(&sized(17_000, 17_000), "truncated");
    check(&sized(33_000, 33_000), "too large");
    let mut empty = good.clone();
    empty[16..20].fill(0);
    check(&empty, "broken PNG");

    use ::tiff::encoder::colortype::{CMYK8, Gray8};
    check(&tiff::<CMYK8>(&ramp(4)), "CMYK");
    let whole = tiff::<Gray8>(&ramp(1));
    check(&whole[..whole.len() / 2], "TIFF");

    check(&bmp(1, 3, &[0; 12]), "1 bit a sample");
    check(&bmp(8, 3, &[0; 5]), "truncated");
    check(&bmp(8, 0, &[]), "empty");
    check(&bmp(24, i32::MAX, &[]), "too large");
    check(&avi(b"MJPG", 24, &[vec![0; 9]]), "compressed as MJPG");
    check(b"raw 5 3 mono\n", "is not `raw WIDTH HEIGHT LAYOUT BITS`");
    check(b"raw 0 3 mono 8\n", "empty");
    check(b"raw 5 3 mono 4\n", "4 bits");
    check(b"raw 65535 65535 mono 8\n", "too large");
    check(b"raw 5 3 mono 8\n1234", "needs 15 bytes and 4 are there");
    check(b"raw 1 1 mono 12\n\xff\xff", "more than 12 bits");
    check(b"P4 8 8\n", "header");
}

proptest! {
    /// Whatever the bytes are, the answer is a frame or a fault: files of every format with some bytes changed.
    #[test]
    fn changed_bytes_never_panic(which in 0usize..6, changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8)) {
        let grey = ramp(1);
        let mut bytes = match which {
            0 => png(ColorType::Grayscale, BitDepth::Eight, &grey),
            1 => tiff::<::tiff::encoder::colortype::Gray8>(&grey),
            2 => bmp(8, 3, &bottom_up(&grey, 5)),
            3 => avi(b"Y800", 8, &[grey.clone(), grey]),
            4 => [b"raw 5 3 mono 8\n".as_slice(), &grey].concat(),
            _ => [b"P5 5 3 255\n".as_slice(), &grey].concat(),
        };
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        for packet in Packets::new("f", bytes.as_slice()).flatten() {
            if let Ok(frame) = packet.decode() {
                prop_assert!(frame.as_frame().width() > 0);
            }
        }
    }
}

#[test]
fn clipped_pixels_are_seen_at_every_depth() {
    let words = |bits, value: u16| {
        FrameBuf::new(SamplesBuf::Words(vec![0, value]), Layout::Mono, bits, (2, 1)).unwrap()
    };
    assert!(words(12, 4095).is_clipped(0.6, 0.2) && words(16, 65_535).is_clipped(1.0, 0.0));
    assert!(!words(12, 4094).is_clipped(1.0, 0.0) && !words(12, 4095).is_clipped(0.0, 0.0));
    assert!(!words(12, 4095).is_clipped(-0.6, 0.0) && !words(12, 4095).is_clipped(1.5, 0.0));
}
