//! Text out of bytes: UTF-8, UTF-16 with its mark, GB18030.

use super::error::ReadFault;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// A fault with the line it is on, where that is known.
type Fault = (Option<usize>, ReadFault);

/// Multi-byte characters that stand before a bad byte and make a file UTF-8 with a fault in it, rather than GB18030.
/// Long runs of GB18030 text almost never are valid UTF-8.
const UTF8_PROOF_CHARS: usize = 20;

/// The text of a whole file: UTF-8, UTF-16 with its mark or GB18030.
///
/// # Errors
/// What is wrong, with the line where that is known.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let text = decoded(bytes)?;
    if is_printable(&text) {
        return Ok(text);
    }
    let head: Vec<String> = bytes.iter().take(8).map(|b| format!("{b:02x}")).collect();
    Err((None, ReadFault::UnknownContent(head.join(" "))))
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return whole(encoding, &bytes[mark..])
            .ok_or((None, ReadFault::Encoding("开头标记为 UTF，但内容有无效字节")));
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return whole(encoding, bytes).ok_or((None, ReadFault::Encoding("像 UTF-16，但内容有无效字节")));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let proof = good.iter().filter(|&&b| b >= 0xc0).count();
            if proof >= UTF8_PROOF_CHARS {
                let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
                return Err((Some(line), ReadFault::Encoding("此行有无效的 UTF-8 字节")));
            }
            whole(GB18030, bytes).ok_or((None, ReadFault::Encoding("既不是 UTF-8，也不是 GB18030/GBK")))
        }
    }
}

fn whole<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

/// UTF-16 without its mark shows as a zero byte beside nearly every ASCII character.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = head.len() / 2;
    if pairs < 4 || even.min(odd) * 10 > even.max(odd) || even.max(odd) * 10 < pairs {
        return None;
    }
    Some(if odd > even { UTF_16LE } else { UTF_16BE })
}

/// False for binary data that happens to decode.
fn is_printable(text: &str) -> bool {
    let odd =
        |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1a}' | '\u{85}') || c == '\u{fffd}';
    let (all, strange) =
        text.chars().take(20_000).fold((0usize, 0usize), |(n, s), c| (n + 1, s + usize::from(odd(c))));
    strange * 50 <= all && !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_offices() {
        let text = "企业名称,需求产品\n泰和某某电子有限公司,键合金丝\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16.iter().copied()).collect();
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let (gb, _, _) = GB18030.encode(text);
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &bom, &marked, &big, &gb] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
    }

    #[test]
    fn a_bad_byte_in_utf8_is_placed() {
        let mut bytes = "企业名称,需求产品,规格参数,数量,交货期,备注信息\n".repeat(3).into_bytes();
        bytes.extend(b"abc\xff\xff,1\n");
        let (line, fault) = decode(&bytes).unwrap_err();
        assert_eq!((line, fault), (Some(4), ReadFault::Encoding("此行有无效的 UTF-8 字节")));
    }
}
